"""What each day is to each event, as arrays that a model can use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.periods import Period
from yunying.methods.calendars.events import occurrences, range_check


@dataclass(frozen=True)
class EventFeatures:
    """Features of n days by k events.

    Args:
        dates: the n days.
        slugs: the k events.
        active: bool, shape (n, k): the day lies inside an occurrence.
        peak: bool, shape (n, k): the day is a peak of one.
        days_since_start: float, shape (n, k): 0 on the first day of the latest occurrence, NaN before the first ever.
        days_until_start: float, shape (n, k): 0 on the first day, else days to the next occurrence, NaN after the last.
    """

    dates: tuple[date, ...]
    slugs: tuple[str, ...]
    active: NDArray[np.bool_]
    peak: NDArray[np.bool_]
    days_since_start: NDArray[np.float64]
    days_until_start: NDArray[np.float64]


def event_features(period: Period, slugs: Sequence[str]) -> EventFeatures:
    """The features of every day of the period for the named events, in their order.

    Raises:
        OperatorError: ``unknown-event`` or ``calendar-out-of-range``.

    >>> features = event_features(Period(date(2026, 11, 10), date(2026, 11, 13)), ["double_11"])
    >>> features.active[:, 0].tolist(), features.peak[:, 0].tolist()
    ([True, True, False], [False, True, False])
    """
    range_check(period)
    days = np.arange(period.start_date.toordinal(), period.end_date.toordinal())
    columns = [_event_columns(slug, days) for slug in slugs]
    shape = (len(days), len(columns))
    active, peak, since, until = (
        np.column_stack([column[part] for column in columns]) if columns else np.empty(shape) for part in range(4)
    )
    return EventFeatures(tuple(period), tuple(slugs), active.astype(bool), peak.astype(bool), since, until)


def _event_columns(slug: str, days: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    events = occurrences(slug)
    starts = np.array([event.period.start_date.toordinal() for event in events])
    ends = np.array([event.period.end_date.toordinal() for event in events])
    peaks = np.array([day.toordinal() for event in events for day in event.peak_dates], dtype=np.int64)
    latest = np.searchsorted(starts, days, side="right") - 1
    coming = np.searchsorted(starts, days, side="left")
    started = latest >= 0
    active = started & (days < ends[np.maximum(latest, 0)])
    since = np.where(started, days - starts[np.maximum(latest, 0)], np.nan)
    until = np.where(coming < len(starts), starts[np.minimum(coming, len(starts) - 1)] - days, np.nan)
    return active.astype(np.float64), np.isin(days, peaks).astype(np.float64), since, until
