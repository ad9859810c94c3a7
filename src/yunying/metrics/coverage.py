"""Do the facts cover the period? A figure over facts that are not there is not zero, it is not measured."""

from dataclasses import dataclass
from datetime import date, timedelta

import ibis

from yunying.facts.reader import FactReader
from yunying.kernel.periods import Period
from yunying.metrics.dimensions import TIME, buckets
from yunying.metrics.metric import Source

# Ledgers that are silent for weeks: they cover a period that lies between their first and their last row.
_SPARSE = ("ad_spend", "stock_movement", "purchase_line")
# Attributes hold from their date on.
_ATTRIBUTES = ("product",)


@dataclass(frozen=True)
class Coverage:
    """Which days a fact table holds for a store.

    Args:
        first_date: the first store-local date with a row; None without any row.
        last_date: the last one.
        rows_in_period: how many rows lie in the period.
    """

    table: str
    first_date: date | None
    last_date: date | None
    rows_in_period: int


def coverage(facts: FactReader, store: str, table: str, period: Period) -> Coverage:
    """What the table holds for the store; of order lines only the real ones count."""
    rows = facts.table(table)
    rows = rows.filter(rows.store == store)
    if table == "order_line":
        rows = rows.filter(rows.reality == "real")
    inside = (rows.date >= ibis.literal(period.start_date)) & (rows.date < ibis.literal(period.end_date))
    found = facts.to_arrow(rows.agg(first=rows.date.min(), last=rows.date.max(), rows=rows.count(where=inside)))
    first, last, count = (column[0].as_py() for column in found.columns)
    return Coverage(table, first, last, count)


def missing(source: Source, covered: Coverage, store: str, period: Period) -> str | None:
    """Why the table does not cover the period, or None if it does."""
    name, first, last = covered.table, covered.first_date, covered.last_date
    if first is None or last is None:
        return f"Store {store} has no {name} facts; import them."
    days = f"from {period.start_date} to before {period.end_date}"
    if source.is_cumulative or name in _ATTRIBUTES:
        return None if first < period.end_date else f"The {name} facts of {store} begin on {first}, after the period."
    if name in _SPARSE:
        if first < period.end_date and last >= period.start_date:
            return None
        return f"The {name} facts of {store} run from {first} to {last} and do not reach the days {days}."
    return None if covered.rows_in_period else f"There is no {name} row of {store} {days}."


def outside(covered: Coverage, period: Period, by: tuple[str, ...]) -> dict[date, str]:
    """The period's buckets that lie wholly outside the facts, each with the reason; none where no time is asked."""
    time = next((name for name in by if name in TIME), None)
    name, first, last = covered.table, covered.first_date, covered.last_date
    if time is None or first is None or last is None or name in _ATTRIBUTES:
        return {}
    reasons: dict[date, str] = {}
    for key, days in buckets(period, time):
        if days.end_date <= first:
            reasons[key] = f"The {name} facts begin on {first}, after this {time}."
        elif days.start_date > last and name not in _SPARSE:
            reasons[key] = f"The {name} facts end on {last}, before this {time}."
    return reasons


def partial(covered: Coverage, period: Period) -> list[str]:
    """Notes where the facts begin or end inside the period."""
    name, first, last = covered.table, covered.first_date, covered.last_date
    if name in (*_SPARSE, *_ATTRIBUTES) or first is None or last is None or not covered.rows_in_period:
        return []
    notes = []
    if first > period.start_date:
        notes.append(f"The {name} facts begin on {first}, inside the period from {period.start_date}.")
    if last < period.end_date - timedelta(days=1):
        notes.append(f"The {name} facts end on {last}, inside the period to before {period.end_date}.")
    return notes
