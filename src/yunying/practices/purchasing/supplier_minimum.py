"""A supplier's smallest order: fill it up with what is needed soonest, or wait where filling costs more."""

import numpy as np

from yunying.kernel.results import Abstention
from yunying.practices.purchasing.asks import Asks
from yunying.practices.purchasing.inputs import Floats
from yunying.practices.purchasing.lacking import supplier_minimum


def filled_up(asks: Asks) -> Floats:
    """Quantities per product once every supplier's smallest order in money is met; shape (n,).

    Packs are added where stock and order would last shortest, no product beyond a year of demand. Where that is not
    enough, the quantities stay below the minimum and ``minima_held`` drops them.
    """
    quantity = asks.quantity.copy()
    cost = asks.terms.cost_at(quantity)
    for supplier in np.flatnonzero(asks.minimum > 0).tolist():
        theirs = np.flatnonzero(asks.terms.supplier == supplier)
        value = (quantity[theirs] * cost[theirs]).sum()
        if 0 < value < asks.minimum[supplier]:
            quantity[theirs] = _topped_up(asks, theirs.tolist(), supplier)
    return quantity


def minima_held(asks: Asks) -> tuple[Floats, tuple[Abstention, ...]]:
    """Quantities that every supplier would take; one whose minimum is not worth filling today gets none and is named.

    Args:
        asks: with the quantities of ``filled_up`` and what these would save.
    """
    quantity, waiting = asks.quantity.copy(), []
    for supplier in np.flatnonzero(asks.minimum > 0).tolist():
        theirs = asks.terms.supplier == supplier
        if not quantity[theirs].any():
            continue
        if _is_below(asks, supplier) or asks.saved[theirs].sum() <= 0:
            subjects = tuple(asks.products[product] for product in np.flatnonzero(theirs & (quantity > 0)))
            least = float(asks.minimum[supplier])
            waiting.append(supplier_minimum(subjects, asks.suppliers[supplier], least, asks.currency))
            quantity = np.where(theirs, 0.0, quantity)
    return quantity, tuple(waiting)


def _is_below(asks: Asks, supplier: int) -> bool:
    """Whether the supplier's products together miss his smallest order."""
    theirs = asks.terms.supplier == supplier
    cost = asks.terms.cost_at(asks.quantity)
    value = (asks.quantity[theirs] * cost[theirs]).sum()
    return bool(value < asks.minimum[supplier] - 1e-9)


def _topped_up(asks: Asks, theirs: list[int], supplier: int) -> Floats:
    terms = asks.terms
    daily = np.maximum(asks.daily[theirs], 1e-6)
    quantity = asks.quantity[theirs].copy()
    step = terms.pack_quantity[theirs]
    units = asks.position[theirs] + quantity
    minimum = asks.minimum[supplier]
    cost = terms.break_cost[theirs].min(axis=1)
    # Counted at the lowest price break, so that the order is not too small once a break is reached.
    cost = np.minimum(terms.unit_cost[theirs], cost)
    value = float((quantity * cost).sum())
    while value < minimum:
        # A product not ordered yet must first reach its own smallest order.
        packs = np.where(quantity > 0, step, np.ceil(np.maximum(terms.minimum_quantity[theirs], 1.0) / step) * step)
        days = units / daily
        allowed = (units + packs) / daily <= 365.0
        if not allowed.any():
            break
        shortest = int(np.where(allowed, days, np.inf).argmin())
        quantity[shortest] += packs[shortest]
        units[shortest] += packs[shortest]
        value += packs[shortest] * cost[shortest]
    return quantity
