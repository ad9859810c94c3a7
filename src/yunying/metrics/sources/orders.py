"""Order lines: every real row of the period, and what can be added up in one pass over them.

The state gives the sign: ``refunded`` and ``cancelled`` rows are money given back. Commission and payment fee on such
a row were given back too; shipping on it is what the way back cost. Each cost stands on one state row only.
"""

import ibis
import ibis.expr.types as ir

from yunying.metrics.dimensions import PRODUCT, TIME, with_dimensions
from yunying.metrics.metric import Gap, Measure, Scope, Source

ORDER_DIMENSIONS = (*TIME, *PRODUCT, "channel", "campaign", "region", "promotion", "member")


def real_lines(scope: Scope) -> ir.Table:
    """The store's order lines that really happened, of all time before the end of the period."""
    line = scope.facts.table("order_line")
    return line.filter(
        line.store == scope.store, line.reality == "real", line.date < ibis.literal(scope.period.end_date)
    )


def lines_in_period(scope: Scope) -> ir.Table:
    """The real order lines of the period."""
    lines = real_lines(scope)
    return lines.filter(lines.date >= ibis.literal(scope.period.start_date))


def _relation(scope: Scope) -> ir.Table:
    return with_dimensions(lines_in_period(scope), scope)


def is_paid(t: ir.Table) -> ir.BooleanValue:
    """Rows of payment."""
    return t.state == "paid"


def is_placed(t: ir.Table) -> ir.BooleanValue:
    """Rows of an order placed."""
    return t.state == "placed"


def is_given_back(t: ir.Table) -> ir.BooleanValue:
    """Rows that give money back."""
    return t.state.isin(("refunded", "cancelled"))


def is_goods(t: ir.Table) -> ir.BooleanValue:
    """Goods, not postage, fees, discounts, gifts or adjustments."""
    return t.line_kind == "goods"


def has_cost(t: ir.Table) -> ir.BooleanValue:
    """Lines that take something out of the warehouse: goods and gifts."""
    return t.line_kind.isin(("goods", "gift"))


def _is_money(t: ir.Table) -> ir.BooleanValue:
    return t.state != "placed"


def _paid_goods(t: ir.Table) -> ir.BooleanValue:
    return is_paid(t) & is_goods(t)


def _signed(t: ir.Table, column: str) -> ir.Value:
    return ibis.ifelse(is_given_back(t), -t[column], t[column])


def _lines_without_shipping(t: ir.Table) -> ir.IntegerScalar:
    """Paid goods lines whose shipping is unknown, unless all shipped lines of these rows name it."""
    paid = t.count(where=_paid_goods(t) & t.shipping_cost_minor.isnull())
    shipped = t.count(where=(t.state == "shipped") & is_goods(t))
    silent = t.count(where=(t.state == "shipped") & is_goods(t) & t.shipping_cost_minor.isnull())
    return ibis.ifelse((shipped > 0) & (silent == 0), 0, paid)


ORDERS = Source("orders", ("order_line",), ORDER_DIMENSIONS, _relation)

_NO_PLACED = (
    "says when an order was placed, though orders were paid; use paid_amount or paid_orders, or import that date"
)
_NO_MEMBER = "paid order lines name no buyer and are not counted"
_NO_COST = "order lines have no unit cost; import it with the orders or as an attribute of the product"


placed_amount = Measure(
    "placed_amount", ORDERS, "sum", is_placed, lambda t: t.amount_minor,
    needs=is_placed, needs_what=_NO_PLACED,
)  # fmt: skip
paid_amount = Measure("paid_amount", ORDERS, "sum", is_paid, lambda t: t.amount_minor)
refunded_amount = Measure("refunded_amount", ORDERS, "sum", is_given_back, lambda t: t.amount_minor)
placed_orders = Measure(
    "placed_orders", ORDERS, "distinct", is_placed, lambda t: t.order, needs=is_placed, needs_what=_NO_PLACED
)
paid_orders = Measure("paid_orders", ORDERS, "distinct", is_paid, lambda t: t.order)
cancelled_orders = Measure("cancelled_orders", ORDERS, "distinct", lambda t: t.state == "cancelled", lambda t: t.order)
units_paid = Measure("units_paid", ORDERS, "sum", _paid_goods, lambda t: t.quantity)
units_sent_back = Measure(
    "units_sent_back", ORDERS, "sum", lambda t: (t.state == "refunded") & is_goods(t), lambda t: t.quantity
)
goods_amount = Measure("goods_amount", ORDERS, "sum", _paid_goods, lambda t: t.amount_minor)

