"""What figures can be split by, and the column that each dimension adds to a source's rows."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import ibis
import ibis.expr.types as ir

from yunying.kernel.periods import Period
from yunying.metrics.metric import Scope


@dataclass(frozen=True)
class Dimension:
    """One thing to split by.

    Args:
        kind: ``time`` cuts the date; ``attribute`` is what the product table says of the product at the end of the
            period; ``column`` stands on the row itself.
    """

    name: str
    title_zh: str
    kind: Literal["time", "attribute", "column"]
    meaning: str


DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension("day", "日", "time", "the store-local day"),
        Dimension("week", "周", "time", "the week, named by its Monday"),
        Dimension("month", "月", "time", "the month, named by its first day"),
        Dimension("category", "品类", "attribute", "the product's category at the end of the period"),
        Dimension("style", "风格", "attribute", "the product's style at the end of the period"),
        Dimension("brand", "品牌", "attribute", "the product's brand at the end of the period"),
        Dimension("supplier", "供应商", "attribute", "the row's supplier, else the product's usual one"),
        Dimension("product", "商品", "column", "the product's key"),
        Dimension("channel", "渠道", "column", "the channel that brought the order or the visit"),
        Dimension("campaign", "推广计划", "column", "the campaign that brought the order or the visit"),
        Dimension("region", "地区", "column", "country or province of delivery"),
        Dimension("promotion", "促销", "column", "the promotion or coupon that priced the line"),
        Dimension("member", "会员", "column", "random key of the member"),
    )
}

TIME = ("day", "week", "month")
ATTRIBUTES = ("category", "style", "brand", "supplier")
PRODUCT = (*ATTRIBUTES, "product")

_TRUNCATE = {"day": "D", "week": "W", "month": "M"}


def attributes(scope: Scope, names: tuple[str, ...]) -> ir.Table:
    """Per product the latest known value of each attribute before the end of the period, as ``known_<name>``."""
    product = scope.facts.table("product")
    rows = product.filter(product.store == scope.store, product.date < ibis.literal(scope.period.end_date))
    return rows.group_by(known_product=rows.product).agg(
        **{f"known_{name}": rows[name].argmax(rows.date, where=rows[name].notnull()) for name in names}
    )


def with_dimensions(rows: ir.Table, scope: Scope) -> ir.Table:
    """Add a column ``by_<name>`` for each dimension asked for, and ``cost`` (major units) where it is needed.

    The cost of a row is its own unit cost, else what the product table knew at the end of the period, else null.
    """
    wanted = [name for name in scope.dimensions if DIMENSIONS[name].kind == "attribute"]
    if scope.with_cost:
        wanted.append("unit_cost")
    if wanted:
        known = attributes(scope, tuple(wanted))
        rows = rows.left_join(known, rows.product == known.known_product)
    columns = {f"by_{name}": _column(rows, name) for name in scope.dimensions}
    if scope.with_cost:
        own = "unit_cost" in rows.columns
        columns["cost"] = ibis.coalesce(rows.unit_cost, rows.known_unit_cost) if own else rows.known_unit_cost
    return rows.mutate(**columns) if columns else rows


def _column(rows: ir.Table, name: str) -> ir.Value:
    kind = DIMENSIONS[name].kind
    if kind == "time":
        return date_bucket(rows.date, name)
    if kind == "attribute":
        return ibis.coalesce(rows[name], rows[f"known_{name}"]) if name in rows.columns else rows[f"known_{name}"]
    # Advertising writes an empty campaign where a channel is not split, orders write none: one value.
    return rows[name].nullif("") if name == "campaign" else rows[name]


def date_bucket(day: ir.DateValue, name: str) -> ir.DateValue:
    """The first day of the day's bucket of a time dimension, as an expression."""
    return day.truncate(_TRUNCATE[name])


def bucket_start(day: date, name: str) -> date:
    """The day that names the bucket of a time dimension.

    >>> bucket_start(date(2026, 11, 11), "week"), bucket_start(date(2026, 11, 11), "month")
    (datetime.date(2026, 11, 9), datetime.date(2026, 11, 1))
    """
    if name == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if name == "month" else day


def buckets(period: Period, name: str) -> list[tuple[date, Period]]:
    """The buckets of a time dimension within a period: the day that names each, and its days inside the period.

    >>> [(str(key), days.days) for key, days in buckets(Period(date(2026, 1, 30), date(2026, 2, 3)), "month")]
    [('2026-01-01', 2), ('2026-02-01', 2)]
    """
    found: dict[date, date] = {}
    for day in period:
        found.setdefault(bucket_start(day, name), day)
    starts = [*found.values(), period.end_date]
    return [(key, Period(starts[i], starts[i + 1])) for i, key in enumerate(found)]
