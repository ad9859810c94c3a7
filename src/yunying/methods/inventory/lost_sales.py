"""Lost sales with a lead time, solved exactly: demand that finds no stock goes elsewhere.

The order of events in a period: the order placed L periods ago arrives, an order q is chosen, demand D comes, h is
charged for each unit left and p for each unit of demand lost, K for q > 0. The state is the vector (x_0, .., x_{L-1}):
stock on hand after the arrival and the orders that arrive in the next L - 1 periods. Costs are long-run averages.

Source: Karlin and Scarf (1958); Zipkin (2008), Old and new methods for lost-sales inventory systems.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import checked_law, law_mean, summed_law
from yunying.methods.inventory.newsvendor import newsvendor_law

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
OrderRule = Callable[[Ints], Ints]
"""Whole orders, shape (n,), of the states (x_0, .., x_{L-1}), shape (n, L)."""

LARGEST_STATES = 20_000_000
MOST_SWEEPS = 20_000


@dataclass(frozen=True)
class LostSales:
    """A product whose unmet demand is lost.

    Args:
        law: shape (k,): chance of 0, 1, ... units of demand in a period, with a mean above 0.
        lead_time: L, whole periods, >= 1; without one the newsvendor is exact.
        holding_cost: h, money per unit left and period, above 0.
        lost_sale_cost: p, money per unit of demand lost, above 0.
        fixed_cost: K, money per order, >= 0.

    Raises:
        InternalError: an argument is out of range.
    """

    law: Floats
    lead_time: int
    holding_cost: float
    lost_sale_cost: float
    fixed_cost: float = 0.0
    largest_order: int = field(init=False)
    largest_position: int = field(init=False)

    def __post_init__(self) -> None:
        law = checked_law(self.law)
        if self.lead_time < 1 or law_mean(law) <= 0:
            raise InternalError("lead_time must be >= 1 and mean demand above 0")
        if not (self.holding_cost > 0 and self.lost_sale_cost > 0 and self.fixed_cost >= 0):
            raise InternalError("holding_cost and lost_sale_cost must be above 0, fixed_cost >= 0")
        object.__setattr__(self, "law", law)

        def covered(periods: int) -> int:
            return int(newsvendor_law(summed_law(law, periods), self.holding_cost, self.lost_sale_cost).order_quantity)

        # Without a fixed cost no best order exceeds what one period wants, nor the position what L + 1 periods want
        # (Zipkin 2008, lemmas on bounds). A fixed cost makes lots, bounded here by twice the economic one.
        lot = int(np.ceil(2 * np.sqrt(2 * self.fixed_cost * law_mean(law) / self.holding_cost)))
        object.__setattr__(self, "largest_order", covered(1) + lot)
        object.__setattr__(self, "largest_position", covered(self.lead_time + 1) + lot)

    def period_cost(self, stock: Ints) -> Floats:
        """Expected holding and lost sales of a period that begins with ``stock`` units, any shape."""
        left = np.concatenate([[0.0], np.cumsum(np.cumsum(self.law))])
        inside = np.minimum(stock, len(left) - 1)
        remaining = left[inside] + (stock - inside)
        lost = law_mean(self.law) - stock + remaining
        return np.asarray(self.holding_cost * remaining + self.lost_sale_cost * lost)

    def stock_after(self, stocks: int) -> Floats:
        """Shape (stocks, stocks): chance that a period that begins with x units (row) ends with y (column)."""
        padded = np.zeros(max(stocks, len(self.law)))
        padded[: len(self.law)] = self.law
        gap = np.subtract.outer(np.arange(stocks), np.arange(stocks))
        chance = np.where(gap >= 0, padded[np.maximum(gap, 0)], 0.0)
        chance[:, 0] = 1.0 - chance[:, 1:].sum(axis=1)
        return chance


@dataclass(frozen=True)
class LostSalesOptimum:
    """The least cost per period, and the orders that have it.

    Args:
        cost: within ``tolerance`` of the exact one.
        orders: shape (x_0's range, x_1's range, ...): the best order of each state within the bounds.
    """

    cost: float
    orders: Ints

    def rule(self, states: Ints) -> Ints:
        """The best orders as an order rule."""
        inside = np.minimum(states, np.array(self.orders.shape) - 1)
        return np.asarray(self.orders[tuple(inside.T)])


def lost_sales_optimum(system: LostSales, tolerance: float = 1e-4) -> LostSalesOptimum:
    """The optimal policy by relative value iteration on the vector state.

    Memory and time grow with the largest order to the power of the lead time; four periods of mean demand 5 take
    seconds, ten are out of reach.

    Args:
        system: what is faced.
        tolerance: width of the interval in which the cost is known to lie, above 0.

    Raises:
        InternalError: the state space is too large to hold, or the iteration does not settle.

    Source: White (1963), relative value iteration; Zipkin (2008), table 3 (a), has 4.04 for this case.

    >>> from yunying.methods.inventory.demand_law import poisson_law
    >>> round(lost_sales_optimum(LostSales(poisson_law(5.0), 1, holding_cost=1, lost_sale_cost=4)).cost, 3)
    4.041
    """
    stocks, orders = system.largest_position + 1, system.largest_order + 1
    if stocks * orders**system.lead_time > LARGEST_STATES * 10:
        raise InternalError(f"{stocks} stocks and {orders} orders over {system.lead_time} periods are too many states")
    step = _BellmanStep(system, stocks, orders)
    value = np.zeros((stocks,) + (orders,) * (system.lead_time - 1))
    for _ in range(MOST_SWEEPS):
        after = step.values(value)
        gain = after - value
        low, high = float(gain.min()), float(gain.max())
        value = after - after.flat[0]
        if high - low < tolerance:
            return LostSalesOptimum((low + high) / 2, step.orders(value))
    raise InternalError("relative value iteration did not settle")


class _BellmanStep:
    """One step of value iteration, by slices of the order that arrives next, so that memory stays that of one slice."""

    def __init__(self, system: LostSales, stocks: int, orders: int) -> None:
        self._lead, self._stocks, self._orders = system.lead_time, stocks, orders
        self._after = system.stock_after(stocks)
        self._cost = system.period_cost(np.arange(stocks))
        self._fixed = np.where(np.arange(orders) > 0, system.fixed_cost, 0.0)

    def values(self, value: Floats) -> Floats:
        """Least cost of a period and what follows, for each state."""
        return self._best(value, lambda ahead: ahead.min(axis=-1)) + self._cost.reshape((-1,) + (1,) * (self._lead - 1))

    def orders(self, value: Floats) -> Ints:
        """The smallest order that has it."""
        return self._best(value, lambda ahead: ahead.argmin(axis=-1)).astype(np.int64)

    def _best(self, value: Floats, choose: Callable[[Floats], Floats | Ints]) -> Floats:
        if self._lead == 1:
            following = np.minimum(np.add.outer(np.arange(self._stocks), np.arange(self._orders)), self._stocks - 1)
            return np.asarray(choose(self._after @ value[following] + self._fixed), dtype=float)
        found = np.empty_like(value)
        for arriving in range(self._orders):
            # Nothing is gained by more than the largest position, so what would exceed it may be cut off.
            later = value[np.minimum(np.arange(self._stocks) + arriving, self._stocks - 1)]
            ahead = (self._after @ later.reshape(self._stocks, -1)).reshape(later.shape)
            found[:, arriving] = choose(ahead + self._fixed)
        return found


def lost_sales_rule_cost(system: LostSales, rule: OrderRule, tolerance: float = 1e-4) -> float:
    """Exact long-run average cost of any order rule, on the states that it reaches from an empty system.

    Args:
        system: what is faced.
        rule: maps states to orders; it may order more than ``largest_order``.
        tolerance: width of the interval in which the cost is known to lie, above 0.

    Raises:
        InternalError: the rule reaches too many states, orders less than nothing, or the iteration does not settle.

    >>> from yunying.methods.inventory.demand_law import poisson_law
    >>> system = LostSales(poisson_law(5.0), 1, holding_cost=1, lost_sale_cost=4)
    >>> round(lost_sales_rule_cost(system, lambda states: np.maximum(12 - states.sum(axis=1), 0)), 2)
    4.16
    """
    states, orders = _reached(system, rule)
    transition = _transitions(system, states, orders)
    cost = system.period_cost(states[:, 0]) + np.where(orders > 0, system.fixed_cost, 0.0)
    value = np.zeros(len(states))
    for _ in range(MOST_SWEEPS):
        after = cost + transition @ value
        gain = after - value
        low, high = float(gain.min()), float(gain.max())
        value = after - after[0]
        if high - low < tolerance:
            return (low + high) / 2
    raise InternalError("the cost of the rule did not settle")


def _keys(states: Ints) -> Ints:
    """One whole number per state, in the states' order."""
    bits = 62 // states.shape[1]
    if states.max(initial=0) >= 1 << bits:
        raise InternalError("the rule reaches states that are too large to enumerate")
    key = np.zeros(len(states), dtype=np.int64)
    for column in states.T:
        key = (key << bits) + column
    return key


