"""What the facade's commands do with suppliers and the warehouse: order goods, receive them, take a receipt back."""

from datetime import date, datetime

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.command_params import (
    Params,
    bad_command,
    decimal_given,
    text_named,
    variant_named,
    whole_given,
)
from yunying.portal.shop.models import AppliedCommand, BundlePart, PurchaseOrder, Shop, Variant
from yunying.portal.shop.purchases import (
    Ordered,
    Receipt,
    purchase_cancel,
    purchase_order,
    purchase_receive,
    receipt_take_back,
)

MOST_UNITS, MOST_COST, MOST_LINES = 10**7, 10**9, 500


def order_check(shop: Shop, params: Params, now: datetime) -> str:
    """``number``, ``lines`` of ``sku``, ``quantity``, ``unit_cost``; perhaps ``supplier``, ``promised_date``."""
    number, lines = text_named(params, "number", 60), _lines(shop, params)
    if PurchaseOrder.objects.filter(shop=shop, number=number).exists():
        raise OperatorError("used-reference", f"There is a purchase order {number}.", "Give this one another number.")
    if params.get("supplier"):
        text_named(params, "supplier", 100)
    _promised(params)
    return f"{number} orders {sum(line.quantity for line in lines)} units of {len(lines)} products."


def order_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    made = purchase_order(
        shop, params["number"], _lines(shop, params), now, supplier=params.get("supplier") or "",
        promised_date=_promised(params),
    )  # fmt: skip
    return {"purchase": made.pk}


def order_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Cancels what has not come; what came stays."""
    purchase_cancel(PurchaseOrder.objects.get(shop=shop, pk=result["purchase"]), now)


def goods_check(shop: Shop, params: Params, now: datetime) -> str:
    """``sku``, ``quantity``; perhaps ``purchase``, the number of the purchase order that they came for."""
    variant = _stocked(shop, params)
    quantity = whole_given(params, "quantity", MOST_UNITS)
    if params.get("purchase"):
        text_named(params, "purchase", 60)
    return f"{quantity} of {variant.sku} are put on hand."


def goods_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    variant = _stocked(shop, params)
    receipt = purchase_receive(variant, params["quantity"], key, now, purchase=params.get("purchase") or "")
    return {"variant": variant.pk, "quantity": receipt.quantity, "lines": list(map(list, receipt.lines))}


def goods_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Refused where the units are sold or held already."""
    receipt_take_back(_receipt(shop, result), key, now)


def take_back_check(shop: Shop, params: Params, now: datetime) -> str:
    """``receipt``, the key of the command that received the goods."""
    found = AppliedCommand.objects.filter(
        shop=shop, kind="receive-goods", key=text_named(params, "receipt", 64), undone_at=None
    ).first()
    if found is None:
        raise OperatorError("no-receipt", "There is no such receipt of goods.", "Check its number.")
    return f"The receipt {found.key} is taken back."


def take_back_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    row = AppliedCommand.objects.select_for_update(of=("self",)).get(shop=shop, key=params["receipt"])
    receipt_take_back(_receipt(shop, row.result), row.key, now)
    AppliedCommand.objects.filter(pk=row.pk).update(undone_at=now)
    return {"receipt": row.key}


def take_back_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """A receipt that was wrong is written anew, under its own key."""
    raise OperatorError("not-undone", "A receipt that was taken back stays so.", "Receive the goods again.")


def _lines(shop: Shop, params: Params) -> list[Ordered]:
    rows = params.get("lines")
    if not isinstance(rows, list | tuple) or not 1 <= len(rows) <= MOST_LINES:
        raise bad_command(f"lines must be 1 to {MOST_LINES} rows.")
    return [
        Ordered(
            _stocked(shop, row), whole_given(row, "quantity", MOST_UNITS), decimal_given(row, "unit_cost", MOST_COST, 6)
        )
        for row in rows
    ]


def _stocked(shop: Shop, params: Params) -> Variant:
    variant = variant_named(shop, params)
    if BundlePart.objects.filter(bundle=variant).exists():
        raise bad_command("A bundle has no stock of its own; receive its parts.")
    return variant


def _promised(params: Params) -> date | None:
    text = params.get("promised_date")
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise bad_command("promised_date must be a day such as 2026-06-18.") from error


def _receipt(shop: Shop, result: Params) -> Receipt:
    variant = Variant.objects.select_related("shop", "product").get(shop=shop, pk=result["variant"])
    return Receipt(variant, result["quantity"], tuple((pk, units) for pk, units in result.get("lines", ())))
