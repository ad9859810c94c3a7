"""What a pooled model sees of each series before a week: its own course, its pools' course, last year's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.weekly_history import WeeklyHistory
from yunying.methods.forecasting.weekly_level import week_index, weekly_level

Floats = NDArray[np.float64]

SPANS = (4, 8, 13, 26, 52)
POOL_SPANS = (2, 5)
LEAST_WEEKS = 54
"""Features reach a year and two weeks back."""


@dataclass(frozen=True)
class WeeklyFeatures:
    """Of n series before one week.

    Args:
        columns: shape (ahead, n, f): NaN where a week was not in stock or lies before the history.
        start: shape (n, ahead): the plain forecast that the model corrects, above 0.
    """

    columns: Floats
    start: Floats


def weekly_features(history: WeeklyHistory, ahead: int) -> WeeklyFeatures:
    """Features for each of the next ``ahead`` weeks; all sizes are relative to the series' level.

    Args:
        history: at least ``LEAST_WEEKS`` weeks of n series.
        ahead: weeks, >= 1.
    """
    view = _View(history)
    shared = [*_own(view), *_pooled(view), *history.codes.T]
    t = history.weeks
    columns = []
    for step in range(ahead):
        week = history.week_of_year[t + step]
        season = np.full(len(view.level), view.index[week])
        when = [np.full(len(season), float(step)), season, np.full(len(season), float(week))]
        columns.append(np.column_stack([*shared, *when, *_last_year(view, step)]))
    start = view.level[:, None] * view.index[history.week_of_year[t : t + ahead]]
    return WeeklyFeatures(np.array(columns), np.maximum(start, 0.02))


class _View:
    """The history with what several features need: sold where in stock, season, level, damping of large series."""

    def __init__(self, history: WeeklyHistory) -> None:
        self.history = history
        self.t = history.weeks
        self.seen = history.in_stock.astype(float)
        self.sold = history.units * self.seen
        self.index = week_index(history)
        self.season = self.index[history.week_of_year[: self.t]]
        self.level = weekly_level(history, self.index)
        self.damping = 1.0 / (1.0 + 0.05 * self.level)
        self.plain = self.sold / self.season

    def mean(self, span: int, before: int = 0) -> Floats:
        """Mean sales per week of index 1 over ``span`` weeks that end ``before`` weeks ago."""
        part = slice(max(0, self.t - span - before), self.t - before)
        expected = (self.seen[:, part] * self.season[part]).sum(axis=1)
        return np.asarray((self.sold[:, part].sum(axis=1) + 0.3) / (expected + 0.3))

    def relative(self, week: int) -> Floats:
        """Sales of a week over the level, NaN where there were none to be had."""
        if week < 0:
            return np.full(len(self.level), np.nan)
        return np.where(self.seen[:, week] > 0, self.sold[:, week] / (self.level + 0.3), np.nan)

    def pools(self) -> list[NDArray[np.int64]]:
        """Each pooling as group numbers from 0."""
        return [np.unique(column, return_inverse=True)[1] for column in self.history.pools.T]


def _own(view: _View) -> list[Floats]:
    """Level, its drift over several spans, the last weeks, spread, gaps and age."""
    level, t = view.level, view.t
    quarter, half = slice(t - 13, t), slice(t - 26, t)
    seen, plain = view.seen[:, half], view.plain[:, half]
    weeks = np.maximum(seen.sum(axis=1), 1.0)
    mean = plain.sum(axis=1) / weeks
    variance = (seen * (plain - mean[:, None]) ** 2).sum(axis=1) / np.maximum(weeks - 1, 1.0)
    sold_last = np.where(view.sold > 0, np.arange(t), -1).max(axis=1)
    seen_first = np.where(view.seen.any(axis=1), view.seen.argmax(axis=1), t)
    return [
        np.log(level),
        *(np.log(view.mean(span) / level) for span in SPANS),
        np.log(view.mean(13, before=39) / view.mean(52)),
        *(view.relative(t - lag) / view.season[t - lag] for lag in (1, 2, 3, 4)),
        np.sqrt(variance) / (mean + 0.3),
        variance / (mean + 0.3),
        (view.seen[:, quarter] * (view.sold[:, quarter] == 0)).sum(axis=1),
        view.seen[:, quarter].sum(axis=1),
        view.seen[:, -1],
        view.seen[:, -4:].sum(axis=1),
        (t - 1.0) - sold_last,
        t - seen_first.astype(float),
        view.sold[:, quarter].max(axis=1) / (level + 0.3),
        np.sort(view.plain[:, quarter], axis=1)[:, 6] / (level + 0.3),
    ]


def _pooled(view: _View) -> list[Floats]:
    """How the pools of a series, and all series, lately sold against their half-year means."""
    weight, half = view.damping[:, None], view.mean(26)[:, None]
    found = []
    for pool in [*view.pools(), np.zeros(len(view.level), dtype=np.int64)]:
        for span in POOL_SPANS:
            part = slice(view.t - span, view.t)
            sold = np.bincount(pool, (weight * view.sold[:, part]).sum(axis=1))
            expected = np.bincount(pool, (weight * view.seen[:, part] * view.season[part] * half).sum(axis=1))
            found.append(((sold + 1) / (expected + 1))[pool])
    return found


def _last_year(view: _View, step: int) -> list[Floats]:
    """The same week a year ago: of the series, and of its pools against their level then."""
    then, season = view.t + step - 52, view.index[view.history.week_of_year[view.t + step]]
    around = np.stack([view.relative(week) for week in (then - 1, then, then + 1)])
    known = np.isfinite(around).sum(axis=0)
    near = np.divide(np.nansum(around, axis=0), known, out=np.full(len(known), np.nan), where=known > 0)
    year = slice(max(0, then - 26), min(view.t, then + 26))
    level = (view.sold[:, year].sum(axis=1) + 0.3) / (view.seen[:, year].sum(axis=1) + 0.3)
    found = [view.relative(then), near]
    for pool in view.pools():
        sold = np.bincount(pool, view.damping * view.sold[:, then])
        expected = np.bincount(pool, view.damping * view.seen[:, then] * level)
        found.append(((sold + season) / (expected + 1) / season)[pool])
    three = slice(then - 1, then + 2)
    expected = (view.seen[:, three] * level[:, None] * view.season[three]).sum(axis=1)
    found.append((view.sold[:, three].sum(axis=1) + 0.5) / (expected + 0.5))
    return found
