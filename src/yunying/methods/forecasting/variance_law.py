"""How far demand strays from its forecast: variance = alpha * mean + beta * mean ** 2, measured by back-tests."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

Floats = NDArray[np.float64]

LEAST_MEAN = 1e-3
MOST_PAIRS = 5_000
"""Enough for two numbers; more pairs than that are taken evenly from all."""
BELIEVED = (0.5, 0.15)
"""alpha - 1 and beta that are believed beforehand, each within a factor e; the belief weighs three pairs."""
BELIEF_PAIRS = 3.0
CAUTIOUS = (1.5, 0.15)
HIGHEST_ALPHA, HIGHEST_BETA = 50.0, 2.0
FARTHEST = 10.0
"""Outcomes beyond so many times the forecast and five units are bulk orders or broken data; they count as that."""


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


def fit_variance_law(forecast: Floats, realised: Floats, horizon_days: int, *, least_pairs: int = 200) -> VarianceLaw:
    """The law under which what was realised is likeliest, counts being negative binomial around the forecast.

    Squared errors would let the largest products, or one of them, set the law for all: a store of a hundred products
    got beta 1.9 over one week and 0 over four from them.

    Args:
        forecast: shape (m,), >= 0.
        realised: shape (m,), >= 0.
        least_pairs: below it the law is a cautious one, alpha 1.5 and beta 0.15, that claims little.

    Source: maximum likelihood of the negative binomial with variance m (alpha + beta m); its size is
        m / (alpha - 1 + beta m).
    """
    used = forecast > 1e-6
    mean, real = forecast[used], realised[used]
    if len(mean) < least_pairs:
        return VarianceLaw(horizon_days, *CAUTIOUS, 1.0)
    bias = float(np.clip(real.sum() / mean.sum(), 0.8, 1.25))
    step = -(-len(mean) // MOST_PAIRS)
    mean = np.maximum(mean[::step] * bias, LEAST_MEAN)
    real = np.minimum(real[::step], FARTHEST * (mean + 5.0))
    start = np.log(BELIEVED)
    found = minimize(_surprise, start, (mean, real, start), method="Nelder-Mead", options={"xatol": 0.01, "fatol": 0.1})
    beyond_poisson, beta = np.exp(found.x)
    alpha, beta = min(1.0 + beyond_poisson, HIGHEST_ALPHA), min(beta, HIGHEST_BETA)
    return VarianceLaw(horizon_days, float(alpha), float(beta), bias)


def _surprise(logs: Floats, mean: Floats, real: Floats, believed: Floats) -> float:
    """Minus the log likelihood of alpha - 1 and beta, less what does not depend on them, and of the belief."""
    beyond_poisson, beta = np.exp(logs)
    size = mean / (beyond_poisson + beta * mean)
    likely = gammaln(real + size) - gammaln(size) - size * np.log1p(mean / size) - real * np.log(size + mean)
    return float(BELIEF_PAIRS * ((logs - believed) ** 2).sum() / 2.0 - likely.sum())
