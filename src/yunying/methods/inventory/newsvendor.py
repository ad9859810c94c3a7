"""The newsvendor: one order, random demand, a cost for each unit too many and too few.

Symbols: S stock before demand D, C_o cost of a unit too many, C_u cost of a unit too few; the best S is the smallest
with P(D <= S) >= C_u / (C_u + C_o).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import integrate, stats

from yunying.kernel.errors import InternalError
from yunying.methods.inventory.demand_law import checked_law, poisson_law

Floats = NDArray[np.float64]


def critical_ratio(underage_cost: Floats, overage_cost: Floats) -> Floats:
    """The share of outcomes that the best order covers: C_u / (C_u + C_o).

    Args:
        underage_cost: what a unit too few costs, >= 0 and not infinite, any shape; NaN makes NaN.
        overage_cost: what a unit too many costs, > 0, the same shape; NaN makes NaN.

    Raises:
        InternalError: a cost is out of range.

    Source: Arrow, Harris and Marschak (1951).

    >>> critical_ratio(np.array([0.70]), np.array([0.18])).round(4).tolist()
    [0.7955]
    """
    under, over = np.asarray(underage_cost, dtype=float), np.asarray(overage_cost, dtype=float)
    if (under < 0).any() or (over <= 0).any() or np.isinf(under).any():
        raise InternalError("underage cost must be >= 0 and overage cost above 0")
    return np.asarray(under / (under + over))


@dataclass(frozen=True)
class Newsvendor:
    """The best stock before demand, and its expected cost per period."""

    order_quantity: float
    cost: float


def newsvendor_normal(mean: float, deviation: float, overage_cost: float, underage_cost: float) -> Newsvendor:
    """Normal demand; cost is (C_o + C_u) * sigma * phi(z) at z, the critical ratio's quantile.

    Args:
        mean: mu, units, finite.
        deviation: sigma, units, >= 0 and finite.
        overage_cost: C_o, money per unit too many, above 0.
        underage_cost: C_u, money per unit too few, >= 0; where it is 0 nothing is ordered.

    Raises:
        InternalError: a number is out of range.

    Source: Snyder and Shen, Fundamentals of Supply Chain Theory, example 4.3.

    >>> newsvendor_normal(50, 8, overage_cost=0.18, underage_cost=0.70)
    Newsvendor(order_quantity=56.60395592743389, cost=1.9976051931766445)
    """
    if not (np.isfinite(mean) and deviation >= 0 and np.isfinite(deviation)):
        raise InternalError("mean must be finite, and deviation finite and >= 0")
    ratio = _known_ratio(underage_cost, overage_cost)
    if ratio == 0:
        return Newsvendor(0.0, 0.0)
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
    return newsvendor_law(poisson_law(mean), overage_cost, underage_cost)


def newsvendor_law(law: Floats, overage_cost: float, underage_cost: float) -> Newsvendor:
    """Demand by any law over whole units; the smallest stock that covers the critical ratio.

    Args:
        law: shape (k,): chance of 0, 1, ... units.
        overage_cost: C_o, money per unit too many, above 0.
        underage_cost: C_u, money per unit too few, >= 0.

    Raises:
        InternalError: the law is none, or a cost is out of range.

    Source: Arrow, Harris and Marschak (1951).

    >>> newsvendor_law(np.array([0.25, 0.25, 0.25, 0.25]), overage_cost=1, underage_cost=2)
    Newsvendor(order_quantity=2.0, cost=1.25)
    """
    chances = checked_law(law)
    ratio = _known_ratio(underage_cost, overage_cost)
    # A hair less than the ratio, so that a sum of chances that equals it on paper also does so here.
    stock = min(int(np.searchsorted(np.cumsum(chances), ratio - 1e-12)), len(chances) - 1)
    return Newsvendor(float(stock), newsvendor_law_cost(stock, chances, overage_cost, underage_cost))


def newsvendor_law_cost(stock: float, law: Floats, overage_cost: float, underage_cost: float) -> float:
    """Expected cost of a given stock: C_o E[S - D]+ plus C_u E[D - S]+.

    Args:
        stock: S, units.
        law: shape (k,): chance of 0, 1, ... units.
        overage_cost: C_o, money per unit too many.
        underage_cost: C_u, money per unit too few.

    Raises:
        InternalError: the law is none.

    Source: Snyder and Shen, problem 4.8(b), at S = 5.

    >>> round(newsvendor_law_cost(5, poisson_law(6), overage_cost=1, underage_cost=4), 6)
    6.590296
    """
    chances = checked_law(law)
    left = stock - np.arange(len(chances))
    return float(chances @ (overage_cost * np.maximum(left, 0.0) + underage_cost * np.maximum(-left, 0.0)))


def newsvendor_sample(demand: Floats, overage_cost: float, underage_cost: float) -> Newsvendor:
    """Demand known by draws or past observations, each equally likely (sample average approximation).

    Args:
        demand: shape (m,), m >= 1, finite.
        overage_cost: C_o, money per unit too many, above 0.
        underage_cost: C_u, money per unit too few, >= 0.

    Raises:
        InternalError: there is no demand, it is not finite, or a cost is out of range.

    Source: Levi, Roundy and Shmoys (2007).

    >>> newsvendor_sample(np.array([4.0, 1.0, 9.0, 2.0]), overage_cost=1, underage_cost=3)
    Newsvendor(order_quantity=4.0, cost=5.0)
    """
    drawn = np.sort(np.asarray(demand, dtype=float))
    if drawn.ndim != 1 or not len(drawn) or not np.isfinite(drawn).all():
        raise InternalError("a sample of demand is an array of finite numbers, at least one")
    ratio = _known_ratio(underage_cost, overage_cost)
    stock = drawn[max(int(np.ceil(ratio * len(drawn) - 1e-12)) - 1, 0)]
    left = stock - drawn
    return Newsvendor(
        float(stock), float((overage_cost * np.maximum(left, 0) + underage_cost * np.maximum(-left, 0)).mean())
    )


def newsvendor_continuous(
    demand: stats.distributions.rv_frozen, overage_cost: float, underage_cost: float
) -> Newsvendor:
    """Demand by any continuous law of scipy.

    Args:
        demand: a frozen continuous distribution with a finite mean.
        overage_cost: C_o, money per unit too many, above 0.
        underage_cost: C_u, money per unit too few, above 0.

    Raises:
        InternalError: the mean is not finite, or a cost is out of range.

    Source: Snyder and Shen, section 4.3.2.

    >>> found = newsvendor_continuous(stats.norm(120, 10), overage_cost=2, underage_cost=18)
    >>> round(found.order_quantity, 4), round(found.cost, 4)
    (132.8155, 35.0997)
    """
    mean = float(demand.mean())
    if not (np.isfinite(mean) and underage_cost > 0):
        raise InternalError("demand must have a finite mean, and a unit too few must cost something")
    ratio = _known_ratio(underage_cost, overage_cost)
    stock = float(demand.ppf(ratio))
    # The integral of the upper tail in quantiles: over ratio..1, where demand exceeds the stock.
    short = integrate.quad(lambda share: float(demand.ppf(share)) - stock, ratio, 1.0, limit=200)[0]
    return Newsvendor(stock, float(overage_cost * (stock - mean + short) + underage_cost * short))


def _known_ratio(underage_cost: float, overage_cost: float) -> float:
    ratio = float(critical_ratio(np.array([underage_cost]), np.array([overage_cost]))[0])
    if np.isnan(ratio):
        raise InternalError("underage cost and overage cost must be numbers")
    return ratio
