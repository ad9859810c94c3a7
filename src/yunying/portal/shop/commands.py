"""What the facade's commands do in the shop: how each is checked, applied and undone."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dateparse import parse_datetime

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.catalogue_edit import lowest_write
from yunying.portal.shop.models import BundlePart, Coupon, Feature, ListPrice, Message, Product, Shop, Variant
from yunying.portal.shop.prices import price_schedule, price_unschedule
from yunying.portal.shop.stock import stock_add, stock_take_away

Params = Mapping[str, Any]
MOST_MINOR, MOST_UNITS = 10**11, 10**7


def price_check(shop: Shop, params: Params, now: datetime) -> str:
    """``sku``, ``price_minor``; perhaps ``crossed_out_minor``, ``starts_at``, ``ends_at``."""
    price_minor = _whole(params, "price_minor", MOST_MINOR)
    crossed_out = params.get("crossed_out_minor")
    if crossed_out is not None and _whole(params, "crossed_out_minor", MOST_MINOR) <= price_minor:
        raise _bad("The crossed-out price must be above the price.")
    starts_at = _moment(params, "starts_at") or now
    if starts_at < now:
        raise _bad("A price cannot begin in the past.")
    ends_at = _moment(params, "ends_at")
    if ends_at is not None and ends_at <= starts_at:
        raise _bad("The price would end before it begins.")
    return f"{_variant(shop, params).sku} costs {price_minor} {shop.currency} minor units from {starts_at.isoformat()}."


def price_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    rows = price_schedule(
        _variant(shop, params), params["price_minor"], _moment(params, "starts_at") or now, _moment(params, "ends_at"),
        params.get("crossed_out_minor"),
    )  # fmt: skip
    lowest_write([_variant(shop, params).product_id], now)
    return {"rows": rows}


def price_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Takes the prices away; orders that were placed at them keep them."""
    products = list(ListPrice.objects.filter(pk__in=result["rows"]).values_list("variant__product", flat=True))
    price_unschedule(result["rows"])
    lowest_write(products, now)


def feature_check(shop: Shop, params: Params, now: datetime) -> str:
    """``product``, ``slot``, ``position``."""
    product = Product.objects.filter(shop=shop, slug=params.get("product"), is_listed=True).first()
    if product is None:
        raise OperatorError("no-product", "There is no such product for sale.", "Check the product's name.")
    slot = params.get("slot")
    if not isinstance(slot, str) or not 1 <= len(slot) <= 40:
        raise _bad("slot must be a name.")
    _whole(params, "position", 1_000)
    if Feature.objects.filter(shop=shop, slot=slot, product=product).exists():
        raise OperatorError("featured-already", "It stands in this slot already.", "Undo that first.")
    return f"{product.slug} stands in {slot} at {params['position']}."


def feature_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    product = Product.objects.get(shop=shop, slug=params["product"])
    made = Feature.objects.create(shop=shop, slot=params["slot"], product=product, position=params["position"])
    return {"feature": made.pk}


def feature_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    Feature.objects.filter(shop=shop, pk=result["feature"]).delete()


def coupon_check(shop: Shop, params: Params, now: datetime) -> str:
    """``code``, ``off_minor`` or ``off_rate``, ``most_uses``, ``ends_at``; perhaps ``minimum_minor``, ``starts_at``."""
    code = params.get("code")
    if not isinstance(code, str) or not 3 <= len(code) <= 40 or code != code.strip().upper():
        raise _bad("code must be 3 to 40 characters in upper case.")
    if ("off_minor" in params) == ("off_rate" in params):
        raise _bad("Give off_minor or off_rate.")
    if "off_minor" in params:
        _whole(params, "off_minor", MOST_MINOR)
    else:
        _rate(params)
    _whole(params, "most_uses", MOST_UNITS)
    if "minimum_minor" in params:
        _whole(params, "minimum_minor", MOST_MINOR)
    ends_at = _moment(params, "ends_at")
    if ends_at is None or ends_at <= (_moment(params, "starts_at") or now):
        raise _bad("ends_at must come after the beginning.")
    if Coupon.objects.filter(shop=shop, code=code).exists():
        raise OperatorError("coupon-known", "There is a coupon of this code.", "Choose another code.")
    return f"Coupon {code} holds for {params['most_uses']} orders until {ends_at.isoformat()}."


