"""Refunds: taken off what was paid by one conditional update, then sent under a key that the provider knows."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.portal.shop.facts.orders import refund_done_tell
from yunying.portal.shop.holds import hold_open
from yunying.portal.shop.mails import order_mail
from yunying.portal.shop.models import Order, OrderLine, Payment, Refund, RefundLine
from yunying.portal.shop.providers import provider_of


def refund_ask(order: Order, amount_minor: int, key: str, reason: str, now: datetime) -> Refund:
    """Write a refund down; never more than is left of what was paid. The same key is the same refund."""
    if amount_minor <= 0:
        raise OperatorError("bad-amount", "A refund must be above zero.", "Give an amount above zero.")
    try:
        with transaction.atomic():
            known = _known(key, order, amount_minor)
            if known is not None:
                return known
            is_left = Order.objects.filter(
                pk=order.pk, paid_minor__gte=F("refunded_minor") + amount_minor
            ).update(refunded_minor=F("refunded_minor") + amount_minor)  # fmt: skip
            if not is_left:
                raise OperatorError("refund-above-paid", "This is more than is left of what was paid.", "Refund less.")
            payment = Payment.objects.get(order=order, state="paid")
            return Refund.objects.create(
                payment=payment, key=key, amount_minor=amount_minor, reason=reason, asked_at=now
            )
    except IntegrityError:
        known = _known(key, order, amount_minor)
        if known is None:
            raise
        return known


def refund_lines(
    order: Order, amounts: Mapping[int, int], shipping_minor: int, key: str, reason: str, now: datetime
) -> Refund:  # fmt: skip
    """Refund parts of lines, by their position, and of the shipping; no line more than its share of what was owed."""
    if any(amount < 0 for amount in (*amounts.values(), shipping_minor)):
        raise OperatorError("bad-amount", "A refund must be above zero.", "Give an amount above zero.")
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        total_minor = sum(amounts.values()) + shipping_minor
        if (known := _known(key, order, total_minor)) is not None:
            return known
        others = Refund.objects.filter(payment__order=order).exclude(state="failed")
        if shipping_minor + (others.aggregate(n=Sum("shipping_minor"))["n"] or 0) > order.shipping_minor:
            raise OperatorError("refund-above-paid", "Shipping cost less than that.", "Refund less.")
        refund = refund_ask(order, total_minor, key, reason, now)
        refund.shipping_minor = shipping_minor
        refund.save(update_fields=["shipping_minor"])
        for position, amount_minor in sorted(amounts.items()):
            if not amount_minor:
                continue
            line = OrderLine.objects.filter(order=order, position=position).first()
            if line is None or not OrderLine.objects.filter(
                pk=line.pk, due_minor__gte=F("refunded_minor") + amount_minor
            ).update(refunded_minor=F("refunded_minor") + amount_minor):
                raise OperatorError("refund-above-line", "This is more than is left of the line.", "Refund less.")
            RefundLine.objects.create(refund=refund, line=line, amount_minor=amount_minor)
        return refund


def refund_send(refund: Refund, now: datetime) -> Refund:
    """Send a refund; outside of any transaction. One that does not get through stays and is sent again."""
    payment = refund.payment
    if hold_open(payment.order.shop):
        # It stays asked, and goes when the books agree again.
        return refund
    try:
        state = provider_of(payment.provider).refund(
            payment.charge, refund.amount_minor, payment.currency, key=refund.key
        )
    except ConnectorError as error:
        if error.retryable:
            return refund
        state = "failed"
    if state == "asked":
        return refund
    return refund_end(refund, state, now)


def refund_end(refund: Refund, state: str, now: datetime) -> Refund:
    """The money went back, or it did not and may be refunded again."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=refund.payment.order_id)
        has_ended = Refund.objects.filter(pk=refund.pk, state="asked").update(state=state, ended_at=now)
        if has_ended and state == "done":
            refund_done_tell(order, refund, now)
        if has_ended and state == "failed":
            Order.objects.filter(pk=order.pk).update(refunded_minor=F("refunded_minor") - refund.amount_minor)
            for part in RefundLine.objects.filter(refund=refund):
                OrderLine.objects.filter(pk=part.line_id).update(refunded_minor=F("refunded_minor") - part.amount_minor)
        elif has_ended:
            order_mail(order, "refunded", now, refund.amount_minor)
    refund.refresh_from_db()
    return refund


def refunds_sweep(now: datetime) -> int:
    """Send again what was asked and has not gone through; returns how many went."""
    waiting = Refund.objects.filter(state="asked").select_related("payment").order_by("pk")
    return sum(refund_send(refund, now).state == "done" for refund in waiting)


def _known(key: str, order: Order, amount_minor: int) -> Refund | None:
    refund = Refund.objects.filter(key=key).select_related("payment").first()
    if refund is not None and (refund.payment.order_id != order.pk or refund.amount_minor != amount_minor):
        raise OperatorError("key-reused", "This key made another refund.", "Use a new key.")
    return refund
