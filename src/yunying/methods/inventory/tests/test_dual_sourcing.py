"""Two suppliers against the optima of the case of Veeraraghavan and Scheller-Wolf."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.dual_sourcing import DualSourcing, dual_sourcing_cost

UNIFORM = np.full(5, 0.2)


@pytest.mark.parametrize(
    ("lead", "expedited", "cost"), [(2, 105, 216.7698), (2, 110, 219.7333), (3, 105, 216.8767), (3, 110, 220.3410)]
)
def test_the_published_optimum(lead: int, expedited: float, cost: float) -> None:
    assert dual_sourcing_cost(DualSourcing(UNIFORM, lead, 100, expedited, 5, 495)) == pytest.approx(cost, abs=1.5e-4)


def test_a_fast_supplier_at_the_same_price_leaves_the_newsvendor() -> None:
    # Stock 4 before demand 0..4 holds 2 on average and is never short.
    assert dual_sourcing_cost(DualSourcing(UNIFORM, 2, 100, 100, 5, 495)) == pytest.approx(210, abs=1e-3)


def test_odd_input_has_a_clear_answer() -> None:
    with pytest.raises(InternalError, match="cheaper"):
        DualSourcing(UNIFORM, 2, 100, 90, 5, 495)
    with pytest.raises(InternalError, match="above 0"):
        DualSourcing(UNIFORM, 2, 100, 105, 0, 495)
    with pytest.raises(InternalError, match="too large"):
        dual_sourcing_cost(DualSourcing(np.full(50, 0.02), 5, 100, 105, 5, 495))
