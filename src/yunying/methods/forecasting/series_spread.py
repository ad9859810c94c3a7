"""How far each series strays from its forecast beside how far all stray: bulk buyers are not like a crowd."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.weekly_history import WeeklyHistory
from yunying.methods.forecasting.weekly_level import weekly_level_forecast

Floats = NDArray[np.float64]

PRIOR_WEEKS = 15.0
LARGEST_RATIO = 9.0
"""One squared error counts at most as much as three standard deviations; more is an accident, not a habit."""
POOLED_ALPHA, POOLED_BETA = 1.2, 0.08
"""The law that a series' errors are compared with; only its shape over the mean matters."""


@dataclass(frozen=True)
class CountSpread:
    """The law of counts around a forecast mean m: variance ``alpha`` m + ``beta`` m^2.

    Args:
        alpha: counting noise, above 1.
        beta: shape (n,): squared relative error of the level, which holds for all weeks ahead together.
    """

    alpha: float
    beta: Floats


def relative_variance(history: WeeklyHistory, ahead: int, origins: Sequence[int]) -> Floats:
    """Each series' squared errors over those of all, shrunk to 1: shape (n,).

    Args:
        history: of n series.
        ahead: the week after each origin that is forecast, >= 1.
        origins: weeks of the history from which the plain forecast is made, as it was known then.
    """
    errors, seen = np.zeros(len(history.units)), np.zeros(len(history.units))
    for origin in origins:
        week = origin + ahead - 1
        mean = np.maximum(weekly_level_forecast(history.before(origin), ahead)[:, -1], 0.05)
        expected = POOLED_ALPHA * mean + POOLED_BETA * mean**2
        ratio = np.minimum((history.units[:, week] - mean) ** 2 / expected, LARGEST_RATIO)
        errors += np.where(history.in_stock[:, week], ratio, 0.0)
        seen += history.in_stock[:, week]
    pooled = errors.sum() / max(seen.sum(), 1.0)
    if pooled <= 0:
        return np.ones(len(errors))
    return np.asarray((errors / pooled + PRIOR_WEEKS) / (seen + PRIOR_WEEKS))


def weekly_count_scenarios(mean: Floats, spread: CountSpread, draws: int, rng: np.random.Generator) -> Floats:
    """Paths of demand: one error of the level per path, counting noise per week.

    Args:
        mean: shape (n, ahead), >= 0.
        spread: of the n series.
        draws: m, paths per series.

    Returns:
        Shape (n, m, ahead).
    """
    beta = np.maximum(spread.beta, 1e-6)[:, None]
    level = rng.standard_gamma(np.repeat(1.0 / beta, draws, axis=1)) * beta
    around = level[:, :, None] * mean[:, None, :]
    if spread.alpha > 1.0 + 1e-9:
        around = rng.standard_gamma(around / (spread.alpha - 1.0)) * (spread.alpha - 1.0)
    return rng.poisson(around).astype(float)
