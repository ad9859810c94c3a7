"""A robust weekly forecast: a season pooled over all series times each series' own recent level."""

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.weekly_history import WEEKS, WeeklyHistory

Floats = NDArray[np.float64]

HALF_YEAR = 26
SEASON_PRIOR_YEARS = 0.5
LEVEL_HALF_LIFE_WEEKS = 8.0
YEAR_WEEKS = 52.0
LEAST_SEASON = 0.3
PRIOR_WEEKS = 4.0
"""How many weeks of sales the level of the last year is worth beside the recent one."""


def week_index(history: WeeklyHistory) -> Floats:
    """What each week of the year multiplies a level by, pooled over all series and shrunk to 1.

    A week's ratio is what all series sold over what their yearly mean around it lets expect; large series are damped,
    so that a few of them do not make everybody's season.

    Returns:
        Shape (54,), entry w for week w of the year; 1 where nothing is known.

    >>> units = np.tile(np.where(np.arange(104) % 52 == 9, 30.0, 10.0), (3, 1))
    >>> weeks = np.arange(105) % 52 + 1
    >>> history = WeeklyHistory(units, units >= 0, weeks, np.zeros((3, 1), int), np.zeros((3, 1)))
    >>> week_index(history)[[9, 10]].round(2).tolist()
    [0.96, 2.49]
    """
    t = history.weeks
    index, sums, counts = np.ones(WEEKS), np.zeros(WEEKS), np.zeros(WEEKS)
    if t == 0 or len(history.units) == 0:
        return index
    seen = history.in_stock.astype(float)
    sold = history.units * seen
    around = _yearly_sum(sold) / np.maximum(_yearly_sum(seen), 1.0)
    weight = 1.0 / (1.0 + 0.05 * around)
    expected = (weight * around * seen).sum(axis=0)
    usable = expected > 0
    ratio = np.divide((weight * sold).sum(axis=0), expected, out=np.ones(t), where=usable)
    np.add.at(sums, history.week_of_year[:t][usable], ratio[usable])
    np.add.at(counts, history.week_of_year[:t][usable], 1.0)
    index = (sums + SEASON_PRIOR_YEARS) / (counts + SEASON_PRIOR_YEARS)
    if counts[53] == 0:
        index[53] = index[52]
    return np.asarray(index)


def weekly_level(history: WeeklyHistory, index: Floats) -> Floats:
    """Each series' level: units per in-stock week of index 1, recent weeks weighing more.

    Weeks of a high index weigh less, as much as they lie above it: what a series sold in a big season tells less of its
    level than of how much of that season is its own.

    Args:
        history: of n series.
        index: shape (54,), see ``week_index``.

    Returns:
        Shape (n,), above 0.
    """
    t = history.weeks
    age = t - 1.0 - np.arange(t)
    season = index[history.week_of_year[:t]]
    seen = history.in_stock / np.maximum(season, LEAST_SEASON)
    sold = history.units * seen

    def mean(half_life: float, prior: Floats | float, weight: float) -> Floats:
        recent = 0.5 ** (age / half_life)
        return np.asarray((sold @ recent + weight * prior) / ((seen * season) @ recent + weight))

    return mean(LEVEL_HALF_LIFE_WEEKS, mean(YEAR_WEEKS, 1.0, 1.0), PRIOR_WEEKS)


def weekly_level_forecast(history: WeeklyHistory, ahead: int) -> Floats:
    """Mean demand of the next ``ahead`` weeks: level times season, shape (n, ahead).

    Args:
        history: of n series, with ``week_of_year`` for the weeks ahead.
        ahead: weeks, >= 1.
    """
    index = week_index(history)
    t = history.weeks
    return np.asarray(weekly_level(history, index)[:, None] * index[history.week_of_year[t : t + ahead]])


def _yearly_sum(values: Floats) -> Floats:
    """Sums over half a year before and after each week, shorter at the ends."""
    t = values.shape[1]
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    low, high = np.maximum(np.arange(t) - HALF_YEAR, 0), np.minimum(np.arange(t) + HALF_YEAR + 1, t)
    return np.asarray(total[:, high] - total[:, low])
