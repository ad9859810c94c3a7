"""What a pooled boosted model sees of each product before an origin: its own course, its group's, last year's.

All sizes are relative to the robust forecast's level, so that one model serves slow and fast products. Sums come from
running totals, so an origin more costs a few columns and no pass over the days.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.history import DemandHistory

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]

SPANS_DAYS = (7, 14, 28, 56, 112, 182, 364)
POOL_SPANS_DAYS = (14, 28, 56)
ZERO_SPANS_DAYS = (28, 91)
PROMOTED_SPANS_DAYS = (14, 56)
YEAR_DAYS = 364
"""A whole number of weeks, so that last year's days are the same days of the week."""


@dataclass(frozen=True)
class Bucket:
    """The days ahead from ``first`` to before ``end``, which get one correction together."""

    first: int
    end: int


BUCKETS = (Bucket(0, 7), Bucket(7, 21), Bucket(21, 49), Bucket(49, 91))


class BoostFeatures:
    """Features of the products of a history before any of its days.

    Args:
        history: of n products.
        units: float32, shape (n, t): demand, censored days raised.
        by_day: float32, shape (g, t + h): what each day multiplies a group's level by, h days ahead included.
    """

    def __init__(self, history: DemandHistory, units: Floats32, by_day: Floats32) -> None:
        self._history = history
        expected = history.exposure * by_day[history.group, : history.days]
        self._sold, self._expected = _running(np.where(history.exposure > 0, units, 0.0)), _running(expected)
        self._squares = _running(np.where(history.exposure > 0, units, 0.0) ** 2)
        self._seen = _running(history.exposure > 0)
        self._silent = _running((history.exposure > 0) & (units <= 0))
        self._season = np.hstack([np.zeros((len(by_day), 1)), np.cumsum(by_day, axis=1, dtype=float)])
        self._promoted = None if history.discount is None else _running(history.discount)
        lived = (history.exposure > 0) | (units > 0)
        self._first = np.where(lived.any(axis=1), lived.argmax(axis=1), history.days)
        day = np.arange(1, history.days + 1, dtype=np.int32)
        self._last = np.ascontiguousarray(np.maximum.accumulate(np.where(units > 0, day, 0), axis=1).T)

    def at(self, origin: int, level: Floats, chosen: Ints) -> list[Floats32]:
        """Features of the chosen products at an origin, one array of shape (k, f) for each bucket.

        Args:
            origin: at least 1; days before it are known.
            level: shape (k,): the robust forecast's level, units per day.
        """
        base = np.maximum(level, 1e-3)
        shared = self._own(origin, base, chosen) + self._pooled(origin, chosen)
        found = []
        for number, bucket in enumerate(BUCKETS):
            found.append(np.column_stack([*shared, *self._ahead(origin, number, bucket, base, chosen)]))
        return [columns.astype(np.float32) for columns in found]

    def _own(self, origin: int, level: Floats, chosen: Ints) -> list[Floats]:
        seen = self._sum(self._seen, origin - 91, origin, chosen)
        sold = self._sum(self._sold, origin - 91, origin, chosen)
        mean = sold / np.maximum(seen, 1.0)
        variance = np.maximum(
            self._sum(self._squares, origin - 91, origin, chosen) / np.maximum(seen, 1.0) - mean**2, 0
        )
        last = self._last[origin - 1, chosen].astype(float)
        quiet = np.where(last > 0, origin - last, np.nan)
        return [
            np.log(level),
            *(self._relative(origin - span, origin, level, chosen) for span in SPANS_DAYS),
            *(_share(self._sum(self._silent, origin - span, origin, chosen),
                     self._sum(self._seen, origin - span, origin, chosen)) for span in ZERO_SPANS_DAYS),
            np.log1p(variance / (mean + 0.05)),
            quiet,
            np.log1p(np.nan_to_num(quiet) * level),
            np.maximum(origin - self._first[chosen], 0.0),
            *(self._promoted_share(origin, span, chosen) for span in PROMOTED_SPANS_DAYS),
        ]  # fmt: skip

    def _pooled(self, origin: int, chosen: Ints) -> list[Floats]:
        """How the product's group, and all products, lately sold against their half year."""
        group, groups = self._history.group, self._history.groups
        found = []
        for span in POOL_SPANS_DAYS:
            sold, expected = (self._sum(of, origin - span, origin, None) for of in (self._sold, self._expected))
            half, share = (self._sum(of, origin - 182, origin, None) for of in (self._sold, self._expected))
            usual = expected * (half + 0.5) / (share + 0.5)
            # The root keeps one large product from speaking for its group.
            weight = 1.0 / np.sqrt(1.0 + usual)
            own, supposed = (np.bincount(group, each * weight, groups) for each in (sold, usual))
            found.append(np.log((own + 3.0) / (supposed + 3.0))[group[chosen]])
            store = np.log(((sold * weight).sum() + 3.0) / ((usual * weight).sum() + 3.0))
            found.append(np.full(len(chosen), store))
        return found

    def _ahead(self, origin: int, number: int, bucket: Bucket, level: Floats, chosen: Ints) -> list[Floats]:
        group, days = self._history.group[chosen], bucket.end - bucket.first
        season = self._season_mean(origin + bucket.first, origin + bucket.end, group)
        lately = self._season_mean(origin - 28, origin, group)
        then = origin + bucket.first - YEAR_DAYS
        before = self._relative(then - 91, then, level, chosen)
        same = self._relative(then, then + days, level, chosen)
        return [
            np.full(len(chosen), float(number)),
            np.log(np.maximum(level * season * days, 1e-3)),
            np.log(np.maximum(season, 1e-3)),
            np.log(np.maximum(season, 1e-3) / np.maximum(lately, 1e-3)),
            same,
            same - before,
        ]

    def _relative(self, first: int, end: int, level: Floats, chosen: Ints) -> Floats:
        """Log of sales over what the level would have sold, one unit of belief in the level; NaN where unseen."""
        sold, expected = (self._sum(of, first, end, chosen) for of in (self._sold, self._expected))
        ratio = np.log((sold + 1.0) / (expected * level + 1.0))
        return np.asarray(np.where(expected > 0, ratio, np.nan))

    def _promoted_share(self, origin: int, span: int, chosen: Ints) -> Floats:
        if self._promoted is None:
            return np.zeros(len(chosen))
        return self._sum(self._promoted, origin - span, origin, chosen) / span

    def _season_mean(self, first: int, end: int, group: Ints) -> Floats:
        start, stop = (min(max(at, 0), self._season.shape[1] - 1) for at in (first, end))
        days = max(stop - start, 1)
        return np.asarray((self._season[group, stop] - self._season[group, start]) / days)

    def _sum(self, running: Floats32, first: int, end: int, chosen: Ints | None) -> Floats:
        start, stop = (min(max(at, 0), self._history.days) for at in (first, end))
        sums = running[stop].astype(float) - running[start]
        return sums if chosen is None else np.asarray(sums[chosen])


def _running(values: NDArray[np.float32] | NDArray[np.bool_]) -> Floats32:
    """Sums over the days before each day, shape (t + 1, n): the sums up to one day lie side by side."""
    totals = np.zeros((values.shape[1] + 1, values.shape[0]), dtype=np.float32)
    totals[1:] = np.cumsum(values, axis=1, dtype=np.float64).T
    return totals


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
