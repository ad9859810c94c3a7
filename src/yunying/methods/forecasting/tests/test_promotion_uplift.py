"""Elasticities of promotions: what was true is found, little data stays near the prior, odd input is refused."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.forecasting.promotion_uplift import PRIOR_ELASTICITY, promotion_elasticities, promotion_factor


def learned(truth: tuple[float, ...], each: int, mean: float = 30.0) -> np.ndarray:
    """Elasticities from ``each`` promotions of every group, drawn by the truth."""
    rng, groups = np.random.default_rng(1), len(truth)
    group = np.repeat(np.arange(groups), each)
    rate = rng.choice([0.1, 0.2, 0.3], len(group))
    expected = rng.gamma(4, mean / 4, len(group))
    units = rng.poisson(expected * promotion_factor(rate, np.array(truth)[group])).astype(float)
    return promotion_elasticities(units, expected, rate, group, groups)


def test_with_many_promotions_each_group_has_its_own() -> None:
    assert learned((1.0, 3.0, 5.0), 400) == pytest.approx([1.0, 3.0, 5.0], abs=0.3)


def test_with_one_small_promotion_little_moves() -> None:
    assert learned((8.0,), 1, mean=1.0) == pytest.approx([PRIOR_ELASTICITY], abs=0.5)


def test_without_any_it_is_the_prior() -> None:
    nothing = np.zeros(0)
    found = promotion_elasticities(nothing, nothing, nothing, np.zeros(0, dtype=np.int64), 3)
    assert found == pytest.approx([PRIOR_ELASTICITY] * 3, abs=0.05)


def test_a_group_without_promotions_takes_its_stores() -> None:
    rng = np.random.default_rng(2)
    expected = rng.gamma(4, 10, 300)
    rate = np.full(300, 0.2)
    units = rng.poisson(expected * promotion_factor(rate, np.array(4.0))).astype(float)
    found = promotion_elasticities(units, expected, rate, np.zeros(300, dtype=np.int64), 2)
    assert found == pytest.approx([4.0, 4.0], abs=0.3)


def test_promotions_of_what_sold_nothing_before_say_nothing() -> None:
    found = promotion_elasticities(np.array([50.0]), np.array([0.0]), np.array([0.3]), np.array([0]), 1)
    assert found == pytest.approx([PRIOR_ELASTICITY], abs=0.05)


@pytest.mark.parametrize(("units", "rate"), [(-1.0, 0.2), (np.nan, 0.2), (1.0, 1.2), (1.0, np.nan)])
def test_numbers_that_cannot_be_are_refused(units: float, rate: float) -> None:
    with pytest.raises(InternalError, match="must be"):
        promotion_elasticities(np.array([units]), np.array([1.0]), np.array([rate]), np.array([0]), 1)
