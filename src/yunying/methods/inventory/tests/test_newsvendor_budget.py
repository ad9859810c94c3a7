"""Newsvendors under one budget: the published case, and the conditions that a best solution meets."""

import numpy as np
import pytest

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.newsvendor_budget import newsvendors_under_budget

MEAN, DEVIATION = np.array([100.0, 200.0, 150.0]), np.array([30.0, 60.0, 40.0])
COST, PRICE, SALVAGE = np.array([10.0, 6.0, 8.0]), np.array([20.0, 10.0, 18.0]), np.array([2.0, 1.0, 3.0])


def test_the_published_case() -> None:
    found = newsvendors_under_budget(MEAN, DEVIATION, COST, PRICE, SALVAGE, 3000)
    assert found.shadow_price == pytest.approx(0.343153, abs=5e-7)
    assert found.order_quantity == pytest.approx([89.6394, 152.7871, 148.3604], abs=5e-5)
    assert found.profit == pytest.approx(2562.5466, abs=5e-5)
    free = newsvendors_under_budget(MEAN, DEVIATION, COST, PRICE, SALVAGE, np.inf)
    assert (round(free.spend, 2), round(free.profit, 4), free.shadow_price) == (3529.45, 2655.1670, 0.0)


@pytest.mark.parametrize("budget", [1.0, 800.0, 2000.0, 3500.0])
def test_the_shadow_price_is_what_one_unit_of_money_more_earns(budget: float) -> None:
    at = newsvendors_under_budget(MEAN, DEVIATION, COST, PRICE, SALVAGE, budget)
    more = newsvendors_under_budget(MEAN, DEVIATION, COST, PRICE, SALVAGE, budget + 0.01)
    assert at.spend == pytest.approx(budget, abs=1e-6)
    assert (more.profit - at.profit) / 0.01 == pytest.approx(at.shadow_price, abs=1e-3)


def test_odd_input_has_a_clear_answer() -> None:
    none = np.zeros(0)
    assert newsvendors_under_budget(none, none, none, none, none, 10).spend == 0
    assert newsvendors_under_budget(MEAN, DEVIATION, COST, PRICE, SALVAGE, 0.0).spend == pytest.approx(0, abs=1e-6)
    with pytest.raises(InternalError, match="budget"):
        newsvendors_under_budget(MEAN, DEVIATION, COST, PRICE, SALVAGE, -1)
    with pytest.raises(InternalError, match="salvage"):
        newsvendors_under_budget(MEAN, DEVIATION, COST, PRICE, COST, 10)
    with pytest.raises(InternalError, match="shape"):
        newsvendors_under_budget(MEAN[:2], DEVIATION, COST, PRICE, SALVAGE, 10)
    with pytest.raises(InternalError, match="finite"):
        newsvendors_under_budget(MEAN * np.nan, DEVIATION, COST, PRICE, SALVAGE, 10)
