"""Numbers that hardly are: zeros, one observation, NaN, no lead time. Each gives a finite answer or a clear refusal."""

from collections.abc import Callable

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import poisson_law
from yunying.methods.inventory.economic_order import economic_order_quantity
from yunying.methods.inventory.lost_sales import LostSales
from yunying.methods.inventory.lot_sizing import wagner_whitin
from yunying.methods.inventory.newsvendor import (
    critical_ratio,
    newsvendor_normal,
    newsvendor_poisson,
    newsvendor_sample,
)
from yunying.methods.inventory.order_sizes import packs_down, packs_up
from yunying.methods.inventory.order_up_to import order_up_to
from yunying.methods.inventory.projected import demand_scenarios, order_under_lost_sales, projected_stock

NAN, INF = float("nan"), float("inf")


def one(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: newsvendor_normal(5.0, 1.0, NAN, 1.0),
        lambda: newsvendor_poisson(5.0, 1.0, NAN),
        lambda: critical_ratio(one(INF), one(1.0)),
        lambda: critical_ratio(one(1.0), one(0.0)),
        lambda: newsvendor_normal(NAN, 1.0, 1.0, 1.0),
        lambda: newsvendor_normal(5.0, -1.0, 1.0, 1.0),
        lambda: newsvendor_normal(5.0, NAN, 1.0, 1.0),
        lambda: newsvendor_poisson(NAN, 1.0, 1.0),
        lambda: newsvendor_sample(one(), 1.0, 1.0),
        lambda: newsvendor_sample(one(1.0, NAN), 1.0, 1.0),
        lambda: economic_order_quantity(0.0, 1.0, 1.0),
        lambda: wagner_whitin([1.0, NAN], 1.0, 1.0),
        lambda: LostSales(poisson_law(3.0), 1, NAN, 4.0),
        lambda: LostSales(poisson_law(0.0), 1, 1.0, 4.0),
        lambda: order_up_to(poisson_law(0.0), 64.0, 1.0, 9.0),
        lambda: packs_up(one(3.0), one(0.0), one(0.0)),
        lambda: packs_up(one(NAN), one(1.0), one(0.0)),
        lambda: packs_up(one(INF), one(1.0), one(0.0)),
        lambda: packs_down(one(3.0), one(NAN), one(0.0)),
        lambda: demand_scenarios(one(NAN), one(1.0), one(1.0), 1.5, 0.1, 5, np.random.default_rng(1)),
        lambda: demand_scenarios(one(1.0), one(1.0), one(-1.0), 1.5, 0.1, 5, np.random.default_rng(1)),
        lambda: demand_scenarios(one(1.0), one(1.0), one(1.0), NAN, 0.1, 5, np.random.default_rng(1)),
        lambda: order_under_lost_sales(np.array([[NAN]]), np.array([[1.0]]), one(0.9), one(0.0)),
    ],
)
def test_what_cannot_be_is_refused_by_name(ask: Callable[[], object]) -> None:
    with pytest.raises(InternalError, match=r"must|is an array|above"):
        ask()


def test_a_price_of_zero_orders_nothing() -> None:
    assert newsvendor_normal(5.0, 1.0, 1.0, 0.0).order_quantity == 0.0
    assert newsvendor_poisson(5.0, 1.0, 0.0).order_quantity == 0.0
    assert critical_ratio(one(0.0), one(1.0)).tolist() == [0.0]


def test_no_demand_at_all_orders_nothing() -> None:
    assert newsvendor_poisson(0.0, 1.0, 9.0).order_quantity == 0.0
    assert newsvendor_sample(one(0.0, 0.0), 1.0, 9.0).order_quantity == 0.0
    assert wagner_whitin([0.0, 0.0], 5.0, 1.0).order_quantities == (0.0, 0.0)
    drawn = demand_scenarios(one(0.0), one(0.0), one(0.0), 1.5, 0.1, 50, np.random.default_rng(1))
    order = order_under_lost_sales(projected_stock(one(0.0), drawn.lead), drawn.cover, one(0.95), one(2.0))
    assert order.tolist() == [0.0]


def test_one_observation_is_a_sample() -> None:
    assert newsvendor_sample(one(3.0), 1.0, 9.0).order_quantity == 3.0
    assert newsvendor_normal(3.0, 0.0, 1.0, 9.0).order_quantity == 3.0


def test_negative_stock_is_none_and_no_lead_time_leaves_the_newsvendors_ratio() -> None:
    assert projected_stock(one(-4.0), np.array([[1.0, 0.0]])).tolist() == [[0.0, 0.0]]
    cover = np.arange(1.0, 101.0)[None, :]
    assert order_under_lost_sales(np.zeros((1, 100)), cover, one(0.9), one(0.0)).tolist() == [90.0]
