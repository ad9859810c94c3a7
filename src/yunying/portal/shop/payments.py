"""Payments: started with a provider, decided by its notices, each of which counts once, and ended when time is over."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.portal.shop.facts.orders import order_paid_tell
from yunying.portal.shop.holds import money_may_move
from yunying.portal.shop.late import late_filled
from yunying.portal.shop.mails import order_mail
from yunying.portal.shop.models import MoneyToReturn, Order, Payment, PaymentNotice, Reservation
from yunying.portal.shop.providers import provider_of
from yunying.portal.shop.providers.contract import Due, Notice, Start
from yunying.portal.shop.states import order_accept, order_cancel, order_locked


def payment_start(order: Order) -> Start | None:
    """Ask the provider how the order is paid; outside of any transaction, and as often as the page is opened."""
    payment = Payment.objects.filter(order=order, state="begun").first()
    if payment is None:
        return None
    money_may_move(order.shop)
    due = Due(payment.reference, payment.amount_minor, payment.currency, order.number)
    return provider_of(payment.provider).start(due)


def notices_receive(provider: str, body: bytes, signature: str, now: datetime) -> list[str]:
    """Take a provider's notices in; what came of each."""
    return [notice_apply(provider, notice, now) for notice in provider_of(provider).read(body, signature)]


def payment_ask(payment: Payment, now: datetime) -> list[str]:
    """Ask the provider what it knows of a payment, for notices that were lost."""
    return [
        notice_apply(payment.provider, each, now) for each in provider_of(payment.provider).known(payment.reference)
    ]


def notice_apply(provider: str, notice: Notice, now: datetime) -> str:
    """Let a notice count, once; money that pays no order is written down to be sent back. What came of it."""
    with transaction.atomic():
        row, is_new = PaymentNotice.objects.get_or_create(
            provider=provider, identity=notice.identity,
            defaults={"reference": notice.reference, "kind": notice.kind, "charge": notice.charge,
                      "amount_minor": notice.amount_minor, "currency": notice.currency, "received_at": now},
        )  # fmt: skip
        if not is_new:
            return row.outcome
        row.outcome = _outcome(provider, notice, now)
        row.save(update_fields=["outcome"])
        return row.outcome


def _outcome(provider: str, notice: Notice, now: datetime) -> str:
    found = Payment.objects.filter(provider=provider, reference=notice.reference).first()
    if found is None:
        return _to_return(provider, notice, "unknown-reference", now) if notice.kind == "paid" else "ignored"
    order = order_locked(found.order_id)
    payment = Payment.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    if notice.kind == "failed":
        if payment.state != "begun" or order.state != "placed":
            return "ignored"
        order_cancel(order, "payment-failed", now)
        return "failed"
    if payment.state == "paid" and payment.charge == notice.charge:
        return "known"
    if payment.state == "paid":
        return _to_return(provider, notice, "charged-twice", now)
    if (notice.amount_minor, notice.currency) != (payment.amount_minor, payment.currency):
        return _to_return(provider, notice, "wrong-amount", now)
    if payment.state != "begun" and not late_filled(order, payment, now):
        return _to_return(provider, notice, "too-late", now)
    return _paid(order, payment, notice, now)


def _paid(order: Order, payment: Payment, notice: Notice, now: datetime) -> str:
    if _is_known(payment.provider, notice.charge):
        return "known"
    payment.state, payment.charge, payment.ended_at = "paid", notice.charge, now
    payment.save(update_fields=["state", "charge", "ended_at"])
    if order.state == "placed":
        order_accept(order, now, is_paid=True)
    else:
        # It was accepted unpaid, and the money was collected later.
        order.paid_minor, order.paid_at = order.total_minor, now
        order.save(update_fields=["paid_minor", "paid_at"])
        order_paid_tell(order, now)
        order_mail(order, "paid", now)
    return "paid"


def _is_known(provider: str, charge: str) -> bool:
    """Whether this money was counted before, for an order or to be sent back."""
    paid = Payment.objects.filter(provider=provider, charge=charge)
    return paid.exists() or MoneyToReturn.objects.filter(provider=provider, charge=charge).exists()


def _to_return(provider: str, notice: Notice, reason: str, now: datetime) -> str:
    if _is_known(provider, notice.charge):
        return "known"
    MoneyToReturn.objects.get_or_create(
        provider=provider, charge=notice.charge,
        defaults={"reference": notice.reference, "amount_minor": notice.amount_minor, "currency": notice.currency,
                  "reason": reason, "noticed_at": now},
    )  # fmt: skip
    return reason


def payments_sweep(now: datetime) -> int:
    """End what was held too long: ask the provider once more, then cancel; how many orders were cancelled."""
    expired = Reservation.objects.filter(state="held", expires_at__lte=now).select_related("order").order_by("pk")
    return sum(_expire(reservation.order, now) for reservation in expired)


def _expire(order: Order, now: datetime) -> bool:
    payments: Sequence[Payment] = list(Payment.objects.filter(order=order, state="begun"))
    try:
        for payment in payments:
            payment_ask(payment, now)
    except ConnectorError:
        # Whoever does not answer may have taken the money; it is asked again at the next turn.
        return False
    with transaction.atomic():
        if order_locked(order.pk).state != "placed":
            return False
        try:
            order_cancel(order, "expired", now)
        except OperatorError:
            return False
    return True
