"""Lots for demand that is known and varies by period: Wagner and Whitin's dynamic program."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

from yunying.kernel.errors import InternalError


@dataclass(frozen=True)
class LotPlan:
    """What to order at the start of each period, and what the plan costs."""

    order_quantities: tuple[float, ...]
    cost: float

    @property
    def order_periods(self) -> tuple[int, ...]:
        """The periods that order, counted from 1."""
        return tuple(at + 1 for at, quantity in enumerate(self.order_quantities) if quantity > 0)


def wagner_whitin(
    demand: Sequence[float],
    fixed_cost: float | Sequence[float],
    holding_cost: float | Sequence[float],
    unit_cost: float | Sequence[float] = 0.0,
) -> LotPlan:
    """The cheapest lots that meet all demand on time, without backorders.

    Args:
        demand: d_t, units in each of t periods, >= 0.
        fixed_cost: K_t, money for ordering in a period, >= 0; one number holds for all periods.
        holding_cost: h_t, money for a unit kept at the end of a period, >= 0.
        unit_cost: c_t, money per unit ordered in a period, >= 0.

    Returns:
        The plan; among equally cheap ones that which orders latest last. No demand, no orders.

    Raises:
        InternalError: an argument is negative or not finite, or costs are not as many as periods.

    Source: Wagner and Whitin (1958), Dynamic version of the economic lot size model; its example of twelve months.

    >>> demand = [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56]
    >>> plan = wagner_whitin(demand, [85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114], holding_cost=1)
    >>> plan.cost, plan.order_periods
    (864.0, (1, 3, 5, 8, 10, 11))
    """
    periods = len(demand)
    wanted = _per_period(demand, periods, "demand")
    fixed = _per_period(fixed_cost, periods, "fixed_cost")
    held = _per_period(holding_cost, periods, "holding_cost")
    unit = _per_period(unit_cost, periods, "unit_cost")
    # Least cost of the first t periods, and the period in which the lot that covers period t is ordered.
    least, ordered_in = [0.0] + [inf] * periods, [0] * (periods + 1)
    for order in range(periods):
        cost, keep = least[order] + fixed[order], 0.0
        if wanted[order] == 0 and least[order] < least[order + 1]:
            least[order + 1], ordered_in[order + 1] = least[order], -1
        for end in range(order, periods):
            cost += (unit[order] + keep) * wanted[end]
            keep += held[end]
            if cost <= least[end + 1]:
                least[end + 1], ordered_in[end + 1] = cost, order
    quantities, end = [0.0] * periods, periods
    while end > 0:
        order = ordered_in[end]
        if order < 0:
            end -= 1
            continue
        quantities[order] = sum(wanted[order:end])
        end = order
    return LotPlan(tuple(quantities), least[periods])


def _per_period(values: float | Sequence[float], periods: int, name: str) -> list[float]:
    found = [float(values)] * periods if isinstance(values, int | float) else [float(value) for value in values]
    if len(found) != periods or any(not (value >= 0 and isfinite(value)) for value in found):
        raise InternalError(f"{name} must be one finite number >= 0 per period")
    return found
