"""How a product's level is formed: which half-life its sales are weighted with, and whether growth is carried on."""

from dataclasses import dataclass
from itertools import product as combinations

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.age_curve import AgeCurve, AgedOutcomes
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.level import (
    DAMPING,
    DiscountedCounts,
    discounted_counts,
    gamma_prior,
    growth_per_day,
    posterior_level,
)

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

HALF_LIVES_DAYS = (7.0, 14.0, 28.0, 56.0, 112.0)
VOLUME_EDGES = (0.1, 0.5, 3.0)
"""Units per day that part slow, medium and fast movers: each class keeps its own memory."""


@dataclass(frozen=True)
class Memory:
    """How a level is formed: half-life of the weights, and whether measured growth is carried forward."""

    half_life_days: float
    has_growth: bool


MEMORIES = tuple(Memory(half_life, growth) for half_life, growth in combinations(HALF_LIVES_DAYS, (False, True)))


class LevelTracks:
    """Levels of n products at o origins under any memory; sums shared by several memories are made once.

    Args:
        units: float32, shape (n, t): demand, censored days raised.
        exposure: float32, shape (n, t): share of the day on sale times the day's factors.
        origins: shape (o,): ascending; origin i sees days 0..i-1.
        group: shape (n,): categories, whose products inform each other's beginnings.
        outcomes: what forecasts are held against where lives are known; else days on sale.
    """

    def __init__(
        self,
        units: Floats32,
        exposure: Floats32,
        origins: NDArray[np.int64],
        group: NDArray[np.int64],
        outcomes: AgedOutcomes | None = None,
    ) -> None:
        self.units, self.exposure, self.origins, self._group = units, exposure, origins, group
        self.outcomes = outcomes
        self._made: dict[float, tuple[Floats, DiscountedCounts]] = {}

    def under(self, memory: Memory) -> tuple[Floats, Floats]:
        """Level and log growth per day, each of shape (n, o)."""
        short, counts = self._level(memory.half_life_days)
        if not memory.has_growth:
            return short, np.zeros_like(short)
        longer = max(memory.half_life_days * 4.0, 56.0)
        long, _ = self._level(longer)
        # The mean age of exponential weights is half-life / ln 2; over it the level lags behind growth.
        span = (longer - memory.half_life_days) / np.log(2)
        growth = growth_per_day(short, long, counts, span)
        return short * np.exp(DAMPING * growth * memory.half_life_days / np.log(2)), growth

    def ahead(self, at: int, growth: Floats, horizon_days: int, curve: AgeCurve | None) -> Floats:
        """What levels are multiplied by on the days after an origin, beside the days' factors: shape (n, h).

        Args:
            growth: shape (n,): of all products at that origin.
            curve: needs ``outcomes``.
        """
        found = growth_curve(growth, horizon_days)
        if curve is None or self.outcomes is None:
            return found
        ages = self.outcomes.ages
        return found * curve.ahead(self.outcomes.age_days(at), ages.is_settled, horizon_days)

    def _level(self, half_life_days: float) -> tuple[Floats, DiscountedCounts]:
        if half_life_days not in self._made:
            counts = discounted_counts(self.units, self.exposure, self.origins, half_life_days)
            # Each origin believes only what its own past shows; a prior of later days would judge itself.
            levels = [self._level_at(counts, at) for at in range(len(self.origins))]
            self._made[half_life_days] = np.hstack(levels), counts
        return self._made[half_life_days]

    def _level_at(self, counts: DiscountedCounts, origin: int) -> Floats:
        then = DiscountedCounts(counts.units[:, [origin]], counts.exposure[:, [origin]])
        return posterior_level(then, gamma_prior(then.units[:, 0], then.exposure[:, 0], self._group))


def growth_curve(growth: Floats, horizon_days: int) -> Floats:
    """What growth multiplies the level by on each day ahead: shape (n, horizon_days).

    Damping by the day lets growth fade within about two months, so a launch is not carried to the sky.
    """
    steps = DAMPING * np.cumsum(0.97 ** np.arange(horizon_days))
    return np.exp(np.outer(growth, steps))


def volume_class(history: DemandHistory) -> NDArray[np.int64]:
    """Each product's class of units per day on sale over the last half year, by VOLUME_EDGES: shape (n,)."""
    recent = slice(max(0, history.days - 182), history.days)
    seen = history.exposure[:, recent].sum(axis=1)
    sold = history.units[:, recent].sum(axis=1)
    rate = np.divide(sold, seen, out=np.zeros(len(seen), np.float32), where=seen > 0)
    return np.searchsorted(np.array(VOLUME_EDGES), rate, side="right")
