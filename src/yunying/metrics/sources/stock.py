"""Stock: each known level holds from its day until the product's next one, through the end of the period.

A level from before the period holds at its start. Days before a product's first level are not known and not counted.
"""

from fractions import Fraction

import ibis
import ibis.expr.types as ir

from yunying.kernel.periods import Period
from yunying.metrics.dimensions import PRODUCT, TIME, date_bucket, with_dimensions
from yunying.metrics.metric import Gap, Measure, Scope, Source


def levels_of_period(scope: Scope) -> ir.Table:
    """The levels of the period and, per product, the last one before it; until ``until_date``."""
    level = scope.facts.table("stock_level")
    start, end = ibis.literal(scope.period.start_date), ibis.literal(scope.period.end_date)
    known = level.filter(level.store == scope.store, level.date < end)
    last = known.date.max(where=known.date < start).over(ibis.window(group_by=known.product))
    rows = known.mutate(last_before=last)
    rows = rows.filter((rows.date >= start) | (rows.date == rows.last_before)).drop("last_before")
    following = rows.date.lead().over(ibis.window(group_by=rows.product, order_by=rows.date))
    return rows.mutate(until_date=ibis.coalesce(following, end))


def held_levels(scope: Scope, time: str | None = None) -> ir.Table:
    """One row per level and bucket of the time dimension (None: the whole period), with the ``days`` it holds there.

    ``units`` are the level, at least 0; ``date`` is the bucket's; ``is_closing`` marks the level of its last day.
    """
    calendar = _calendar(scope.period, time)
    levels = levels_of_period(scope)
    held = levels.inner_join(
        calendar, (levels.date < calendar.bucket_until) & (levels.until_date > calendar.bucket_from)
    )
    last, first = ibis.least(held.until_date, held.bucket_until), ibis.greatest(held.date, held.bucket_from)
    return held.mutate(
        days=last.delta(first, unit="day"),
        bucket_days=held.bucket_until.delta(held.bucket_from, unit="day"),
        is_closing=held.until_date >= held.bucket_until,
        is_recorded=held.date >= held.bucket_from,
        units=ibis.greatest(held.on_hand, 0),
        date=held.bucket,
    )


def _calendar(period: Period, time: str | None) -> ir.Table:
    """The buckets of the time dimension within the period: their name, first day and end."""
    midnights = (ibis.timestamp(day.isoformat()) for day in (period.start_date, period.end_date))
    days = ibis.range(*midnights, ibis.interval(days=1)).unnest().cast("date").name("day").as_table()
    bucket = date_bucket(days.day, time) if time else ibis.literal(period.start_date)
    spans = days.group_by(bucket=bucket).agg(bucket_from=days.day.min(), last_day=days.day.max())
    return spans.select("bucket", "bucket_from", bucket_until=(spans.last_day + ibis.interval(days=1)).cast("date"))


def _relation(scope: Scope) -> ir.Table:
    time = [name for name in scope.dimensions if name in TIME]
    return with_dimensions(held_levels(scope, time[0] if time else None), scope)


def _rows(scope: Scope) -> ir.Table:
    return with_dimensions(levels_of_period(scope), scope)


STOCK = Source("stock", ("stock_level",), (*TIME, *PRODUCT), _relation, _rows)


def _all(t: ir.Table) -> ir.BooleanValue:
    return ibis.literal(True)


def _closing(t: ir.Table) -> ir.BooleanValue:
    return t.is_closing


_carried = Gap(
    lambda t: (t.days.sum() - t.count(where=t.is_recorded)).fill_null(0),
    "product-days have no stock row of their own and carry the product's last known level",
    blocks=False,
)
_no_cost = Gap(
    lambda t: t.count(where=(t.units > 0) & t.cost.isnull()),
    "stock levels are of products without a unit cost; import it as an attribute of the product",
)

closing_units = Measure("closing_units", STOCK, "sum", _closing, lambda t: t.on_hand)
closing_value = Measure(
    "closing_value", STOCK, "sum", _closing, lambda t: t.units * t.cost, is_major=True, uses_cost=True,
    gaps=(Gap(
        lambda t: t.count(where=t.is_closing & (t.units > 0) & t.cost.isnull()),
        "closing stock levels are of products without a unit cost; import it as an attribute of the product",
    ),),
)  # fmt: skip
product_days = Measure("product_days", STOCK, "sum", _all, lambda t: t.days, gaps=(_carried,))
stockout_days = Measure("stockout_days", STOCK, "sum", lambda t: t.on_hand <= 0, lambda t: t.days)
average_value = Measure(
    "average_value", STOCK, "single", _all,
    lambda t: (t.units * t.days * t.cost).sum() / t.bucket_days.max().cast("decimal(9, 0)"),
    is_major=True, uses_cost=True, gaps=(_no_cost, _carried),
)  # fmt: skip
stock_value_days = Measure(
    "stock_value_days", STOCK, "sum", _all, lambda t: t.units * t.days * t.cost,
    is_major=True, uses_cost=True, gaps=(_no_cost, _carried),
)  # fmt: skip
capital_cost = Measure(
    "capital_cost", STOCK, "sum", _all, lambda t: t.units * t.days * t.cost,
    is_major=True, uses_cost=True, factor=lambda scope: Fraction(scope.capital_rate) / 365, gaps=(_no_cost, _carried),
)  # fmt: skip
