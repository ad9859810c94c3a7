"""(r, Q) with backorders and continuous review: when the inventory position falls to r, order Q.

Symbols: K fixed cost of an order, h cost of a unit held and p of a unit short for one unit of time, lambda demand per
unit of time, L lead time in the same units; mu and sigma are mean and deviation of the demand of a lead time. The rate
of cost at position y is g(y) = h E[y - D]+ + p E[D - y]+ with D the demand of a lead time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import poisson_law
from yunying.methods.inventory.economic_order import economic_order_backorders, economic_order_quantity
from yunying.methods.inventory.newsvendor import newsvendor_law, newsvendor_law_cost


@dataclass(frozen=True)
class ReorderPoint:
    """Order ``order_quantity`` when the position falls to ``reorder_point``; cost per unit of time."""

    reorder_point: float
    order_quantity: float
    cost: float


@dataclass(frozen=True)
class NormalDemand:
    """What an (r, Q) policy faces when the demand of a lead time is normal.

    Args:
        fixed_cost: K, money per order, above 0.
        holding_cost: h, money per unit and unit of time, above 0.
        backorder_cost: p, money per unit short and unit of time, above 0.
        demand_rate: lambda, units per unit of time, above 0.
        deviation_rate: deviation of the demand of one unit of time, above 0.
        lead_time: L, units of time, above 0.

    Raises:
        InternalError: a number is not finite and above 0.
    """

    fixed_cost: float
    holding_cost: float
    backorder_cost: float
    demand_rate: float
    deviation_rate: float
    lead_time: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not (value > 0 and np.isfinite(value)):
                raise InternalError(f"{name} must be a finite number above 0, not {value}")

    @property
    def mean(self) -> float:
        """mu, mean demand of a lead time."""
        return self.demand_rate * self.lead_time

    @property
    def deviation(self) -> float:
        """sigma, deviation of the demand of a lead time."""
        return float(self.deviation_rate * np.sqrt(self.lead_time))

    @property
    def safe_point(self) -> float:
        """The newsvendor's stock for one lead time, where g is least."""
        ratio = self.backorder_cost / (self.backorder_cost + self.holding_cost)
        return float(stats.norm.ppf(ratio, self.mean, self.deviation))

    def short(self, position: float) -> float:
        """E[D - y]+, the first loss function."""
        z = (position - self.mean) / self.deviation
        return float(self.deviation * (stats.norm.pdf(z) - z * stats.norm.sf(z)))

    def short_twice(self, position: float) -> float:
        """Half of E[([D - y]+)^2], the second loss function."""
        z = (position - self.mean) / self.deviation
        return float(self.deviation**2 / 2 * ((z**2 + 1) * stats.norm.sf(z) - z * stats.norm.pdf(z)))

    def rate(self, position: float) -> float:
        """g(y), money per unit of time."""
        short = self.short(position)
        return self.holding_cost * (position - self.mean + short) + self.backorder_cost * short


def reorder_point_cost(demand: NormalDemand, reorder_point: float, order_quantity: float) -> float:
    """Cost of any (r, Q): (K lambda + integral of g(y) from r to r + Q) / Q.

    Raises:
        InternalError: ``order_quantity`` is not above 0.

    Source: Zipkin (2000), section 6.3; Snyder and Shen, section 5.3.

    >>> demand = NormalDemand(8, 0.225, 7.5, 1300, 150, 1 / 12)
    >>> round(reorder_point_cost(demand, 128.6378, 308.5738), 3)
    78.202
    """
    if not order_quantity > 0:
        raise InternalError("order_quantity must be above 0")
    low, high = reorder_point, reorder_point + order_quantity
    short = demand.short_twice(low) - demand.short_twice(high)
    held = (high - low) * ((high + low) / 2 - demand.mean)
    both = demand.holding_cost * held + (demand.holding_cost + demand.backorder_cost) * short
    return (demand.fixed_cost * demand.demand_rate + both) / order_quantity


def reorder_point_exact(demand: NormalDemand) -> ReorderPoint:
    """The best (r, Q): g(r) = g(r + Q) = the cost.

    Source: Zheng (1992), On properties of stochastic inventory systems.

    >>> found = reorder_point_exact(NormalDemand(8, 0.225, 7.5, 1300, 150, 1 / 12))
    >>> round(found.reorder_point, 3), round(found.order_quantity, 3), round(found.cost, 4)
    (126.867, 328.449, 78.0711)
    """
    least = economic_order_backorders(
        demand.fixed_cost, demand.holding_cost, demand.backorder_cost, demand.demand_rate
    ).order_quantity

    def excess(quantity: float) -> float:
        point = _balanced_point(demand, quantity)
        return demand.rate(point) - reorder_point_cost(demand, point, quantity)

    # The best Q is at least that of certain demand (Zheng 1992), and g grows without bound.
    most = least
    while excess(most) < 0:
        most *= 2
    quantity = most if most == least else float(optimize.brentq(excess, least, most, xtol=1e-10))
    point = _balanced_point(demand, quantity)
    return ReorderPoint(point, quantity, reorder_point_cost(demand, point, quantity))


