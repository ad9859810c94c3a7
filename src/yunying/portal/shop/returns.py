"""Returns: within seven days of the delivery; what comes back is refunded, and sold again if it can be."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.facts.orders import return_received_tell
from yunying.portal.shop.models import Order, OrderLine, Refund, Return, ReturnLine
from yunying.portal.shop.refunds import refund_lines
from yunying.portal.shop.states import order_locked
from yunying.portal.shop.stock import stock_add, stock_demand
from yunying.portal.shop.totals import part_of

RETURN_WITHIN = timedelta(days=7)


def return_is_open(order: Order, now: datetime) -> bool:
    """Whether the order's things may still be sent back."""
    return order.state == "delivered" and order.delivered_at is not None and now < order.delivered_at + RETURN_WITHIN


def return_ask(order: Order, quantities: Mapping[int, int], key: str, reason: str, now: datetime) -> Return:
    """The buyer sends units of lines back, by the line's position. The same key is the same return."""
    with transaction.atomic():
        order = order_locked(order.pk)
        known = Return.objects.filter(order=order, key=key).first()
        if known is not None:
            return known
        if not return_is_open(order, now):
            raise OperatorError(
                "return-closed", "Things are sent back within seven days of the delivery.", "Write to the shop."
            )
        if not any(quantities.values()) or any(quantity < 0 for quantity in quantities.values()):
            raise OperatorError("nothing-returned", "Nothing is chosen.", "Choose what you send back.")
        made = Return.objects.create(order=order, key=key, reason=reason, asked_at=now)
        for line in OrderLine.objects.filter(order=order, position__in=quantities).order_by("position"):
            quantity = quantities[line.position]
            if not quantity:
                continue
            if not OrderLine.objects.filter(pk=line.pk, quantity__gte=F("returned") + quantity).update(
                returned=F("returned") + quantity
            ):
                raise OperatorError("returned-already", "So many were not bought.", "Choose fewer.")
            amount_minor = part_of(line.due_minor, line.quantity, line.returned, line.returned + quantity)
            ReturnLine.objects.create(sent_back=made, line=line, quantity=quantity, amount_minor=amount_minor)
        return made


def return_receive(sent_back: Return, now: datetime, *, is_sellable: bool) -> Refund | None:
    """The things are here: refund what was paid for them, and put them on hand if they can be sold again.

    Returns:
        The refund that is to be sent; None where nothing was paid or nothing is left of it.
    """
    with transaction.atomic():
        order = order_locked(sent_back.order_id)
        if not Return.objects.filter(pk=sent_back.pk, state__in=("asked", "approved")).update(
            state="received", received_at=now
        ):
            return Refund.objects.filter(key=f"return-{sent_back.pk}").first()
        lines = sent_back.lines.select_related("line")
        if is_sellable:
            wanted: dict[int, int] = {}
            for each in lines:
                wanted[each.line.variant_id] = wanted.get(each.line.variant_id, 0) + each.quantity
            for variant, quantity in stock_demand(wanted).items():
                stock_add(variant, quantity, "return", f"return-{sent_back.pk}", now)
        return_received_tell(order, sent_back, now, is_sellable=is_sellable)
        left_minor = order.paid_minor - order.refunded_minor
        parts: dict[int, int] = {}
        for each in lines:
            # What a line was refunded before is not refunded again.
            part = min(each.amount_minor, each.line.due_minor - each.line.refunded_minor, left_minor)
            if part > 0:
                parts[each.line.position] = part
                left_minor -= part
        return refund_lines(order, parts, 0, f"return-{sent_back.pk}", "return", now) if parts else None


def return_answer(sent_back: Return, answer: str, now: datetime, *, is_approved: bool) -> None:
    """Say yes or no to a return that was asked for; a no frees its units to be sent back another time."""
    with transaction.atomic():
        order_locked(sent_back.order_id)
        state = "approved" if is_approved else "refused"
        if not Return.objects.filter(pk=sent_back.pk, state="asked").update(state=state, answer=answer):
            raise OperatorError("closed-already", "This return was answered already.", "Look at where it stands.")
        if not is_approved:
            for each in sent_back.lines.all():
                OrderLine.objects.filter(pk=each.line_id).update(returned=F("returned") - each.quantity)
