"""What the day's cash and the store's room reach for, and what is left out by name.

Every order is sized as if each unit of money, and each unit stored, had to earn a price beside the order's own return,
the lowest prices at which all orders fit: the Lagrangian of newsvendors under budgets (Hadley and Whitin 1963), with
packs and smallest orders. So dear, bulky and slow products shrink first, instead of some products getting all they ask
for and others nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.money import minor_digits, to_major
from yunying.kernel.results import Abstention
from yunying.practices.purchasing.asks import Asks
from yunying.practices.purchasing.inputs import Floats
from yunying.practices.purchasing.lacking import no_cash, no_room
from yunying.practices.purchasing.unit_money import FREE, Prices

PRICES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Prices that are tried first: what a unit of money, or the room of a usual unit for each unit of its cost, earns."""
STEPS = 8
"""Prices that are tried between the two that hold the right one."""
ROUNDS = 2
"""Times that the price of each scarce thing is found again beside the other's."""
UsedAt = Callable[[Sequence[Prices]], Floats]
"""Money, major units, and units that all orders take at some prices: shape (k, 2)."""


@dataclass(frozen=True)
class Limits:
    """What today's orders may take; None is no limit.

    Args:
        money_minor: cash.
        room_units: units that find room when they arrive, >= 0.
    """

    money_minor: int | None = None
    room_units: float | None = None

    def hold(self, asks: Asks) -> bool:
        """Whether all that is asked for fits."""
        return _fits(asks.cost_minor.sum(), self.money_minor) and _fits(asks.quantity.sum(), self.room_units)


def limits_of(money_minor: int | None, storage_units: int | None, asks: Asks, idle_units: float) -> Limits:
    """What is left for today's orders.

    Args:
        storage_units: what the store can hold.
        asks: of all products that can be decided.
        idle_units: units of products that cannot.
    """
    if storage_units is None:
        return Limits(money_minor)
    return Limits(money_minor, max(storage_units - float(asks.stock_then.sum()) - idle_units, 0.0))


def prices_of(used_at: UsedAt, limits: Limits, asks: Asks) -> Prices:
    """The lowest prices that were tried at which all orders together fit.

    Args:
        used_at: what they take; it falls as a price rises.
        limits: of which free orders pass at least one.
        asks: at no price; their mean cost is the measure of the room's price.
    """
    scale = 10.0 ** minor_digits(asks.currency)
    unit = float(asks.cost_minor.sum() / scale / max(asks.quantity.sum(), 1.0))
    prices = FREE
    for _ in range(ROUNDS):
        cash = prices.cash
        if limits.room_units is not None:
            tried = [Prices(cash, price * unit) for price in (0.0, *PRICES)]
            prices = _lowest(used_at, 1, limits.room_units, tried)
        if limits.money_minor is not None:
            tried = [prices._replace(cash=price) for price in (0.0, *PRICES)]
            prices = _lowest(used_at, 0, limits.money_minor / scale, tried)
    return prices


def _lowest(used_at: UsedAt, which: int, limit: float, tried: Sequence[Prices]) -> Prices:
    """The first of ascending prices, and of those between it and the one before, that keeps within a limit."""
    low, high = _held(used_at(tried)[:, which], limit)
    if high == 0:
        return tried[0]
    between = [Prices(*pair) for pair in np.linspace(tried[low], tried[high], STEPS + 1)[1:].tolist()]
    return between[_held(used_at(between)[:, which], limit)[1]]


def _held(used: Floats, limit: float) -> tuple[int, int]:
    """The place of the last price that takes too much and of the first that does not; the last where all do."""
    fits = np.flatnonzero(used <= limit + 1e-9)
    first = int(fits[0]) if len(fits) else len(used) - 1
    return max(first - 1, 0), first


def filled_up_to(asks: Asks, free: Asks, limits: Limits, prices: Prices) -> Floats:
    """Quantities, shape (n,), where what is left raises orders to what they asked for freely, best returns first.

    Args:
        asks: at the prices.
        free: of the same products, at no price.
    """
    money, room = _left(asks.cost_minor.sum(), limits.money_minor), _left(asks.quantity.sum(), limits.room_units)
    more_cost, more_units = free.cost_minor - asks.cost_minor, free.quantity - asks.quantity
    more_effect = free.effect_minor - asks.effect_minor
    quantity = asks.quantity.copy()
    places = np.flatnonzero((more_units > 0) & (more_effect > 0))
    returns = more_effect[places] / _dear(more_cost[places], more_units[places], prices, asks.currency)
    for place in places[np.lexsort((places, -returns))].tolist():
        if more_cost[place] <= money and more_units[place] <= room:
            quantity[place] = free.quantity[place]
            money -= more_cost[place]
            room -= more_units[place]
    return quantity


def within(
    asks: Asks, limits: Limits, wanted_minor: Floats, prices: Prices
) -> tuple[NDArray[np.bool_], tuple[Abstention, ...]]:
    """Which orders the limits hold, best returns first, shape (n,); what was wanted and does not fit is named.

    A supplier whose orders the cut leaves below its smallest order gets none.

    Args:
        asks: what is asked for at the prices.
        wanted_minor: what each order would earn if nothing were scarce; NaN where none was wanted.
        prices: FREE where what was asked for fitted.
    """
    ordered = asks.quantity > 0
    if prices == FREE and limits.hold(asks):
        return ordered, ()
    returns = asks.effect_minor / _dear(asks.cost_minor, asks.quantity, prices, asks.currency)
    kept = np.zeros(len(ordered), dtype=bool)
    money, room = _left(0.0, limits.money_minor), _left(0.0, limits.room_units)
    places = np.flatnonzero(ordered).tolist()
    for product in sorted(places, key=lambda place: (-returns[place], asks.products[place])):
        if asks.cost_minor[product] <= money and asks.quantity[product] <= room:
            kept[product] = True
            money -= asks.cost_minor[product]
            room -= asks.quantity[product]
    known = kept & (asks.terms.supplier >= 0)
    value = np.bincount(asks.terms.supplier[known], asks.cost_minor[known], len(asks.suppliers))
    small = value < asks.minimum * 10.0 ** minor_digits(asks.currency)
    kept[known] &= ~small[asks.terms.supplier[known]]
    left = np.flatnonzero(np.isfinite(wanted_minor) & ~kept)
    return kept, (_left_out(asks, left, int(wanted_minor[left].sum()), limits, prices),) if len(left) else ()


def _left_out(asks: Asks, left: NDArray[np.int64], lost: int, limits: Limits, prices: Prices) -> Abstention:
    out = tuple(sorted(asks.products[product] for product in left))
    more, currency = to_major(lost, asks.currency), asks.currency
    if limits.room_units is not None and (limits.money_minor is None or prices.room > 0):
        return no_room(out, limits.room_units, more, currency, prices.room)
    return no_cash(out, to_major(limits.money_minor or 0, currency), more, currency, prices.cash)


def _dear(cost_minor: Floats, units: Floats, prices: Prices, currency: str) -> Floats:
    """What an order takes of what is scarce, weighed by the prices; its cost where nothing has a price yet."""
    if prices == FREE:
        return np.maximum(cost_minor, 1.0)
    scale = 10.0 ** minor_digits(currency)
    return np.maximum(prices.cash * cost_minor + prices.room * units * scale, 1e-9)


def _fits(used: float, limit: float | None) -> bool:
    return limit is None or bool(used <= limit)


def _left(used: float, limit: float | None) -> float:
    return np.inf if limit is None else float(limit - used)
