"""What a list shows of each product."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from yunying.portal.shop.models import Product
from yunying.portal.shop.offers import Offer, offers_of


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
    prefetch_related_objects(products, "pictures")
    return cards(products, now)


def placed(cards: Sequence[dict[str, Any]], slot: str, first: int) -> list[dict[str, Any]]:
    """Cards with the slot and place in which they stand."""
    return [{**card, "slot": slot, "position": first + at} for at, card in enumerate(cards)]
