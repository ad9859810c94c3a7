"""Coupons that the shop's people make and end."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.holds import money_may_move
from yunying.portal.shop.models import Coupon, Shop


def coupon_new(shop: Shop, fields: Mapping[str, object], actor: str, now: datetime) -> Coupon:
    """Make a coupon; its fields are the row's."""
    code = str(fields["code"]).strip().upper()
    if not 3 <= len(code) <= 40:
        raise OperatorError("bad-code", "A code has 3 to 40 characters.", "Give another one.")
    money_may_move(shop)
    try:
        with transaction.atomic():
            made = Coupon.objects.create(shop=shop, **{**fields, "code": code})
            after = {name: str(value) for name, value in fields.items()}
            audit_record(shop.slug, actor, now, [Change("shop-coupon-new", f"coupon/{code}", after=after)])
    except IntegrityError as error:
        raise OperatorError(
            "bad-coupon", "There is a coupon of this code, or its values do not fit.",
            "Give an amount or a share, and an end after the beginning.",
        ) from error  # fmt: skip
    return made


def coupon_end(coupon: Coupon, actor: str, now: datetime) -> None:
    """Nobody can use it any more; orders that did keep their discount."""
    with transaction.atomic():
        if not Coupon.objects.filter(pk=coupon.pk, starts_at__lt=now, ends_at__gt=now).update(ends_at=now):
            raise OperatorError("closed-already", "This coupon does not hold now.", "Look at the list.")
        audit_record(coupon.shop.slug, actor, now, [Change("shop-coupon-end", f"coupon/{coupon.code}")])