discount_amount = Measure(
    "discount_amount", ORDERS, "sum", _paid_goods, lambda t: t.discount_minor,
    gaps=(Gap(
        lambda t: t.count(where=_paid_goods(t) & t.discount_minor.isnull()),
        "paid lines do not say what was taken off the list price; import it, or 0 where nothing was",
    ),),
)  # fmt: skip

_member_gap = Gap(lambda t: t.count(where=is_paid(t) & t.member.isnull()), _NO_MEMBER, blocks=False)
buyers = Measure(
    "buyers", ORDERS, "distinct", is_paid, lambda t: t.member, gaps=(_member_gap,),
    needs=lambda t: is_paid(t) & t.member.notnull(), needs_what="names the buyer of a paid line; import the buyer",
)  # fmt: skip
paid_amount_of_buyers = Measure(
    "paid_amount_of_buyers", ORDERS, "sum", lambda t: is_paid(t) & t.member.notnull(), lambda t: t.amount_minor,
    gaps=(_member_gap,),
)  # fmt: skip
ordering_buyers = Measure(
    "ordering_buyers", ORDERS, "distinct", is_placed, lambda t: t.member,
    gaps=(Gap(
        lambda t: t.count(where=is_placed(t) & t.member.isnull()),
        "placed order lines name no buyer and are not counted", blocks=False,
    ),),
    needs=lambda t: is_placed(t) & t.member.notnull(),
    needs_what="names the buyer of a placed line; import the orders' placing and their buyers",
)  # fmt: skip

cost_of_paid = Measure(
    "cost_of_paid", ORDERS, "sum", lambda t: is_paid(t) & has_cost(t), lambda t: t.quantity * t.cost,
    is_major=True, uses_cost=True,
    gaps=(Gap(
        lambda t: t.count(where=is_paid(t) & has_cost(t) & (t.quantity > 0) & t.cost.isnull()), f"paid {_NO_COST}"
    ),),
)  # fmt: skip
cost_given_back = Measure(
    "cost_given_back", ORDERS, "sum", lambda t: is_given_back(t) & has_cost(t),
    lambda t: t.restocked_quantity * t.cost, is_major=True, uses_cost=True,
    gaps=(
        Gap(
            lambda t: t.count(
                where=is_given_back(t) & has_cost(t) & (t.restocked_quantity > 0) & t.cost.isnull()
            ),
            f"returned {_NO_COST}",
        ),
        Gap(
            lambda t: t.count(
                where=is_given_back(t) & has_cost(t) & (t.quantity > 0) & t.restocked_quantity.isnull()
            ),
            "refunded or cancelled lines do not say whether the units can be sold again; their cost is not given back",
            blocks=False,
        ),
    ),
)  # fmt: skip


def _charge(name: str, column: str, what: str) -> Measure:
    unknown = Gap(lambda t: t.count(where=_paid_goods(t) & t[column].isnull()), what)
    return Measure(name, ORDERS, "sum", _is_money, lambda t: _signed(t, column), gaps=(unknown,))


commission = _charge(
    "commission", "commission_minor",
    "paid lines do not say the platform's commission; import it, or 0 where the platform takes none",
)  # fmt: skip
payment_fee = _charge(
    "payment_fee", "payment_fee_minor",
    "paid lines do not say the payment fee; import it, or 0 where the provider takes none",
)  # fmt: skip
shipping_cost = Measure(
    "shipping_cost", ORDERS, "sum", _is_money, lambda t: t.shipping_cost_minor,
    gaps=(Gap(
        _lines_without_shipping,
        "paid lines do not say what shipping cost the store; import it, or 0 where the store pays none",
    ),),
)  # fmt: skip
tax = Measure(
    "tax", ORDERS, "sum", lambda t: is_paid(t) | is_given_back(t), lambda t: _signed(t, "tax_minor"),
    gaps=(Gap(
        lambda t: t.count(where=is_paid(t) & t.tax_minor.isnull()),
        "paid lines do not say the tax inside their amount; none is taken off there", blocks=False,
    ),),
)  # fmt: skip
