"""What an order is made of, frozen when it is first told: bundles as their parts, and postage as a line of its own."""

from collections.abc import Mapping, Sequence

from yunying.portal.shop.models import BundlePart, Order, OrderLine, OrderPart
from yunying.portal.shop.totals import shares_of

POSTAGE = "shipping"


def parts_of(order: Order) -> list[OrderPart]:
    """The parts of an order, in the caller's transaction; made once, so that every state tells of the same lines.

    A bundle is told as its stocked items, because they are what is sold out and bought again; its price is shared
    among them by their cost.
    """
    known = list(OrderPart.objects.filter(order=order).order_by("pk"))
    return known or parts_new(order, list(OrderLine.objects.filter(order=order).order_by("position")))


def parts_new(order: Order, lines: Sequence[OrderLine]) -> list[OrderPart]:
    """The parts of an order that has none yet; ``lines`` are all of its lines in their order."""
    return OrderPart.objects.bulk_create(_parts(order, lines))


def _parts(order: Order, lines: Sequence[OrderLine]) -> list[OrderPart]:
    bundles: dict[int, list[BundlePart]] = {}
    for part in BundlePart.objects.filter(bundle__in={line.variant_id for line in lines}).select_related("part"):
        bundles.setdefault(part.bundle_id, []).append(part)
    found = [part for line in lines for part in _of_line(order, line, bundles)]
    postage_minor = order.total_minor - sum(part.amount_minor for part in found)
    if postage_minor:
        found.append(
            OrderPart(
                order=order, line=POSTAGE, kind=POSTAGE, product=POSTAGE, quantity=1,
                goods_minor=order.shipping_minor, amount_minor=postage_minor, unit_cost_minor=0,
            )
        )  # fmt: skip
    for part, tax_minor in zip(found, shares_of(order.tax_minor, [part.amount_minor for part in found]), strict=True):
        part.tax_minor = tax_minor
    return found


def _of_line(order: Order, line: OrderLine, bundles: Mapping[int, Sequence[BundlePart]]) -> list[OrderPart]:
    goods_minor = line.quantity * line.unit_price_minor
    parts = sorted(bundles.get(line.variant_id, ()), key=lambda part: part.part_id)
    if not parts:
        return [
            OrderPart(
                order=order, order_line=line, line=str(line.position), kind="goods", product=line.sku,
                quantity=line.quantity, goods_minor=goods_minor, amount_minor=line.due_minor,
                unit_cost_minor=line.unit_cost_minor,
            )
        ]  # fmt: skip
    costs = [part.quantity * part.part.cost_minor for part in parts]
    weights = costs if all(costs) else [part.quantity for part in parts]
    goods, dues = shares_of(goods_minor, weights), shares_of(line.due_minor, weights)
    return [
        OrderPart(
            order=order, order_line=line, line=f"{line.position}.{place}", kind="goods", product=part.part.sku,
            quantity=line.quantity * part.quantity, goods_minor=goods[place - 1], amount_minor=dues[place - 1],
            unit_cost_minor=part.part.cost_minor,
        )
        for place, part in enumerate(parts, start=1)
    ]  # fmt: skip
