"""Slots of pages: some products are set, the others drawn by chance, each place with its exact probability."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import F, Q, QuerySet, Sum

from yunying.methods.chance import Chance
from yunying.methods.draws import Urn, urn_draw, urn_of
from yunying.portal.shop.models import Category, Feature, OrderLine, Product, Shop, SlotPlan, Variant
from yunying.portal.shop.stock import stock_available

EXPLORE_RATE = 0.1
"""Of a slot for which nothing was set, the share of draws that goes to products that do not sell most."""
MOST_SOLD, MOST_NEW, SOLD_WITHIN = 12, 24, timedelta(days=30)
_KEPT_SECONDS = 300
_MOST_KNOWN = 5_000


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
    shop: Shop, slot: str, places: int, rng: Chance, now: datetime, *, category: Category | None = None,
    without: int | None = None,
) -> list[Place]:  # fmt: skip
    """What stands in a slot for one request: what is featured at its place, and the rest drawn."""
    deck = slot_deck(shop, slot, slot_set(shop, slot, now), now, category=category)
    return layout_fill(deck_layout(deck, places, without), rng)


@dataclass(frozen=True)
class SlotSet:
    """What somebody set for a slot, whatever the category in which it stands.

    Args:
        featured: wanted place and product, in order.
        plan: products with the weights by which the other places are drawn; None where nothing was set.
    """

    featured: tuple[tuple[int, int], ...]
    plan: tuple[tuple[int, float], ...] | None
    experiment: str = ""


def slot_set(shop: Shop, slot: str, now: datetime) -> SlotSet:
    """What was set for a slot and holds at this moment."""
    rows = Feature.objects.filter(shop=shop, slot=slot, product__is_listed=True)
    rows = rows.filter(Q(starts_at=None) | Q(starts_at__lte=now), Q(ends_at=None) | Q(ends_at__gt=now))
    featured = tuple(rows.order_by("position", "pk").values_list("position", "product"))
    plan = SlotPlan.objects.filter(shop=shop, slot=slot, cleared_at=None).order_by("-pk").first()
    if plan is None:
        return SlotSet(featured, None)
    chances = plan.chances.filter(product__is_listed=True).order_by("product").values_list("product", "weight")
    return SlotSet(featured, tuple(mixed(list(chances), plan.explore_rate)), plan.name)


def slot_deck(shop: Shop, slot: str, known: SlotSet, now: datetime, *, category: Category | None = None) -> Deck:
    """What a slot is filled from at this moment.

    Args:
        known: what was set for the slot.
        category: what the shop's own choice draws from, for a slot that nothing was set for.
    """
    if known.plan is None:
        return Deck(slot, known.featured, tuple(_by_default(shop, category, now)))
    return Deck(slot, known.featured, known.plan, known.experiment, is_set=True)


@dataclass(frozen=True)
class Layout:
    """How a slot of one page is filled: all of it that does not change from one request to the next.

    Args:
        pinned: what stands in its place for every visitor.
        free: the places for which ``urn`` is drawn from, in order.
    """

    deck: Deck
    pinned: tuple[Place, ...]
    free: tuple[int, ...]
    urn: Urn[int]


def deck_layout(deck: Deck, places: int, without: int | None = None) -> Layout:
    """How so many places are filled from a deck.

    Args:
        without: a product that must not stand in it.
    """
    pinned = _pinned(deck, places, without)
    taken = {*pinned.values(), without}
    pool = deck.pool if deck.is_set or len(deck.pool) > places else ()
    free = tuple(position for position in range(1, places + 1) if position not in pinned)
    urn = urn_of([(product, chance) for product, chance in pool if product not in taken], len(free))
    stand = tuple(Place(product, deck.slot, position, 1.0) for position, product in pinned.items())
    return Layout(deck, stand, free, urn)


def layout_fill(layout: Layout, rng: Chance) -> list[Place]:
    """Fill the places of a slot for one request, without a query."""
    deck = layout.deck
    found = [
        *layout.pinned,
        *(
            Place(product, deck.slot, position, propensity, deck.experiment)
            for position, (product, propensity) in zip(layout.free, urn_draw(layout.urn, rng), strict=False)
        ),
    ]
    return sorted(found, key=lambda each: each.position) if layout.pinned else found


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
        best = _most_sold(shop, category, now)
        # A few more, of which the best are left out.
        newest = listed.order_by("-listed_at", "-pk").values_list("pk", flat=True)[: MOST_NEW + MOST_SOLD]
        others = [pk for pk in newest if pk not in best][:MOST_NEW]
        there = _that_are_there([*best, *others])
        best, others = [pk for pk in best if pk in there], [pk for pk in others if pk in there]
        rate = (EXPLORE_RATE if others else 0.0) if best else 1.0
        pool = [(pk, (1 - rate) / len(best)) for pk in best] + [(pk, rate / len(others)) for pk in others]
        cache.set(key, pool, _KEPT_SECONDS)
    return pool


def _most_sold(shop: Shop, category: Category | None, now: datetime) -> list[int]:
    """What sold most of a category or of all; one query for all categories, unless very many products are sold."""
    key = f"shop-most-sold-{shop.pk}"
    known: list[tuple[int, int | None]] | None = cache.get(key)
    if known is None:
        known = list(_sold(shop, now)[:_MOST_KNOWN].values_list("product", "variant__product__category"))
        cache.set(key, known, _KEPT_SECONDS)
    if category is None:
        return [product for product, _ in known[:MOST_SOLD]]
    best = [product for product, of in known if of == category.pk][:MOST_SOLD]
    if len(known) < _MOST_KNOWN or len(best) == MOST_SOLD:
        return best
    of_category = _sold(shop, now).filter(variant__product__category=category)
    return list(of_category.values_list("product", flat=True)[:MOST_SOLD])


def _sold(shop: Shop, now: datetime) -> QuerySet[OrderLine]:
    """Products that were sold lately, the most units first."""
    lines = OrderLine.objects.filter(
        order__shop=shop, order__paid_at__gt=now - SOLD_WITHIN, variant__product__is_listed=True
    )
    sold = lines.values("variant__product__category", product=F("variant__product")).annotate(units=Sum("quantity"))
    return sold.order_by("-units", "product")


def _that_are_there(products: Sequence[int]) -> set[int]:
    """Those of the products that can be bought now."""
    variants = dict(Variant.objects.filter(product__in=products, is_listed=True).values_list("pk", "product"))
    return {variants[pk] for pk, free in stock_available(variants).items() if free > 0}
