"""The pooled demand model: fit learns what products share, forecast gives each product's mean per day and its spread.

Demand of a product on a day = level * growth * week factor * year factor * event factors. The level is a discounted
Gamma-Poisson mean; how long its memory is, and how wrong it gets, is chosen and measured by rolling origins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.methods.forecasting.age_curve import AgeCurve, aged_outcomes
from yunying.methods.forecasting.backtest import age_curve_learned, laws_measured, memories_chosen, rolling_origins
from yunying.methods.forecasting.demand_boost import (
    DemandBoost,
    RobustTrack,
    corrections,
    demand_boost_fit,
    training_origins,
)
from yunying.methods.forecasting.history import DemandHistory, uncensored
from yunying.methods.forecasting.memory import LevelTracks, Memory, volume_class
from yunying.methods.forecasting.mortality import product_ages
from yunying.methods.forecasting.shared_errors import SharedErrors, unmeasured
from yunying.methods.forecasting.shared_factors import SharedFactors, day_factors, shared_factors_learned
from yunying.methods.forecasting.variance_law import VarianceLaw

Floats32 = NDArray[np.float32]


@dataclass(frozen=True)
class DemandModel:
    """What a store's products share; small enough to be stored as JSON.

    Args:
        factors: of week, year and events.
        memory: the memory of each volume class, slow to fast.
        laws: a variance law per horizon, ascending.
        age: what the age of a product says beyond its level; None where lives are not known.
        shared: what products' errors have in common, per horizon as ``laws``; empty where that was not measured.
        boost: trees that correct the robust forecast; None where it stands alone.
    """

    factors: SharedFactors
    memory: tuple[Memory, ...]
    laws: tuple[VarianceLaw, ...]
    age: AgeCurve | None = None
    shared: tuple[SharedErrors, ...] = ()
    boost: DemandBoost | None = None

    def law(self, horizon_days: float) -> VarianceLaw:
        """The law of the horizon nearest by ratio."""
        return self.laws[self._nearest(horizon_days)]

    def shared_errors(self, horizon_days: float) -> SharedErrors:
        """The common errors of the same horizon; the prior ones where none were measured."""
        which = self._nearest(horizon_days)
        return self.shared[which] if self.shared else unmeasured(self.laws[which].horizon_days)

    def _nearest(self, horizon_days: float) -> int:
        distance = [abs(np.log(law.horizon_days / max(horizon_days, 1.0))) for law in self.laws]
        return int(np.argmin(distance))


@dataclass(frozen=True)
class DemandForecast:
    """Mean demand of n products for h days from ``first_date``: shape (n, h), units per day of full stock."""

    first_date: date
    mean: Floats32


def demand_fit(history: DemandHistory, events: Sequence[str]) -> DemandModel:
    """Learn factors, memories and variance laws from a history.

    Args:
        events: slugs of ``methods.calendars`` whose past occurrences may explain days.

    Raises:
        InternalError: the arrays' shapes disagree, there is no day, or units or exposure are negative, NaN or infinite.
    """
    _check(history)
    factors = shared_factors_learned(history, events)
    by_day = day_factors(factors, history.first_date, history.days)
    tracks = _tracks(history, by_day, rolling_origins(history.days))
    volume = volume_class(history)
    memory = memories_chosen(tracks, volume)
    age = age_curve_learned(tracks, volume, memory)
    return DemandModel(factors, memory, laws_measured(tracks, volume, memory, age), age)


def demand_forecast(model: DemandModel, history: DemandHistory, horizon_days: int) -> DemandForecast:
    """Mean demand per day of the ``horizon_days`` days that follow the history.

    The horizon's variance law may know a bias; the caller applies it with the law.
    """
    _check(history)
    robust = robust_track(model, history, np.array([history.days]), horizon_days)
    level, growth = robust.levels()
    mean = robust.ahead(0, horizon_days, level[:, 0], growth[:, 0])
    if model.boost is not None and len(mean):
        mean = mean * corrections(model.boost, history, robust, horizon_days)
    return DemandForecast(history.first_date + timedelta(days=history.days), mean.astype(np.float32))


def boost_fit(model: DemandModel, history: DemandHistory, seed: int) -> DemandBoost | None:
    """Trees that correct the model's robust forecast, learned from a history; None where it has too little."""
    _check(history)
    return demand_boost_fit(history, robust_track(model, history, training_origins(history.days), 0), seed)


def robust_track(
    model: DemandModel, history: DemandHistory, origins: NDArray[np.int64], horizon_days: int
) -> RobustTrack:
    """What the robust forecast knows at each origin, with the factors of ``horizon_days`` days after the history."""
    by_day = day_factors(model.factors, history.first_date, history.days + horizon_days)
    tracks = _tracks(history, by_day[:, : history.days], origins)
    return RobustTrack(tracks, model.memory, volume_class(history), by_day, history.group, model.age)


def _tracks(history: DemandHistory, by_day: Floats32, origins: NDArray[np.int64]) -> LevelTracks:
    units = uncensored(history, by_day)
    of_each = by_day[history.group]
    exposure = history.exposure * of_each
    outcomes = None
    if history.is_on_sale is not None:
        outcomes = aged_outcomes(product_ages(history, history.is_on_sale), origins, exposure, of_each)
    return LevelTracks(units, exposure, origins, history.group, outcomes)


def _check(history: DemandHistory) -> None:
    shape = history.units.shape
    if history.exposure.shape != shape or history.censored.shape != shape or history.group.shape != shape[:1]:
        raise InternalError("units, exposure, censored and group of a demand history disagree in shape")
    if history.days == 0:
        raise InternalError("a demand history holds at least one day")
    for values in (history.units, history.exposure):
        # One NaN would spread over every product by way of the factors that they share; so would infinity.
        if not (values.min(initial=0.0) >= 0 and np.isfinite(values.max(initial=0.0))):
            raise InternalError("units and exposure of a demand history must be finite and not below zero")
