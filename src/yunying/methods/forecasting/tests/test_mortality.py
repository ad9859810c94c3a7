"""Lives and spoilage are recovered from histories in which they are known."""

import numpy as np
import pytest

from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.mortality import (
    PRIOR_HAZARD,
    SETTLED_DAYS,
    LifeLaw,
    life_fit,
    product_ages,
    yearly_spoilage,
)
from yunying.methods.forecasting.tests.conftest import Make

DAYS = 900


def lives(make: Make, years: np.ndarray, launch: np.ndarray, **parts: np.ndarray) -> DemandHistory:
    """Products that sell twice a day from their launch on, for so many years, and could be sold ever after."""
    day = np.arange(DAYS)[None, :]
    units = np.where((day >= launch[:, None]) & (day < launch[:, None] + 365 * years[:, None]), 2.0, 0.0)
    return make(units, exposure=day >= launch[:, None], **parts)


def hazard_at(law: LifeLaw, age_years: float, *, settled: bool, group: int = 0) -> float:
    return float(law.hazard(np.array([group]), np.array([age_years]), np.array([settled]))[0])


@pytest.mark.parametrize("hazard", [0.3, 1.5])
def test_the_hazard_of_exponential_lives_is_recovered_and_does_not_change_with_age(make: Make, hazard: float) -> None:
    rng = np.random.default_rng(5)
    years = rng.exponential(1 / hazard, size=3000)
    launch = rng.integers(SETTLED_DAYS, 600, size=3000)
    law = life_fit(lives(make, years, launch), np.ones(3000, dtype=bool))
    assert law.shape == pytest.approx(1.0, abs=0.21)
    assert hazard_at(law, 0.5, settled=False) == pytest.approx(hazard, rel=0.2)


def test_products_that_age_have_a_hazard_that_rises(make: Make) -> None:
    rng = np.random.default_rng(6)
    years = rng.weibull(3.0, size=3000) * 0.8
    law = life_fit(lives(make, years, rng.integers(SETTLED_DAYS, 600, size=3000)), np.ones(3000, dtype=bool))
    assert law.shape == pytest.approx(3.0, abs=0.41)
    assert law.scale_years[0] == pytest.approx(0.8, rel=0.1)
    young, old = (hazard_at(law, age, settled=False) for age in (0.1, 0.8))
    assert young < 0.2 * old


def test_products_older_than_the_history_have_a_hazard_of_their_own(make: Make) -> None:
    rng = np.random.default_rng(7)
    settled = rng.exponential(1 / 0.2, size=2000)
    history = lives(make, settled, np.zeros(2000, dtype=int))
    law = life_fit(history, np.ones(2000, dtype=bool))
    assert product_ages(history, np.ones(2000, dtype=bool)).is_settled.all()
    assert hazard_at(law, 0.1, settled=True) == hazard_at(law, 5.0, settled=True) == pytest.approx(0.2, rel=0.15)


def test_each_category_has_its_own_hazard_and_an_empty_one_that_of_the_store(make: Make) -> None:
    years = np.concatenate([np.full(200, 0.5), np.full(200, 99.0)])
    group = np.repeat([0, 2], 200)
    law = life_fit(lives(make, years, np.zeros(400, dtype=int), group=group), np.ones(400, dtype=bool))
    short, empty, long = (hazard_at(law, 1.0, settled=True, group=which) for which in range(3))
    assert short > 1.7
    assert long < 0.05
    assert long < empty < short


def test_a_slow_seller_that_is_silent_is_not_taken_for_dead_unless_the_shop_says_so(make: Make) -> None:
    units = np.zeros((50, 400))
    units[:, 40:330:60] = 1.0
    history = make(units)
    assert not product_ages(history, np.ones(50, dtype=bool)).is_dead.any()
    assert product_ages(history, np.zeros(50, dtype=bool)).is_dead.all()


def test_a_fast_seller_that_falls_silent_is_dead_from_its_last_sale_on(make: Make) -> None:
    units = np.full((1, 400), 3.0)
    units[:, 300:] = 0.0
    ages = product_ages(make(units), np.ones(1, dtype=bool))
    assert (ages.first.tolist(), ages.last.tolist(), ages.is_dead.tolist()) == ([0], [300], [True])


@pytest.mark.parametrize("count", [0, 3])
def test_a_store_without_history_gets_the_mild_prior(make: Make, count: int) -> None:
    history = make(np.zeros((count, 10)), exposure=np.zeros((count, 10)))
    law = life_fit(history, np.ones(count, dtype=bool))
    for settled in (True, False):
        assert hazard_at(law, 1.0, settled=settled) == pytest.approx(PRIOR_HAZARD, rel=0.01)


def test_spoilage_is_units_lost_per_unit_year_and_none_where_none_was_seen() -> None:
    group = np.repeat([0, 1], 50)
    held = np.full(100, 36_500.0)
    lost = np.where(group == 0, 40.0, 0.0)
    found = yearly_spoilage(lost, held, group, 3)
    assert found[0] == pytest.approx(0.4, rel=0.01)
    assert found[1] < 0.001
    assert found[2] == pytest.approx(0.2)
    assert yearly_spoilage(np.zeros(4), np.full(4, 100.0), np.zeros(4, np.int64), 1).tolist() == [0.0]
    assert yearly_spoilage(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), 1).tolist() == [0.0]


def short_lives(count: int) -> np.ndarray:
    """Weibull lives of shape 2.6 and scale 0.4 years at evenly spread quantiles, in an order that means nothing."""
    ranks = (np.arange(count) * 17 % count + 0.5) / count
    return 0.4 * (-np.log(ranks)) ** (1 / 2.6)


@pytest.mark.parametrize("count", [40, 400])
def test_a_few_dozen_short_lives_outweigh_the_mild_prior(make: Make, count: int) -> None:
    launch = np.linspace(SETTLED_DAYS, 800, count).astype(int)
    law = life_fit(lives(make, short_lives(count), launch), np.ones(count, dtype=bool))
    assert law.shape > 1.5
    assert law.scale_years[0] == pytest.approx(0.4, rel=0.2)


def test_products_that_stay_for_good_are_not_expected_to_end_as_the_others_do(make: Make) -> None:
    years = np.concatenate([short_lives(60), np.full(20, 99.0)])
    launch = np.concatenate([np.linspace(SETTLED_DAYS, 500, count).astype(int) for count in (60, 20)])
    law = life_fit(lives(make, years, launch), np.ones(80, dtype=bool))
    weibull = LifeLaw(law.shape, law.scale_years, law.settled_hazard)
    assert hazard_at(law, 1.2, settled=False) < 0.3 * hazard_at(weibull, 1.2, settled=False)
    assert hazard_at(law, 0.4, settled=False) > 1.0


def test_what_was_there_before_tells_how_soon_an_old_product_ends(make: Make) -> None:
    ended, stayed = short_lives(60) / 2, np.full(20, 99.0)
    years = np.concatenate([short_lives(40), ended, stayed])
    launch = np.concatenate([np.linspace(SETTLED_DAYS, 800, 40).astype(int), np.zeros(80, dtype=int)])
    law = life_fit(lives(make, years, launch), np.ones(120, dtype=bool))
    weibull = LifeLaw(law.shape, law.scale_years, law.settled_hazard)
    assert hazard_at(law, 2.0, settled=False) < 0.1 * hazard_at(weibull, 2.0, settled=False)
    # Sixty of eighty ended in 60 * 0.18 + 20 * 2.47 years, but in the later half nobody did.
    assert hazard_at(law, 2.0, settled=True) < 0.5 * 60 / (60 * 0.18 + 20 * 2.47)
