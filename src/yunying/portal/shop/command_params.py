"""Reading the parameters of the facade's commands, and refusing those that do not fit."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import Product, Shop, Variant

Params = Mapping[str, Any]


def bad_command(what: str) -> OperatorError:
    """The refusal of a command that is wrong in itself."""
    return OperatorError("bad-command", what, "Mend the command.")


def whole_given(params: Params, field: str, most: int) -> int:
    """A whole number from 1 to ``most``."""
    value = params.get(field)
    if type(value) is not int or not 0 < value <= most:
        raise bad_command(f"{field} must be a whole number from 1 to {most}.")
    return value


def decimal_given(params: Params, field: str, most: int, digits: int) -> Decimal:
    """A number from 0 to ``most``, given as text, with at most so many digits behind the point."""
    try:
        value = Decimal(str(params.get(field)))
    except InvalidOperation as error:
        raise bad_command(f"{field} must be a number.") from error
    if not value.is_finite() or not 0 <= value <= most or value != round(value, digits):
        raise bad_command(f"{field} must lie between 0 and {most}, with at most {digits} digits behind the point.")
    return value


def text_named(params: Params, field: str, most: int) -> str:
    """A text of 1 to ``most`` printable characters."""
    value = params.get(field)
    if not isinstance(value, str) or not 1 <= len(value) <= most or not value.isprintable():
        raise bad_command(f"{field} must be a text of 1 to {most} characters.")
    return value


def moment_given(params: Params, field: str) -> datetime | None:
    """A moment with its offset; None where it is not given."""
    text = params.get(field)
    if text is None:
        return None
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise bad_command(f"{field} must be a moment with its offset, such as 2026-05-04T09:30:00+08:00.")
    return found


def variant_named(shop: Shop, params: Params) -> Variant:
    """The variant of a SKU."""
    found = Variant.objects.filter(shop=shop, sku=params.get("sku")).select_related("product").first()
    if found is None:
        raise OperatorError("no-variant", "There is no variant of this SKU.", "Check the SKU.")
    return found


def product_named(shop: Shop, params: Params) -> Product:
    """A product for sale, by its own name or by the SKU of one of its variants."""
    named = {"slug": params["product"]} if "product" in params else {"variants__sku": params.get("sku")}
    found = Product.objects.filter(shop=shop, is_listed=True, **named).first()
    if found is None:
        raise OperatorError("no-product", "There is no such product for sale.", "Check the product's name.")
    return found
