"""The newsvendor against published numbers: Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 4.

The digits are those that the tests of the package stockpyl hold for the book's examples.
"""

import numpy as np
import pytest
from scipy import stats

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import poisson_law
from yunying.methods.inventory.newsvendor import (
    critical_ratio,
    newsvendor_continuous,
    newsvendor_law,
    newsvendor_law_cost,
    newsvendor_normal,
    newsvendor_poisson,
    newsvendor_sample,
)

NORMAL = [
    # mean, deviation, overage, underage, stock, cost
    (50.0, 8.0, 0.18, 0.70, 56.60395592743389, 1.9976051931766445),  # example 4.3
    (120.0, 10.0, 2.0, 18.0, 132.815515655446, 35.09966638649737),  # the textbook case of a 90 % ratio
]


@pytest.mark.parametrize(("mean", "deviation", "overage", "underage", "stock", "cost"), NORMAL)
def test_normal_demand_gives_the_published_stock_and_cost(
    mean: float, deviation: float, overage: float, underage: float, stock: float, cost: float
) -> None:
    found = newsvendor_normal(mean, deviation, overage, underage)
    assert found.order_quantity == pytest.approx(stock, rel=1e-9)
    assert found.cost == pytest.approx(cost, rel=1e-9)


def test_poisson_demand_gives_the_published_stock_and_cost() -> None:
    found = newsvendor_poisson(6, overage_cost=1, underage_cost=4)  # problem 4.8(b)
    assert found.order_quantity == 8
    assert found.cost == pytest.approx(3.570106945770946, rel=1e-9)


@pytest.mark.parametrize("mean", [0.3, 1.0, 6.0, 40.0])
@pytest.mark.parametrize(("overage", "underage"), [(1.0, 4.0), (1.0, 99.0), (5.0, 1.0)])
def test_the_poisson_stock_is_the_cheapest_of_all_by_enumeration(mean: float, overage: float, underage: float) -> None:
    demand = np.arange(0, 400)
    chance = stats.poisson.pmf(demand, mean)
    costs = [
        float((chance * (overage * np.maximum(s - demand, 0) + underage * np.maximum(demand - s, 0))).sum())
        for s in range(100)
    ]
    found = newsvendor_poisson(mean, overage, underage)
    assert costs[int(found.order_quantity)] == pytest.approx(min(costs), rel=1e-9)
    assert found.cost == pytest.approx(min(costs), rel=1e-6)


def test_the_ratio_is_that_of_arrow_harris_and_marschak() -> None:
    found = critical_ratio(np.array([0.70, 18.0, 0.0]), np.array([0.18, 2.0, 1.0]))
    assert found == pytest.approx([0.70 / 0.88, 0.9, 0.0])


@pytest.mark.parametrize(("under", "over"), [(-0.1, 1.0), (1.0, 0.0), (1.0, -1.0)])
def test_costs_that_make_no_newsvendor_are_refused(under: float, over: float) -> None:
    with pytest.raises(InternalError, match="cost"):
        critical_ratio(np.array([under]), np.array([over]))


@pytest.mark.parametrize(("under", "over"), [(np.nan, 1.0), (1.0, np.nan)])
def test_a_cost_that_is_not_known_makes_no_ratio(under: float, over: float) -> None:
    assert np.isnan(critical_ratio(np.array([under]), np.array([over]))).all()


def test_any_law_sample_and_distribution_agree_with_the_closed_forms() -> None:
    whole = newsvendor_law(poisson_law(6), 1, 4)
    assert (whole.order_quantity, whole.cost) == (8, pytest.approx(3.570106945770946, rel=1e-9))
    assert newsvendor_law_cost(5, poisson_law(6), 1, 4) == pytest.approx(6.590296024616344, rel=1e-9)
    frozen = newsvendor_continuous(stats.norm(50, 8), 0.18, 0.70)
    assert frozen.order_quantity == pytest.approx(56.60395592743389, rel=1e-9)
    assert frozen.cost == pytest.approx(1.9976051931766445, rel=1e-6)
    drawn = newsvendor_sample(np.random.default_rng(1).poisson(6, 200_000).astype(float), 1, 4)
    assert (drawn.order_quantity, drawn.cost) == (8, pytest.approx(3.5701, rel=0.01))


@pytest.mark.parametrize("demand", [[], [np.nan], [1.0, np.inf]])
def test_a_sample_that_says_nothing_is_refused(demand: list[float]) -> None:
    with pytest.raises(InternalError, match="sample"):
        newsvendor_sample(np.array(demand), 1, 4)


def test_demand_that_is_always_zero_wants_no_stock() -> None:
    assert newsvendor_law(np.array([1.0]), 1, 4) == newsvendor_sample(np.zeros(3), 1, 4)
    assert newsvendor_poisson(0.0, 1, 4).order_quantity == 0
