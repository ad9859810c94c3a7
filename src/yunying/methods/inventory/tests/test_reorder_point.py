"""(r, Q) against Snyder and Shen's examples and against a search of the neighbourhood."""

import numpy as np
import pytest
from scipy import integrate

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.reorder_point import (
    NormalDemand,
    reorder_point_backorders,
    reorder_point_cost,
    reorder_point_exact,
    reorder_point_expected_level,
    reorder_point_poisson,
    reorder_point_safety_stock,
)

BOOK = NormalDemand(8, 0.225, 7.5, 1300, 150, 1 / 12)  # example 5.1


def test_the_approximations_are_those_of_the_book() -> None:
    expected = reorder_point_expected_level(BOOK)
    assert (round(expected.reorder_point, 4), round(expected.order_quantity, 4)) == (213.9704, 318.5902)
    assert expected.cost == pytest.approx(95.4511, abs=5e-5)
    backorders = reorder_point_backorders(BOOK)
    assert (round(backorders.reorder_point, 4), round(backorders.order_quantity, 4)) == (128.6378, 308.5738)
    safe = reorder_point_safety_stock(BOOK)
    assert (round(safe.reorder_point, 4), round(safe.order_quantity, 4)) == (190.3370, 304.0468)


def test_the_cost_is_the_integral_of_the_rate() -> None:
    held = integrate.quad(BOOK.rate, 130, 430)[0]
    assert reorder_point_cost(BOOK, 130, 300) == pytest.approx((8 * 1300 + held) / 300, rel=1e-9)


@pytest.mark.parametrize("short", [0.3, 7.5, 200.0])
def test_the_exact_pair_is_cheaper_than_its_neighbours_and_than_the_approximations(short: float) -> None:
    demand = NormalDemand(8, 0.225, short, 1300, 150, 1 / 12)
    best = reorder_point_exact(demand)
    for point in np.linspace(-3, 3, 7):
        for quantity in np.linspace(-3, 3, 7):
            near = reorder_point_cost(demand, best.reorder_point + point, best.order_quantity + quantity)
            assert near >= best.cost - 1e-9
    for other in (reorder_point_backorders(demand), reorder_point_safety_stock(demand)):
        assert best.cost <= other.cost
    # Zheng (1992): at most an eighth.
    assert reorder_point_backorders(demand).cost <= 1.125 * best.cost


def test_whole_units_match_the_published_case() -> None:
    found = reorder_point_poisson(100, 20, 150, 1.5, 2)
    assert (found.reorder_point, found.order_quantity) == (3, 5)
    assert found.cost == pytest.approx(107.92358063314975, rel=1e-9)


def test_odd_input_has_a_clear_answer() -> None:
    assert reorder_point_poisson(100, 20, 150, 1.5, 0).reorder_point == -1
    for bad in (0.0, -1.0, np.nan):
        with pytest.raises(InternalError, match="above 0"):
            NormalDemand(8, 0.225, bad, 1300, 150, 1 / 12)
    with pytest.raises(InternalError, match="above 0"):
        reorder_point_cost(BOOK, 130, 0)
    with pytest.raises(InternalError, match="too little"):
        reorder_point_expected_level(NormalDemand(8, 0.225, 0.01, 1300, 150, 1 / 12))
