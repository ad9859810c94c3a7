"""What a list shows of each product."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from yunying.portal.shop.models import Product, Variant
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.stock import stock_available

LISTED = Prefetch("variants", Variant.objects.filter(is_listed=True).order_by("pk"), to_attr="listed")


def cards(products: Sequence[Product], now: datetime) -> list[dict[str, Any]]:
    """What a list shows of each product: its lowest price, whether there is any; few queries, whatever the number."""
    variants = [variant.pk for product in products for variant in product.listed]
    prices, free = prices_at(variants, now), stock_available(variants)
    shown = []
    for product in products:
        priced = [(prices[each.pk].price_minor, each.pk) for each in product.listed if each.pk in prices]
        if priced:
            shown.append(
                {
                    "product": product,
                    "picture": min(product.pictures.all(), key=lambda each: each.position, default=None),
                    "price": prices[min(priced)[1]],
                    "sku": next(each.sku for each in product.listed if each.pk == min(priced)[1]),
                    "is_from": len({amount for amount, _pk in priced}) > 1,
                    "is_there": any(free[pk] > 0 for _amount, pk in priced),
                }
            )
    return shown


def placed(cards: Sequence[dict[str, Any]], slot: str, first: int) -> list[dict[str, Any]]:
    """Cards with the slot and place in which they stand."""
    return [{**card, "slot": slot, "position": first + at} for at, card in enumerate(cards)]
