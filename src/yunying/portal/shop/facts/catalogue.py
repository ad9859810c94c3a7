"""Rows of ``store``, ``product`` and ``price``."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from yunying.portal.shop.facts.rows import day_of, facts_write, price_text
from yunying.portal.shop.models import BundlePart, ListPrice, Product, Shop, Variant

CAPITAL_RATE = 0.08
"""What a year of tied up money costs until somebody says otherwise, as for a store whose files are imported."""
UNDATED = "1970-01-01"


def store_tell(shop: Shop, now: datetime) -> None:
    """What every figure of the store stands on."""
    row = {
        "date": UNDATED, "title": shop.title, "currency": shop.currency, "time_zone": shop.time_zone,
        "capital_rate": CAPITAL_RATE,
    }  # fmt: skip
    facts_write(shop, "store", [row], now)


def product_tell(product: Product, now: datetime) -> None:
    """A product's variants as they are now, after whatever was changed of it. Bundles are told as their parts only."""
    variants = list(product.variants.select_related("shop").order_by("pk"))
    bundles = set(BundlePart.objects.filter(bundle__in=variants).values_list("bundle", flat=True))
    rows = [_product(product, variant, now) for variant in variants if variant.pk not in bundles]
    facts_write(product.shop, "product", rows, now)


def prices_tell(variant: Variant, begun: Mapping[datetime, int], now: datetime) -> None:
    """The list price at the close of each day on which a price begins, or began until it was taken away.

    Args:
        begun: the prices that were written or taken away, by the moment at which they begin.
    """
    shop = variant.shop
    days = {day_of(shop, moment): begun[moment] for moment in sorted(begun)}
    facts_write(shop, "price", [_price(variant, shop, day, days[day]) for day in sorted(days)], now)


def _product(product: Product, variant: Variant, now: datetime) -> Mapping[str, Any]:
    shop = product.shop
    price = _price_at(variant.pk, now)
    is_on_sale = product.is_listed and variant.is_listed
    return {
        "product": variant.sku, "date": day_of(shop, now).isoformat(),
        "title": f"{product.title_zh or product.title} {variant.title_zh or variant.title}".strip(),
        "category": product.category.slug if product.category else None, "style": product.style or None,
        "brand": product.brand or None, "supplier": product.supplier or None,
        "unit_cost": price_text(variant.cost_minor, shop.currency) if variant.cost_minor else None,
        "list_price": price_text(price.price_minor, shop.currency) if price else None,
        "status": "on_sale" if is_on_sale else "off_sale",
    }  # fmt: skip


def _price_at(variant: int, moment: datetime) -> ListPrice | None:
    return ListPrice.objects.filter(variant=variant, starts_at__lte=moment).order_by("-starts_at").first()


def _price(variant: Variant, shop: Shop, day: date, gone_minor: int) -> Mapping[str, Any]:
    close = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(shop.time_zone)) - timedelta(microseconds=1)
    row = _price_at(variant.pk, close)
    # Where no price holds any more on a day of which one was told, a period without days says so.
    return {
        "product": variant.sku, "date": day.isoformat(), "end_date": None if row else day.isoformat(),
        "list_price": price_text(row.price_minor if row else gone_minor, shop.currency),
    }  # fmt: skip
