"""How far demand strays from its forecast: variance = alpha * mean + beta * mean ** 2, measured by back-tests."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class VarianceLaw:
    """Variance of demand over ``horizon_days`` around its forecast mean.

    Args:
        alpha: noise of counting, at least 1 (Poisson has 1).
        beta: squared relative error of the level itself, >= 0.
        bias: realised over forecast demand; multiplies the mean.
    """

    horizon_days: int
    alpha: float
    beta: float
    bias: float


def fit_variance_law(
    forecast: Floats, realised: Floats, horizon_days: int, *, bins: int = 20, least_pairs: int = 200
) -> VarianceLaw:
    """Fit the law to pairs of forecast and realised demand over a horizon.

    The pairs are put into bins of like forecast, so that many small products do not drown the few large ones.

    Args:
        forecast: shape (m,), >= 0.
        realised: shape (m,), >= 0.
        bins: number of bins, at least 3.
        least_pairs: below it the law is a cautious one, alpha 1.5 and beta 0.15, that claims little.
    """
    used = forecast > 1e-6
    mean, real = forecast[used], realised[used]
    if len(mean) < least_pairs:
        return VarianceLaw(horizon_days, 1.5, 0.15, 1.0)
    bias = float(np.clip(real.sum() / mean.sum(), 0.8, 1.25))
    mean = mean * bias
    order = np.argsort(mean, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    level = np.array([mean[part].mean() for part in parts])
    # The largest one in a hundred errors are bulk orders and broken data; they would set the law for everybody.
    error = np.array([_trimmed_mean((real[part] - mean[part]) ** 2) for part in parts])
    design = np.column_stack([np.ones_like(level), level])
    weight = 1.0 / (1.0 + 0.1 * level)
    (alpha, beta), _ = nnls(design * weight[:, None], error / level * weight)
    return VarianceLaw(horizon_days, float(max(alpha, 1.0)), float(min(beta, 2.0)), bias)


def _trimmed_mean(values: Floats) -> float:
    kept = np.sort(values)[: max(1, int(np.ceil(len(values) * 0.99)))]
    return float(kept.mean())
