"""The draw is uniform, repeatable, and independent between windows, practices and stores."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from yunying.kernel.errors import InternalError
from yunying.methods.experiments.holdout import holdout_drawn


def drawn(store: str, practice: str, window: str, *, rate: float, units: int = 100_000) -> np.ndarray:
    return np.array([holdout_drawn(store, practice, window, f"P{unit:05d}", rate=rate) for unit in range(units)])


def test_a_hundred_thousand_keys_fall_evenly_over_a_hundred_bins() -> None:
    edges = np.linspace(0, 1, 101)
    below = np.array(
        [sum(holdout_drawn("s", "p", "w", str(unit), rate=edge) for unit in range(2000)) for edge in edges]
    )
    assert below[0] == 0
    assert below[-1] == 2000
    assert stats.chisquare(np.diff(below)).pvalue > 0.001


def test_a_tenth_of_a_hundred_thousand_keys_is_a_tenth() -> None:
    found = drawn("s", "p", "w", rate=0.1)
    blocks = found.reshape(100, 1000).sum(axis=1)
    assert stats.binomtest(int(found.sum()), len(found), 0.1).pvalue > 0.001
    assert 60 < ((blocks - 100) ** 2 / 90).sum() < 150  # chi-square with 100 degrees of freedom


def test_windows_practices_and_stores_are_drawn_independently() -> None:
    draws = [
        drawn(*names, rate=0.5, units=20_000)
        for names in (("s", "p", "w1"), ("s", "p", "w2"), ("s", "q", "w2"), ("t", "q", "w2"))
    ]
    for one, other in pairwise(draws):
        table = [[(one & other).sum(), (one & ~other).sum()], [(~one & other).sum(), (~one & ~other).sum()]]
        assert stats.chi2_contingency(table).pvalue > 0.001


def test_the_draw_is_pinned_for_ever() -> None:
    # Another draw would reshuffle the units of windows that are running.
    found = [unit for unit in range(40) if holdout_drawn("demo", "promotion", "2026-W10", f"P{unit}", rate=0.2)]
    assert found == [4, 6, 13, 17, 18, 31, 33, 39]


def test_a_higher_rate_keeps_all_who_were_held_out_at_a_lower_one() -> None:
    low, high = (drawn("s", "p", "w", rate=rate, units=5000) for rate in (0.1, 0.2))
    assert not (low & ~high).any()


def test_texts_do_not_run_into_each_other() -> None:
    one = [holdout_drawn("ab", "c", str(k), "u", rate=0.5) for k in range(200)]
    other = [holdout_drawn("a", "bc", str(k), "u", rate=0.5) for k in range(200)]
    assert 60 < sum(a == b for a, b in zip(one, other, strict=True)) < 140


@pytest.mark.parametrize("rate", [-0.01, 1.01, float("nan")])
def test_a_rate_that_is_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(InternalError):
        holdout_drawn("s", "p", "w", "u", rate=rate)