def coupon_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    made = Coupon.objects.create(
        shop=shop, code=params["code"], off_minor=params.get("off_minor", 0),
        off_rate=_rate(params) if "off_rate" in params else 0, minimum_minor=params.get("minimum_minor", 0),
        most_uses=params["most_uses"], starts_at=_moment(params, "starts_at") or now,
        ends_at=_moment(params, "ends_at"),
    )  # fmt: skip
    return {"coupon": made.pk}


def coupon_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Nobody can use it any more; orders that did keep their discount."""
    coupon = Coupon.objects.get(shop=shop, pk=result["coupon"])
    if coupon.starts_at >= now:
        Coupon.objects.filter(pk=coupon.pk, used=0).delete()
    else:
        Coupon.objects.filter(pk=coupon.pk, ends_at__gt=now).update(ends_at=now)


def goods_check(shop: Shop, params: Params, now: datetime) -> str:
    """``sku``, ``quantity``."""
    variant = _variant(shop, params)
    if BundlePart.objects.filter(bundle=variant).exists():
        raise _bad("A bundle has no stock of its own; receive its parts.")
    return f"{_whole(params, 'quantity', MOST_UNITS)} of {variant.sku} are put on hand."


def goods_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    variant = _variant(shop, params)
    stock_add(variant.pk, params["quantity"], "receipt", key, now)
    return {"variant": variant.pk, "quantity": params["quantity"]}


def goods_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Refused where the units are sold or held already."""
    stock_take_away(result["variant"], result["quantity"], "receipt-undone", key, now)


def message_check(shop: Shop, params: Params, now: datetime) -> str:
    """``to``, ``subject``, ``body``."""
    try:
        validate_email(str(params.get("to")))
    except ValidationError as error:
        raise _bad("to must be a mail address.") from error
    for field, most in (("subject", 200), ("body", 20_000)):
        text = params.get(field)
        if not isinstance(text, str) or not 1 <= len(text) <= most:
            raise _bad(f"{field} must be a text of 1 to {most} characters.")
    if any(letter in params["subject"] for letter in "\r\n"):
        raise _bad("subject must be one line.")
    return f"A message waits for {params['to']}."


def message_apply(shop: Shop, params: Params, key: str, now: datetime) -> Params:
    made = Message.objects.create(
        shop=shop, to=params["to"], subject=params["subject"], body=params["body"], made_at=now
    )
    return {"message": made.pk}


def message_undo(shop: Shop, result: Params, key: str, now: datetime) -> None:
    """Only before it is sent."""
    if not Message.objects.filter(shop=shop, pk=result["message"], state="waiting").update(state="withdrawn"):
        raise OperatorError("message-sent", "The message is sent already.", "Write another one.")


def _variant(shop: Shop, params: Params) -> Variant:
    found = Variant.objects.filter(shop=shop, sku=params.get("sku")).first()
    if found is None:
        raise OperatorError("no-variant", "There is no variant of this SKU.", "Check the SKU.")
    return found


def _whole(params: Params, field: str, most: int) -> int:
    value = params.get(field)
    if type(value) is not int or not 0 < value <= most:
        raise _bad(f"{field} must be a whole number from 1 to {most}.")
    return value


def _rate(params: Params) -> Decimal:
    try:
        rate = Decimal(str(params["off_rate"]))
    except InvalidOperation as error:
        raise _bad("off_rate must be a number.") from error
    if not rate.is_finite() or not 0 < rate < 1 or rate != rate.quantize(Decimal("0.0001")):
        raise _bad("off_rate must lie between 0 and 1, with at most four digits.")
    return rate


def _moment(params: Params, field: str) -> datetime | None:
    text = params.get(field)
    if text is None:
        return None
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _bad(f"{field} must be a moment with its offset, such as 2026-05-04T09:30:00+08:00.")
    return found


def _bad(what: str) -> OperatorError:
    return OperatorError("bad-command", what, "Mend the command.")
