"""Lost sales against the test bed of Zipkin (2008), recomputed, and Bijvank et al. (2015) with a fixed cost.

The slow cells of four periods stand in ``bench/inventory.py``.
"""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import negative_binomial_law, poisson_law
from yunying.methods.inventory.lost_sales import LostSales, lost_sales_optimum, lost_sales_rule_cost
from yunying.methods.inventory.lost_sales_policies import (
    base_stock_rule,
    best_base_stock,
    best_capped_base_stock,
    best_projected_level,
    capped_base_stock_rule,
    projected_level_rule,
)

POISSON, GEOMETRIC = poisson_law(5), negative_binomial_law(5, 30)
TEST_BED = [
    *((POISSON, 4, lead, cost) for lead, cost in enumerate([4.0407, 4.3953, 4.5987, 4.7285], 1)),
    *((POISSON, 9, lead, cost) for lead, cost in enumerate([5.4382, 6.0936, 6.5314, 6.8359], 1)),
    *((POISSON, 19, lead, cost) for lead, cost in enumerate([6.6757, 7.6644, 8.3625, 8.8872], 1)),
    *((POISSON, 39, lead, cost) for lead, cost in enumerate([7.8359, 9.1064, 10.0385, 10.7944], 1)),
    *((GEOMETRIC, 4, lead, cost) for lead, cost in enumerate([9.8175, 10.2402, 10.4667, 10.6065], 1)),
    *((GEOMETRIC, 9, lead, cost) for lead, cost in enumerate([14.5082, 15.5029, 16.1367], 1)),
    *((GEOMETRIC, 19, lead, cost) for lead, cost in enumerate([19.2179, 20.8906, 22.0645], 1)),
    *((GEOMETRIC, 39, lead, cost) for lead, cost in enumerate([23.8657, 26.2138], 1)),
]


@pytest.mark.parametrize(("law", "penalty", "lead", "cost"), TEST_BED)
def test_the_cell_of_the_test_bed(law: np.ndarray, penalty: float, lead: int, cost: float) -> None:
    system = LostSales(law, lead, 1, penalty)
    found = lost_sales_optimum(system)
    assert found.cost == pytest.approx(cost, abs=1e-3)
    assert found.orders.max() <= system.largest_order


@pytest.mark.parametrize(("penalty", "fixed", "cost"), [(14, 5, 11.4631), (4, 5, 8.4868), (19, 25, 19.5461)])
def test_a_fixed_cost_of_ordering(penalty: float, fixed: float, cost: float) -> None:
    system = LostSales(POISSON, 2, 1, penalty, fixed)
    found = lost_sales_optimum(system)
    assert found.cost == pytest.approx(cost, abs=1e-4)
    # The bound on orders does not bind, or a better policy might lie beyond it.
    assert found.orders.max() < system.largest_order


@pytest.mark.parametrize(("law", "penalty", "lead"), [(POISSON, 9, 3), (GEOMETRIC, 4, 2), (POISSON, 4, 4)])
def test_the_best_orders_cost_what_the_optimum_says_on_the_states_they_reach(
    law: np.ndarray, penalty: float, lead: int
) -> None:
    system = LostSales(law, lead, 1, penalty)
    found = lost_sales_optimum(system)
    assert lost_sales_rule_cost(system, found.rule) == pytest.approx(found.cost, abs=2e-4)


def test_the_exact_cost_of_a_rule_is_what_a_long_simulation_finds() -> None:
    system = LostSales(POISSON, 2, 1, 4)
    rng, periods = np.random.default_rng(5), 20_000
    demand = rng.poisson(5, size=(100, periods))
    stock, due, paid = np.full(100, 5), np.full(100, 5), 0.0
    for period in range(periods):
        order = np.clip(17 - stock - due, 0, 5)
        left = stock - demand[:, period]
        paid += (np.maximum(left, 0) + 4 * np.maximum(-left, 0)).mean() if period >= 100 else 0.0
        stock, due = np.maximum(left, 0) + due, order
    exact = lost_sales_rule_cost(system, capped_base_stock_rule(17, 5))
    assert exact == pytest.approx(paid / (periods - 100), rel=0.003)


def test_the_best_rules_are_those_of_the_table() -> None:
    # Best base stock and capped base stock, simulated to about 0.3 %.
    for lead, base, capped in [(1, (12, 4.163), (12, 6, 4.064)), (2, (16, 4.635), (17, 5, 4.404))]:
        system = LostSales(POISSON, lead, 1, 4)
        found, limited = best_base_stock(system), best_capped_base_stock(system)
        assert (found.level, found.cost) == (base[0], pytest.approx(base[1], rel=0.004))
        assert (limited.level, limited.cap, limited.cost) == (*capped[:2], pytest.approx(capped[2], rel=0.004))


def test_the_projected_level_is_within_its_published_reach_of_the_optimum() -> None:
    for lead in (1, 2, 3):
        system = LostSales(POISSON, lead, 1, 4)
        found = best_projected_level(system)
        assert found.cost <= 1.01 * lost_sales_optimum(system).cost
        assert found.cost == pytest.approx(lost_sales_rule_cost(system, projected_level_rule(system, found.level)))


def test_odd_input_has_a_clear_answer() -> None:
    for arguments in [(POISSON, 0, 1, 4), (POISSON, 1, 0, 4), (POISSON, 1, 1, np.nan), (np.ones(1), 1, 1, 4)]:
        with pytest.raises(InternalError, match="above 0"):
            LostSales(*arguments)
    with pytest.raises(InternalError, match="too many states"):
        lost_sales_optimum(LostSales(poisson_law(50), 5, 1, 9))
    with pytest.raises(InternalError, match="less than nothing"):
        lost_sales_rule_cost(LostSales(POISSON, 1, 1, 4), lambda states: -states[:, 0] - 1)
    never = lost_sales_rule_cost(LostSales(POISSON, 2, 1, 4), base_stock_rule(0))
    assert never == pytest.approx(4 * 5)
