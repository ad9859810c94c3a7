"""A known end of sale: the last order is a newsvendor's, goods that come too late are not bought, and it pays."""

import re
from datetime import timedelta

import numpy as np
import pytest
from scipy import stats

from yunying.practices.purchasing.season import days_of_sale, open_days, season_of
from yunying.practices.purchasing.tests.conftest import Shop, usual


def ending(days: int, **values: object) -> Shop:
    """The usual product, sold for some days more."""
    shop = usual(**values)
    return shop.product("P", sale_end_date=shop.as_of + timedelta(days=days))


def test_goods_that_would_come_after_the_end_are_not_bought() -> None:
    assert ending(10).quantity() == 0
    assert ending(9).quantity() == 0
    assert ending(14).quantity() > 0
    assert usual().quantity() > 0


def test_a_product_whose_end_has_come_is_not_on_sale() -> None:
    for days in (0, -30):
        inputs = ending(days).inputs()
        assert not inputs.on_sale.any()
        assert not ending(days).decide().proposals


def test_a_far_end_changes_nothing() -> None:
    far, none = ending(365).decide(), usual().product("P").decide()
    assert [each.command for each in far.proposals] == [each.command for each in none.proposals]
    assert [each.effect for each in far.proposals] == [each.effect for each in none.proposals]


def test_a_later_row_moves_the_end() -> None:
    shop = ending(5).product("P", days_ago=3, sale_end_date=Shop().as_of + timedelta(days=400))
    assert shop.quantity() == usual().quantity()


@pytest.mark.parametrize(("salvage", "cost"), [(0.0, 20.0), (0.5, 20.0), (0.0, 35.0), (1.0, 35.0)])
def test_the_last_order_is_the_newsvendors(salvage: float, cost: float) -> None:
    """The order fills the proposal's own law of demand up to Cu / (Cu + Co)."""
    shop = ending(17, cost=cost, on_hand=0)
    settings = {"season_salvage_rate": salvage, "draws": 10_000, "least_obsolescence_rate": 0.0}
    proposal = shop.proposal(**settings)
    lines = proposal.command.params["lines"]
    rows = dict(proposal.evidence.tables[0].rows)
    ratio = float(rows["Covered share of outcomes 目标覆盖率"])
    # A unit that waits through the week before the end costs its capital too, a hundredth of what the end takes.
    waiting = cost * 0.08 / 365 * 7
    underage, overage = 50.0 - cost, cost * (1 - salvage) + waiting
    assert ratio == pytest.approx(min(underage / (underage + overage), 0.995), rel=0.02)
    mean, low, high = (float(part) for part in re.findall(r"[0-9.]+", rows["Demand it must cover 覆盖期需求"]))
    spread = (high - low) / (2 * stats.norm.ppf(0.9))
    law = stats.nbinom(n=mean**2 / (spread**2 - mean), p=mean / spread**2)
    assert abs(lines[0]["quantity"] - law.ppf(ratio)) <= 2


def test_more_is_bought_where_more_can_be_saved() -> None:
    quantities = [ending(17, on_hand=0, cost=35.0).quantity(season_salvage_rate=rate) for rate in (0.0, 0.5, 0.9)]
    assert quantities == sorted(quantities)
    assert quantities[0] < quantities[-1]


def test_the_proposal_says_that_sale_ends() -> None:
    shop = ending(15)
    told = [each for each in shop.proposal().evidence.sentences if "It is sold until" in each.en]
    assert told
    assert (shop.as_of + timedelta(days=14)).isoformat() in told[0].en
    assert not [each for each in usual().proposal().evidence.sentences if "It is sold until" in each.en]


def test_knowing_the_end_earns_more_than_not_knowing_it() -> None:
    """The last order of a season, over a thousand seasons: profit of both quantities by the same demand."""
    draws = np.random.default_rng(5).poisson(4.0, size=(1000, 17))

    def profit(shop: Shop) -> float:
        quantity = shop.quantity(season_salvage_rate=0.2)
        sold = np.minimum(draws[:, 10:].sum(axis=1), quantity)
        return float((sold * 50.0 - quantity * 35.0 + (quantity - sold) * 35.0 * 0.2).mean())

    knowing, blind = profit(ending(17, cost=35.0, on_hand=0)), profit(usual(cost=35.0, on_hand=0))
    assert knowing > 1.05 * blind


def test_days_of_sale_and_the_share_of_a_last_order() -> None:
    inputs = ending(30).inputs()
    assert days_of_sale(inputs).tolist() == [30.0]
    assert open_days(inputs, 40).sum() == 30
    season = season_of(inputs, np.array([10.0]), 7)
    assert (season.days_after.tolist(), season.last_share.tolist()) == ([13.0], [0.0])
    assert season_of(inputs, np.array([20.0]), 7).last_share.round(3).tolist() == [0.571]
    assert season_of(inputs, np.array([29.0]), 7).last_share.tolist() == [1.0]
    assert days_of_sale(usual().inputs()).tolist() == [np.inf]
    # Three a day for the days that follow: of forty left, ten are sold off.
    assert season_of(inputs, np.array([13.0]), 7).too_many(np.array([[40.0, 5.0]]), np.array([[3.0]])).tolist() == [
        [10.0, 0.0]
    ]
