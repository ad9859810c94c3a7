"""Levels: discounted sums, the prior among like products, growth, and the yearly hazard of a product's end."""

import numpy as np
import pytest
from scipy import stats

from yunying.methods.forecasting.censoring import poisson_mean_at_least
from yunying.methods.forecasting.history import uncensored
from yunying.methods.forecasting.level import (
    DiscountedCounts,
    discounted_counts,
    gamma_prior,
    growth_per_day,
    posterior_level,
)
from yunying.methods.forecasting.memory import LevelTracks, Memory, growth_curve, volume_class
from yunying.methods.forecasting.tests.conftest import Make


@pytest.mark.parametrize("mean", [1e-3, 0.2, 1.0, 7.5, 60.0])
@pytest.mark.parametrize("at_least", [0, 1, 2, 5, 30])
def test_the_censored_mean_is_that_of_brute_force(mean: float, at_least: int) -> None:
    demand = np.arange(at_least, at_least + 600)
    chance = stats.poisson.logpmf(demand, mean)
    weight = np.exp(chance - chance.max())
    expected = (weight * demand).sum() / weight.sum()
    found = poisson_mean_at_least(np.array([mean]), np.array([float(at_least)]))[0]
    assert found == pytest.approx(expected, rel=1e-6)


def test_a_count_far_beyond_its_mean_stays_near_itself() -> None:
    found = poisson_mean_at_least(np.array([0.01, 0.0]), np.array([400.0, 3.0]))
    assert ((found >= [400, 3]) & (found <= [401, 4])).all()


def test_only_censored_days_are_raised_and_never_below_what_was_sold(make: Make) -> None:
    rng = np.random.default_rng(1)
    units = rng.poisson(4.0, size=(6, 80)).astype(np.float32)
    censored = rng.random((6, 80)) < 0.2
    raised = uncensored(make(units, censored=censored), np.ones((1, 80), np.float32))
    assert np.array_equal(raised[~censored], units[~censored])
    assert (raised[censored] > units[censored]).all()


def test_sold_out_days_no_longer_pull_the_level_down(make: Make) -> None:
    """Demand of 10 a day, shelves of 9: a Poisson day that reaches 9 wanted 11.3 on average."""
    rng = np.random.default_rng(2)
    wanted = rng.poisson(10.0, size=(200, 120))
    units = np.minimum(wanted, 9).astype(np.float32)
    raised = uncensored(make(units, censored=wanted >= 9), np.ones((1, 120), np.float32))
    assert units.mean() < 8.5
    assert raised[:, 60:].mean() == pytest.approx(10.0, abs=0.35)


@pytest.mark.parametrize("half_life", [3.0, 28.0, 112.0])
def test_discounted_counts_are_those_of_a_naive_loop(half_life: float) -> None:
    rng = np.random.default_rng(3)
    units = rng.poisson(2.0, size=(4, 50)).astype(np.float32)
    exposure = rng.random((4, 50)).astype(np.float32)
    origins = np.array([0, 1, 17, 50])
    found = discounted_counts(units, exposure, origins, half_life)
    for place, origin in enumerate(origins):
        weight = np.array([0.5 ** ((origin - day) / half_life) for day in range(origin)])
        keep = 0.5 ** (1 / half_life)
        # The newest day weighs 1: its age is counted from the origin's eve.
        assert found.units[:, place] == pytest.approx(units[:, :origin] @ weight / keep, rel=1e-5)
        assert found.exposure[:, place] == pytest.approx(exposure[:, :origin] @ weight / keep, rel=1e-5)


def test_no_origins_and_no_products_are_handled() -> None:
    none = discounted_counts(np.zeros((2, 5), np.float32), np.ones((2, 5), np.float32), np.zeros(0, np.int64), 7.0)
    assert none.units.shape == (2, 0)
    empty = np.zeros((0, 5), np.float32)
    assert discounted_counts(empty, empty, np.array([5]), 7.0).units.shape == (0, 1)
    assert gamma_prior(np.zeros(0), np.zeros(0), np.zeros(0, np.int64)).a.shape == (0,)


def test_the_prior_has_the_mean_of_its_group_and_the_weight_of_its_spread() -> None:
    rng = np.random.default_rng(4)
    levels = np.concatenate([rng.gamma(4.0, 0.5, 3000), rng.gamma(50.0, 0.2, 3000)])
    group = np.repeat([0, 1], 3000)
    exposure = np.full(6000, 1000.0)
    prior = gamma_prior(levels * exposure, exposure, group)
    # A Gamma of shape k and scale s has mean k s and rate 1 / s.
    assert prior.a[0] / prior.b[0] == pytest.approx(2.0, rel=0.05)
    assert prior.b[0] == pytest.approx(2.0, rel=0.1)
    assert prior.a[-1] / prior.b[-1] == pytest.approx(10.0, rel=0.05)
    assert prior.b[-1] == pytest.approx(5.0, rel=0.1)


