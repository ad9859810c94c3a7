"""Chance that a text seeds is as fair as it says, and the same for the same text only."""

from collections import Counter

import numpy as np
import pytest

from yunying.methods.chance import SeededChance

SEEDS = 24_000


def surprise(seen: Counter, ways: int) -> float:
    """Pearson's sum for so many ways that are said to be as likely, in standard deviations from its mean."""
    even = sum(seen.values()) / ways
    found = sum(count**2 for count in seen.values()) / even - sum(seen.values())
    return (found - (ways - 1)) / (2 * (ways - 1)) ** 0.5


def test_every_order_is_as_likely_whichever_question_it_answers() -> None:
    orders: list[Counter] = [Counter(), Counter()]
    for seed in range(SEEDS):
        chance = SeededChance(f"{seed}")
        for seen in orders:
            seen[tuple(chance.permutation(4))] += 1
    for seen in orders:
        assert len(seen) == 24
        assert surprise(seen, 24) < 4
    one_after_the_other = Counter(
        (tuple(chance.permutation(3)), tuple(chance.permutation(3)))
        for chance in (SeededChance(f"{seed}") for seed in range(SEEDS))
    )
    assert surprise(one_after_the_other, 36) < 4, "what was drawn first says nothing of what is drawn next"


def test_numbers_lie_evenly_from_0_to_1() -> None:
    drawn = np.array([SeededChance(f"{seed}").random() for seed in range(SEEDS)])
    assert 0 <= drawn.min() < drawn.max() < 1
    assert surprise(Counter((drawn * 50).astype(int).tolist()), 50) < 4
    # Kolmogorov: above 1.95 in one of a thousand runs; the seeds are fixed.
    ahead = np.arange(SEEDS + 1) / SEEDS
    ordered = np.sort(drawn)
    assert max((ahead[1:] - ordered).max(), (ordered - ahead[:-1]).max()) * SEEDS**0.5 < 1.95


@pytest.mark.parametrize("count", [0, 1, 500])
def test_a_text_draws_the_same_again_and_another_text_something_else(count: int) -> None:
    drawn = [[chance.permutation(count), chance.random()] for chance in map(SeededChance, ("a", "a", "b"))]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(sorted(order) == list(range(count)) for order, _ in drawn)
