"""The law of demand in one period as an array of probabilities: entry d is the chance of d units."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from yunying.kernel.errors import InternalError

Floats = NDArray[np.float64]

TAIL = 1e-13
"""Chance of larger demand that an array leaves out."""


def checked_law(chances: ArrayLike) -> Floats:
    """The array as floats, scaled to sum 1.

    Args:
        chances: shape (k,), k >= 1, each >= 0, sum within 1e-6 of 1.

    Raises:
        InternalError: it is not such an array.

    >>> checked_law([0.5, 0.25, 0.25]).tolist()
    [0.5, 0.25, 0.25]
    """
    law = np.asarray(chances, dtype=float)
    if law.ndim != 1 or not len(law) or not (law >= 0).all() or abs(law.sum() - 1) > 1e-6:
        raise InternalError("a law of demand is an array of chances >= 0 with sum 1, one for each number of units")
    return np.asarray(law / law.sum())


def poisson_law(mean: float) -> Floats:
    """Poisson demand.

    Args:
        mean: units per period, >= 0 and finite.

    Raises:
        InternalError: the mean is out of range.

    >>> poisson_law(2.0)[:3].round(4).tolist()
    [0.1353, 0.2707, 0.2707]
    """
    _check_mean(mean)
    return checked_law(stats.poisson.pmf(np.arange(int(stats.poisson.isf(TAIL, mean)) + 2), mean))


def negative_binomial_law(mean: float, variance: float) -> Floats:
    """Negative binomial demand; the geometric law has variance mean + mean ** 2.

    Args:
        mean: units per period, above 0 and finite.
        variance: above ``mean`` and finite.

    Raises:
        InternalError: an argument is out of range.

    >>> negative_binomial_law(5.0, 30.0)[:2].round(4).tolist()
    [0.1667, 0.1389]
    """
    _check_mean(mean)
    if not (variance > mean > 0 and np.isfinite(variance)):
        raise InternalError("a negative binomial law has a mean above 0 and a variance above its mean")
    size, success = mean**2 / (variance - mean), mean / variance
    return checked_law(stats.nbinom.pmf(np.arange(int(stats.nbinom.isf(TAIL, size, success)) + 2), size, success))


def summed_law(law: Floats, periods: int) -> Floats:
    """The law of the demand of several periods together, independent of each other.

    Args:
        law: shape (k,).
        periods: >= 0; none has no demand.

    Raises:
        InternalError: ``periods`` is negative or the law is none.

    >>> summed_law(np.array([0.5, 0.5]), 2).tolist()
    [0.25, 0.5, 0.25]
    """
    if periods < 0:
        raise InternalError("periods must be >= 0")
    one, total = checked_law(law), np.ones(1)
    for _ in range(periods):
        total = np.convolve(total, one)
    return total


def law_mean(law: Floats) -> float:
    """Mean demand.

    >>> law_mean(np.array([0.5, 0.0, 0.5]))
    1.0
    """
    return float(law @ np.arange(len(law)))


def _check_mean(mean: float) -> None:
    if not (mean >= 0 and np.isfinite(mean)):
        raise InternalError(f"mean demand must be a finite number >= 0, not {mean}")
