"""What the facade's commands do in the shop: how each is checked, applied and undone."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.catalogue_edit import lowest_write
from yunying.portal.shop.command_params import Params, bad_command, moment_given, text_named, variant_named, whole_given
from yunying.portal.shop.models import Coupon, ListPrice, Message, Order, Shop
from yunying.portal.shop.prices import price_schedule, price_unschedule, prices_at

MOST_MINOR, MOST_UNITS = 10**11, 10**7


def price_check(shop: Shop, params: Params, now: datetime) -> str:
    """``sku``, ``price_minor``; perhaps ``crossed_out_minor``, ``starts_at``, ``ends_at``."""
    price_minor = whole_given(params, "price_minor", MOST_MINOR)
    crossed_out = params.get("crossed_out_minor")
    if crossed_out is not None and whole_given(params, "crossed_out_minor", MOST_MINOR) <= price_minor:
        raise bad_command("The crossed-out price must be above the price.")
    starts_at = moment_given(params, "starts_at") or now
    if starts_at < now:
        raise bad_command("A price cannot begin in the past.")
    ends_at = moment_given(params, "ends_at")
    if ends_at is not None and ends_at <= starts_at:
        raise bad_command("The price would end before it begins.")
    sku = variant_named(shop, params).sku
    return f"{sku} costs {price_minor} {shop.currency} minor units from {starts_at.isoformat()}."


def price_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    variant = variant_named(shop, params)
    before = prices_at([variant.pk], now).get(variant.pk)
    rows = price_schedule(
        variant, params["price_minor"], moment_given(params, "starts_at") or now, moment_given(params, "ends_at"),
        params.get("crossed_out_minor"),
    )  # fmt: skip
    lowest_write([variant.product_id], now)
    return {"rows": rows, "before_minor": before.price_minor if before else None}


def price_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Takes the prices away; orders that were placed at them keep them."""
    products = list(ListPrice.objects.filter(pk__in=result["rows"]).values_list("variant__product", flat=True))
    price_unschedule(result["rows"])
    lowest_write(products, now)


def coupon_check(shop: Shop, params: Params, now: datetime) -> str:
    """``code``, ``off_minor`` or ``off_rate``, ``most_uses``, ``ends_at``; perhaps ``minimum_minor``, ``starts_at``."""
    code = params.get("code")
    if not isinstance(code, str) or not 3 <= len(code) <= 40 or code != code.strip().upper():
        raise bad_command("code must be 3 to 40 characters in upper case.")
    if ("off_minor" in params) == ("off_rate" in params):
        raise bad_command("Give off_minor or off_rate.")
    if "off_minor" in params:
        whole_given(params, "off_minor", MOST_MINOR)
    else:
        _rate(params)
    whole_given(params, "most_uses", MOST_UNITS)
    if "minimum_minor" in params:
        whole_given(params, "minimum_minor", MOST_MINOR)
    ends_at = moment_given(params, "ends_at")
    if ends_at is None or ends_at <= (moment_given(params, "starts_at") or now):
        raise bad_command("ends_at must come after the beginning.")
    if Coupon.objects.filter(shop=shop, code=code).exists():
        raise OperatorError("coupon-known", "There is a coupon of this code.", "Choose another code.")
    return f"Coupon {code} holds for {params['most_uses']} orders until {ends_at.isoformat()}."


def coupon_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    made = Coupon.objects.create(
        shop=shop, code=params["code"], off_minor=params.get("off_minor", 0),
        off_rate=_rate(params) if "off_rate" in params else 0, minimum_minor=params.get("minimum_minor", 0),
        most_uses=params["most_uses"], starts_at=moment_given(params, "starts_at") or now,
        ends_at=moment_given(params, "ends_at"),
    )  # fmt: skip
    return {"coupon": made.pk}


def coupon_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Nobody can use it any more; orders that did keep their discount."""
    coupon = Coupon.objects.get(shop=shop, pk=result["coupon"])
    if coupon.starts_at >= now:
        Coupon.objects.filter(pk=coupon.pk, used=0).delete()
    else:
        Coupon.objects.filter(pk=coupon.pk, ends_at__gt=now).update(ends_at=now)


def message_check(shop: Shop, params: Params, now: datetime) -> str:
    """``to`` or ``order``, ``subject``, ``body``."""
    try:
        validate_email(_recipient(shop, params))
    except ValidationError as error:
        raise bad_command("to must be a mail address, or the order's buyer must have given one.") from error
    for field, most in (("subject", 200), ("body", 20_000)):
        text = params.get(field)
        if not isinstance(text, str) or not 1 <= len(text) <= most:
            raise bad_command(f"{field} must be a text of 1 to {most} characters.")
    if any(letter in params["subject"] for letter in "\r\n"):
        raise bad_command("subject must be one line.")
    return f"A message waits for {params.get('to') or params['order']}."


def message_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    made = Message.objects.create(
        shop=shop, to=_recipient(shop, params), subject=params["subject"], body=params["body"], made_at=now
    )
    return {"message": made.pk}


def message_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Only before it is sent."""
    if not Message.objects.filter(shop=shop, pk=result["message"], state="waiting").update(state="withdrawn"):
        raise OperatorError("message-sent", "The message is sent already.", "Write another one.")


def _rate(params: Params) -> Decimal:
    try:
        rate = Decimal(str(params["off_rate"]))
    except InvalidOperation as error:
        raise bad_command("off_rate must be a number.") from error
    if not rate.is_finite() or not 0 < rate < 1 or rate != rate.quantize(Decimal("0.0001")):
        raise bad_command("off_rate must lie between 0 and 1, with at most four digits.")
    return rate


def withdrawal_check(shop: Shop, params: Params, now: datetime) -> str:
    """``code``."""
    code = text_named(params, "code", 40)
    if not Coupon.objects.filter(shop=shop, code=code, ends_at__gt=now).exists():
        raise OperatorError("coupon-unknown", "There is no coupon of this code any more.", "Check the code.")
    return f"Coupon {code} does not hold any more."


def withdrawal_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    """Nobody can use it from now on; orders that did keep their discount. One that nobody used leaves its code free."""
    coupon = Coupon.objects.select_for_update(of=("self",)).get(shop=shop, code=params["code"])
    kept = {name: getattr(coupon, name) for name in ("code", "off_minor", "minimum_minor", "most_uses", "used")}
    times = {"starts_at": coupon.starts_at.isoformat(), "ends_at": coupon.ends_at.isoformat()}
    if coupon.uses.exists():
        starts_at = min(coupon.starts_at, now - timedelta(microseconds=1))
        Coupon.objects.filter(pk=coupon.pk).update(starts_at=starts_at, ends_at=now)
    else:
        coupon.delete()
    return {**kept, **times, "off_rate": str(coupon.off_rate)}


def withdrawal_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    fields = {**result, "starts_at": moment_given(result, "starts_at"), "ends_at": moment_given(result, "ends_at")}
    code, used = fields.pop("code"), fields.pop("used")
    Coupon.objects.update_or_create(
        shop=shop, code=code, defaults=fields, create_defaults={**fields, "shop": shop, "code": code, "used": used}
    )


def _recipient(shop: Shop, params: Params) -> str:
    if "order" not in params:
        return str(params.get("to"))
    order = Order.objects.filter(shop=shop, number=str(params["order"])).select_related("address").first()
    if order is None:
        raise OperatorError("no-order", "There is no such order.", "Check the order's number.")
    return order.address.email
