"""Orders are whole packs at or above the minimum."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yunying.methods.inventory.order_sizes import packs_down, packs_up

ONE = st.tuples(st.integers(0, 5000), st.integers(1, 60), st.integers(0, 300))


@given(ONE)
def test_packs_up_is_the_smallest_order_that_the_supplier_takes(case: tuple[int, int, int]) -> None:
    wanted, pack, least = case
    found = packs_up(np.array([float(wanted)]), np.array([float(pack)]), np.array([float(least)]))[0]
    takes = [size for size in range(0, wanted + least + 2 * pack, pack) if size >= wanted and size >= least]
    assert found == (min(takes) if wanted else 0)


@given(ONE)
def test_packs_down_is_the_largest_order_within_what_is_wanted(case: tuple[int, int, int]) -> None:
    wanted, pack, least = case
    found = packs_down(np.array([float(wanted)]), np.array([float(pack)]), np.array([float(least)]))[0]
    assert found == max((size for size in range(0, wanted + 1, pack) if size >= least), default=0)


def test_no_products_give_no_orders() -> None:
    none = np.zeros(0)
    assert packs_up(none, none, none).shape == packs_down(none, none, none).shape == (0,)
