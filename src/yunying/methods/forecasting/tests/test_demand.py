"""The whole model on simulated stores: unbiased, honestly uncertain, and not fooled by empty shelves or odd input.

Odd input: no products, one product, one day, all zeros, one single sale and products never on sale give finite
forecasts. NaN, infinity and negative numbers are refused, and so are arrays whose shapes disagree.
"""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.kernel.json_form import from_plain, to_plain
from yunying.kernel.periods import Period
from yunying.methods.calendars import event_features
from yunying.methods.forecasting.count_law import count_quantiles
from yunying.methods.forecasting.demand import DemandModel, demand_fit, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.tests.conftest import FIRST, Make, counts
from yunying.methods.forecasting.variance_law import fit_variance_law
from yunying.methods.inventory.projected import demand_scenarios

WEEK = np.array([0.8, 0.8, 0.9, 1.0, 1.1, 1.3, 1.1])
AHEAD = 28


def wandering_store(seed: int, products: int = 400, days: int = 400, alpha: float = 1.8) -> np.ndarray:
    """True means of products of very different size, whose levels wander by about 6 % a week, with a known week."""
    rng = np.random.default_rng(seed)
    level = rng.lognormal(0.3, 1.0, products)[:, None]
    wander = np.exp(np.cumsum(rng.normal(0, 0.06 / np.sqrt(7), (products, days)), axis=1))
    return level * wander * WEEK[np.arange(days) % 7]


def test_a_forecast_is_unbiased_and_its_intervals_cover_what_they_say(make: Make) -> None:
    rng = np.random.default_rng(12)
    mean = wandering_store(11)
    units = counts(mean, 1.8, rng)
    past = make(units[:, :-AHEAD])
    model = demand_fit(past, ())
    law = model.law(AHEAD)
    expected = demand_forecast(model, past, AHEAD).mean.sum(axis=1) * law.bias
    real = units[:, -AHEAD:].sum(axis=1)
    assert real.sum() / expected.sum() == pytest.approx(1.0, abs=0.04)
    nothing = np.zeros(len(real))
    drawn = demand_scenarios(nothing, nothing, expected.astype(float), law.alpha, law.beta, 2000, rng).cover
    for share in (0.8, 0.95):
        low, high = np.quantile(drawn, [(1 - share) / 2, (1 + share) / 2], axis=1)
        assert ((low <= real) & (real <= high)).mean() == pytest.approx(share, abs=0.05)


def test_the_week_is_learned_and_carried_forward(make: Make) -> None:
    units = counts(5.0 * np.tile(WEEK, (60, 40))[:, :280], 1.0, np.random.default_rng(1))
    history = make(units)
    ahead = demand_forecast(demand_fit(history, ()), history, 14).mean.mean(axis=0)
    assert ahead[:7] / ahead[:7].mean() == pytest.approx(WEEK, abs=0.06)
    assert ahead[7:] == pytest.approx(ahead[:7], rel=0.02)


def test_a_big_sale_is_learned_from_last_year_and_expected_again(make: Make) -> None:
    known, ahead_days = 365 + 290, 40
    peak = event_features(Period(FIRST, FIRST + timedelta(days=known + ahead_days)), ["double_11"]).peak[:, 0]
    past = int(peak[:known].sum())
    assert past > 0
    assert peak[known:].any()
    units = counts(np.tile(np.where(peak, 8.0, 1.0) * 6.0, (80, 1)), 1.0, np.random.default_rng(2))
    history = make(units[:, :known])
    ahead = demand_forecast(demand_fit(history, ("double_11",)), history, ahead_days).mean.mean(axis=0)
    # Half a day of belief that a peak is a day like others.
    expected = (8.0 * past + 0.5) / (past + 0.5)
    assert ahead[peak[known:]] / np.median(ahead) == pytest.approx(expected, rel=0.1)
    blind = demand_forecast(demand_fit(history, ()), history, ahead_days).mean.mean(axis=0)
    assert blind.max() < 2 * np.median(blind)


