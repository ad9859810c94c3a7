"""What a list shows of each product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from yunying.portal.shop.models import Product, Variant
from yunying.portal.shop.prices import Price, prices_at
from yunying.portal.shop.stock import stock_available

LISTED = Prefetch("variants", Variant.objects.filter(is_listed=True).order_by("pk"), to_attr="listed")
Offers = Mapping[int, "Sequence[Offer]"]


@dataclass(frozen=True)
class Offer:
    """A variant that has a price: what it costs now, and how many of it can be sold."""

    variant: Variant
    price: Price
    free: int


def offers_of(products: Sequence[Product], now: datetime) -> Offers:
    """What of each product can be bought, by its number; few queries, whatever the number.

    Args:
        products: with ``LISTED`` prefetched.
    """
    variants = [variant.pk for product in products for variant in product.listed]
    prices, free = (prices_at(variants, now), stock_available(variants)) if variants else ({}, {})
    return {
        product.pk: [
            Offer(each, prices[each.pk], free[each.pk]) for each in product.listed if each.pk in prices
        ]
        for product in products
    }  # fmt: skip


def cards(products: Sequence[Product], now: datetime) -> list[dict[str, Any]]:
    """What a list shows of each product: its lowest price, whether there is any."""
    offers = offers_of(products, now)
    return [card(product, offers[product.pk]) for product in products if offers[product.pk]]


def card(product: Product, offers: Sequence[Offer]) -> dict[str, Any]:
    """What a list shows of a product that can be bought."""
    lowest = min(offers, key=lambda each: (each.price.price_minor, each.variant.pk))
    return {
        "product": product,
        "picture": min(product.pictures.all(), key=lambda each: each.position, default=None),
        "price": lowest.price,
        "sku": lowest.variant.sku,
        "is_from": len({each.price.price_minor for each in offers}) > 1,
        "is_there": any(each.free > 0 for each in offers),
    }


def carded(products: Sequence[Product], now: datetime) -> list[dict[str, Any]]:
    """As ``cards``, of products of which nothing was fetched yet."""
    prefetch_related_objects(products, LISTED, "pictures")
    return cards(products, now)


def placed(cards: Sequence[dict[str, Any]], slot: str, first: int) -> list[dict[str, Any]]:
    """Cards with the slot and place in which they stand."""
    return [{**card, "slot": slot, "position": first + at} for at, card in enumerate(cards)]
