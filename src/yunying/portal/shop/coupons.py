"""Coupons: what one takes off, and its limited uses."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F, Q

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import Coupon, CouponUse, Order, Shop


def coupon_found(shop: Shop, code: str, goods_minor: int, now: datetime) -> Coupon:
    """The coupon of a code, if it holds now for goods of this worth and has uses left."""
    coupon = Coupon.objects.filter(shop=shop, code=code.strip().upper()).first()
    if coupon is None or not coupon.starts_at <= now < coupon.ends_at:
        raise OperatorError("coupon-unknown", "This coupon does not hold.", "Check the code, or go on without it.")
    if goods_minor < coupon.minimum_minor:
        raise OperatorError("coupon-minimum", "The goods are worth too little for this coupon.", "Add something to it.")
    if coupon.used >= coupon.most_uses:
        raise _used_up()
    return coupon


def coupon_discount(coupon: Coupon, goods_minor: int) -> int:
    """What a coupon takes off goods, never more than they cost."""
    share = int((goods_minor * Decimal(coupon.off_rate)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return min(goods_minor, coupon.off_minor + share)


def coupon_take(coupon: Coupon, order: Order, now: datetime) -> None:
    """Use a coupon for an order, in the caller's transaction; one conditional update keeps the limit."""
    is_taken = Coupon.objects.filter(
        pk=coupon.pk, used__lt=F("most_uses"), starts_at__lte=now, ends_at__gt=now
    ).update(used=F("used") + 1)  # fmt: skip
    if not is_taken:
        raise _used_up()
    phone = phone_digits(order.address.phone)
    # The update above holds the coupon's row, so uses of one person at once are counted one after the other.
    if coupon.most_each is not None and _uses_of(coupon, order, phone) >= coupon.most_each:
        raise OperatorError(
            "coupon-used-by-you", "You have used this coupon already.", "Take it out and go on without it."
        )
    CouponUse.objects.create(coupon=coupon, order=order, phone=phone)


def coupon_take_again(order: Order, now: datetime) -> None:
    """An order that is brought back uses its coupon once more; in the caller's transaction."""
    use = CouponUse.objects.filter(order=order).exclude(given_back_at=None).first()
    if use is None:
        return
    if not Coupon.objects.filter(pk=use.coupon_id, used__lt=F("most_uses")).update(used=F("used") + 1):
        raise _used_up()
    CouponUse.objects.filter(pk=use.pk).update(given_back_at=None)


def phone_digits(phone: str) -> str:
    """A phone number by which somebody is known again: its last eleven digits."""
    return "".join(letter for letter in phone if letter.isdecimal())[-11:]


def _uses_of(coupon: Coupon, order: Order, phone: str) -> int:
    """How often the buyer of an order used a coupon: known by account, by phone, or by e-mail address."""
    same = Q(phone=phone)
    if order.person_id:
        same |= Q(order__person=order.person_id)
    if order.address.email:
        same |= Q(order__address__email__iexact=order.address.email)
    return CouponUse.objects.filter(same, coupon=coupon, given_back_at=None).count()


def coupon_give_back(order: Order, now: datetime) -> None:
    """An order that was never paid leaves its coupon to others; in the caller's transaction."""
    use = CouponUse.objects.filter(order=order, given_back_at=None).first()
    if use is not None and CouponUse.objects.filter(pk=use.pk, given_back_at=None).update(given_back_at=now):
        Coupon.objects.filter(pk=use.coupon_id).update(used=F("used") - 1)


def _used_up() -> OperatorError:
    return OperatorError("coupon-used-up", "This coupon is used up.", "Take it out and go on without it.")
