"""Scenarios have the moments that their law says; projected stock and the fractile are what their names say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import negative_binomial_law, poisson_law
from yunying.methods.inventory.lost_sales import LostSales, lost_sales_optimum, lost_sales_rule_cost
from yunying.methods.inventory.newsvendor import newsvendor_poisson
from yunying.methods.inventory.projected import (
    demand_scenarios,
    lost_sales_ratio,
    order_to_fractile,
    order_under_lost_sales,
    projected_stock,
    stock_at_arrival,
)

DRAWS = 200_000


@pytest.mark.parametrize(
    ("alpha", "beta"), [(1.0, 0.0), (2.5, 0.0), (1.0, 0.2), (1.8, 0.15)], ids=["poisson", "counts", "level", "both"]
)
@pytest.mark.parametrize("mean", [0.4, 12.0])
def test_scenarios_have_the_mean_and_the_variance_of_their_law(alpha: float, beta: float, mean: float) -> None:
    rng = np.random.default_rng(3)
    found = demand_scenarios(np.array([2 * mean]), np.array([mean / 7]), np.array([mean]), alpha, beta, DRAWS, rng)
    for sample, expected in ((found.lead[0], 2 * mean), (found.first_day[0], mean / 7), (found.cover[0], mean)):
        variance = alpha * expected + beta * expected**2
        assert sample.mean() == pytest.approx(expected, abs=5 * np.sqrt(variance / DRAWS))
        # A sample variance strays by about its fourth moment; a twentieth is far beyond that here.
        assert sample.var() == pytest.approx(variance, rel=0.05)


def test_an_error_of_the_level_is_shared_by_lead_time_and_cover_and_counting_noise_is_not() -> None:
    rng = np.random.default_rng(4)
    mean = np.array([50.0])
    shared = demand_scenarios(mean, mean / 7, mean, 1.0, 0.2, 50_000, rng)
    apart = demand_scenarios(mean, mean / 7, mean, 3.0, 0.0, 50_000, rng)
    # Level variance 0.2 * 50 ** 2 = 500 beside counting noise of 50.
    assert np.corrcoef(shared.lead[0], shared.cover[0])[0, 1] == pytest.approx(500 / 550, abs=0.02)
    assert abs(np.corrcoef(apart.lead[0], apart.cover[0])[0, 1]) < 0.02


def test_the_first_day_is_part_of_the_cover_period() -> None:
    found = demand_scenarios(
        np.array([1.0]), np.array([3.0]), np.array([9.0]), 1.5, 0.1, 2000, np.random.default_rng(1)
    )
    assert (found.cover >= found.first_day).all()


def test_no_demand_draws_no_units_and_each_scenario_may_have_its_own_lead_time() -> None:
    rng = np.random.default_rng(5)
    zero = np.zeros(2)
    none = demand_scenarios(zero, zero, zero, 1.7, 0.2, 50, rng)
    assert sum(drawn.sum() for drawn in (none.lead, none.first_day, none.cover)) == 0
    lead = np.tile([0.0, 1000.0], (1, 25))
    each = demand_scenarios(lead, np.array([1.0]), np.array([7.0]), 1.0, 0.0, 50, rng).lead[0]
    assert (each[::2] == 0).all()
    assert (each[1::2] > 800).all()


def test_the_same_seed_draws_the_same_scenarios() -> None:
    first, second = (
        demand_scenarios(np.array([5.0]), np.array([1.0]), np.array([7.0]), 1.5, 0.1, 100, np.random.default_rng(9))
        for _ in range(2)
    )
    assert np.array_equal(first.lead, second.lead)
    assert np.array_equal(first.cover, second.cover)


def test_demand_that_finds_no_stock_is_lost_and_an_oversold_shelf_is_empty() -> None:
    found = projected_stock(np.array([5.0, -3.0]), np.array([[3.0, 8.0, 5.0], [0.0, 1.0, 2.0]]))
    assert found.tolist() == [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.8, 0.95, 0.995])
def test_the_fractile_is_the_smallest_order_that_leaves_few_enough_scenarios_short(ratio: float) -> None:
    shortage = np.random.default_rng(6).normal(4.0, 10.0, size=(40, 333))
    found = order_to_fractile(shortage, np.full(40, ratio))
    assert (found == np.round(found)).all()
    assert (found >= 0).all()
    assert ((shortage > found[:, None]).mean(axis=1) <= 1 - ratio + 1e-12).all()
    fewer = (shortage > found[:, None] - 1).mean(axis=1)
    assert ((fewer > 1 - ratio - 1 / 333) | (found == 0)).all()


def test_without_stock_and_lead_time_the_order_is_that_of_the_newsvendor() -> None:
    rng = np.random.default_rng(8)
    drawn = demand_scenarios(np.zeros(1), np.array([6.0 / 7]), np.array([6.0]), 1.0, 0.0, 100_000, rng)
    stock = projected_stock(np.zeros(1), drawn.lead)
    order = order_to_fractile(drawn.cover - stock, np.array([0.8]))
    assert order[0] == newsvendor_poisson(6, overage_cost=1, underage_cost=4).order_quantity == 8


def test_one_scenario_and_no_products_are_handled() -> None:
    assert order_to_fractile(np.array([[2.5]]), np.array([0.01])).tolist() == [3.0]
    assert order_to_fractile(np.zeros((0, 10)), np.zeros(0)).shape == (0,)
    none = demand_scenarios(np.zeros(0), np.zeros(0), np.zeros(0), 1.5, 0.1, 10, np.random.default_rng(0))
    assert none.cover.shape == (0, 10)


def test_goods_that_arrive_late_do_not_serve_those_who_came_early() -> None:
    demand = np.array([[[4.0, 1.0], [0.0, 3.0]]])
    found = stock_at_arrival(np.array([2.0]), np.array([[3.0, 0.0]]), demand)
    assert found.tolist() == [[2.0, 2.0]]
    at_once = projected_stock(np.array([5.0]), demand.sum(axis=2))
    assert at_once.tolist() == [[0.0, 2.0]]


@given(st.floats(0, 1), st.floats(0, 50))
def test_the_corrected_ratio_falls_with_the_lead_time_and_is_the_newsvendors_without_one(
    ratio: float, lead: float
) -> None:
    at, later = lost_sales_ratio(np.array([ratio, ratio]), np.array([lead, lead + 1]))
    assert lost_sales_ratio(np.array([ratio]), np.zeros(1))[0] == pytest.approx(ratio)
    assert 0 <= later <= at <= ratio + 1e-12


@pytest.mark.parametrize(("ratio", "lead"), [(1.2, 1.0), (-0.1, 1.0), (0.5, -1.0)])
def test_ratios_and_lead_times_out_of_range_are_refused(ratio: float, lead: float) -> None:
    with pytest.raises(InternalError, match="lead time"):
        lost_sales_ratio(np.array([ratio]), np.array([lead]))


def test_an_unknown_ratio_orders_nothing() -> None:
    shortage = np.array([[1.0, 2.0], [1.0, 2.0]])
    assert order_to_fractile(shortage, np.array([np.nan, 0.9])).tolist() == [0.0, 2.0]
    found = order_under_lost_sales(np.zeros((1, 2)), shortage[:1], np.array([np.nan]), np.ones(1))
    assert found.tolist() == [0.0]


@pytest.mark.parametrize(("law", "penalty", "lead"), [(poisson_law(5), 9, 3), (negative_binomial_law(5, 30), 19, 2)])
def test_the_order_costs_little_more_than_the_best_one(law: np.ndarray, penalty: float, lead: int) -> None:
    system = LostSales(law, lead, 1, penalty)
    paths = np.random.default_rng(2).choice(len(law), p=law, size=(2000, lead + 1)).astype(float)

    def rule(states: np.ndarray) -> np.ndarray:
        orders = np.zeros(len(states), dtype=np.int64)
        for at, state in enumerate(states.astype(float)):
            stock = stock_at_arrival(state[:1], np.append(state[1:], 0.0)[None], paths[None, :, :lead])
            ratio = np.array([penalty / (penalty + 1)])
            orders[at] = order_under_lost_sales(stock, paths[None, :, lead], ratio, np.array([float(lead)]))[0]
        return orders

    assert lost_sales_rule_cost(system, rule) <= 1.006 * lost_sales_optimum(system).cost
