"""What the day's cash reaches for: the price at which all orders together just cost it, and what is left out by name.

Every order is sized as if each unit of money had to earn that price beside its own return: the Lagrangian of
newsvendors under one budget (Hadley and Whitin 1963), with packs and smallest orders. So dear and slow products shrink
first, instead of some products getting all they ask for and others nothing.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.money import minor_digits
from yunying.kernel.results import Abstention
from yunying.practices.purchasing.asks import Asks
from yunying.practices.purchasing.inputs import Floats

PRICES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Prices of cash that are tried first: what a unit of money earns in a cover period."""
STEPS = 8
"""Prices that are tried between the two that hold the right one."""


def price_of_cash(spend_at: Callable[[Floats], Floats], limit: float) -> float:
    """The lowest price of cash that was tried at which orders cost no more than the limit.

    Args:
        spend_at: what all orders cost at some prices, each of shape (k,); falls as the price rises.
        limit: money, in the same unit, below what is spent at a price of 0.
    """
    low, high = _held(np.array(PRICES), spend_at(np.array(PRICES)), limit, 0.0)
    between = np.linspace(low, high, STEPS + 1)[1:]
    return _held(between, spend_at(between), limit, low)[1]


def _held(prices: Floats, spend: Floats, limit: float, low: float) -> tuple[float, float]:
    """The last price that costs too much and the first that does not; the last one where all cost too much."""
    fits = np.flatnonzero(spend <= limit)
    first = int(fits[0]) if len(fits) else len(prices) - 1
    return (float(prices[first - 1]) if first else low), float(prices[first])


def filled_with_cash(asks: Asks, free: Asks, limit_minor: int) -> Floats:
    """Quantities, shape (n,), where cash that is left raises orders to what they asked for freely, best returns first.

    Args:
        asks: at the price of cash.
        free: of the same products, at no price.
    """
    left = limit_minor - asks.cost_minor.sum()
    more_cost, more_effect = free.cost_minor - asks.cost_minor, free.effect_minor - asks.effect_minor
    quantity = asks.quantity.copy()
    places = np.flatnonzero((more_cost > 0) & (more_effect > 0))
    returns = more_effect[places] / more_cost[places]
    for place in places[np.lexsort((places, -returns))].tolist():
        if more_cost[place] <= left:
            quantity[place] = free.quantity[place]
            left -= more_cost[place]
    return quantity


def within_cash(
    asks: Asks, limit_minor: int | None, wanted_minor: Floats, cash_price: float
) -> tuple[NDArray[np.bool_], tuple[Abstention, ...]]:
    """Which orders the limit holds, best profit per cash first, shape (n,); what was wanted and does not fit is named.

    A supplier whose orders the cut leaves below its smallest order gets none.

    Args:
        asks: what is asked for at the price of cash.
        limit_minor: None is no limit.
        wanted_minor: what each order would earn if cash were free; NaN where none was wanted.
        cash_price: 0 where what was asked for fitted.
    """
    ordered = asks.quantity > 0
    if limit_minor is None or (cash_price <= 0 and asks.cost_minor[ordered].sum() <= limit_minor):
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
    left = np.flatnonzero(np.isfinite(wanted_minor) & ~kept)
    if not len(left):
        return kept, ()
    out = tuple(sorted(asks.products[product] for product in left))
    lost = int(wanted_minor[left].sum())
    reason = f"{len(out)} orders do not fit the cash limit of {limit_minor} minor units; they would earn {lost} more."
    if cash_price > 0:
        reason += f" One unit of money more would earn about {cash_price:.2f}."
    remedy = "Raise purchasing.cash_limit_minor or order them later."
    return kept, (Abstention("cash-limit", out, reason, remedy),)
