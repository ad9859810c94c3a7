"""Rolling origins: each class of products gets the memory that forecast it best, and the spread that it really had."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.age_curve import AgeCurve, AgeCurveSums, age_class
from yunying.methods.forecasting.memory import MEMORIES, VOLUME_EDGES, LevelTracks, Memory, growth_curve
from yunying.methods.forecasting.variance_law import VarianceLaw, fit_variance_law

Floats = NDArray[np.float64]

HORIZONS_DAYS = (7, 14, 28, 56)
CHOICE_HORIZON_DAYS = 28
ORIGIN_STEP_DAYS = 14
BACKTEST_DAYS = 182
AGE_HORIZON_DAYS = 91
LEAST_HISTORY_DAYS = 56
UNTESTED = Memory(28.0, has_growth=False)


def rolling_origins(days: int) -> NDArray[np.int64]:
    """Origins every two weeks over the last half year that leave eight weeks before and one week after them."""
    first = max(LEAST_HISTORY_DAYS, days - BACKTEST_DAYS - CHOICE_HORIZON_DAYS)
    return np.arange(first, days - 6, ORIGIN_STEP_DAYS)


def memories_chosen(tracks: LevelTracks, volume: NDArray[np.int64]) -> tuple[Memory, ...]:
    """The memory with the least Poisson deviance over four weeks, for each volume class.

    Args:
        volume: shape (n,): class of each product.
    """
    if len(tracks.origins) == 0:
        return (UNTESTED,) * (len(VOLUME_EDGES) + 1)
    losses = np.array([_deviance(tracks, memory) for memory in MEMORIES])
    chosen = []
    for which in range(len(VOLUME_EDGES) + 1):
        members = volume == which
        chosen.append(MEMORIES[int(losses[:, members].sum(axis=1).argmin())] if members.any() else UNTESTED)
    return tuple(chosen)


def age_curve_learned(tracks: LevelTracks, volume: NDArray[np.int64], memory: Sequence[Memory]) -> AgeCurve | None:
    """What age says beyond the level, from forecasts with the chosen memories; None where lives are not known."""
    outcomes = tracks.outcomes
    if outcomes is None or not len(tracks.origins):
        return None
    sums = AgeCurveSums()
    for which, chosen in enumerate(memory):
        level, growth = tracks.under(chosen)
        for at, origin in enumerate(tracks.origins):
            members = np.flatnonzero((volume == which) & outcomes.alive(at))
            span = slice(origin, min(origin + AGE_HORIZON_DAYS, tracks.units.shape[1]))
            could = outcomes.exposure[members, span]
            curve = growth_curve(growth[members, at], could.shape[1])
            real = np.where(could > 0, tracks.units[members, span], 0.0)
            ages = age_class(outcomes.age_days(at)[members], outcomes.ages.is_settled[members])
            sums.add(ages, could * curve * level[members, at, None], real)
    return sums.curve()


def laws_measured(
    tracks: LevelTracks, volume: NDArray[np.int64], memory: Sequence[Memory], curve: AgeCurve | None = None
) -> tuple[VarianceLaw, ...]:
    """The variance law of each horizon, from forecasts with the chosen memories and what age says."""
    laws = []
    for horizon in HORIZONS_DAYS:
        pairs = [_pairs(tracks, chosen, horizon, volume == which, curve) for which, chosen in enumerate(memory)]
        forecast, realised = (np.concatenate([pair[part] for pair in pairs]) for part in range(2))
        laws.append(fit_variance_law(forecast, realised, horizon))
    return tuple(laws)


def begun(exposure: NDArray[np.float32]) -> NDArray[np.int64]:
    """The first day on which each product could sell, shape (n,); t where it never could.

    Args:
        exposure: shape (n, t), >= 0.
    """
    could = exposure > 0
    return np.where(could.any(axis=1), could.argmax(axis=1), exposure.shape[1])


def _deviance(tracks: LevelTracks, memory: Memory) -> Floats:
    level, growth = tracks.under(memory)
    total = np.zeros(len(level))
    for at, origin in enumerate(tracks.origins):
        span = slice(origin, min(origin + CHOICE_HORIZON_DAYS, tracks.units.shape[1]))
        curve = growth_curve(growth[:, at], span.stop - span.start)
        mean = np.maximum((tracks.exposure[:, span] * curve).sum(axis=1) * level[:, at], 1e-3)
        real = tracks.units[:, span].sum(axis=1, where=tracks.exposure[:, span] > 0, dtype=float)
        total += 2 * (np.where(real > 0, real * np.log(np.maximum(real, 1e-9) / mean), 0.0) - (real - mean))
    return total


def _pairs(
    tracks: LevelTracks, memory: Memory, horizon: int, members: NDArray[np.bool_], age_curve: AgeCurve | None
) -> tuple[Floats, Floats]:
    """Forecast and realised demand of the days of a horizon on which the product was in stock, or had ended.

    Who sold out half-way counts with the days until then: of a count that is stopped, units still equal the rate times
    the time in the mean (Wald). Without those products, only what sold little would be left.
    """
    forecasts, realised = [np.zeros(0)], [np.zeros(0)]
    if len(tracks.origins) and members.any():
        level, growth = tracks.under(memory)
        exposure = tracks.exposure if tracks.outcomes is None else tracks.outcomes.exposure
        begin = begun(tracks.exposure)
        for at, origin in enumerate(tracks.origins):
            if origin + horizon > tracks.units.shape[1]:
                break
            span = slice(origin, origin + horizon)
            on_sale = exposure[:, span] > 0
            usable = members & on_sale.any(axis=1) & (begin < origin)
            if tracks.outcomes is not None:
                usable &= tracks.outcomes.alive(at)
            curve = tracks.ahead(at, growth[:, at], horizon, age_curve)[usable]
            forecasts.append((exposure[usable, span] * curve).sum(axis=1) * level[usable, at])
            realised.append(tracks.units[usable, span].sum(axis=1, where=on_sale[usable], dtype=float))
    return np.concatenate(forecasts), np.concatenate(realised)
