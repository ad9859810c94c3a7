"""Many newsvendors under one budget: what each orders when cash does not reach for all, and what cash is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from yunying.kernel.errors import InternalError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BudgetedNewsvendors:
    """The best orders of n products.

    Args:
        order_quantity: shape (n,), units, >= 0.
        shadow_price: lambda >= 0: what one unit of money more would earn; 0 where the budget does not bind.
        spend: money that the orders cost.
        profit: expected profit, after the cost of the orders.
    """

    order_quantity: Floats
    shadow_price: float
    spend: float
    profit: float


def newsvendors_under_budget(
    mean: Floats, deviation: Floats, unit_cost: Floats, price: Floats, salvage: Floats, budget: float
) -> BudgetedNewsvendors:
    """Normal newsvendors under one budget: Q_i is the quantile (p_i - (1 + lambda) c_i) / (p_i - s_i).

    The shadow price lambda is the one at which the orders just cost the budget.

    Args:
        mean: mu, units, shape (n,), >= 0.
        deviation: sigma, units, shape (n,), above 0.
        unit_cost: c, money per unit, shape (n,), above 0.
        price: p, money per unit sold, shape (n,), above ``salvage``.
        salvage: s, money per unit left over, shape (n,), below ``unit_cost``.
        budget: B, money, >= 0; infinite where cash is no limit.

    Raises:
        InternalError: shapes disagree, or a number is out of range.

    Source: Hadley and Whitin (1963), section 6-2, single period with one constraint.

    >>> found = newsvendors_under_budget(
    ...     np.array([100.0, 200, 150]), np.array([30.0, 60, 40]), np.array([10.0, 6, 8]), np.array([20.0, 10, 18]),
    ...     np.array([2.0, 1, 3]), budget=3000)
    >>> round(found.shadow_price, 6), found.order_quantity.round(4).tolist(), round(found.profit, 4)
    (0.343153, [89.6394, 152.7871, 148.3604], 2562.5466)
    """
    _check(mean, deviation, unit_cost, price, salvage, budget)

    def wanted(shadow_price: float) -> Floats:
        ratio = np.clip((price - (1 + shadow_price) * unit_cost) / (price - salvage), 0.0, 1.0)
        return np.asarray(np.maximum(stats.norm.ppf(ratio, mean, deviation), 0.0))

    def excess(shadow_price: float) -> float:
        return float(unit_cost @ wanted(shadow_price)) - budget

    shadow_price = 0.0
    if len(mean) and excess(0.0) > 0:
        # Beyond the best margin rate no product is worth its cost.
        highest = float(np.max(price / unit_cost))
        shadow_price = float(optimize.brentq(excess, 0.0, highest, xtol=1e-13, rtol=1e-14))
    quantity = wanted(shadow_price)
    z = (quantity - mean) / deviation
    left = deviation * (stats.norm.pdf(z) + z * stats.norm.cdf(z))
    # Demand below zero, which the normal law allows, counts as returns at the price; mu far above sigma hides it.
    profit = price * (quantity - left) + salvage * left - unit_cost * quantity
    return BudgetedNewsvendors(quantity, shadow_price, float(unit_cost @ quantity), float(profit.sum()))


def _check(mean: Floats, deviation: Floats, unit_cost: Floats, price: Floats, salvage: Floats, budget: float) -> None:
    arrays = (mean, deviation, unit_cost, price, salvage)
    if any(array.shape != mean.shape or array.ndim != 1 or not np.isfinite(array).all() for array in arrays):
        raise InternalError("the newsvendors' arrays must be finite and of one shape (n,)")
    if (mean < 0).any() or (deviation <= 0).any() or (unit_cost <= 0).any():
        raise InternalError("mean must be >= 0, deviation and unit_cost above 0")
    if (salvage >= unit_cost).any() or (price <= salvage).any():
        raise InternalError("salvage must be below unit_cost and below price")
    if not budget >= 0:
        raise InternalError("budget must be >= 0")
