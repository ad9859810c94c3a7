"""What a proposal says of the forecast behind it: which one, why, and what store and category are expected to sell."""

from dataclasses import replace

import numpy as np
import pytest

from yunying.methods.forecasting.demand import demand_forecast
from yunying.methods.forecasting.order_backtest import ForecastChoice
from yunying.practices.purchasing.boosted import choice_sentence, order_terms
from yunying.practices.purchasing.decide import decide
from yunying.practices.purchasing.demand import demand_history, discounts, unseen_days
from yunying.practices.purchasing.fit import PurchasingModel, fit
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.outlook import DAYS
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.tests.conftest import Shop

POLICY = PurchasingPolicy()
LEARNED = ForecastChoice(True, 1000.0, 900.0, 40.0, 3, 3, 2000, 17)


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    shop = Shop()
    for number in range(12):
        key = f"P{number:02d}"
        shop.steady(key, 2 + number % 3, days=90).count(key, 1, 3).offer(key, 20.0)
        shop.product(key, category="tea" if number % 2 else "cups")
    return shop.inputs()


@pytest.fixture(scope="module")
def model(inputs: Inputs) -> PurchasingModel:
    return fit(inputs, POLICY, 1)


def test_categories_add_up_to_the_store_and_the_store_to_its_products(inputs: Inputs, model: PurchasingModel) -> None:
    assert model.outlook is not None
    assert model.demand is not None
    outlook, law = model.outlook, model.demand.law(DAYS)
    assert outlook.products == 12
    assert sum(each.mean for each in outlook.categories) == pytest.approx(outlook.store.mean, abs=0.5)
    assert sum(each.mean for each in outlook.store_weeks) == pytest.approx(outlook.store.mean, abs=0.5)
    mean = demand_forecast(model.demand, demand_history(inputs, POLICY), DAYS).mean.sum() * law.bias
    assert outlook.store.mean == pytest.approx(mean, rel=0.02)
    low, middle, high = outlook.store.quantiles
    assert low < middle < high
    # Categories do not all err at once, so the store is surer than they are.
    spread = sum(each.quantiles[2] - each.quantiles[0] for each in outlook.categories)
    assert high - low < spread


def test_the_list_shows_the_totals_and_which_forecast_it_uses(inputs: Inputs, model: PurchasingModel) -> None:
    told = replace(model, choice=LEARNED)
    found = decide(inputs, told, POLICY, inputs.as_of, np.random.default_rng(1)).proposals[0].evidence
    (table,) = [each for each in found.tables if "全店" in str(each.rows)]
    tea = [row for row in table.rows if "tea" in row[0] or "cups" in row[0]]
    assert len(tea) == 1
    assert len(table.rows) == 6
    assert any("10.0% less (standard error 4.0%)" in each.en for each in found.sentences)
    assert any("成本会低 10.0%" in each.zh for each in found.sentences)


def test_the_sentence_says_when_learning_did_not_pay() -> None:
    kept = replace(LEARNED, is_boosted=False, boosted_cost=1050.0)
    told = choice_sentence(kept)
    assert told is not None
    assert "robust forecast" in told.en
    assert "5.0% more" in told.en
    assert "高 5.0%" in told.zh
    assert choice_sentence(None) is None


def test_an_order_is_judged_by_the_money_of_its_product(inputs: Inputs, model: PurchasingModel) -> None:
    assert model.life is not None
    history = demand_history(inputs, POLICY)
    keeps = np.zeros(12)
    found = order_terms(inputs, history, model.life, keeps, POLICY)
    assert found.underage == pytest.approx(30.0)  # 50 less 20
    assert found.horizon_days == 17
    assert (found.overage > 0).all()
    unknown = replace(inputs, economics=replace(inputs.economics, net_price=np.full(12, np.nan)))
    assert not order_terms(unknown, history, model.life, keeps, POLICY).underage.any()
    # Goods of which half spoil in a week are ordered more often, and fewer outcomes are worth covering.
    fresh = order_terms(inputs, history, model.life, keeps + 365.0 * np.log(2) / 7, POLICY)
    assert fresh.horizon_days < 17
    assert (fresh.ratio < found.ratio).all()


def test_the_day_that_made_a_product_known_is_not_counted_as_demand() -> None:
    """Sales on one day in twenty: with each first day the mean would be a third too high, without it it is right."""
    rng = np.random.default_rng(1)
    sold = rng.random((4000, 60)) < 0.05
    unseen = unseen_days(sold, np.zeros_like(sold))
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), 60)[:, None]
    before = np.arange(60) < first
    assert sold[~unseen].mean() == pytest.approx(0.05, rel=0.04)
    assert sold[~before].mean() > 1.3 * 0.05
    # A shelf that was counted before needs no sale to be known.
    stocked = np.ones_like(sold)
    assert not unseen_days(sold, stocked).any()


def test_discounts_stand_on_the_days_of_their_promotions() -> None:
    shop = Shop().steady("P", days=100)
    assert discounts(shop.inputs()) is None
    for days_ago in (30, 29, 28):
        shop.line("P", days_ago, 9, 40.0, promotion="X", discount_minor=9 * 1000)
    found = discounts(shop.inputs())
    assert found is not None
    assert np.flatnonzero(found[0]).tolist() == [70, 71, 72]
    assert found[0, 70] == pytest.approx(0.2)
