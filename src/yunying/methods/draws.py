"""Drawing items without replacement for places that are all alike, with the exact probability of each place.

Systematic sampling includes each item with a stated probability (Madow, On the theory of systematic sampling II, Annals
of Mathematical Statistics 20, 1949); shuffling what was included gives every place the same share of it.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


def draw_places(pool: Sequence[tuple[Item, float]], places: int, rng: np.random.Generator) -> list[tuple[Item, float]]:
    """Draw items for places.

    Args:
        pool: items with weights; those of weight 0 or less are never drawn. Weights need not sum to 1.
        places: how many are wanted, at least 0.

    Returns:
        As many as there are places, or as the pool has, in the order of the places; each with the probability, above 0
        and at most 1, with which it stands in just that place.
    """
    known = [(item, weight) for item, weight in pool if weight > 0]
    count = min(places, len(known))
    if not count:
        return []
    items = [known[at] for at in rng.permutation(len(known))]
    inclusion = inclusion_of([weight for _, weight in items], count)
    start, ahead, chosen = float(rng.random()), 0.0, []
    for (item, _), probability in zip(items, inclusion, strict=True):
        # The points start, start + 1, ... each choose the item in whose stretch they lie.
        if int(ahead + probability - start + 1) > int(ahead - start + 1):
            chosen.append((item, probability / count))
        ahead += probability
    return [chosen[at] for at in rng.permutation(len(chosen))]


def inclusion_of(weights: Sequence[float], count: int) -> list[float]:
    """Inclusion probabilities in proportion to weights above 0, none above 1, that sum to ``count``.

    >>> inclusion_of([6, 1, 1], 2)
    [1.0, 0.5, 0.5]
    """
    sure: set[int] = set()
    while True:
        left = sum(weight for at, weight in enumerate(weights) if at not in sure)
        factor = (count - len(sure)) / left if left else 0.0
        more = {at for at, weight in enumerate(weights) if at not in sure and weight * factor >= 1}
        if not more:
            return [1.0 if at in sure else weight * factor for at, weight in enumerate(weights)]
        sure |= more
