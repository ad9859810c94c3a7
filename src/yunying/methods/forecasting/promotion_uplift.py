"""What a discount multiplies demand by: (1 - rate) ** -elasticity, with one elasticity for each category.

The elasticity of a promotion holds all that goes with it, the lower price and being shown, so it is larger than that of
a list price.
"""

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError

Floats = NDArray[np.float64]

PRIOR_ELASTICITY = 2.5
"""Where nothing was learned; meta-analyses put price elasticity near 2.6 (Bijmolt, van Heerde and Pieters 2005)."""
STORE_DEVIATION, GROUP_DEVIATION = 1.0, 0.5
"""How far a store strays from the prior, and a category from its store."""
OVERDISPERSION = 4.0
"""Variance of a promotion's units over their mean; counts of one product under one promotion scatter so."""
GRID = np.arange(0.0, 8.001, 0.05)


def promotion_factor(rate: Floats, elasticity: Floats) -> Floats:
    """What a promotion multiplies demand by.

    Args:
        rate: share taken off the price, 0 to below 1, any shape.
        elasticity: >= 0, a shape that broadcasts with it.

    >>> promotion_factor(np.array([0.0, 0.2]), np.array([2.5, 2.5])).round(3).tolist()
    [1.0, 1.747]
    """
    return np.asarray((1.0 - np.minimum(rate, 0.95)) ** -elasticity)


def promotion_elasticities(
    units: Floats, expected: Floats, rate: Floats, group: NDArray[np.int64], groups: int
) -> Floats:
    """Elasticity of each group from past promotions: groups are drawn to the store, the store to the prior.

    The mode of a Poisson likelihood, flattened by ``OVERDISPERSION``, times a normal prior.

    Args:
        units: shape (k,): sold under each past promotion of a product, >= 0.
        expected: shape (k,): what its days would have sold without it, >= 0; 0 says nothing.
        rate: shape (k,): discount, 0 to 1.
        group: shape (k,): 0..groups-1.
        groups: g.

    Returns:
        Shape (g,), between 0 and 8.

    Raises:
        InternalError: an argument is out of range.

    >>> units, expected = np.full(50, 160.0), np.full(50, 100.0)
    >>> promotion_elasticities(units, expected, np.full(50, 0.2), np.zeros(50, dtype=np.int64), 2).round(2).tolist()
    [2.1, 2.1]
    """
    if not ((units >= 0).all() and (expected >= 0).all() and ((rate >= 0) & (rate <= 1)).all()):
        raise InternalError("units and expected must be >= 0, rates between 0 and 1")
    used = (expected > 0) & (rate > 0)
    store = _mode(units[used], expected[used], rate[used], PRIOR_ELASTICITY, STORE_DEVIATION)
    found = np.full(groups, store)
    for which in range(groups):
        members = used & (group == which)
        if members.any():
            found[which] = _mode(units[members], expected[members], rate[members], store, GROUP_DEVIATION)
    return found


def _mode(units: Floats, expected: Floats, rate: Floats, toward: float, deviation: float) -> float:
    log_mean = np.log(np.maximum(expected, 1e-12)) - np.log1p(-np.minimum(rate, 0.95)) * GRID[:, None]
    likelihood = (units * log_mean - np.exp(log_mean)).sum(axis=1) / OVERDISPERSION
    belief = -((GRID - toward) ** 2) / (2 * deviation**2)
    return float(GRID[int((likelihood + belief).argmax())])
