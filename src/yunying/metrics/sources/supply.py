"""Supply: what suppliers delivered and when, what was written off, and how fast paid orders left the house."""

import ibis
import ibis.expr.types as ir

from yunying.metrics.dimensions import PRODUCT, TIME, with_dimensions
from yunying.metrics.metric import Gap, Measure, Scope, Source
from yunying.metrics.sources.orders import ORDER_DIMENSIONS, is_goods, is_paid, lines_in_period, real_lines


def _received_before(scope: Scope) -> ir.Table:
    line = scope.facts.table("purchase_line")
    return line.filter(
        line.store == scope.store, line.state == "received", line.date < ibis.literal(scope.period.end_date)
    )


def _receipts(scope: Scope) -> ir.Table:
    """What was received in the period, each delivery with the day it was ordered."""
    line = scope.facts.table("purchase_line")
    orders = line.filter(
        line.store == scope.store, line.state == "ordered", line.date < ibis.literal(scope.period.end_date)
    )
    ordered = orders.group_by(ordered_purchase=orders.purchase, ordered_line=orders.line).agg(
        ordered_date=orders.date.min(), ordered_promise=orders.promised_date.max()
    )
    received = _received_before(scope)
    received = received.filter(received.date >= ibis.literal(scope.period.start_date))
    rows = received.left_join(
        ordered, (received.purchase == ordered.ordered_purchase) & (received.line == ordered.ordered_line)
    )
    rows = rows.mutate(
        promise=ibis.coalesce(rows.promised_date, rows.ordered_promise),
        waited_days=rows.date.delta(rows.ordered_date, unit="day"),
    )
    return with_dimensions(rows, scope)


def _write_offs(scope: Scope) -> ir.Table:
    movement = scope.facts.table("stock_movement")
    rows = movement.filter(
        movement.store == scope.store,
        movement.reason == "write_off",
        movement.date >= ibis.literal(scope.period.start_date),
        movement.date < ibis.literal(scope.period.end_date),
    )
    return with_dimensions(rows, scope)


def _shipments(scope: Scope) -> ir.Table:
    """Goods shipped in the period, each with the day on which its line was paid."""
    lines = real_lines(scope)
    paid = lines.filter(is_paid(lines))
    paid = paid.group_by(paid_order=paid.order, paid_line=paid.line).agg(paid_date=paid.date.min())
    shipped = lines_in_period(scope)
    shipped = shipped.filter(shipped.state == "shipped", is_goods(shipped))
    rows = shipped.left_join(paid, (shipped.order == paid.paid_order) & (shipped.line == paid.paid_line))
    return with_dimensions(rows.mutate(waited_days=rows.date.delta(rows.paid_date, unit="day")), scope)


def _lines_so_far(scope: Scope) -> ir.Table:
    return with_dimensions(real_lines(scope), scope)


def _receipts_so_far(scope: Scope) -> ir.Table:
    return with_dimensions(_received_before(scope), scope)


RECEIPTS = Source("receipts", ("purchase_line",), (*TIME, *PRODUCT), _receipts)
WRITE_OFFS = Source("write_offs", ("stock_movement",), (*TIME, *PRODUCT), _write_offs)
SHIPMENTS = Source("shipments", ("order_line",), ORDER_DIMENSIONS, _shipments)
SOLD_SO_FAR = Source("sold_so_far", ("order_line",), PRODUCT, _lines_so_far, is_cumulative=True)
RECEIVED_SO_FAR = Source("received_so_far", ("purchase_line",), PRODUCT, _receipts_so_far, is_cumulative=True)


def _all(t: ir.Table) -> ir.BooleanValue:
    return ibis.literal(True)


units_received = Measure("units_received", RECEIPTS, "sum", _all, lambda t: t.quantity)
promised_receipts = Measure(
    "promised_receipts", RECEIPTS, "count", lambda t: t.promise.notnull(),
    gaps=(Gap(
        lambda t: t.count(where=t.promise.isnull()), "deliveries had no promised date and are not counted", blocks=False
    ),),
)  # fmt: skip
punctual_receipts = Measure(
    "punctual_receipts", RECEIPTS, "count", lambda t: t.promise.notnull() & (t.date <= t.promise)
)
dated_receipts = Measure(
    "dated_receipts", RECEIPTS, "count", lambda t: t.ordered_date.notnull(),
    gaps=(Gap(
        lambda t: t.count(where=t.ordered_date.isnull()),
        "deliveries have no row that says when they were ordered and are not counted", blocks=False,
    ),),
)  # fmt: skip
lead_days = Measure("lead_days", RECEIPTS, "sum", lambda t: t.ordered_date.notnull(), lambda t: t.waited_days)
write_offs = Measure(
    "write_offs", WRITE_OFFS, "sum", _all,
    lambda t: ibis.ifelse(t.direction == "out", t.quantity, -t.quantity) * t.cost, is_major=True, uses_cost=True,
    gaps=(Gap(
        lambda t: t.count(where=(t.quantity > 0) & t.cost.isnull()),
        "write-offs have no unit cost; import it as an attribute of the product",
    ),),
)  # fmt: skip
dated_shipments = Measure(
    "dated_shipments", SHIPMENTS, "count", lambda t: t.paid_date.notnull(),
    gaps=(Gap(
        lambda t: t.count(where=t.paid_date.isnull()),
        "shipped lines have no row that says when they were paid and are not counted", blocks=False,
    ),),
)  # fmt: skip
shipping_wait_days = Measure(
    "shipping_wait_days", SHIPMENTS, "sum", lambda t: t.paid_date.notnull(), lambda t: t.waited_days
)
sold_so_far = Measure(
    "sold_so_far", SOLD_SO_FAR, "sum", lambda t: (t.state == "paid") & is_goods(t), lambda t: t.quantity
)
sent_back_so_far = Measure(
    "sent_back_so_far", SOLD_SO_FAR, "sum", lambda t: t.state.isin(("refunded", "cancelled")) & is_goods(t),
    lambda t: t.quantity,
)  # fmt: skip
received_so_far = Measure("received_so_far", RECEIVED_SO_FAR, "sum", _all, lambda t: t.quantity)
