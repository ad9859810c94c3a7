"""(s, S) with backorders: when the inventory position falls to s or below, order up to S.

Symbols: K fixed cost of an order, h cost of a unit left at the end of a period, p cost of a unit short at the end of a
period. Demand of a period is whole units; a lead time of L periods is covered by giving the cost of L + 1 periods.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import checked_law, law_mean, summed_law

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OrderUpTo:
    """Order when the position is at or below ``reorder_point``, up to ``order_up_to_level``; cost per period."""

    reorder_point: int
    order_up_to_level: int
    cost: float


def order_up_to(
    law: Floats, fixed_cost: float, holding_cost: float, backorder_cost: float, lead_time: int = 0
) -> OrderUpTo:
    """The optimal (s, S) policy and its long-run average cost, by the algorithm of Zheng and Federgruen.

    With m(j) the expected number of visits to S - j in a cycle and G(y) the one-period cost at position y, the cost is
    c(s, S) = (K + sum of m(j) G(S - j)) / (sum of m(j)), j = 0 .. S - s - 1.

    Args:
        law: shape (k,): chance of 0, 1, ... units in a period, with a mean above 0.
        fixed_cost: K, money per order, >= 0.
        holding_cost: h, money per unit left and period, above 0.
        backorder_cost: p, money per unit short and period, above 0.
        lead_time: L, whole periods, >= 0.

    Raises:
        InternalError: an argument is out of range.

    Source: Zheng and Federgruen (1991), Finding optimal (s, S) policies is about as simple as evaluating a single
        policy; Snyder and Shen, example 4.7.

    >>> from yunying.methods.inventory.demand_law import poisson_law
    >>> found = order_up_to(poisson_law(6), fixed_cost=5, holding_cost=1, backorder_cost=4)
    >>> found.reorder_point, found.order_up_to_level, round(found.cost, 6)
    (4, 10, 8.034112)
    """
    demand = checked_law(law)
    if not (fixed_cost >= 0 and holding_cost > 0 and backorder_cost > 0 and np.isfinite(fixed_cost)):
        raise InternalError("fixed_cost must be >= 0, holding_cost and backorder_cost above 0")
    if lead_time < 0 or law_mean(demand) <= 0:
        raise InternalError("lead_time must be >= 0 and mean demand above 0")
    costs = _PositionCosts(summed_law(demand, lead_time + 1), holding_cost, backorder_cost)
    return _zheng_federgruen(_Visits(demand), costs, fixed_cost)


class _PositionCosts:
    """G(y), the expected cost of a period that begins with position y."""

    def __init__(self, law: Floats, holding_cost: float, backorder_cost: float) -> None:
        self._mean, self._h, self._p = law_mean(law), holding_cost, backorder_cost
        # E[y - D]+ is the sum of P(D <= x) for x below y.
        self._left = np.concatenate([[0.0], np.cumsum(np.cumsum(law))])
        ratio = backorder_cost / (backorder_cost + holding_cost)
        self.best = min(int(np.searchsorted(np.cumsum(law), ratio - 1e-12)), len(law) - 1)

    def at(self, position: NDArray[np.int64]) -> Floats:
        """Costs of whole positions, any shape."""
        inside = np.clip(position, 0, len(self._left) - 1)
        left = self._left[inside] + np.maximum(position - inside, 0)
        return np.asarray(self._h * left + self._p * (left + self._mean - position))


class _Visits:
    """m(j), the expected visits to S - j in a cycle: m(j) (1 - f(0)) = [j = 0] + the sum of f(i) m(j - i), i >= 1."""

    def __init__(self, law: Floats) -> None:
        self._stay = 1.0 - law[0]
        self._ahead = law[:0:-1] / self._stay
        self._m = np.array([1.0 / self._stay])

    def first(self, size: int) -> Floats:
        """m(0) .. m(size - 1)."""
        if len(self._m) < size:
            self._grow(max(size, 2 * len(self._m), 64))
        return self._m[:size]

    def _grow(self, size: int) -> None:
        before, have = len(self._ahead), len(self._m)
        padded = np.zeros(before + size)
        padded[before : before + have] = self._m
        for j in range(have, size):
            padded[before + j] = self._ahead @ padded[j : j + before]
        self._m = padded[before:]


def _zheng_federgruen(visits: _Visits, costs: _PositionCosts, fixed_cost: float) -> OrderUpTo:
    """Begin with S at the minimum of G and raise it while G(S) is not above the least cost so far."""
    level, width = costs.best, 64
    best = _best_reorder_point(visits, costs, fixed_cost, level, width)
    # Only positions whose own cost is below the average belong into a cycle; a wider look finds no better s.
    while costs.at(np.array([level - width + 1]))[0] <= best.cost:
        width *= 2
        best = _best_reorder_point(visits, costs, fixed_cost, level, width)
    lowest = level - width + 1
    while costs.at(np.array([level + 1]))[0] <= best.cost:
        level += 1
        found = _best_reorder_point(visits, costs, fixed_cost, level, level - lowest + 1)
        best = min(best, found, key=lambda policy: policy.cost)
    return best


def _best_reorder_point(visits: _Visits, costs: _PositionCosts, fixed_cost: float, level: int, width: int) -> OrderUpTo:
    """The best s for one S, of the ``width`` next ones below it, by two running sums."""
    weight = visits.first(width)
    average = (fixed_cost + np.cumsum(weight * costs.at(level - np.arange(width)))) / np.cumsum(weight)
    at = int(average.argmin())
    return OrderUpTo(level - at - 1, level, float(average[at]))


@dataclass(frozen=True)
class ApproximateOrderUpTo:
    """An (s, S) policy in fractions of units."""

    reorder_point: float
    order_up_to_level: float


def power_approximation(
    mean: float, deviation: float, fixed_cost: float, holding_cost: float, backorder_cost: float, lead_time: float = 0.0
) -> ApproximateOrderUpTo:
    """(s, S) from the first two moments of demand, by a regression on many optimal policies.

    Args:
        mean: mu, units per period, above 0.
        deviation: sigma, units per period, above 0.
        fixed_cost: K, money per order, above 0.
        holding_cost: h, money per unit left and period, above 0.
        backorder_cost: p, money per unit short and period, above 0.
        lead_time: L, periods, >= 0.

    Raises:
        InternalError: an argument is out of range.

    Source: Ehrhardt and Mosier (1984), A revision of the power approximation; Snyder and Shen, example 4.8. As in the
        book, lots below 1.5 periods of demand are not capped at the newsvendor's stock.

    >>> found = power_approximation(50, 8, fixed_cost=2.5, holding_cost=0.18, backorder_cost=0.70)
    >>> round(found.reorder_point, 6), round(found.order_up_to_level, 6)
    (40.194617, 74.29017)
    """
    if not all(
        value > 0 and np.isfinite(value) for value in (mean, deviation, fixed_cost, holding_cost, backorder_cost)
    ):
        raise InternalError("mean, deviation and costs must be finite numbers above 0")
    if not lead_time >= 0:
        raise InternalError("lead_time must be >= 0")
    mean_ahead, deviation_ahead = mean * (lead_time + 1), deviation * np.sqrt(lead_time + 1)
    lot = 1.30 * mean**0.494 * (fixed_cost / holding_cost) ** 0.506 * (1 + (deviation_ahead / mean) ** 2) ** 0.116
    z = np.sqrt(lot * holding_cost / (deviation_ahead * backorder_cost))
    point = 0.973 * mean_ahead + deviation_ahead * (0.183 / z + 1.063 - 2.192 * z)
    return ApproximateOrderUpTo(float(point), float(point + lot))
