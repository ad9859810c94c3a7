"""The newsvendor: one order, random demand, a cost for each unit too many and too few."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from yunying.kernel.errors import InternalError

Floats = NDArray[np.float64]


def critical_ratio(underage_cost: Floats, overage_cost: Floats) -> Floats:
    """The share of outcomes that the best order covers: C_u / (C_u + C_o).

    Args:
        underage_cost: what a unit too few costs, >= 0, any shape.
        overage_cost: what a unit too many costs, > 0, the same shape.

    Raises:
        InternalError: a cost is out of range.

    Source: Arrow, Harris and Marschak (1951).

    >>> critical_ratio(np.array([0.70]), np.array([0.18])).round(4).tolist()
    [0.7955]
    """
    under, over = np.asarray(underage_cost, dtype=float), np.asarray(overage_cost, dtype=float)
    if (under < 0).any() or (over <= 0).any():
        raise InternalError("underage cost must be >= 0 and overage cost above 0")
    return np.asarray(under / (under + over))


@dataclass(frozen=True)
class Newsvendor:
    """The best stock before demand, and its expected cost per period."""

    order_quantity: float
    cost: float


def newsvendor_normal(mean: float, deviation: float, overage_cost: float, underage_cost: float) -> Newsvendor:
    """Normal demand; cost is (C_o + C_u) * sigma * phi(z) at z, the critical ratio's quantile.

    Source: Snyder and Shen, Fundamentals of Supply Chain Theory, example 4.3.

    >>> newsvendor_normal(50, 8, overage_cost=0.18, underage_cost=0.70)
    Newsvendor(order_quantity=56.60395592743389, cost=1.9976051931766445)
    """
    ratio = critical_ratio(np.array([underage_cost]), np.array([overage_cost]))[0]
    z = stats.norm.ppf(ratio)
    return Newsvendor(
        float(mean + z * deviation), float((overage_cost + underage_cost) * deviation * stats.norm.pdf(z))
    )


def newsvendor_poisson(mean: float, overage_cost: float, underage_cost: float) -> Newsvendor:
    """Poisson demand; the smallest whole stock that covers the critical ratio.

    Source: Snyder and Shen, problem 4.8(b).

    >>> newsvendor_poisson(6, overage_cost=1, underage_cost=4).order_quantity
    8.0
    """
    ratio = critical_ratio(np.array([underage_cost]), np.array([overage_cost]))[0]
    stock = float(stats.poisson.ppf(ratio, mean))
    short = mean * stats.poisson.sf(stock - 1, mean) - stock * stats.poisson.sf(stock, mean)
    return Newsvendor(stock, float(overage_cost * (stock - mean + short) + underage_cost * short))