def reorder_point_backorders(demand: NormalDemand) -> ReorderPoint:
    """The EOQB approximation: Q of certain demand with backorders, r the best one for it, g(r) = g(r + Q).

    Source: Zheng (1992): costs at most an eighth more than the best; Snyder and Shen, example 5.2.

    >>> found = reorder_point_backorders(NormalDemand(8, 0.225, 7.5, 1300, 150, 1 / 12))
    >>> round(found.reorder_point, 4), round(found.order_quantity, 4)
    (128.6378, 308.5738)
    """
    quantity = economic_order_backorders(
        demand.fixed_cost, demand.holding_cost, demand.backorder_cost, demand.demand_rate
    ).order_quantity
    point = _balanced_point(demand, quantity)
    return ReorderPoint(point, quantity, reorder_point_cost(demand, point, quantity))


def reorder_point_safety_stock(demand: NormalDemand) -> ReorderPoint:
    """The EOQ + SS approximation: Q of certain demand, r the newsvendor's stock for a lead time.

    Source: Snyder and Shen, section 5.3.3.

    >>> found = reorder_point_safety_stock(NormalDemand(8, 0.225, 7.5, 1300, 150, 1 / 12))
    >>> round(found.reorder_point, 4), round(found.order_quantity, 4)
    (190.337, 304.0468)
    """
    quantity = economic_order_quantity(demand.fixed_cost, demand.holding_cost, demand.demand_rate).order_quantity
    point = demand.safe_point
    return ReorderPoint(point, quantity, reorder_point_cost(demand, point, quantity))


def reorder_point_expected_level(demand: NormalDemand) -> ReorderPoint:
    """The expected-inventory-level approximation (EIL): Q and r found in turn.

    Holding is charged on r - mu + Q / 2 and ``backorder_cost`` on each unit short, however long it waits:
    Q = sqrt(2 lambda (K + p n(r)) / h), P(D > r) = Q h / (p lambda), with n(r) = E[D - r]+.

    Returns:
        The policy with its cost as approximated.

    Raises:
        InternalError: a shortage is so cheap that no reorder point is defined.

    Source: Hadley and Whitin (1963), section 4-2; Snyder and Shen, example 5.1.

    >>> found = reorder_point_expected_level(NormalDemand(8, 0.225, 7.5, 1300, 150, 1 / 12))
    >>> round(found.reorder_point, 4), round(found.order_quantity, 4), round(found.cost, 4)
    (213.9704, 318.5902, 95.4511)
    """
    k, h, p, rate = demand.fixed_cost, demand.holding_cost, demand.backorder_cost, demand.demand_rate
    quantity, point, before = economic_order_quantity(k, h, rate).order_quantity, 0.0, np.inf
    while abs(quantity - before) > 1e-10 * quantity:
        if quantity * h >= p * rate:
            raise InternalError("a unit short costs too little against holding for this approximation")
        point = float(stats.norm.isf(quantity * h / (p * rate), demand.mean, demand.deviation))
        before, quantity = quantity, float(np.sqrt(2 * rate * (k + p * demand.short(point)) / h))
    cost = h * (point - demand.mean + quantity / 2) + rate * (k + p * demand.short(point)) / quantity
    return ReorderPoint(point, quantity, cost)


def reorder_point_poisson(
    fixed_cost: float, holding_cost: float, backorder_cost: float, demand_rate: float, lead_time: float
) -> ReorderPoint:
    """The best (r, Q) in whole units for Poisson demand.

    Q grows by one unit at a time, always by the cheaper neighbour of the positions r + 1 .. r + Q, until the next one
    costs more than the average.

    Args:
        fixed_cost: K, money per order, above 0.
        holding_cost: h, money per unit and unit of time, above 0.
        backorder_cost: p, money per unit short and unit of time, above 0.
        demand_rate: lambda, units per unit of time, above 0.
        lead_time: L, units of time, >= 0.

    Raises:
        InternalError: an argument is out of range.

    Source: Federgruen and Zheng (1992), An efficient algorithm for computing an optimal (r, Q) policy.

    >>> found = reorder_point_poisson(100, holding_cost=20, backorder_cost=150, demand_rate=1.5, lead_time=2)
    >>> found.reorder_point, found.order_quantity, round(found.cost, 4)
    (3.0, 5.0, 107.9236)
    """
    if not all(value > 0 and np.isfinite(value) for value in (fixed_cost, holding_cost, backorder_cost, demand_rate)):
        raise InternalError("costs and demand_rate must be finite numbers above 0")
    if not (lead_time >= 0 and np.isfinite(lead_time)):
        raise InternalError("lead_time must be a finite number >= 0")
    law = poisson_law(demand_rate * lead_time)
    rate: Callable[[int], float] = lambda y: newsvendor_law_cost(y, law, holding_cost, backorder_cost)  # noqa: E731
    low = high = int(newsvendor_law(law, holding_cost, backorder_cost).order_quantity)
    total = fixed_cost * demand_rate + rate(low)
    below, above = rate(low - 1), rate(high + 1)
    while min(below, above) < total / (high - low + 1):
        total += min(below, above)
        if below < above:
            low -= 1
            below = rate(low - 1)
        else:
            high += 1
            above = rate(high + 1)
    return ReorderPoint(float(low - 1), float(high - low + 1), total / (high - low + 1))


def _balanced_point(demand: NormalDemand, quantity: float) -> float:
    """R with g(r) = g(r + Q), which lies below the newsvendor's stock and not further than Q."""
    low, high = demand.safe_point - quantity, demand.safe_point
    return float(optimize.brentq(lambda r: demand.rate(r) - demand.rate(r + quantity), low, high, xtol=1e-12))
