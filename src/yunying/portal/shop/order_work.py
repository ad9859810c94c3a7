"""What the shop's people do with orders and money; each leaves an entry in the audit log."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.holds import money_may_move
from yunying.portal.shop.models import MoneyToReturn, Order, Payment, Refund, Return, Shop
from yunying.portal.shop.payments import notice_apply
from yunying.portal.shop.providers import provider_of
from yunying.portal.shop.providers.contract import ByHand, Notice
from yunying.portal.shop.refunds import refund_end, refund_lines
from yunying.portal.shop.returns import return_answer, return_receive
from yunying.portal.shop.states import order_cancel, order_come_back, order_deliver, order_ship


def work_ship(order: Order, carrier: str, tracking: str, actor: str, now: datetime) -> None:
    """Say that the parcel is on its way."""
    with transaction.atomic():
        order_ship(order, tracking, now, carrier)
        _tell(order, "ship", actor, now, {"carrier": carrier, "tracking": tracking})


def work_deliver(order: Order, actor: str, now: datetime) -> None:
    """Say that the parcel has arrived."""
    with transaction.atomic():
        order_deliver(order, now)
        _tell(order, "deliver", actor, now, {})


def work_cancel(order: Order, actor: str, now: datetime) -> Refund | None:
    """Cancel what was not shipped; the refund that is to be sent, if there is one."""
    with transaction.atomic():
        refund = order_cancel(order, "shop", now)
        _tell(order, "cancel", actor, now, {"refund_minor": refund.amount_minor if refund else 0})
    return refund


def work_come_back(order: Order, actor: str, now: datetime, *, is_sellable: bool) -> Refund | None:
    """Take in a parcel that was refused at the door."""
    with transaction.atomic():
        refund = order_come_back(order, now, is_sellable=is_sellable)
        _tell(order, "come-back", actor, now, {"is_sellable": is_sellable})
    return refund


def work_refund(
    order: Order, amounts: Mapping[int, int], shipping_minor: int, key: str, reason: str, actor: str, now: datetime
) -> Refund:  # fmt: skip
    """Refund parts of lines and of the shipping."""
    money_may_move(order.shop)
    with transaction.atomic():
        is_known = Refund.objects.filter(key=key).exists()
        refund = refund_lines(order, amounts, shipping_minor, key, reason, now)
        if not is_known:
            lines = {str(position): amount for position, amount in amounts.items() if amount}
            _tell(order, "refund", actor, now, {"lines": lines, "shipping_minor": shipping_minor, "reason": reason})
    return refund


def work_return_answer(sent_back: Return, answer: str, actor: str, now: datetime, *, is_approved: bool) -> None:
    """Say yes or no to a return."""
    with transaction.atomic():
        return_answer(sent_back, answer, now, is_approved=is_approved)
        after = {"return": sent_back.pk, "is_approved": is_approved, "answer": answer}
        _tell(sent_back.order, "return-answer", actor, now, after)


def work_return_receive(sent_back: Return, actor: str, now: datetime, *, is_sellable: bool) -> Refund | None:
    """Take in what was sent back."""
    with transaction.atomic():
        refund = return_receive(sent_back, now, is_sellable=is_sellable)
        after = {"return": sent_back.pk, "is_sellable": is_sellable}
        _tell(sent_back.order, "return-receive", actor, now, after)
    return refund


def work_money_came(order: Order, charge: str, amount_minor: int, actor: str, now: datetime) -> str:
    """Say that a transfer or a courier's cash came, under the bank's own reference; what came of it."""
    payment = Payment.objects.filter(order=order).order_by("-pk").first()
    if payment is None or not isinstance(provider_of(payment.provider), ByHand):
        raise OperatorError("not-by-hand", "This payment is told by its provider.", "Wait for its notice.")
    if not charge:
        raise OperatorError("no-charge", "The money has no reference.", "Give the one of the bank or the courier.")
    with transaction.atomic():
        notice = Notice(f"staff-{charge}", payment.reference, "paid", charge, amount_minor, payment.currency)
        outcome = notice_apply(payment.provider, notice, now)
        _tell(order, "money-came", actor, now, {"charge": charge, "amount_minor": amount_minor, "outcome": outcome})
    return outcome


def work_refund_ended(refund: Refund, actor: str, now: datetime, *, is_sent: bool) -> None:
    """Say that a refund that a person makes went out, or that it cannot."""
    if not isinstance(provider_of(refund.payment.provider), ByHand):
        raise OperatorError("not-by-hand", "This refund is sent by its provider.", "Wait for it.")
    with transaction.atomic():
        refund_end(refund, "done" if is_sent else "failed", now)
        _tell(refund.payment.order, "refund-ended", actor, now, {"refund": refund.pk, "is_sent": is_sent})


def work_money_sent(shop: Shop, row: MoneyToReturn, actor: str, now: datetime) -> None:
    """Say that money which paid no order was sent back."""
    with transaction.atomic():
        if not MoneyToReturn.objects.filter(pk=row.pk, sent_at=None).update(sent_at=now):
            raise OperatorError("closed-already", "This money was sent back already.", "Look at the list.")
        after = {"charge": row.charge, "amount_minor": row.amount_minor}
        audit_record(shop.slug, actor, now, [Change("shop-money-sent", f"charge/{row.charge}", after=after)])


def money_to_return(shop: Shop) -> list[MoneyToReturn]:
    """Money that pays no order and came for one of this shop; where it is the only shop, also what nobody knows."""
    references = Payment.objects.filter(order__shop=shop).values("reference")
    rows = MoneyToReturn.objects.filter(sent_at=None).order_by("noticed_at")
    if Shop.objects.exclude(pk=shop.pk).exists():
        rows = rows.filter(reference__in=references)
    return list(rows)


def _tell(order: Order, what: str, actor: str, now: datetime, after: Mapping[str, object]) -> None:
    # The shop's slug names its chain of the log.
    audit_record(order.shop.slug, actor, now, [Change(f"shop-{what}", f"order/{order.number}", after=after)])
