"""Money that comes after its order was ended fills it all the same, as long as everything is still there."""

from datetime import datetime

from django.db import transaction

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.coupons import coupon_take_again
from yunying.portal.shop.models import Order, Payment, Reservation
from yunying.portal.shop.stock import stock_hold

ENDED_BY_TIME = ("expired", "payment-failed")


def late_filled(order: Order, payment: Payment, now: datetime) -> bool:
    """Bring an order back that ended unpaid, with its stock and coupon, or leave all as it is. Whether it was brought.

    In the caller's transaction, which holds the order's and the payment's rows. What the buyer or the shop cancelled
    stays so.
    """
    if order.state != "cancelled" or order.cancel_reason not in ENDED_BY_TIME or order.paid_at is not None:
        return False
    if Payment.objects.filter(order=order, state__in=("begun", "paid")).exists():
        return False
    try:
        with transaction.atomic():
            coupon_take_again(order, now)
            reservation = Reservation.objects.get(order=order)
            stock_hold({each.variant_id: each.quantity for each in reservation.lines.all()})
            Reservation.objects.filter(pk=reservation.pk, state="released").update(state="held", expires_at=now)
    except OperatorError:
        return False
    order.state, order.cancel_reason, order.cancelled_at = "placed", "", None
    order.save(update_fields=["state", "cancel_reason", "cancelled_at"])
    return True
