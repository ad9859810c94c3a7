"""Two suppliers of one product, a slow cheap one and a fast dear one, solved exactly; customers wait.

The order of events in a period: the slow order of L periods ago arrives, both orders are chosen, the fast one arrives
at once, demand D comes, h is charged for each unit left and b for each unit short. Costs are long-run averages.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import checked_law

Floats = NDArray[np.float64]

MOST_SWEEPS = 20_000
LARGEST_STATES = 20_000_000


@dataclass(frozen=True)
class DualSourcing:
    """A product with two suppliers.

    Args:
        law: shape (k,): chance of 0, 1, ... units of demand in a period; k small, the largest demand bounds an order.
        regular_lead_time: L, whole periods, >= 1; the fast supplier has none.
        regular_cost: c_r, money per unit, >= 0.
        expedited_cost: c_e, money per unit, >= ``regular_cost``.
        holding_cost: h, money per unit left and period, above 0.
        backorder_cost: b, money per unit short and period, above 0.

    Raises:
        InternalError: an argument is out of range.
    """

    law: Floats
    regular_lead_time: int
    regular_cost: float
    expedited_cost: float
    holding_cost: float
    backorder_cost: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "law", checked_law(self.law))
        if self.regular_lead_time < 1 or not self.expedited_cost >= self.regular_cost >= 0:
            raise InternalError("regular_lead_time must be >= 1, and the fast supplier not the cheaper one")
        if not (self.holding_cost > 0 and self.backorder_cost > 0):
            raise InternalError("holding_cost and backorder_cost must be above 0")


def dual_sourcing_cost(system: DualSourcing, tolerance: float = 1e-4) -> float:
    """The least cost per period, goods included, by relative value iteration.

    Args:
        system: what is faced.
        tolerance: width of the interval in which the cost is known to lie, above 0.

    Raises:
        InternalError: the state space is too large to hold, or the iteration does not settle.

    Source: Veeraraghavan and Scheller-Wolf (2008), Now or later; their case as in Gijsbrechts et al. (2022).

    >>> system = DualSourcing(np.full(5, 0.2), 2, regular_cost=100, expedited_cost=105, holding_cost=5,
    ...                       backorder_cost=495)
    >>> round(dual_sourcing_cost(system), 3)
    216.77
    """
    largest = len(system.law) - 1
    orders = 2 * largest + 1
    # Levels after the fast order: never below minus the largest demand, nor above what L + 1 periods can want.
    levels = np.arange(-largest, largest * (system.regular_lead_time + 2) + 1)
    if len(levels) * orders**system.regular_lead_time > LARGEST_STATES:
        raise InternalError("demand and lead time are too large to solve exactly")
    value = np.zeros((len(levels),) + (orders,) * (system.regular_lead_time - 1))
    for _ in range(MOST_SWEEPS):
        after = _sweep(system, levels, orders, value)
        gain = after - value
        low, high = float(gain.min()), float(gain.max())
        value = after - after.flat[0]
        if high - low < tolerance:
            return (low + high) / 2
    raise InternalError("relative value iteration did not settle")


def _sweep(system: DualSourcing, levels: NDArray[np.int64], orders: int, value: Floats) -> Floats:
    """Least cost of a period and what follows; ``value`` is by level before the fast order, then slow orders."""
    demand = np.arange(len(system.law))
    left = levels[:, None] - demand
    charged = system.holding_cost * np.maximum(left, 0) + system.backorder_cost * np.maximum(-left, 0)
    period = charged @ system.law
    slow = system.regular_cost * np.arange(orders)
    found = np.empty_like(value)
    for arriving in range(orders) if system.regular_lead_time > 1 else [-1]:
        if arriving < 0:
            # The slow order of this period is the one that arrives next.
            before = left[:, :, None] + np.arange(orders)
            ahead = np.tensordot(system.law, _raised(system, levels, before, value), axes=(0, 1))
            after_fast = (ahead + slow).min(axis=-1) + period
            found = _fast(system, levels, after_fast)
            continue
        ahead = np.tensordot(system.law, _raised(system, levels, left + arriving, value), axes=(0, 1))
        after_fast = (ahead + slow).min(axis=-1) + period.reshape((-1,) + (1,) * (value.ndim - 2))
        found[:, arriving] = _fast(system, levels, after_fast)
    return found


def _raised(system: DualSourcing, levels: NDArray[np.int64], before: NDArray[np.int64], value: Floats) -> Floats:
    """The value at levels that may lie outside the range: below it the fast supplier fills up, above it is cut off."""
    inside = np.clip(before, levels[0], levels[-1]) - levels[0]
    lacking = np.maximum(levels[0] - before, 0) * system.expedited_cost
    return value[inside] + lacking.reshape(lacking.shape + (1,) * (value.ndim - 1))


def _fast(system: DualSourcing, levels: NDArray[np.int64], after_fast: Floats) -> Floats:
    """The best fast order from each level: least of the cost at any higher level and the way there."""
    way = (system.expedited_cost * levels).reshape((-1,) + (1,) * (after_fast.ndim - 1))
    ahead = np.minimum.accumulate((after_fast + way)[::-1], axis=0)[::-1]
    return np.asarray(ahead - way)
