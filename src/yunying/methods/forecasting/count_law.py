"""Quantiles of counts around a forecast: negative binomial with the variance that a law measured."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from yunying.methods.forecasting.variance_law import VarianceLaw

Floats = NDArray[np.float64]


def count_quantiles(mean: Floats, law: VarianceLaw, shares: Floats) -> Floats:
    """Quantiles of counts with mean m and variance alpha m + beta m^2.

    Args:
        mean: any shape, >= 0; the law's bias is the caller's to apply.
        law: of the horizon that the mean stands for.
        shares: shape (k,) for the same ones everywhere, or the shape of ``mean`` and (k,): between 0 and 1.

    Returns:
        The shape of ``mean`` and one axis of k more: whole numbers.

    >>> count_quantiles(np.array([8.0]), VarianceLaw(7, 1.4, 0.2, 1.0), np.array([0.1, 0.5, 0.9])).tolist()
    [[2.0, 7.0, 15.0]]
    """
    centre = np.maximum(mean, 1e-9)[..., None]
    variance = np.maximum(law.alpha * centre + law.beta * centre**2, centre * (1 + 1e-6))
    size, success = centre**2 / (variance - centre), centre / variance
    found = np.maximum(np.ceil(special.nbdtrik(shares, size, success) - 1e-9), 0.0)
    return np.asarray(np.where(np.isfinite(found), found, 0.0))
