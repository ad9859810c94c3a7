"""What the day's cash reaches for: the orders with the best profit per cash, and the name of every other one."""

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.money import minor_digits
from yunying.kernel.results import Abstention
from yunying.practices.purchasing.asks import Asks


def within_cash(asks: Asks, limit_minor: int | None) -> tuple[NDArray[np.bool_], tuple[Abstention, ...]]:
    """Which orders the limit holds, best profit per cash first, shape (n,); the rest is named.

    A supplier whose orders the cut leaves below its smallest order gets none.
    """
    ordered = asks.quantity > 0
    if limit_minor is None or asks.cost_minor[ordered].sum() <= limit_minor:
        return ordered, ()
    returns = asks.effect_minor / np.maximum(asks.cost_minor, 1.0)
    kept, spent = np.zeros(len(ordered), dtype=bool), 0.0
    places = np.flatnonzero(ordered).tolist()
    for product in sorted(places, key=lambda place: (-returns[place], asks.products[place])):
        if spent + asks.cost_minor[product] <= limit_minor:
            kept[product] = True
            spent += asks.cost_minor[product]
    known = kept & (asks.terms.supplier >= 0)
    value = np.bincount(asks.terms.supplier[known], asks.cost_minor[known], len(asks.suppliers))
    small = value < asks.minimum * 10.0 ** minor_digits(asks.currency)
    kept[known] &= ~small[asks.terms.supplier[known]]
    left = np.flatnonzero(ordered & ~kept)
    out = tuple(sorted(asks.products[product] for product in left))
    lost = int(asks.effect_minor[left].sum())
    reason = f"{len(out)} orders do not fit the cash limit of {limit_minor} minor units; they would earn {lost} more."
    remedy = "Raise purchasing.cash_limit_minor or order them later."
    return kept, (Abstention("cash-limit", out, reason, remedy),)