def _successors(states: Ints, orders: Ints) -> tuple[Ints, Ints]:
    """The states that may follow, and from which one: after demand the stock is anything from 0 to x_0."""
    origin = np.repeat(np.arange(len(states)), states[:, 0] + 1)
    left = np.arange(len(origin)) - np.repeat(np.cumsum(states[:, 0] + 1) - (states[:, 0] + 1), states[:, 0] + 1)
    pipeline = np.column_stack([states[:, 1:], orders])[origin]
    following = pipeline.copy()
    following[:, 0] += left
    return following, origin


def _reached(system: LostSales, rule: OrderRule) -> tuple[Ints, Ints]:
    known = np.zeros((0, system.lead_time), dtype=np.int64)
    known_orders = np.zeros(0, dtype=np.int64)
    fresh = np.zeros((1, system.lead_time), dtype=np.int64)
    while len(fresh):
        orders = np.asarray(rule(fresh)).astype(np.int64)
        if (orders < 0).any():
            raise InternalError("an order rule must not order less than nothing")
        known, known_orders = np.vstack([known, fresh]), np.concatenate([known_orders, orders])
        if len(known) > LARGEST_STATES:
            raise InternalError("the rule reaches too many states")
        following, _ = _successors(fresh, orders)
        key, at = np.unique(_keys(following), return_index=True)
        fresh = following[at[~np.isin(key, _keys(known))]]
    ranked = np.argsort(_keys(known))
    return known[ranked], known_orders[ranked]


def _transitions(system: LostSales, states: Ints, orders: Ints) -> sparse.csr_array:
    after = system.stock_after(int(states[:, 0].max()) + 1)
    following, origin = _successors(states, orders)
    target = np.searchsorted(_keys(states), _keys(following))
    left = following[:, 0] - np.column_stack([states[:, 1:], orders])[origin, 0]
    chance = after[states[origin, 0], left]
    return sparse.csr_array((chance, (origin, target)), shape=(len(states), len(states)))
