"""Drawn slots: stated propensities are the frequencies, what is set stands in its place, a seed draws the same."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count, islice, repeat

import numpy as np
import pytest

from yunying.methods.chance import Chance, SeededChance
from yunying.methods.draws import urn_draw, urn_of
from yunying.portal.facade import command_apply
from yunying.portal.shop.catalogue import Goods, product_put
from yunying.portal.shop.models import Product, Shop
from yunying.portal.shop.slots import slot_fill
from yunying.portal.shop.tests.furnished import LONG_AGO, NOW

DRAWS = 20_000
POOLS = {
    "even": [(name, 1.0) for name in "abcdef"],
    "steep": [("a", 50.0), ("b", 10.0), ("c", 5.0), ("d", 1.0), ("e", 1.0), ("f", 0.5)],
    "one above all": [("a", 1000.0), ("b", 1.0), ("c", 1.0), ("d", 2.0)],
    "few": [("a", 2.0), ("b", 1.0)],
}


def numpys() -> Iterator[Chance]:
    """One generator for all draws."""
    return repeat(np.random.default_rng(3))


def own() -> Iterator[Chance]:
    """As pages draw: each by a text of its own."""
    return (SeededChance(f"{number} front") for number in count())


Chances = Callable[[], Iterator[Chance]]


def counted(pool: list[tuple[str, float]], places: int, chances: Chances = own) -> tuple[Counter, dict]:
    """How often each item stood in each place, and the propensities that were stated for it."""
    seen, stated = Counter(), {}
    urn = urn_of(pool, places)
    for chance in islice(chances(), DRAWS):
        drawn = urn_draw(urn, chance)
        assert len({item for item, _ in drawn}) == len(drawn) == min(places, len(pool))
        for place, (item, propensity) in enumerate(drawn):
            seen[item, place] += 1
            assert stated.setdefault(item, propensity) == pytest.approx(propensity)
    return seen, stated


def worst(seen: Counter, stated: dict, places: int) -> float:
    """The largest distance of a frequency from its propensity, in standard errors."""
    found = 0.0
    for item, propensity in stated.items():
        error = (propensity * (1 - propensity) / DRAWS) ** 0.5 or 1 / DRAWS
        for place in range(places):
            found = max(found, abs(seen[item, place] / DRAWS - propensity) / error)
    return found


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("places", [1, 3])
@pytest.mark.parametrize("chances", [numpys, own])
def test_frequencies_are_the_stated_propensities_in_every_place(name: str, places: int, chances: Chances) -> None:
    seen, stated = counted(POOLS[name], places, chances)
    # Of a hundred distances, the largest is below 4.5 in all but one of a thousand runs; the seed is fixed.
    assert worst(seen, stated, min(places, len(POOLS[name]))) < 4.5


def test_drawing_one_after_the_other_by_weight_does_not_have_these_propensities() -> None:
    """The control: the usual draw by what is left, whose later places follow other laws."""
    rng, pool, seen = np.random.default_rng(3), POOLS["steep"], Counter()
    for _ in range(DRAWS):
        left = list(pool)
        for place in range(3):
            weights = np.array([weight for _, weight in left])
            seen[left.pop(int(rng.choice(len(left), p=weights / weights.sum())))[0], place] += 1
    _, stated = counted(pool, 3)
    assert worst(seen, stated, 3) > 20


@pytest.fixture
def shop(shop: Shop) -> Shop:
    for number in range(8):
        product_put(shop, f"p{number}", f"P {number}", [Goods(f"P{number}", 100, 50, 5)], LONG_AGO)
    return shop


def filled(shop: Shop, seed: int, now: object = NOW) -> list:
    return slot_fill(shop, "front", 4, SeededChance(f"{seed} front"), now)  # type: ignore[arg-type]


def test_what_is_featured_stands_in_its_place_while_its_days_last(shop: Shop) -> None:
    params = {"sku": "POT", "slot": "front", "position": 3, "ends_at": (NOW + timedelta(days=2)).isoformat()}
    command_apply("teahouse", "feature-product", params, key="k", actor="desk", now=NOW)
    pot = Product.objects.get(slug="pot").pk
    for seed in range(30):
        found = filled(shop, seed)
        assert [each.position for each in found] == [1, 2, 3, 4]
        assert (found[2].product, found[2].propensity) == (pot, 1.0)
        assert len({each.product for each in found}) == 4
    later = [filled(shop, seed, NOW + timedelta(days=3)) for seed in range(60)]
    assert any(each[2].product != pot for each in later)


def test_a_slots_weights_decide_and_their_name_is_told(shop: Shop) -> None:
    items = [{"product": f"p{number}", "weight": 9 if number == 0 else 1} for number in range(5)]
    params = {"slot": "front", "items": items, "explore_rate": "0.1", "name": "test-7"}
    command_apply("teahouse", "set-slot", params, key="k", actor="desk", now=NOW)
    found = filled(shop, 1)
    names = {row.pk: row.slug for row in Product.objects.all()}
    assert {names[each.product] for each in found} <= {f"p{number}" for number in range(5)}
    assert {each.experiment for each in found} == {"test-7"}
    first = next(each for seed in range(9) for each in filled(shop, seed) if names[each.product] == "p0")
    assert first.propensity == pytest.approx(1 / 4), "it is always drawn, and each of four places is as likely"
    assert filled(shop, 5) == filled(shop, 5), "the same seed draws the same"
    command_apply("teahouse", "clear-slot", {"slot": "front"}, key="k2", actor="desk", now=NOW)
    assert {each.experiment for each in filled(shop, 1)} == {""}
