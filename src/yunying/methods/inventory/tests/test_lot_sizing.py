"""Wagner and Whitin's lots against published examples and against every possible plan."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.lot_sizing import wagner_whitin

BOOK = [
    ([90, 120, 80, 70], 500, 2, 1380),  # Snyder and Shen, example 3.9
    ([150, 100, 80, 200], 120, 0.8, 424),  # problem 3.27
    ([730, 580, 445, 650, 880], 100, 0.1, 423),  # problem 3.29
]


@pytest.mark.parametrize(("demand", "fixed", "holding", "cost"), BOOK)
def test_the_book_examples_cost_what_the_book_says(
    demand: list[float], fixed: float, holding: float, cost: float
) -> None:
    assert wagner_whitin(demand, fixed, holding).cost == pytest.approx(cost, rel=1e-12)


def test_the_twelve_months_of_1958_cost_864() -> None:
    demand = [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56]
    plan = wagner_whitin(demand, [85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114], 1)
    assert plan.cost == 864
    assert plan.order_periods == (1, 3, 5, 8, 10, 11)


CASES = st.integers(1, 6).flatmap(
    lambda t: st.tuples(*(st.lists(st.integers(0, top), min_size=t, max_size=t) for top in (9, 30, 3, 4)))
)


@given(CASES)
def test_no_other_choice_of_periods_is_cheaper(case: tuple[list[int], list[int], list[int], list[int]]) -> None:
    demand, fixed, holding, unit = case
    plan = wagner_whitin(demand, fixed, holding, unit)
    least = np.inf
    for chosen in product([False, True], repeat=len(demand)):
        cost, order = 0.0, None
        for period, wanted in enumerate(demand):
            if chosen[period]:
                order, cost = period, cost + fixed[period]
            if wanted and order is None:
                cost = np.inf
            elif wanted:
                cost += wanted * (unit[order] + sum(holding[order:period]))
        least = min(least, cost)
    assert plan.cost == pytest.approx(least)
    stock = np.cumsum(plan.order_quantities) - np.cumsum(demand)
    assert (stock >= -1e-9).all()


def test_odd_input_has_a_clear_answer() -> None:
    assert wagner_whitin([], 5, 1).cost == 0
    assert wagner_whitin([0, 0], 5, 1) == wagner_whitin([0.0, 0.0], 5.0, 1.0)
    assert wagner_whitin([0, 0], 5, 1).order_periods == ()
    assert wagner_whitin([0, 0, 3], 5, 1).order_periods == (3,)
    for bad in ([-1.0], [np.nan]):
        with pytest.raises(InternalError, match="demand"):
            wagner_whitin(bad, 5, 1)
    with pytest.raises(InternalError, match="fixed_cost"):
        wagner_whitin([1, 2], [5], 1)
