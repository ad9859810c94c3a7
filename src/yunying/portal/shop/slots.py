"""Slots of pages: some products are set, the others drawn by chance, each place with its exact probability."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.core.cache import cache
from django.db.models import F, Q, Sum

from yunying.methods.draws import draw_places
from yunying.portal.shop.models import Category, Feature, OrderLine, Product, Shop, SlotPlan, Variant
from yunying.portal.shop.stock import stock_available

EXPLORE_RATE = 0.1
"""Of a slot for which nothing was set, the share of draws that goes to products that do not sell most."""
MOST_SOLD, MOST_NEW, SOLD_WITHIN = 12, 24, timedelta(days=30)
_KEPT_SECONDS = 300


@dataclass(frozen=True)
class Place:
    """A product in a place of a slot, from 1, with the probability that it stands just there."""

    product: int
    slot: str
    position: int
    propensity: float
    experiment: str = ""


@dataclass(frozen=True)
class Deck:
    """What a slot is filled from.

    Args:
        featured: wanted place and product, in order.
        pool: products with the weights by which the other places are drawn.
        is_set: whether somebody set it; the shop's own choice stays away where there is nothing to choose between.
    """

    slot: str
    featured: tuple[tuple[int, int], ...]
    pool: tuple[tuple[int, float], ...]
    experiment: str = ""
    is_set: bool = False

    @property
    def products(self) -> set[int]:
        """All that may stand in the slot."""
        return {product for _, product in self.featured} | {product for product, _ in self.pool}


def slot_fill(
    shop: Shop, slot: str, places: int, rng: np.random.Generator, now: datetime, *, category: Category | None = None,
    without: int | None = None,
) -> list[Place]:  # fmt: skip
    """What stands in a slot for one request: what is featured at its place, and the rest drawn."""
    return deck_fill(slot_deck(shop, slot, now, category=category), places, rng, without=without)


def slot_deck(shop: Shop, slot: str, now: datetime, *, category: Category | None = None) -> Deck:
    """What a slot is filled from at this moment.

    Args:
        category: what the shop's own choice draws from, for a slot that nothing was set for.
    """
    rows = Feature.objects.filter(shop=shop, slot=slot, product__is_listed=True)
    rows = rows.filter(Q(starts_at=None) | Q(starts_at__lte=now), Q(ends_at=None) | Q(ends_at__gt=now))
    featured = tuple(rows.order_by("position", "pk").values_list("position", "product"))
    plan = SlotPlan.objects.filter(shop=shop, slot=slot, cleared_at=None).order_by("-pk").first()
    if plan is None:
        return Deck(slot, featured, tuple(_by_default(shop, category, now)))
    chances = plan.chances.filter(product__is_listed=True).order_by("product").values_list("product", "weight")
    return Deck(slot, featured, tuple(mixed(list(chances), plan.explore_rate)), plan.name, is_set=True)


def deck_fill(deck: Deck, places: int, rng: np.random.Generator, *, without: int | None = None) -> list[Place]:
    """Fill the places of a slot for one request, without a query.

    Args:
        without: a product that must not stand in it.
    """
    pinned = _pinned(deck, places, without)
    taken = {*pinned.values(), without}
    pool = deck.pool if deck.is_set or len(deck.pool) > places else ()
    free = [position for position in range(1, places + 1) if position not in pinned]
    drawn = draw_places([(product, chance) for product, chance in pool if product not in taken], len(free), rng)
    found = [Place(product, deck.slot, position, 1.0) for position, product in pinned.items()]
    found += [
        Place(product, deck.slot, position, propensity, deck.experiment)
        for position, (product, propensity) in zip(free, drawn, strict=False)
    ]
    return sorted(found, key=lambda each: each.position)


def mixed(weights: Sequence[tuple[int, int]], explore_rate: float) -> list[tuple[int, float]]:
    """Shares by weight, of which a part is given to all alike."""
    whole = sum(weight for _, weight in weights)
    even = explore_rate / len(weights) if weights else 0.0
    return [(product, (1 - explore_rate) * weight / whole + even) for product, weight in weights]


def _pinned(deck: Deck, places: int, without: int | None) -> dict[int, int]:
    """Featured products by place; where two want one, or the place lies behind the last, the next free one is taken."""
    found: dict[int, int] = {}
    for position, product in deck.featured:
        free = [at for at in range(1, places + 1) if at not in found]
        if free and product != without:
            found[next((at for at in free if at >= position), free[0])] = product
    return found


def _by_default(shop: Shop, category: Category | None, now: datetime) -> list[tuple[int, float]]:
    """What sells most, all alike, and a share of the draws for the newest of the others."""
    key = f"shop-slot-{shop.pk}-{category.pk if category else 0}"
    pool: list[tuple[int, float]] | None = cache.get(key)
    if pool is None:
        listed = Product.objects.filter(shop=shop, is_listed=True)
        if category is not None:
            listed = listed.filter(category=category)
        lines = OrderLine.objects.filter(order__shop=shop, order__paid_at__gt=now - SOLD_WITHIN)
        sold = lines.filter(variant__product__in=listed).values(product=F("variant__product"))
        best = [
            row["product"] for row in sold.annotate(units=Sum("quantity")).order_by("-units", "product")[:MOST_SOLD]
        ]
        others = list(listed.exclude(pk__in=best).order_by("-listed_at", "-pk").values_list("pk", flat=True)[:MOST_NEW])
        there = _that_are_there([*best, *others])
        best, others = [pk for pk in best if pk in there], [pk for pk in others if pk in there]
        rate = (EXPLORE_RATE if others else 0.0) if best else 1.0
        pool = [(pk, (1 - rate) / len(best)) for pk in best] + [(pk, rate / len(others)) for pk in others]
        cache.set(key, pool, _KEPT_SECONDS)
    return pool


def _that_are_there(products: Sequence[int]) -> set[int]:
    """Those of the products that can be bought now."""
    variants = dict(Variant.objects.filter(product__in=products, is_listed=True).values_list("pk", "product"))
    return {variants[pk] for pk, free in stock_available(variants).items() if free > 0}
