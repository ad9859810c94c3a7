"""Demand that a stock-out hid: the mean of a count that is only known to have reached a number."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]


def poisson_mean_at_least(mean: Floats, at_least: Floats) -> Floats:
    """E[D | D >= s] for D ~ Poisson(mean): what a day sold that ended without stock really wanted.

    Args:
        mean: any shape, >= 0.
        at_least: the same shape, whole numbers s >= 0.

    Returns:
        The same shape, never below ``at_least``.

    Source: E[D; D >= s] = mean * P(D >= s - 1); Nahmias (1994), demand estimation in lost sales systems.

    >>> poisson_mean_at_least(np.array([2.0, 2.0]), np.array([0.0, 3.0])).round(4).tolist()
    [2.0, 3.6743]
    """
    s = np.asarray(at_least, dtype=float)
    lam = np.maximum(np.asarray(mean, dtype=float), 1e-9)
    # gammainc(s, lam) is P(D >= s) for s >= 1.
    reach = np.where(s >= 1, special.gammainc(np.maximum(s, 1), lam), 1.0)
    reach_before = np.where(s >= 2, special.gammainc(np.maximum(s - 1, 1), lam), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        raised = lam * reach_before / reach
    return np.where(np.isfinite(raised) & (reach > 1e-300), np.maximum(raised, s), s + 1.0)
