"""How soon waiting stock turns worthless: products that end and goods that spoil, by category, from history."""

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.history import DemandHistory

Floats = NDArray[np.float64]

PRIOR_HAZARD = 0.1
PRIOR_YEARS = 5.0
SILENCE_DAYS = 45
SILENCE_SALES = 10.0
"""A product is taken for dead when it has been silent for so long that this many sales were to be expected."""


def yearly_hazard(history: DemandHistory, is_on_sale: NDArray[np.bool_]) -> Floats:
    """Deaths per product-year in each group: exponential lives, shrunk to the store's own rate.

    Args:
        is_on_sale: shape (n,): False where the shop itself has ended the product.

    Returns:
        Shape (g,), above 0. A hazard h means that a unit still there after t years is worthless with probability
        1 - exp(-h t).

    Source: the maximum-likelihood estimate of an exponential life with censoring, deaths over years at risk.
    """
    sold = history.units > 0
    lived = sold | (history.exposure > 0)
    groups = int(history.group.max()) + 1 if len(history.group) else 1
    first = np.where(lived.any(axis=1), lived.argmax(axis=1), history.days)
    last = np.where(sold.any(axis=1), history.days - sold[:, ::-1].argmax(axis=1), first)
    rate = history.units.sum(axis=1) / np.maximum(last - first, 1)
    silence = history.days - last
    is_silent = silence >= np.maximum(SILENCE_DAYS, SILENCE_SALES / np.maximum(rate, 1e-9))
    is_dead = sold.any(axis=1) & (is_silent | ~is_on_sale)
    years = np.where(is_dead, last - first, history.days - first) / 365.0
    deaths = is_dead.astype(float)
    store = (deaths.sum() + PRIOR_HAZARD * PRIOR_YEARS) / (years.sum() + PRIOR_YEARS)
    by_group = np.bincount(history.group, deaths, groups), np.bincount(history.group, years, groups)
    return np.asarray((by_group[0] + store * PRIOR_YEARS) / (by_group[1] + PRIOR_YEARS))


def yearly_spoilage(written_off: Floats, unit_days: Floats, group: NDArray[np.int64]) -> Floats:
    """Units written off per unit-year of stock in each group, shrunk to the store's own rate.

    Args:
        written_off: shape (n,): units.
        unit_days: shape (n,): closing stock summed over days.
        group: shape (n,).

    Returns:
        Shape (g,), >= 0; 0 where nothing was ever written off.

    >>> yearly_spoilage(np.array([10.0]), np.array([3650.0]), np.array([0])).round(2).tolist()
    [1.0]
    """
    groups = int(group.max()) + 1 if len(group) else 1
    years = unit_days / 365.0
    store = written_off.sum() / max(years.sum(), 1.0)
    lost, held = np.bincount(group, written_off, groups), np.bincount(group, years, groups)
    weight = PRIOR_YEARS
    return np.asarray((lost + store * weight) / (held + weight))
