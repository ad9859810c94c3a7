"""Purchase orders to suppliers, and the receipt of goods, with or without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.facts.stock import purchase_tell, receipt_tell
from yunying.portal.shop.models import PurchaseOrder, PurchaseOrderLine, Shop, Variant
from yunying.portal.shop.stock import stock_add, stock_take_away


@dataclass(frozen=True)
class Ordered:
    """One line of a purchase order."""

    variant: Variant
    quantity: int
    unit_cost: Decimal


@dataclass(frozen=True)
class Receipt:
    """Units that came; ``lines`` says how many for which line of a purchase order, as (line, units)."""

    variant: Variant
    quantity: int
    lines: Sequence[tuple[int, int]] = ()


def purchase_order(
    shop: Shop, number: str, lines: Sequence[Ordered], now: datetime, *, supplier: str = "",
    promised_date: date | None = None,
) -> PurchaseOrder:  # fmt: skip
    """Write a purchase order down and tell it; the order's paper goes to the supplier by other ways."""
    with transaction.atomic():
        made = PurchaseOrder.objects.create(
            shop=shop, number=number, supplier=supplier, promised_date=promised_date, ordered_at=now
        )
        for position, each in enumerate(lines, start=1):
            line = PurchaseOrderLine.objects.create(
                purchase=made, position=position, variant=each.variant, quantity=each.quantity,
                unit_cost=each.unit_cost,
            )  # fmt: skip
            purchase_tell(line, "ordered", each.quantity, now)
    return made


def purchase_cancel(purchase: PurchaseOrder, now: datetime) -> int:
    """What has not come will not come; how many units those are."""
    with transaction.atomic():
        count = 0
        for line in _locked(purchase):
            open_units = line.quantity - line.received - line.cancelled
            if open_units:
                line.cancelled += open_units
                line.save(update_fields=["cancelled"])
                purchase_tell(line, "cancelled", open_units, now)
                count += open_units
    return count


def purchase_receive(variant: Variant, quantity: int, key: str, now: datetime, *, purchase: str = "") -> Receipt:
    """Put units on hand, once for a key; of a purchase order, they are taken off what is on its way.

    Raises:
        OperatorError: the purchase order is unknown, or less of this is on its way.
    """
    with transaction.atomic():
        taken = _taken(variant, quantity, key, now, purchase) if purchase else ()
        stock_add(variant.pk, quantity, "receipt", key, now)
        if not purchase:
            receipt_tell(variant, key, quantity, now)
    return Receipt(variant, quantity, taken)


def receipt_take_back(receipt: Receipt, key: str, now: datetime) -> None:
    """The units were not there; refused where they are sold or held already. The facts are corrected."""
    with transaction.atomic():
        stock_take_away(receipt.variant.pk, receipt.quantity, "receipt-undone", key, now)
        for pk, units in receipt.lines:
            PurchaseOrderLine.objects.filter(pk=pk).update(received=F("received") - units)
            line = PurchaseOrderLine.objects.select_related("purchase__shop", "variant").get(pk=pk)
            purchase_tell(line, "received", 0, now, key)
        if not receipt.lines:
            receipt_tell(receipt.variant, key, 0, now)


def _taken(variant: Variant, quantity: int, key: str, now: datetime, number: str) -> Sequence[tuple[int, int]]:
    found = PurchaseOrder.objects.filter(shop=variant.shop_id, number=number).first()
    if found is None:
        raise OperatorError("no-purchase", f"There is no purchase order {number}.", "Check its number.")
    left, taken = quantity, []
    for line in _locked(found):
        units = min(left, line.quantity - line.received - line.cancelled) if line.variant_id == variant.pk else 0
        if units:
            line.received += units
            line.save(update_fields=["received"])
            purchase_tell(line, "received", units, now, key)
            taken.append((line.pk, units))
            left -= units
    if left:
        raise OperatorError(
            "more-than-ordered", f"{left} more came than are on their way.", "Receive the rest without an order."
        )
    return taken


def _locked(purchase: PurchaseOrder) -> list[PurchaseOrderLine]:
    rows = purchase.lines.select_for_update(of=("self",), no_key=True)
    return list(rows.select_related("purchase__shop", "variant").order_by("position"))