def test_days_without_stock_are_not_days_without_demand(make: Make) -> None:
    rng = np.random.default_rng(3)
    wanted = counts(np.full((50, 180), 4.0), 1.0, rng)
    empty = np.zeros((50, 180), dtype=bool)
    empty[:, 120:165] = True
    units = np.where(empty, 0.0, wanted)
    told = make(units, exposure=np.where(empty, 0.0, 1.0))
    naive = make(units)
    right, wrong = (demand_forecast(demand_fit(each, ()), each, 14).mean.mean() for each in (told, naive))
    assert right == pytest.approx(4.0, abs=0.25)
    assert wrong < 3.4


def test_half_a_day_on_sale_counts_half(make: Make) -> None:
    units = counts(np.full((40, 120), 2.0), 1.0, np.random.default_rng(4))
    history = make(units, exposure=np.full((40, 120), 0.5))
    assert demand_forecast(demand_fit(history, ()), history, 7).mean.mean() == pytest.approx(4.0, abs=0.25)


def test_a_new_product_starts_at_the_level_of_its_category(make: Make) -> None:
    units = counts(np.repeat([[1.0], [20.0]], 30, axis=0) * np.ones((60, 150)), 1.0, np.random.default_rng(5))
    exposure = np.ones((60, 150))
    exposure[[0, 59]] = 0.0
    units[[0, 59]] = 0.0
    history = make(units, exposure=exposure, group=np.repeat([0, 1], 30))
    ahead = demand_forecast(demand_fit(history, ()), history, 7).mean.mean(axis=1)
    assert ahead[0] == pytest.approx(1.0, rel=0.3)
    assert ahead[59] == pytest.approx(20.0, rel=0.3)


def test_the_variance_law_is_recovered() -> None:
    rng = np.random.default_rng(6)
    mean = rng.lognormal(2.0, 1.2, 60_000)
    real = rng.poisson(mean * rng.gamma(1 / 0.1, 0.1, len(mean)))
    law = fit_variance_law(mean, real.astype(float), 28)
    assert law.bias == pytest.approx(1.0, abs=0.02)
    assert 0.08 < law.beta < 0.11
    assert 1.0 <= law.alpha < 1.2


def test_a_few_large_products_do_not_set_the_law_for_all() -> None:
    """Six of 1,500 sell four times their forecast; weighing squared errors, the law of all had beta above 1."""
    rng = np.random.default_rng(8)
    mean = rng.lognormal(1.0, 1.2, 1500)
    real = rng.poisson(mean * rng.gamma(1 / 0.2, 0.2, len(mean))).astype(float)
    large = np.argsort(mean)[-6:]
    real[large] = 4 * mean[large]
    law = fit_variance_law(mean, real, 7)
    assert 0.15 < law.beta < 0.3
    assert law.alpha < 1.4


@pytest.mark.parametrize("far", [np.r_[np.ones(499), 1e9], np.r_[np.ones(400), np.full(100, 1e6)], np.zeros(500)])
def test_broken_numbers_leave_a_law_that_can_be_used(far: np.ndarray) -> None:
    law = fit_variance_law(np.ones(500), far, 7)
    assert 1.0 <= law.alpha <= 50.0
    assert 0.0 <= law.beta <= 2.0
    assert np.isfinite(count_quantiles(np.array([0.0, 1.0, 1e6]), law, np.array([0.5, 0.995]))).all()


def test_one_order_of_a_thousand_million_does_not_set_the_law_for_all() -> None:
    plain = np.random.default_rng(9).poisson(3.0, 500).astype(float)
    usual, broken = (fit_variance_law(np.full(500, 3.0), np.r_[plain[:499], last], 7) for last in (plain[499], 1e9))
    # The bias is another matter: units are money, and all of them count; it is bounded.
    assert broken.alpha < usual.alpha + 1.0
    assert broken.beta < 0.3


def test_a_bias_is_measured_and_bounded() -> None:
    mean = np.random.default_rng(7).lognormal(2.0, 1.0, 2000)
    assert fit_variance_law(mean, mean * 1.1, 7).bias == pytest.approx(1.1)
    assert fit_variance_law(mean, mean * 9.0, 7).bias == 1.25
    assert fit_variance_law(mean, mean * 0.0, 7).bias == 0.8


