"""The economic order quantity and its kin: constant demand, a fixed cost for each order, a cost for each unit held.

Symbols follow Snyder and Shen, Fundamentals of Supply Chain Theory, chapter 3: K fixed cost of an order, h cost of
holding a unit for one unit of time, lambda demand per unit of time, p cost of a unit short for one unit of time. Time
may be counted in any unit, as long as h, p, lambda and the found cost count it alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, sqrt

from yunying.kernel.errors import InternalError


@dataclass(frozen=True)
class EconomicOrder:
    """The best order and what it costs.

    Args:
        order_quantity: Q, units per order.
        cost: per unit of time; ordering and holding, and with discounts the goods too.
    """

    order_quantity: float
    cost: float


@dataclass(frozen=True)
class BackorderedOrder:
    """The best order where customers wait.

    Args:
        order_quantity: Q, units per order.
        short_rate: share of demand that waits, h / (h + p).
        cost: per unit of time; ordering, holding and waiting.
    """

    order_quantity: float
    short_rate: float
    cost: float


def _require_positive(**values: float) -> None:
    for name, value in values.items():
        if not (value > 0 and isfinite(value)):
            raise InternalError(f"{name} must be a number above 0, not {value}")


def economic_order_cost(order_quantity: float, fixed_cost: float, holding_cost: float, demand_rate: float) -> float:
    """Cost of ordering Q each time: K * lambda / Q + h * Q / 2.

    Args:
        order_quantity: Q, units, above 0.
        fixed_cost: K, money per order, above 0.
        holding_cost: h, money per unit and unit of time, above 0.
        demand_rate: lambda, units per unit of time, above 0.

    Raises:
        InternalError: an argument is not a finite number above 0.

    Source: Harris (1913); Snyder and Shen, example 3.1.

    >>> round(economic_order_cost(250, fixed_cost=8, holding_cost=0.225, demand_rate=1300), 3)
    69.725
    """
    _require_positive(
        order_quantity=order_quantity, fixed_cost=fixed_cost, holding_cost=holding_cost, demand_rate=demand_rate
    )
    return fixed_cost * demand_rate / order_quantity + holding_cost * order_quantity / 2


def economic_order_quantity(fixed_cost: float, holding_cost: float, demand_rate: float) -> EconomicOrder:
    """EOQ: Q = sqrt(2 K lambda / h), at a cost of sqrt(2 K lambda h).

    Args:
        fixed_cost: K, money per order, above 0.
        holding_cost: h, money per unit and unit of time, above 0.
        demand_rate: lambda, units per unit of time, above 0.

    Raises:
        InternalError: an argument is not a finite number above 0.

    Source: Harris (1913); Snyder and Shen, example 3.1.

    >>> economic_order_quantity(fixed_cost=8, holding_cost=0.225, demand_rate=1300)
    EconomicOrder(order_quantity=304.0467800264368, cost=68.41052550594829)
    """
    _require_positive(fixed_cost=fixed_cost, holding_cost=holding_cost, demand_rate=demand_rate)
    quantity = sqrt(2 * fixed_cost * demand_rate / holding_cost)
    return EconomicOrder(quantity, sqrt(2 * fixed_cost * demand_rate * holding_cost))


def economic_order_backorders(
    fixed_cost: float, holding_cost: float, backorder_cost: float, demand_rate: float
) -> BackorderedOrder:
    """EOQ with backorders (EOQB): customers wait at cost p per unit and unit of time.

    Args:
        fixed_cost: K, money per order, above 0.
        holding_cost: h, money per unit and unit of time, above 0.
        backorder_cost: p, money per unit short and unit of time, above 0.
        demand_rate: lambda, units per unit of time, above 0.

    Raises:
        InternalError: an argument is not a finite number above 0.

    Source: Zipkin (2000), section 3.3; Snyder and Shen, example 3.8.

    >>> found = economic_order_backorders(fixed_cost=8, holding_cost=0.225, backorder_cost=5, demand_rate=1300)
    >>> round(found.order_quantity, 4), round(found.short_rate, 6), round(found.cost, 4)
    (310.8126, 0.043062, 66.9214)
    """
    _require_positive(backorder_cost=backorder_cost)
    plain = economic_order_quantity(fixed_cost, holding_cost, demand_rate)
    ratio = backorder_cost / (holding_cost + backorder_cost)
    return BackorderedOrder(plain.order_quantity / sqrt(ratio), 1 - ratio, plain.cost * sqrt(ratio))


def economic_production_quantity(
    fixed_cost: float, holding_cost: float, demand_rate: float, production_rate: float
) -> EconomicOrder:
    """EPQ: the lot arrives at rate mu while it is sold at rate lambda.

    Args:
        fixed_cost: K, money per lot, above 0.
        holding_cost: h, money per unit and unit of time, above 0.
        demand_rate: lambda, units per unit of time, above 0.
        production_rate: mu, units per unit of time, above ``demand_rate``.

    Raises:
        InternalError: an argument is not a finite number above 0, or demand outruns production.

    Source: Taft (1918); Snyder and Shen, section 3.5.

    >>> found = economic_production_quantity(fixed_cost=8, holding_cost=0.225, demand_rate=1300, production_rate=2000)
    >>> round(found.order_quantity, 4), round(found.cost, 4)
    (513.9329, 40.4722)
    """
    _require_positive(production_rate=production_rate)
    if production_rate <= demand_rate:
        raise InternalError("production_rate must be above demand_rate")
    return economic_order_quantity(fixed_cost, holding_cost * (1 - demand_rate / production_rate), demand_rate)


def economic_order_all_units(
    fixed_cost: float, holding_rate: float, demand_rate: float, breaks: Sequence[float], unit_costs: Sequence[float]
) -> EconomicOrder:
    """EOQ with all-units discounts: from each break on, every unit of the order costs less.

    Args:
        fixed_cost: K, money per order, above 0.
        holding_rate: i, share of a unit's cost that holding it for one unit of time costs, above 0.
        demand_rate: lambda, units per unit of time, above 0.
        breaks: b_0 = 0 < b_1 < ..., the quantities from which the costs hold.
        unit_costs: c_0, c_1, ..., money per unit, above 0, as many as breaks.

    Returns:
        The best order; its cost includes the goods, c * lambda.

    Raises:
        InternalError: an argument is out of range, or the breaks do not ascend from 0.

    Source: Snyder and Shen, section 3.4.1, example 3.5.

    >>> best = economic_order_all_units(8, 0.3, 1300, breaks=[0, 400, 800], unit_costs=[0.75, 0.72, 0.68])
    >>> best.order_quantity, round(best.cost, 2)
    (800, 978.6)
    """
    _check_breaks(breaks, unit_costs)
    _require_positive(holding_rate=holding_rate)
    best = EconomicOrder(0.0, inf)
    for start, end, unit_cost in zip(breaks, [*breaks[1:], inf], unit_costs, strict=True):
        holding = holding_rate * unit_cost
        quantity = max(economic_order_quantity(fixed_cost, holding, demand_rate).order_quantity, start)
        if quantity < end:
            cost = unit_cost * demand_rate + economic_order_cost(quantity, fixed_cost, holding, demand_rate)
            best = min(best, EconomicOrder(quantity, cost), key=lambda order: order.cost)
    return best


def economic_order_incremental(
    fixed_cost: float, holding_rate: float, demand_rate: float, breaks: Sequence[float], unit_costs: Sequence[float]
) -> EconomicOrder:
    """EOQ with incremental discounts: only the units beyond a break cost less.

    The goods of an order of Q units in interval j cost c_j Q + e_j, with e_j the sum over the breaks below of
    (c_{i-1} - c_i) b_i; e_j acts like more fixed cost, and is held like goods.

    Args:
        fixed_cost: K, money per order, above 0.
        holding_rate: i, share of a unit's cost that holding it for one unit of time costs, above 0.
        demand_rate: lambda, units per unit of time, above 0.
        breaks: b_0 = 0 < b_1 < ..., the quantities beyond which the costs hold.
        unit_costs: c_0 >= c_1 >= ..., money per unit, above 0, as many as breaks.

    Returns:
        The best order; its cost includes the goods.

    Raises:
        InternalError: an argument is out of range, or the breaks do not ascend from 0.

    Source: Snyder and Shen, section 3.4.2, example 3.6.

    >>> best = economic_order_incremental(8, 0.3, 1300, breaks=[0, 400, 800], unit_costs=[0.75, 0.72, 0.68])
    >>> round(best.order_quantity, 8), round(best.cost, 8)
    (304.04678003, 1043.41052551)
    """
    _check_breaks(breaks, unit_costs)
    _require_positive(holding_rate=holding_rate)
    best, extra, dearer = EconomicOrder(0.0, inf), 0.0, unit_costs[0]
    for start, end, unit_cost in zip(breaks, [*breaks[1:], inf], unit_costs, strict=True):
        extra += (dearer - unit_cost) * start
        dearer = unit_cost
        order = economic_order_quantity(fixed_cost + extra, holding_rate * unit_cost, demand_rate)
        # Where the interval's own optimum lies outside it, a neighbour is better, never the break itself.
        if start <= order.order_quantity < end:
            cost = order.cost + unit_cost * demand_rate + holding_rate * extra / 2
            best = min(best, EconomicOrder(order.order_quantity, cost), key=lambda order: order.cost)
    return best


def _check_breaks(breaks: Sequence[float], unit_costs: Sequence[float]) -> None:
    if len(breaks) != len(unit_costs) or not breaks or breaks[0] != 0:
        raise InternalError("breaks must begin at 0 and be as many as unit_costs")
    if any(later <= earlier for earlier, later in pairwise(breaks)):
        raise InternalError("breaks must ascend")
    if any(not (cost > 0 and isfinite(cost)) for cost in unit_costs):
        raise InternalError("unit_costs must be numbers above 0")


@dataclass(frozen=True)
class JointReplenishment:
    """A common cycle for products that share an order's fixed cost.

    Args:
        cycle: time between two orders.
        multiples: how many cycles lie between two orders of each product.
        cost: per unit of time.
    """

    cycle: float
    multiples: tuple[int, ...]
    cost: float


def joint_replenishment(
    shared_fixed_cost: float,
    own_fixed_costs: Sequence[float],
    holding_costs: Sequence[float],
    demand_rates: Sequence[float],
) -> JointReplenishment:
    """Silver's heuristic for joint replenishment: the product with the shortest own cycle sets the pace.

    Args:
        shared_fixed_cost: K, money per order, whatever it holds, above 0.
        own_fixed_costs: k_i, money per order that holds product i, above 0.
        holding_costs: h_i, money per unit and unit of time, above 0.
        demand_rates: lambda_i, units per unit of time, above 0.

    Raises:
        InternalError: an argument is out of range, or the sequences differ in length.

    Source: Silver (1976), A simple method of determining order quantities in joint replenishments.

    >>> found = joint_replenishment(600, [120, 840, 300], [160, 20, 50], [1, 1, 1])
    >>> found.multiples, round(found.cost, 4)
    ((1, 3, 1), 837.8544)
    """
    _require_positive(shared_fixed_cost=shared_fixed_cost)
    if not len(own_fixed_costs) == len(holding_costs) == len(demand_rates) > 0:
        raise InternalError("own_fixed_costs, holding_costs and demand_rates must be as many, at least one")
    rates = [held * demand for held, demand in zip(holding_costs, demand_rates, strict=True)]
    for own, rate in zip(own_fixed_costs, rates, strict=True):
        _require_positive(own_fixed_cost=own, holding_cost_times_demand=rate)
    pace, pace_rate = min(zip(own_fixed_costs, rates, strict=True), key=lambda pair: pair[0] / pair[1])
    multiples = []
    for own, rate in zip(own_fixed_costs, rates, strict=True):
        best = sqrt(own / rate * pace_rate / (shared_fixed_cost + pace))
        # m and m + 1 cost the same at sqrt(m (m + 1)).
        multiples.append(next(m for m in range(1, int(best) + 3) if best <= sqrt(m * (m + 1))))
    fixed = shared_fixed_cost + sum(own / m for own, m in zip(own_fixed_costs, multiples, strict=True))
    held = sum(rate * m for rate, m in zip(rates, multiples, strict=True))
    return JointReplenishment(sqrt(2 * fixed / held), tuple(multiples), sqrt(2 * fixed * held))
