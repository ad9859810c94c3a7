"""The states of an order, and the steps between them; each is one conditional update of its row."""

from datetime import datetime

from django.db import transaction

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.coupons import coupon_give_back
from yunying.portal.shop.facts.orders import order_cancelled_tell, order_paid_tell, order_shipped_tell
from yunying.portal.shop.mails import order_mail
from yunying.portal.shop.models import Order, Payment, Refund
from yunying.portal.shop.refunds import refund_ask
from yunying.portal.shop.stock import stock_claim, stock_put_back, stock_release, stock_write_off


def order_accept(order: Order, now: datetime, *, is_paid: bool) -> None:
    """The order will be shipped: its stock is claimed; in the caller's transaction, which holds the order's row."""
    order.state = "accepted"
    if is_paid:
        order.paid_minor, order.paid_at = order.total_minor, now
    order.save(update_fields=["state", "paid_minor", "paid_at"])
    stock_claim(order, now)
    if is_paid:
        order_paid_tell(order, now)
        order_mail(order, "paid", now)


def order_ship(order: Order, tracking: str, now: datetime, carrier: str = "") -> Order:
    """The parcel is on its way."""
    with transaction.atomic():
        if not Order.objects.filter(pk=order.pk, state="accepted").update(
            state="shipped", shipped_at=now, tracking=tracking, carrier=carrier
        ):
            raise _refused(order, "Only an accepted order is shipped.")
        shipped = Order.objects.select_related("shop", "address").get(pk=order.pk)
        order_shipped_tell(shipped, now)
        order_mail(shipped, "shipped", now)
    return shipped


def order_deliver(order: Order, now: datetime) -> Order:
    """The parcel has arrived; from now on returns count their days."""
    if not Order.objects.filter(pk=order.pk, state="shipped").update(state="delivered", delivered_at=now):
        raise _refused(order, "Only a shipped order is delivered.")
    return Order.objects.get(pk=order.pk)


def order_cancel(order: Order, reason: str, now: datetime) -> Refund | None:
    """Cancel what was not shipped: stock comes back, what was paid is refunded, an unused coupon is free again.

    Returns:
        The refund that is to be sent, if there is one.
    """
    with transaction.atomic():
        order = order_locked(order.pk)
        if order.state not in ("placed", "accepted"):
            raise _refused(order, "Only an order that was not shipped is cancelled.")
        was_accepted, was_paid = order.state == "accepted", order.paid_at is not None
        order.state, order.cancel_reason, order.cancelled_at = "cancelled", reason, now
        order.save(update_fields=["state", "cancel_reason", "cancelled_at"])
        Payment.objects.filter(order=order, state="begun").update(state="failed", ended_at=now)
        if not was_paid:
            coupon_give_back(order, now)
        if was_accepted:
            stock_put_back(order, now)
        else:
            stock_release(order)
        order_cancelled_tell(order, now)
        left_minor = order.paid_minor - order.refunded_minor
        return refund_ask(order, left_minor, f"cancel-{order.pk}", reason, now) if left_minor else None


def order_come_back(order: Order, now: datetime, *, is_sellable: bool) -> Refund | None:
    """The buyer refused the parcel at the door and it is back: what was paid is refunded, what can be is sold again."""
    with transaction.atomic():
        order = order_locked(order.pk)
        if order.state != "shipped":
            raise _refused(order, "Only a shipped order comes back.")
        order.state, order.cancel_reason, order.cancelled_at = "cancelled", "refused-at-the-door", now
        order.save(update_fields=["state", "cancel_reason", "cancelled_at"])
        Payment.objects.filter(order=order, state="begun").update(state="failed", ended_at=now)
        if is_sellable:
            stock_put_back(order, now)
        else:
            stock_write_off(order, now)
        order_cancelled_tell(order, now, is_sellable=is_sellable)
        left_minor = order.paid_minor - order.refunded_minor
        return refund_ask(order, left_minor, f"refused-{order.pk}", "refused-at-the-door", now) if left_minor else None


def order_locked(pk: int) -> Order:
    """The order with its row held, in the caller's transaction."""
    return Order.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _refused(order: Order, what: str) -> OperatorError:
    return OperatorError("wrong-state", what, f"Order {order.number} is past that; look at where it stands.")
