"""Promotions, and the store's own plan of promotions and price moves, drawn when the world is born."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.sim.catalogue import Catalogue
from yunying.sim.draws import Draws, Purpose
from yunying.sim.settings import WorldSettings

Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class Promotion:
    """A discount on some products (indexes, ascending) from ``start_day`` (inside) to ``end_day`` (outside)."""

    name: str
    products: tuple[int, ...]
    discount_permille: int
    start_day: int
    end_day: int


@dataclass(frozen=True)
class PriceMove:
    """A list price that the store sets of its own accord."""

    day: int
    product: int
    list_price_minor: int


def own_promotions(settings: WorldSettings, draws: Draws) -> tuple[Promotion, ...]:
    """The store's own promotions over the horizon, by first day."""
    plan, rng = settings.promotions, draws.stream(Purpose.OWN_PROMOTION)
    count = round(plan.own_per_year * settings.horizon_days / 365.25)
    starts = np.sort(rng.integers(0, settings.horizon_days, count))
    size = max(1, round(plan.own_products_rate * settings.catalogue.products))
    return tuple(
        Promotion(
            name=f"own-{number:03d}",
            products=tuple(sorted(rng.choice(settings.catalogue.products, size, replace=False).tolist())),
            discount_permille=int(rng.choice(plan.own_discounts_permille)),
            start_day=int(start),
            end_day=int(start) + plan.own_days,
        )
        for number, start in enumerate(starts, 1)
    )


def own_price_moves(settings: WorldSettings, catalogue: Catalogue, draws: Draws) -> dict[int, tuple[PriceMove, ...]]:
    """The store's own price moves by day."""
    plan, rng = settings.promotions, draws.stream(Purpose.OWN_PRICE)
    numbers = rng.poisson(plan.own_price_moves_per_year * settings.horizon_days / 365.25, len(catalogue))
    product = np.repeat(np.arange(len(catalogue)), numbers)
    day = rng.integers(1, settings.horizon_days + 1, len(product))
    factor = np.exp(plan.own_price_sigma * rng.standard_normal(len(product)))
    price = np.maximum(1, np.round(catalogue.list_price_minor[product] * factor)).astype(np.int64)
    moves: dict[int, tuple[PriceMove, ...]] = {}
    for place in np.lexsort((product, day)):
        move = PriceMove(int(day[place]), int(product[place]), int(price[place]))
        moves[move.day] = (*moves.get(move.day, ()), move)
    return moves


def discounts(promotions: list[Promotion], day: int, products: int) -> tuple[Wholes, Wholes]:
    """The deepest discount of each product on a day in thousandths, and the index of its promotion (-1: none)."""
    permille = np.zeros(products, dtype=np.int64)
    which = np.full(products, -1, dtype=np.int64)
    for index, promotion in enumerate(promotions):
        if promotion.start_day <= day < promotion.end_day:
            chosen = np.array(promotion.products, dtype=np.int64)
            deeper = chosen[permille[chosen] < promotion.discount_permille]
            permille[deeper] = promotion.discount_permille
            which[deeper] = index
    return permille, which
