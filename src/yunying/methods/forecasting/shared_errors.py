"""How far the forecasts of many products err together: the store's common error and each group's own.

Products that all sell more than forecast do not average out: without their common error the total of a store would look
far surer than it is. Both parts are components of covariance, found from products of errors of different products.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRIOR_STORE, PRIOR_GROUP = 0.02, 0.01
"""Squared relative errors where nothing was seen: a total strays by 14 %, a category by 10 % beyond it."""
PRIOR_ORIGINS = 4.0


@dataclass(frozen=True)
class SharedErrors:
    """Squared relative errors over a horizon that products have in common.

    Args:
        store: of all products together, >= 0.
        group: of a group's products beyond the store's, >= 0.
    """

    horizon_days: int
    store: float
    group: float


def unmeasured(horizon_days: int) -> SharedErrors:
    """What is believed where nothing was seen."""
    return SharedErrors(horizon_days, PRIOR_STORE, PRIOR_GROUP)


def shared_errors_measured(
    forecast: Floats, realised: Floats, group: NDArray[np.int64], horizon_days: int, step_days: int
) -> SharedErrors:
    """The common errors of past forecasts.

    With errors e and means m: the sum of e_i e_j over products of different groups, over that of m_i m_j, is the
    store's part; over products of one group it is the store's and the group's.

    Args:
        forecast: shape (n, o): at each of o origins, >= 0; 0 where a product does not count.
        realised: shape (n, o): 0 where the forecast is.
        group: shape (n,): 0..g-1.
        step_days: between two origins; where it is below the horizon, origins overlap and count for less.

    Source: components of covariance by the method of moments (Searle, Casella and McCulloch 1992, chapter 2), drawn to
        a mild prior because origins are few.

    >>> one = np.array([[10.0, 10.0], [20.0, 20.0]])
    >>> found = shared_errors_measured(one, one * np.array([0.8, 1.2]), np.array([0, 1]), 28, 28)
    >>> round(found.store, 4), found.group
    (0.0267, 0.01)
    """
    error = realised - forecast
    groups = int(group.max(initial=0)) + 1
    own, total = (_group_sums(values, group, groups) for values in (error, forecast))
    within_error = float((own**2).sum() - (error**2).sum())
    within_mean = float((total**2).sum() - (forecast**2).sum())
    between_error = float((own.sum(axis=0) ** 2).sum() - (own**2).sum())
    between_mean = float((total.sum(axis=0) ** 2).sum() - (total**2).sum())
    if not forecast.any():
        return unmeasured(horizon_days)
    origins = forecast.shape[1] * min(1.0, step_days / horizon_days)
    within = _drawn(within_error, within_mean, PRIOR_STORE + PRIOR_GROUP, origins)
    if between_mean <= 1e-9 * max(within_mean, 1e-9):
        # One group alone: what is common to it is common to the store.
        return SharedErrors(horizon_days, within, 0.0)
    store = _drawn(between_error, between_mean, PRIOR_STORE, origins)
    if within_mean <= 0:
        return SharedErrors(horizon_days, store, PRIOR_GROUP)
    return SharedErrors(horizon_days, store, max(within - store, 0.0))


def _group_sums(values: Floats, group: NDArray[np.int64], groups: int) -> Floats:
    """Shape (g, o)."""
    found = np.zeros((groups, values.shape[1]))
    np.add.at(found, group, values)
    return found


def _drawn(part: float, whole: float, prior: float, origins: float) -> float:
    if whole <= 0:
        return prior
    return max((part / whole * origins + prior * PRIOR_ORIGINS) / (origins + PRIOR_ORIGINS), 0.0)
