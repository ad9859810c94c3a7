"""(s, S) against the 24 cases of Zheng and Federgruen, and against plain enumeration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import negative_binomial_law, poisson_law, summed_law
from yunying.methods.inventory.order_up_to import order_up_to, power_approximation

ZHENG_FEDERGRUEN = [
    # Poisson mean, s, S, cost; K = 64, h = 1, p = 9
    (10, 6, 40, 35.022), (15, 10, 49, 42.698), (20, 14, 62, 49.173), (25, 19, 56, 54.262), (30, 23, 66, 57.819),
    (35, 28, 77, 61.215), (40, 33, 87, 64.512), (45, 37, 97, 67.776), (50, 42, 108, 70.975), (55, 47, 118, 74.149),
    (60, 52, 129, 77.306), (65, 56, 75, 78.518), (70, 62, 81, 79.037), (75, 67, 86, 79.554), (21, 15, 65, 50.406),
    (22, 16, 68, 51.632), (23, 17, 52, 52.757), (24, 18, 54, 53.518), (51, 43, 110, 71.611), (52, 44, 112, 72.246),
    (59, 51, 126, 76.679), (61, 52, 131, 77.929), (63, 54, 73, 78.287), (64, 55, 74, 78.402),
]  # fmt: skip


@pytest.mark.parametrize(("mean", "point", "level", "cost"), ZHENG_FEDERGRUEN)
def test_the_published_case(mean: float, point: int, level: int, cost: float) -> None:
    found = order_up_to(poisson_law(mean), fixed_cost=64, holding_cost=1, backorder_cost=9)
    assert (found.reorder_point, found.order_up_to_level) == (point, level)
    assert found.cost == pytest.approx(cost, abs=5.1e-4)


def test_the_book_examples() -> None:
    first = order_up_to(poisson_law(6), 5, 1, 4)  # example 4.7
    assert (first.reorder_point, first.order_up_to_level) == (4, 10)
    assert first.cost == pytest.approx(8.034111561471644, rel=1e-9)
    second = order_up_to(poisson_law(4), 150, 40, 125)  # problem 4.31
    assert (second.reorder_point, second.order_up_to_level) == (2, 7)
    assert second.cost == pytest.approx(223.5748295669688, rel=1e-9)


def test_the_power_approximation_of_example_4_8() -> None:
    found = power_approximation(50, 8, 2.5, 0.18, 0.70)
    assert found.reorder_point == pytest.approx(40.194616956474071, rel=1e-12)
    assert found.order_up_to_level == pytest.approx(74.290170109805786, rel=1e-12)


def cost_of(law: np.ndarray, ahead: np.ndarray, point: int, level: int, fixed: float, short: float) -> float:
    """The cost of one (s, S) from the stationary law of its positions."""
    positions = np.arange(point + 1, level + 1)
    chain = np.zeros((len(positions), len(positions)))
    for row, position in enumerate(positions):
        for demand, chance in enumerate(law):
            after = position - demand
            chain[row, (after if after > point else level) - point - 1] += chance
    orders = np.array([law[position - point :].sum() for position in positions])
    system = np.vstack([chain.T - np.eye(len(positions)), np.ones(len(positions))])
    stationary = np.linalg.lstsq(system, np.append(np.zeros(len(positions)), 1.0), rcond=None)[0]
    left = positions[:, None] - np.arange(len(ahead))
    period = np.where(left > 0, left, -short * left) @ ahead
    return float(stationary @ (period + fixed * orders))


@settings(max_examples=15, deadline=None)
@given(
    mean=st.floats(0.2, 4), spread=st.sampled_from([0.0, 0.5]), fixed=st.floats(0, 20), short=st.floats(0.5, 20),
    lead=st.integers(0, 2),
)  # fmt: skip
def test_no_pair_found_by_enumeration_is_cheaper(
    mean: float, spread: float, fixed: float, short: float, lead: int
) -> None:
    law = negative_binomial_law(mean, mean + spread * mean**2) if spread else poisson_law(mean)
    law = law[:40] / law[:40].sum()
    found = order_up_to(law, fixed, 1.0, short, lead)
    ahead = summed_law(law, lead + 1)
    own = cost_of(law, ahead, found.reorder_point, found.order_up_to_level, fixed, short)
    assert own == pytest.approx(found.cost, rel=1e-6)
    for point in range(found.reorder_point - 2, found.reorder_point + 3):
        for level in range(max(point + 1, found.order_up_to_level - 3), found.order_up_to_level + 4):
            assert cost_of(law, ahead, point, level, fixed, short) >= found.cost - 1e-7


def test_odd_input_has_a_clear_answer() -> None:
    assert order_up_to(poisson_law(0.01), 5, 1, 4).order_up_to_level >= 0
    with pytest.raises(InternalError, match="mean demand above 0"):
        order_up_to(np.array([1.0]), 5, 1, 4)
    with pytest.raises(InternalError, match="above 0"):
        order_up_to(poisson_law(3), 5, 0, 4)
    for law in ([0.5, 0.6], [1.5, -0.5], [np.nan, 1.0], []):
        with pytest.raises(InternalError, match="law of demand"):
            order_up_to(np.array(law), 5, 1, 4)
    with pytest.raises(InternalError, match="above 0"):
        power_approximation(0, 8, 2.5, 0.18, 0.7)
