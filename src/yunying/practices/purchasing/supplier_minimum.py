"""A supplier's smallest order: fill it up with what is needed soonest, or wait where filling costs more."""

import numpy as np

from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.order import Orders
from yunying.practices.purchasing.terms import Terms


def filled_up(inputs: Inputs, terms: Terms, orders: Orders) -> Floats:
    """Quantities per product once every supplier's smallest order in money is met; shape (n,).

    Packs are added where stock and order would last shortest, no product beyond a year of demand. Where that is not
    enough, the quantities stay below the minimum and the caller drops them.
    """
    quantity = orders.quantity.copy()
    cost = terms.cost_at(quantity)
    for supplier in np.flatnonzero(inputs.supplier_minimum > 0).tolist():
        theirs = np.flatnonzero(terms.supplier == supplier)
        value = (quantity[theirs] * cost[theirs]).sum()
        if 0 < value < inputs.supplier_minimum[supplier]:
            quantity[theirs] = _topped_up(inputs, terms, orders, theirs.tolist(), supplier)
    return quantity


def below_minimum(inputs: Inputs, terms: Terms, quantity: Floats, supplier: int) -> bool:
    """Whether the supplier's products together miss his smallest order."""
    theirs = terms.supplier == supplier
    cost = terms.cost_at(quantity)
    value = (quantity[theirs] * cost[theirs]).sum()
    return bool(value < inputs.supplier_minimum[supplier] - 1e-9)


def _topped_up(inputs: Inputs, terms: Terms, orders: Orders, theirs: list[int], supplier: int) -> Floats:
    daily = np.maximum(orders.cover_demand[theirs, 1] / np.maximum(orders.review_days, 1), 1e-6)
    quantity = orders.quantity[theirs].copy()
    step = terms.pack_quantity[theirs]
    units = orders.position[theirs] + quantity
    minimum = inputs.supplier_minimum[supplier]
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
