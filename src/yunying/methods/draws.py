"""Drawing items without replacement for places that are all alike, with the exact probability of each place.

Systematic sampling includes each item with a stated probability (Madow, On the theory of systematic sampling II, Annals
of Mathematical Statistics 20, 1949); shuffling what was included gives every place the same share of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from yunying.methods.chance import Chance

Item = TypeVar("Item")


@dataclass(frozen=True)
class Urn(Generic[Item]):
    """What can be drawn, each with the probability of being among those that are, which sum to ``count``."""

    items: Sequence[tuple[Item, float]]
    count: int


def urn_of(pool: Sequence[tuple[Item, float]], places: int) -> Urn[Item]:
    """What may be drawn again and again for so many places.

    Args:
        pool: items with weights; those of weight 0 or less are never drawn. Weights need not sum to 1.
        places: how many are wanted, at least 0.
    """
    known = [(item, weight) for item, weight in pool if weight > 0]
    count = min(places, len(known))
    inclusion = inclusion_of([weight for _, weight in known], count) if count else []
    return Urn([(item, probability) for (item, _), probability in zip(known, inclusion, strict=False)], count)


def urn_draw(urn: Urn[Item], rng: Chance) -> list[tuple[Item, float]]:
    """Draw once.

    Returns:
        As many as there are places, or as the pool has, in the order of the places; each with the probability, above 0
        and at most 1, with which it stands in just that place.
    """
    if not urn.count:
        return []
    items = [urn.items[at] for at in rng.permutation(len(urn.items))]
    ahead, chosen = 1.0 - float(rng.random()), []
    for item, probability in items:
        # The points start, start + 1, ... each choose the item in whose stretch they lie.
        after = ahead + probability
        if int(after) > int(ahead):
            chosen.append((item, probability / urn.count))
        ahead = after
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
