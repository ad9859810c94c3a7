"""The learned forecast is used where its orders would have cost less, and only there."""

import json
from dataclasses import replace

import numpy as np
import pytest

from yunying.kernel.json_form import to_plain
from yunying.methods.forecasting.boost_features import BoostFeatures
from yunying.methods.forecasting.demand import boost_fit, demand_fit, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.order_backtest import (
    LEAST_DAYS_BEFORE,
    OrderTerms,
    demand_fit_by_cost,
    judged_origins,
    order_costs,
)
from yunying.methods.forecasting.shared_backtest import outcome, selling_days
from yunying.methods.forecasting.shared_factors import day_factors
from yunying.methods.forecasting.tests.conftest import counts, history_of

PRODUCTS, DAYS, AHEAD = 150, 420, 28


def terms() -> OrderTerms:
    each = np.ones(PRODUCTS)
    return OrderTerms(0.9 * each, 9.0 * each, each, AHEAD)


def fading(seed: int) -> DemandHistory:
    """Launches all along the history whose demand halves every five weeks: age tells what the level does not."""
    rng = np.random.default_rng(seed)
    begin = rng.integers(0, DAYS - 40, PRODUCTS)
    age = np.arange(DAYS + AHEAD) - begin[:, None]
    mean = np.where(age >= 0, rng.lognormal(2.0, 0.7, PRODUCTS)[:, None] * 0.5 ** (np.maximum(age, 0) / 35), 0.0)
    return history_of(counts(mean, 1.0, rng), exposure=(age >= 0).astype(np.float32))


def steady(seed: int) -> DemandHistory:
    rng = np.random.default_rng(seed)
    return history_of(counts(np.tile(rng.lognormal(0.5, 1.0, PRODUCTS)[:, None], (1, DAYS + AHEAD)), 1.2, rng))


def test_fading_products_are_forecast_by_what_was_learned_and_it_pays_on_days_that_nobody_saw() -> None:
    whole = fading(1)
    known = whole.before(DAYS)
    model, choice = demand_fit_by_cost(known, (), terms(), 1)
    assert choice is not None
    assert choice.is_boosted
    assert choice.robust_cost - choice.boosted_cost > choice.standard_error
    wanted = whole.units[:, DAYS:].sum(axis=1).astype(float)
    robust = demand_fit(known, ())
    costs = [
        order_costs(
            demand_forecast(each, known, AHEAD).mean.sum(axis=1).astype(float), each.law(AHEAD), wanted, terms()
        )
        for each in (model, robust)
    ]
    assert costs[0].sum() < 0.9 * costs[1].sum()


def test_where_nothing_is_to_be_learned_the_robust_forecast_stays() -> None:
    model, choice = demand_fit_by_cost(steady(2).before(DAYS), (), terms(), 1)
    assert choice is not None
    assert not choice.is_boosted
    assert model.boost is None


def test_the_same_seed_gives_the_same_model_to_the_letter_and_it_is_plain_json() -> None:
    known = fading(3).before(DAYS)
    written = [json.dumps(to_plain(demand_fit_by_cost(known, (), terms(), 7)), sort_keys=True) for _ in range(2)]
    assert written[0] == written[1]
    assert "tree" in written[0]


def test_nothing_after_an_origin_is_seen_at_it() -> None:
    known = fading(4).before(DAYS)
    later = replace(known, units=known.units.copy(), exposure=known.exposure.copy())
    later.units[:, 300:] = 77.0
    later.exposure[:, 300:] = 0.5
    model = demand_fit(known, ())
    by_day = day_factors(model.factors, known.first_date, DAYS + 91)
    some, level = np.arange(PRODUCTS), np.full(PRODUCTS, 2.0)
    seen = [BoostFeatures(each, each.units, by_day).at(300, level, some) for each in (known, later)]
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(*seen, strict=True))
    # The control: a day later the change is seen.
    seen = [BoostFeatures(each, each.units, by_day).at(301, level, some) for each in (known, later)]
    assert not np.array_equal(seen[0][0], seen[1][0], equal_nan=True)


def test_what_a_past_discount_sold_is_not_taken_for_demand_to_come() -> None:
    """Half of the products had floods of sales in two promotions; the robust level still stands in the second one."""
    plain = steady(5).before(350)
    discount = np.zeros(plain.units.shape, dtype=np.float32)
    discount[::2, 180:200] = discount[1::2, 240:260] = discount[::2, 325:345] = 0.3
    flooded = replace(plain, units=np.where(discount > 0, plain.units * 4, plain.units), discount=discount)
    model = demand_fit(plain, ())
    wanted, high = (demand_forecast(model, each, AHEAD).mean[::2].sum() for each in (plain, flooded))
    boost = boost_fit(model, flooded, 1)
    told = demand_forecast(replace(model, boost=boost), flooded, AHEAD).mean[::2].sum()
    assert high > 1.2 * wanted
    assert abs(told / wanted - 1) < 0.7 * (high / wanted - 1)


def test_an_outcome_leaves_out_days_of_a_discount_and_of_no_stock() -> None:
    known = history_of(np.full((3, 40), 3.0), exposure=np.tile(np.r_[np.ones(38), 0.0, 0.0], (3, 1)))
    discount = np.zeros((3, 40), dtype=np.float32)
    discount[1, 30:36] = discount[2, 30:38] = 0.2
    known = replace(known, discount=discount)
    usable, forecast, sold = outcome(known, selling_days(known), np.full((3, 10), 2.0, dtype=np.float32), 30, 10)
    assert (forecast.tolist(), sold.tolist()) == ([16.0, 4.0, 0.0], [24.0, 6.0, 0.0])
    assert usable.tolist() == [True, True, False]


@pytest.mark.parametrize("seed", [9, 11])
def test_what_all_products_sold_more_of_for_a_while_is_not_the_learned_forecasts_bias(seed: int) -> None:
    """For four weeks all sold much more; by the four origins alone, the learned forecast seems a tenth too low."""
    rng, plain, more = np.random.default_rng(seed), fading(seed), np.ones(DAYS + AHEAD)
    more[DAYS - AHEAD - 2 * 28 : DAYS - AHEAD - 28] = 1.6
    whole = replace(plain, units=rng.poisson(plain.units * more).astype(np.float32))
    known = whole.before(DAYS)
    model, choice = demand_fit_by_cost(known, (), terms(), 1)
    assert choice is not None
    assert choice.is_boosted
    forecast = demand_forecast(model, known, AHEAD).mean.sum() * model.law(AHEAD).bias
    assert forecast == pytest.approx(whole.units[:, DAYS:].sum(), rel=0.08)


@pytest.mark.parametrize("days", [30, 200, LEAST_DAYS_BEFORE + AHEAD + 83])
def test_a_history_too_short_to_judge_by_makes_no_choice(days: int) -> None:
    model, choice = demand_fit_by_cost(fading(6).before(days), (), terms(), 1)
    assert choice is None
    assert model.boost is None
    assert judged_origins(LEAST_DAYS_BEFORE + AHEAD + 84, AHEAD)[0] == LEAST_DAYS_BEFORE
