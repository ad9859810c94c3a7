"""Simple rules for lost sales with a lead time, as order rules over the vector state, and the best of each family.

The states are those of ``lost_sales``: stock on hand after the arrival, then the orders under way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.lost_sales import LostSales, OrderRule, lost_sales_rule_cost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class BestRule:
    """The best rule of a family.

    Args:
        level: what is ordered up to.
        cap: the largest order; none where the family has no cap.
        cost: exact, per period.
    """

    level: float
    cap: int | None
    cost: float


def base_stock_rule(level: int) -> OrderRule:
    """Order up to ``level``: q = max(0, S - x_0 - .. - x_{L-1}).

    >>> base_stock_rule(12)(np.array([[5, 4], [9, 9]])).tolist()
    [3, 0]
    """
    return lambda states: np.maximum(level - states.sum(axis=1), 0)


def capped_base_stock_rule(level: int, cap: int) -> OrderRule:
    """Order up to ``level``, never more than ``cap``: q = min(r, max(0, S - x_0 - .. - x_{L-1})).

    Source: Xin (2021), Understanding the performance of capped base-stock policies in lost-sales inventory models.

    >>> capped_base_stock_rule(17, 5)(np.array([[5, 4], [9, 9]])).tolist()
    [5, 0]
    """
    return lambda states: np.clip(level - states.sum(axis=1), 0, cap)


def projected_level_rule(system: LostSales, level: float) -> OrderRule:
    """Projected inventory level: raise the expected stock at the order's arrival to ``level``, in whole units.

    Source: van Jaarsveld and Arts (2024), Projected inventory-level policies for lost sales inventory systems.

    >>> from yunying.methods.inventory.demand_law import poisson_law
    >>> rule = projected_level_rule(LostSales(poisson_law(5.0), 2, holding_cost=1, lost_sale_cost=4), 7.0)
    >>> rule(np.array([[5, 4], [30, 4]])).tolist()
    [6, 0]
    """

    def rule(states: Ints) -> Ints:
        return np.maximum(np.floor(level - _expected_stock(system, states) + 0.5), 0).astype(np.int64)

    return rule


def _expected_stock(system: LostSales, states: Ints) -> Floats:
    """Expected stock at the end of the last period before an order arrives, shape (n,)."""
    size = int(states.sum(axis=1).max(initial=0)) + 1
    after = system.stock_after(size)
    chance = np.zeros((len(states), size))
    chance[np.arange(len(states)), states[:, 0]] = 1.0
    units = np.arange(size)
    for step in range(system.lead_time):
        chance = chance @ after
        if step + 1 < system.lead_time:
            come_from = units[None, :] - states[:, step + 1, None]
            moved = np.take_along_axis(chance, np.maximum(come_from, 0), axis=1)
            chance = np.where(come_from >= 0, moved, 0.0)
    return np.asarray(chance @ units)


def best_base_stock(system: LostSales) -> BestRule:
    """The best base-stock level, by exact cost.

    Raises:
        InternalError: see ``lost_sales_rule_cost``.

    >>> from yunying.methods.inventory.demand_law import poisson_law
    >>> found = best_base_stock(LostSales(poisson_law(5.0), 1, holding_cost=1, lost_sale_cost=4))
    >>> found.level, round(found.cost, 2)
    (12, 4.16)
    """
    costs = _descent(lambda level: lost_sales_rule_cost(system, base_stock_rule(level)), system.largest_position)
    return BestRule(costs[0], None, costs[1])


def best_capped_base_stock(system: LostSales) -> BestRule:
    """The best pair of level and cap, by exact cost: for each cap the best level.

    Raises:
        InternalError: see ``lost_sales_rule_cost``.

    >>> from yunying.methods.inventory.demand_law import poisson_law
    >>> found = best_capped_base_stock(LostSales(poisson_law(5.0), 1, holding_cost=1, lost_sale_cost=4))
    >>> found.level, found.cap, round(found.cost, 2)
    (12, 6, 4.07)
    """
    best, start = BestRule(0.0, None, np.inf), system.largest_position
    for cap in range(system.largest_order + 1, 0, -1):
        level, cost = _descent(partial(_capped_cost, system, cap), start)
        if cost > 1.5 * best.cost:
            break
        best, start = min(best, BestRule(level, cap, cost), key=lambda rule: rule.cost), level + 1
    return best


def best_projected_level(system: LostSales, step: float = 0.25) -> BestRule:
    """The best projected inventory level on a grid of ``step`` units, by exact cost.

    Raises:
        InternalError: ``step`` is not above 0; see ``lost_sales_rule_cost``.

    >>> from yunying.methods.inventory.demand_law import poisson_law
    >>> found = best_projected_level(LostSales(poisson_law(5.0), 2, holding_cost=1, lost_sale_cost=4))
    >>> round(found.cost, 1)
    4.4
    """
    if not step > 0:
        raise InternalError("step must be above 0")
    levels = np.arange(step, 2 * system.largest_order, step)
    at, cost = _descent(
        lambda at: lost_sales_rule_cost(system, projected_level_rule(system, float(levels[at]))), len(levels) // 2
    )
    return BestRule(float(levels[at]), None, cost)


def _capped_cost(system: LostSales, cap: int, level: int) -> float:
    return lost_sales_rule_cost(system, capped_base_stock_rule(level, cap))


def _descent(cost_of: Callable[[int], float], start: int) -> tuple[int, float]:
    """The lowest point from ``start`` down, then up, looking past three points that do not improve."""
    known: dict[int, float] = {}

    def cost(level: int) -> float:
        if level not in known:
            known[level] = cost_of(level)
        return known[level]

    best = start
    for direction in (-1, 1):
        level = best
        while abs(level - best) <= 3 and level >= 0:
            if cost(level) < cost(best):
                best = level
            level += direction
    return best, cost(best)
