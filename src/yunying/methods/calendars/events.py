"""The occurrences of big sales and holidays, 2005 to 2040.

Dates of the Chinese lunisolar calendar, Qingming, Easter and Thanksgiving stand in ``moving_dates.csv``; what hangs on
them, and since when, in ``events.yaml``.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period

FIRST_YEAR = 2005
"""First year whose days can be asked about."""
LAST_YEAR = 2040
"""Last year whose days can be asked about."""


@dataclass(frozen=True)
class Event:
    """One occurrence of a big sale or holiday.

    Args:
        slug: the event's stable name, such as ``double_11``.
        kind: ``sale`` or ``holiday``.
        region: ``CN`` or ``western``.
        period: its days, half-open.
        peak_dates: the days that matter most, ascending, inside the period; empty where no day stands out.
    """

    slug: str
    title_en: str
    title_zh: str
    kind: str
    region: str
    period: Period
    peak_dates: tuple[date, ...]


def event_slugs() -> tuple[str, ...]:
    """The names of all events, sorted.

    >>> "double_11" in event_slugs() and "spring_festival" in event_slugs()
    True
    """
    return tuple(sorted(_definitions()))


def occurrences(slug: str) -> tuple[Event, ...]:
    """Every known occurrence of one event, by date; those of the years beside the range serve its edges.

    Raises:
        OperatorError: ``unknown-event``.

    >>> [str(event.period.start_date) for event in occurrences("double_11") if date(2026, 11, 11) in event.period]
    ['2026-10-14']
    """
    if slug not in _definitions():
        raise OperatorError(
            "unknown-event", f"The calendar has no event {slug!r}.", f"Use one of: {', '.join(event_slugs())}."
        )
    return _occurrences(slug)


def events_between(period: Period, *, regions: Collection[str] = ("CN", "western")) -> tuple[Event, ...]:
    """The occurrences that touch the period, by first day, then by slug.

    Args:
        period: days within 2005 to 2040.
        regions: which of ``CN`` and ``western`` to include.

    Raises:
        OperatorError: ``calendar-out-of-range`` where the period leaves the years that are known.

    >>> [event.title_zh for event in events_between(Period(date(2026, 11, 9), date(2026, 11, 12)), regions=("CN",))]
    ['双11']
    """
    range_check(period)
    touching = (
        event
        for slug in event_slugs()
        for event in _occurrences(slug)
        if event.region in regions
        and event.period.start_date < period.end_date
        and period.start_date < event.period.end_date
    )
    return tuple(sorted(touching, key=lambda event: (event.period.start_date, event.slug)))


def range_check(period: Period) -> None:
    """Raise OperatorError (``calendar-out-of-range``) unless every day lies in 2005 to 2040."""
    if period.start_date.year < FIRST_YEAR or period.end_date > date(LAST_YEAR + 1, 1, 1):
        raise OperatorError(
            "calendar-out-of-range",
            f"The calendar knows {FIRST_YEAR} to {LAST_YEAR}, not {period.start_date} to {period.end_date}.",
            "Ask for days inside those years, or add years to moving_dates.csv.",
        )


@cache
def _definitions() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(
        files(__package__).joinpath("events.yaml").read_text(encoding="utf-8")
    )
    return loaded


@cache
def _moving_dates() -> dict[int, dict[str, date]]:
    text = files(__package__).joinpath("moving_dates.csv").read_text(encoding="utf-8")
    return {
        int(row["year"]): {name: date.fromisoformat(value) for name, value in row.items() if name != "year"}
        for row in csv.DictReader(text.splitlines())
    }


@cache
def _occurrences(slug: str) -> tuple[Event, ...]:
    definition = _definitions()[slug]
    found = []
    for year, moving in _moving_dates().items():
        editions = [edition for edition in definition["editions"] if edition["from_year"] <= year]
        if editions:
            found.append(
                _occurrence(slug, definition, max(editions, key=lambda edition: edition["from_year"]), year, moving)
            )
    return tuple(found)


def _occurrence(
    slug: str, definition: dict[str, Any], edition: dict[str, Any], year: int, moving: dict[str, date]
) -> Event:
    anchor = edition["anchor"]
    day = moving[anchor] if anchor in moving else date.fromisoformat(f"{year}-{anchor}")
    return Event(
        slug=slug,
        title_en=definition["title_en"],
        title_zh=definition["title_zh"],
        kind=definition["kind"],
        region=definition["region"],
        period=Period(day + timedelta(days=edition["first_day"]), day + timedelta(days=edition["last_day"] + 1)),
        peak_dates=tuple(day + timedelta(days=offset) for offset in edition["peak_days"]),
    )
