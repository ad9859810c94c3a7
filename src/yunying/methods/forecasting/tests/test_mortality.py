"""Lives and spoilage recovered from stores whose truth is known."""

import numpy as np
import pytest

from yunying.methods.forecasting.mortality import PRIOR_HAZARD, life_fit, product_ages, yearly_spoilage
from yunying.methods.forecasting.tests.conftest import Make


@pytest.mark.parametrize("hazard", [0.3, 1.5])
def test_the_hazard_of_settled_products_is_recovered(make: Make, hazard: float) -> None:
    """A thousand products, older than the history, that sell twice a day until they die."""
    life = np.random.default_rng(5).exponential(365 / hazard, size=1000)
    units = np.where(np.arange(730)[None, :] < life[:, None], 2.0, 0.0)
    units[:, 0] = 2.0
    found = life_fit(make(units, exposure=np.ones((1000, 730))), np.ones(1000, dtype=bool))
    assert found.settled_hazard[0] == pytest.approx(hazard, rel=0.12)


def test_the_law_of_launched_products_is_recovered(make: Make) -> None:
    """Products launched through the history that live 130 days on average: the hazard rises with age."""
    rng = np.random.default_rng(6)
    launch = rng.integers(40, 700, 1500)
    life = rng.gamma(5, 26, size=1500)
    day = np.arange(730)[None, :]
    units = np.where((day >= launch[:, None]) & (day < (launch + life)[:, None]), 2.0, 0.0)
    seen = (units > 0).any(axis=1)
    law = life_fit(make(units[seen], exposure=units[seen] > 0), np.ones(int(seen.sum()), dtype=bool))
    assert 1.8 < law.shape < 3.4
    young, old = law.hazard(np.array([0, 0]), np.array([30.0, 150.0]) / 365, np.array([False, False]))
    assert old > 3 * young
    assert law.scale_years[0] * 365 == pytest.approx(146, rel=0.1)


def test_a_slow_seller_that_is_silent_is_not_taken_for_dead(make: Make) -> None:
    units = np.zeros((50, 400))
    units[:, ::60] = 1.0
    units[:, 330:] = 0.0
    assert not product_ages(make(units), np.ones(50, dtype=bool)).is_dead.any()
    assert product_ages(make(units), np.zeros(50, dtype=bool)).is_dead.all()


def test_each_category_has_its_own_hazard_and_a_small_one_is_drawn_to_the_store(make: Make) -> None:
    units = np.ones((201, 365))
    units[:100, 180:] = 0.0
    group = np.array([0] * 100 + [1] * 100 + [2])
    found = life_fit(make(units, group=group), np.ones(201, dtype=bool)).settled_hazard
    assert found[0] > 1.7
    assert found[1] < 0.05
    assert found[1] < found[2] < found[0]


def test_a_store_without_history_gets_the_prior_hazard(make: Make) -> None:
    empty = life_fit(make(np.zeros((0, 10))), np.zeros(0, dtype=bool))
    assert empty.settled_hazard[0] == pytest.approx(PRIOR_HAZARD)
    assert empty.hazard(np.array([0]), np.array([1.0]), np.array([False]))[0] == pytest.approx(PRIOR_HAZARD)


def test_spoilage_is_per_unit_year_of_stock() -> None:
    written, stock = np.array([50.0, 0.0]), np.array([365 * 100.0, 365 * 100.0])
    found = yearly_spoilage(written, stock, np.array([0, 1]), 3)
    assert found[0] == pytest.approx(0.5, rel=0.03)
    assert found[1] < 0.02
    assert found[2] == pytest.approx(0.25)
    assert yearly_spoilage(np.zeros(2), stock, np.array([0, 1]), 2).tolist() == [0.0, 0.0]
