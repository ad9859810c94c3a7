"""The economic order quantity's kin against the digits of Snyder and Shen's examples, as stockpyl's tests hold them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.economic_order import (
    economic_order_all_units,
    economic_order_backorders,
    economic_order_cost,
    economic_order_incremental,
    economic_order_quantity,
    economic_production_quantity,
    joint_replenishment,
)

BREAKS, COSTS = [0.0, 400.0, 800.0], [0.75, 0.72, 0.68]


def test_the_plain_order_is_that_of_example_3_1() -> None:
    found = economic_order_quantity(8, 0.225, 1300)
    assert found.order_quantity == pytest.approx(304.0467800264368, rel=1e-12)
    assert found.cost == pytest.approx(68.41052550594829, rel=1e-12)
    assert economic_order_cost(250, 8, 0.225, 1300) == pytest.approx(69.725, rel=1e-12)


def test_discounts_are_those_of_examples_3_5_and_3_6() -> None:
    all_units = economic_order_all_units(8, 0.3, 1300, BREAKS, COSTS)
    assert (all_units.order_quantity, round(all_units.cost, 2)) == (800, 978.60)
    incremental = economic_order_incremental(8, 0.3, 1300, BREAKS, COSTS)
    assert incremental.order_quantity == pytest.approx(304.04678003, abs=5e-9)
    assert incremental.cost == pytest.approx(1043.41052551, abs=5e-9)


def test_backorders_are_those_of_example_3_8() -> None:
    found = economic_order_backorders(8, 0.225, 5, 1300)
    assert found.order_quantity == pytest.approx(310.8125551589646, rel=1e-12)
    assert found.short_rate == pytest.approx(0.043062200956938, rel=1e-12)
    assert found.cost == pytest.approx(66.921363550973254, rel=1e-12)


def test_production_is_that_of_the_book() -> None:
    found = economic_production_quantity(8, 0.225, 1300, 2000)
    assert found.order_quantity == pytest.approx(513.9328595516969, rel=1e-12)
    assert found.cost == pytest.approx(40.472212689696120, rel=1e-12)


def test_joint_replenishment_is_that_of_silver() -> None:
    found = joint_replenishment(600, [120, 840, 300], [160, 20, 50], [1, 1, 1])
    assert found.multiples == (1, 3, 1)
    assert found.cost == pytest.approx(837.8544026261366, rel=1e-12)


def goods_cost(quantity: float, is_incremental: bool) -> float:
    if not is_incremental:
        return quantity * COSTS[max(at for at, start in enumerate(BREAKS) if quantity >= start)]
    ends = [*BREAKS[1:], np.inf]
    return sum(
        cost * (min(quantity, end) - start)
        for start, end, cost in zip(BREAKS, ends, COSTS, strict=True)
        if quantity > start
    )


@pytest.mark.parametrize("is_incremental", [False, True])
@settings(deadline=None)
@given(fixed=st.floats(0.1, 500), rate=st.floats(0.05, 1.5), demand=st.floats(1, 20_000))
def test_no_order_of_a_fine_grid_is_cheaper_under_discounts(
    is_incremental: bool, fixed: float, rate: float, demand: float
) -> None:
    solve = economic_order_incremental if is_incremental else economic_order_all_units
    found = solve(fixed, rate, demand, BREAKS, COSTS)
    for quantity in np.geomspace(found.order_quantity / 20, found.order_quantity * 20 + 1000, 400):
        goods = goods_cost(quantity, is_incremental)
        cost = (fixed + goods) * demand / quantity + rate * goods / 2
        assert cost >= found.cost - 1e-9 * found.cost


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_numbers_that_make_no_order_are_refused(bad: float) -> None:
    with pytest.raises(InternalError, match="above 0"):
        economic_order_quantity(bad, 1, 1)
    with pytest.raises(InternalError, match="above 0"):
        economic_order_all_units(1, 1, 1, [0.0], [bad])
    with pytest.raises(InternalError, match="above demand_rate"):
        economic_production_quantity(1, 1, 5, 5)
    with pytest.raises(InternalError, match="ascend"):
        economic_order_incremental(1, 1, 1, [0, 5, 5], [3, 2, 1])
    with pytest.raises(InternalError, match="as many"):
        joint_replenishment(1, [1], [1, 2], [1])
