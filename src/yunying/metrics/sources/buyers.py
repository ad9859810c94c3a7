"""Buyers over time: who bought again within the period, and who bought for the first time."""

import ibis
import ibis.expr.types as ir

from yunying.metrics.dimensions import TIME, with_dimensions
from yunying.metrics.metric import Gap, Measure, Scope, Source
from yunying.metrics.sources.orders import ORDER_DIMENSIONS, is_paid, lines_in_period, real_lines

_DIMENSIONS = tuple(name for name in ORDER_DIMENSIONS if name != "member")


def _paid_rows(scope: Scope) -> ir.Table:
    lines = lines_in_period(scope)
    return with_dimensions(lines.filter(is_paid(lines)), scope)


def _orders_per_buyer(scope: Scope) -> ir.Table:
    rows = _paid_rows(scope)
    keys = [f"by_{name}" for name in scope.dimensions]
    return rows.group_by([*keys, "member"]).agg(paid_orders=rows.order.nunique(), lines=rows.count())


def _first_purchases(scope: Scope) -> ir.Table:
    lines = real_lines(scope)
    paid = lines.filter(is_paid(lines), lines.member.notnull())
    first = paid.group_by(first_member=paid.member).agg(first_date=paid.date.min())
    rows = _paid_rows(scope)
    rows = rows.left_join(first, rows.member == first.first_member)
    starts = [rows[f"by_{name}"] for name in scope.dimensions if name in TIME]
    opening = ibis.greatest(ibis.literal(scope.period.start_date), *starts) if starts else scope.period.start_date
    return rows.mutate(is_new=rows.first_date >= opening)


REPURCHASE = Source("repurchase", ("order_line",), _DIMENSIONS, _orders_per_buyer, _paid_rows)
FIRST_PURCHASES = Source("first_purchases", ("order_line",), _DIMENSIONS, _first_purchases, looks_back=True)

_NO_MEMBER = "paid order lines name no buyer and are not counted"
_NEEDS = "names the buyer of a paid line; import the buyer"

counted_buyers = Measure(
    "counted_buyers", REPURCHASE, "count", lambda t: t.member.notnull(),
    gaps=(Gap(lambda t: t.lines.sum(where=t.member.isnull()).fill_null(0), _NO_MEMBER, blocks=False),),
    needs=lambda t: t.member.notnull(), needs_what=_NEEDS,
)  # fmt: skip
repeat_buyers = Measure("repeat_buyers", REPURCHASE, "count", lambda t: t.member.notnull() & (t.paid_orders >= 2))
new_buyers = Measure(
    "new_buyers", FIRST_PURCHASES, "distinct", lambda t: t.is_new, lambda t: t.member,
    gaps=(Gap(lambda t: t.count(where=t.member.isnull()), _NO_MEMBER, blocks=False),),
    needs=lambda t: t.member.notnull(), needs_what=_NEEDS,
)  # fmt: skip
all_buyers = Measure("all_buyers", FIRST_PURCHASES, "distinct", lambda t: t.member.notnull(), lambda t: t.member)