def test_a_group_of_a_few_products_borrows_the_mean_of_all() -> None:
    units, exposure = np.array([100.0] * 10 + [900.0] * 2), np.full(12, 100.0)
    prior = gamma_prior(units, exposure, np.array([0] * 10 + [1] * 2))
    assert prior.a[-1] / prior.b[-1] == pytest.approx(28 / 12)
    assert (prior.b >= 0.5).all()
    assert (prior.b <= 30.0).all()


def test_products_hardly_on_sale_do_not_inform_the_prior() -> None:
    units, exposure = np.array([20.0] * 8 + [500.0]), np.array([20.0] * 8 + [1.0])
    prior = gamma_prior(units, exposure, np.zeros(9, np.int64))
    assert prior.a / prior.b == pytest.approx(np.ones(9))


def test_where_everybody_is_hardly_on_sale_the_prior_is_still_not_zero() -> None:
    prior = gamma_prior(np.full(6, 30.0), np.full(6, 10.0), np.zeros(6, np.int64))
    assert prior.a / prior.b == pytest.approx(3.0)
    nobody = gamma_prior(np.zeros(6), np.zeros(6), np.zeros(6, np.int64))
    assert nobody.a.tolist() == [0.0] * 6


def test_a_level_moves_from_the_group_to_the_product_as_it_sells() -> None:
    counts = DiscountedCounts(np.array([[0.0, 5.0, 500.0]]), np.array([[0.0, 1.0, 100.0]]))
    prior = gamma_prior(np.full(6, 100.0), np.full(6, 100.0), np.zeros(6, np.int64))
    level = posterior_level(counts, type(prior)(prior.a[:1], prior.b[:1]))[0]
    assert level[0] == pytest.approx(1.0)
    assert 1.0 < level[1] < level[2] < 5.0
    assert level[2] == pytest.approx((500 + prior.a[0]) / (100 + prior.b[0]))


def test_growth_has_the_sign_of_the_change_and_is_bounded() -> None:
    counts = DiscountedCounts(np.full((1, 4), 500.0), np.full((1, 4), 100.0))
    short, long = np.array([[2.0, 1.0, 0.5, 1e9]]), np.array([[1.0, 1.0, 1.0, 1e-9]])
    up, even, down, wild = growth_per_day(short, long, counts, 60.0)[0]
    assert up > 0 > down
    assert up == pytest.approx(-down)
    assert up < np.log(2) / 60
    assert (even, wild) == (0.0, 0.03)


def test_growth_seen_in_few_sales_is_hardly_believed() -> None:
    few, many = (
        growth_per_day(
            np.array([[2.0]]), np.array([[1.0]]), DiscountedCounts(np.array([[u]]), np.array([[50.0]])), 60.0
        )
        for u in (1.0, 1000.0)
    )
    assert 0 < few[0, 0] < 0.2 * many[0, 0]


@pytest.mark.parametrize("rate", [0.01, -0.01])
def test_a_product_that_grows_or_shrinks_is_carried_on_in_its_direction(rate: float) -> None:
    days = np.arange(200)
    units = np.tile(100 * np.exp(rate * (days - 199)), (3, 1)).astype(np.float32)
    tracks = LevelTracks(units, np.ones_like(units), np.array([200]), np.zeros(3, np.int64))
    plain, grown = tracks.under(Memory(28.0, has_growth=False)), tracks.under(Memory(28.0, has_growth=True))
    assert not plain[1].any()
    assert (np.sign(grown[1]) == np.sign(rate)).all()
    # The lag of the discounted mean is made up in part: the level comes nearer to today's 100.
    assert (np.abs(grown[0] - 100) < np.abs(plain[0] - 100)).all()


def test_growth_fades_out() -> None:
    curve = growth_curve(np.array([0.02, 0.0, -0.02]), 365)
    assert curve.shape == (3, 365)
    assert (curve[1] == 1).all()
    assert (np.diff(curve[0]) > 0).all()
    assert curve[0, -1] / curve[0, 90] < 1.05
    assert curve[0, -1] < np.exp(0.02 * 0.5 / 0.03) + 1e-9


def test_volume_classes_part_slow_from_fast(make: Make) -> None:
    units = np.outer([0.02, 0.3, 1.0, 10.0, 0.0], np.ones(100))
    assert volume_class(make(units)).tolist() == [0, 1, 2, 3, 0]
    never = make(units, exposure=np.zeros_like(units))
    assert volume_class(never).tolist() == [0] * 5
