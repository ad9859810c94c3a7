"""Goods on their way back: counted by the store's own delays, and not bought a second time."""

from dataclasses import replace

import numpy as np
import pytest

from yunying.practices.purchasing.returns import returning
from yunying.practices.purchasing.tests.conftest import Shop


def clothes(rate_of_five: int, *, restocked: bool = True) -> Shop:
    """Five a day, of which so many come back on the sixth day after payment."""
    shop = Shop().count("P", 1, 60).offer("P", 20.0, 14)
    for days_ago in range(1, 121):
        for piece in range(5):
            order = f"A{days_ago}-{piece}"
            shop.line("P", days_ago, 1, order=order)
            if piece < rate_of_five and days_ago > 6:
                back = 1 if restocked else 0
                shop.line("P", days_ago - 6, 1, order=order, state="refunded", restocked_quantity=back)
    return shop


def test_what_comes_back_is_told_by_day() -> None:
    inputs = clothes(2).inputs()
    assert inputs.returned_by[:8].tolist() == [0, 0, 0, 0, 0, 0, 1, 1]
    rate = inputs.economics.restocked_rate[0]
    assert rate == pytest.approx(0.4, abs=0.05)
    back = returning(inputs, np.full((1, 12), 5.0, dtype=np.float32))
    # The sales of the last six days come back on the next six; from then on what is sold from today on.
    assert back.of_past[0] == pytest.approx([5 * rate * min(day, 6) for day in range(13)])
    assert back.of_ahead[0] == pytest.approx([5 * rate * max(day - 6, 0) for day in range(13)])
    none = returning(replace(inputs, returned_by=np.zeros(0)), np.full((1, 12), 5.0, dtype=np.float32))
    assert not none.of_past.any()
    assert not none.of_ahead.any()


def test_what_comes_back_is_not_bought_again() -> None:
    kept, back, spoilt = clothes(0).quantity(), clothes(2).quantity(), clothes(2, restocked=False).quantity()
    # In the outcomes that count, stock is gone before the order comes; what then comes back is not lacking.
    assert back < 0.8 * kept
    # What comes back but cannot be sold again must be bought like any other unit.
    assert spoilt > 1.2 * back