def test_few_pairs_give_a_cautious_law() -> None:
    law = fit_variance_law(np.ones(199), np.ones(199), 14)
    assert (law.horizon_days, law.alpha, law.beta, law.bias) == (14, 1.5, 0.15, 1.0)


def test_the_law_of_the_nearest_horizon_is_taken(make: Make) -> None:
    model = demand_fit(make(np.ones((3, 60))), ())
    assert [model.law(days).horizon_days for days in (0.0, 1.0, 9.0, 12.0, 30.0, 400.0)] == [7, 7, 7, 14, 28, 56]


ODD = {
    "all zeros": np.zeros((4, 90)),
    "one day": np.ones((4, 1)),
    "one product": np.ones((1, 90)),
    "one sale in all": np.eye(1, 90, 40),
    "no products": np.zeros((0, 90)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_histories_give_finite_forecasts(make: Make, name: str) -> None:
    history = make(ODD[name])
    model = demand_fit(history, ("double_11",))
    ahead = demand_forecast(model, history, 10).mean
    assert ahead.shape == (len(ODD[name]), 10)
    assert np.isfinite(ahead).all()
    assert (ahead >= 0).all()
    assert all(np.isfinite([law.alpha, law.beta, law.bias]).all() for law in model.laws)


def test_products_never_on_sale_do_not_disturb_the_others(make: Make) -> None:
    units = counts(np.full((20, 120), 3.0), 1.0, np.random.default_rng(8))
    alone = make(units)
    units = np.vstack([units, np.zeros((5, 120), np.float32)])
    exposure = np.vstack([np.ones((20, 120)), np.zeros((5, 120))])
    beside = make(units, exposure=exposure)
    first = demand_forecast(demand_fit(alone, ()), alone, 7).mean
    second = demand_forecast(demand_fit(beside, ()), beside, 7).mean
    assert second[:20] == pytest.approx(first, rel=0.02)
    assert np.isfinite(second).all()


@pytest.mark.parametrize("part", ["units", "exposure"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_a_number_that_is_none_is_refused(make: Make, part: str, value: float) -> None:
    history = make(np.ones((3, 60)))
    model = demand_fit(history, ())
    getattr(history, part)[1, 30] = value
    for call in (lambda: demand_fit(history, ()), lambda: demand_forecast(model, history, 7)):
        with pytest.raises(InternalError, match="finite"):
            call()


@pytest.mark.parametrize("days", [1, 2, 7, 13, 14, 28, 29, 55, 56, 57])
def test_a_history_of_any_length_can_be_learned_from(make: Make, days: int) -> None:
    history = make(np.full((5, days), 3.0))
    ahead = demand_forecast(demand_fit(history, ("double_11",)), history, 14).mean
    assert ahead == pytest.approx(3.0, rel=0.02)


@pytest.mark.parametrize("part", ["exposure", "censored", "group"])
def test_shapes_that_disagree_are_refused(make: Make, part: str) -> None:
    history = make(np.ones((3, 60)))
    broken: DemandHistory = replace(history, **{part: getattr(history, part)[:2]})
    model = demand_fit(history, ())
    for call in (lambda: demand_fit(broken, ()), lambda: demand_forecast(model, broken, 7)):
        with pytest.raises(InternalError, match="shape"):
            call()


def test_a_model_survives_its_json_form(make: Make) -> None:
    history = make(counts(np.full((30, 200), 2.0), 1.0, np.random.default_rng(9)))
    model = demand_fit(history, ("double_11",))
    assert from_plain(DemandModel, to_plain(model)) == model


def test_the_order_of_products_does_not_change_their_forecasts(make: Make) -> None:
    units = counts(
        np.random.default_rng(1).lognormal(0, 1, (40, 1)) * np.ones((40, 150)), 1.5, np.random.default_rng(2)
    )
    turned = np.random.default_rng(3).permutation(40)
    first, second = make(units), make(units[turned])
    ahead = demand_forecast(demand_fit(first, ()), first, 14).mean
    again = demand_forecast(demand_fit(second, ()), second, 14).mean
    assert again == pytest.approx(ahead[turned], rel=1e-4)
