"""What products share: the factors of week, year and events that multiply every level of a group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.periods import Period
from yunying.methods.calendars import event_features
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.seasonality import (
    HARMONICS,
    event_factors,
    week_factors,
    year_coefficients,
    year_design,
)

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


PRODUCTS_AT_ONCE = 2000
PHASE_WEIGHT_DAYS = (3.0, 0.5, 3.0)
"""Belief that an event's ordinary days, its peaks and the week after are days like others.

A peak stands out of a store's noise on its first day; a window of weeks is easily mistaken for other things.
"""


@dataclass(frozen=True)
class SharedFactors:
    """Factors of g groups (categories) of products.

    Args:
        week: g tuples of seven factors, Monday first.
        year: g tuples of Fourier coefficients.
        events: slugs of the k events that the history saw.
        event_phases: 3 * k factors; for each event its ordinary days, its peak days, the week after.
    """

    week: tuple[tuple[float, ...], ...]
    year: tuple[tuple[float, ...], ...]
    events: tuple[str, ...]
    event_phases: tuple[float, ...]


def shared_factors_learned(history: DemandHistory, events: Sequence[str]) -> SharedFactors:
    """Learn the factors of a history; events that it never saw are left out.

    Args:
        events: slugs of ``methods.calendars``.
    """
    number = history.first_date.toordinal() + np.arange(history.days)
    phases = event_phases(events, history.first_date, history.days)
    # An event that the history never saw cannot be learned; leaving it out keeps the model small.
    seen = [k for k in range(len(events)) if phases[:, 3 * k : 3 * k + 2].any()]
    kept = tuple(events[k] for k in seen)
    phases = phases[:, [3 * k + part for k in seen for part in range(3)]]
    store = _relative_daily(history, np.ones(len(history.group), dtype=bool))
    quiet = np.asarray(~phases.any(axis=1), dtype=bool)
    week = week_factors(_detrended(np.where(quiet, store, np.nan)), (number + 6) % 7)
    year = _year_fit(store / week[(number + 6) % 7], number, quiet, np.zeros(2 * HARMONICS), ridge=8.0)
    weeks, years = [], []
    for group in range(history.groups):
        own = _relative_daily(history, history.group == group)
        own_week = week_factors(
            _detrended(np.where(quiet, own, np.nan)) / week[(number + 6) % 7], (number + 6) % 7, weight_weeks=12.0
        )
        weeks.append(tuple((own_week * week / (own_week * week).mean()).tolist()))
        own_year = _year_fit(own / np.array(weeks[-1])[(number + 6) % 7], number, quiet, year, ridge=16.0)
        years.append(tuple(own_year.tolist()))
    # Beside what each product sold around that time: where products live a season, their first days would look like an
    # event otherwise. A slow season is in that level too, so it needs no taking out.
    plain = beside_own_time(history) / week[(number + 6) % 7]
    factors = event_factors(plain, phases, np.tile(PHASE_WEIGHT_DAYS, len(kept)))
    return SharedFactors(tuple(weeks), tuple(years), kept, tuple(factors.tolist()))


def _relative_daily(history: DemandHistory, chosen: NDArray[np.bool_]) -> Floats:
    """Sales per day over what the products on sale sell on average, so that assortment and stock-outs cancel."""
    units, exposure = history.units[chosen], history.exposure[chosen]
    seen = exposure.sum(axis=1)
    rate = np.divide(units.sum(axis=1), seen, out=np.zeros(len(seen), np.float32), where=seen > 0)
    expected = (exposure * rate[:, None]).sum(axis=0, dtype=float)
    total = units.sum(axis=0, dtype=float, where=exposure > 0)
    return np.divide(total, expected, out=np.full(history.days, np.nan), where=expected > 1e-9)


def beside_own_time(history: DemandHistory) -> Floats:
    """Sales per day over what the products on sale sell on average in the weeks around; NaN where nothing is known."""
    expected = np.zeros(history.days)
    for first in range(0, len(history.group), PRODUCTS_AT_ONCE):
        some = slice(first, first + PRODUCTS_AT_ONCE)
        units, seen = (around_each(values[some]) for values in (history.units, history.exposure))
        rate = np.divide(units, seen, out=np.zeros_like(units), where=seen > 0)
        expected += (rate * history.exposure[some]).sum(axis=0, dtype=float)
    total = history.units.sum(axis=0, dtype=float, where=history.exposure > 0)
    return np.divide(total, expected, out=np.full(history.days, np.nan), where=expected > 1e-9)


def around_each(values: Floats32, half_window: int = 42) -> Floats32:
    """Each row's sum over the days within ``half_window`` days of each day."""
    days = values.shape[1]
    running = np.zeros((len(values), days + 1))
    np.cumsum(values, axis=1, dtype=float, out=running[:, 1:])
    day = np.arange(days)
    last, first = np.minimum(day + half_window + 1, days), np.maximum(day - half_window, 0)
    return (running[:, last] - running[:, first]).astype(np.float32)


def _detrended(daily: Floats) -> Floats:
    known = np.isfinite(daily)
    total, count = (_around(values) for values in (np.where(known, daily, 0.0), known.astype(float)))
    return np.divide(daily * count, total, out=np.full(len(daily), np.nan), where=total > 0)


def _around(values: Floats, half_window: int = 14) -> Floats:
    """Sum over the days within ``half_window`` days of each day, also where fewer days than that are known."""
    whole = np.convolve(values, np.ones(2 * half_window + 1), mode="full")
    return np.asarray(whole[half_window : half_window + len(values)])


def _year_fit(
    daily: Floats, number: NDArray[np.int64], quiet: NDArray[np.bool_], toward: Floats, ridge: float
) -> Floats:
    weeks = len(daily) // 7
    if weeks == 0:
        return toward
    usable = np.where(quiet, daily, np.nan)[-weeks * 7 :].reshape(weeks, 7)
    known = np.isfinite(usable).sum(axis=1)
    mean = np.nansum(usable, axis=1) / np.maximum(known, 1)
    weight = np.where((known >= 3) & (mean > 0), known / 7.0, 0.0)
    middle = number[-weeks * 7 :].reshape(weeks, 7).mean(axis=1)
    return year_coefficients(np.where(weight > 0, mean, 1.0), middle, weight, toward, ridge=ridge)


def day_factors(shared: SharedFactors, first_date: date, days: int) -> Floats32:
    """What each day multiplies a group's level by: shape (g, days)."""
    number = first_date.toordinal() + np.arange(days)
    week = np.array(shared.week)[:, (number + 6) % 7]
    year = np.exp(np.array(shared.year) @ year_design(number.astype(float)).T)
    phases = event_phases(shared.events, first_date, days)
    event = np.where(phases, np.array(shared.event_phases), 1.0).prod(axis=1) if shared.events else np.ones(days)
    return np.asarray(week * year * event, dtype=np.float32)


def event_phases(events: Sequence[str], first_date: date, days: int) -> NDArray[np.bool_]:
    """Which days are an event's ordinary days, its peak days, or the week after it: shape (days, 3 * k)."""
    if not events:
        return np.zeros((days, 0), dtype=bool)
    # The week after an event needs the days before the span.
    lead = 7
    features = event_features(
        Period(first_date - timedelta(days=lead), first_date + timedelta(days=days)), list(events)
    )
    columns = []
    for event in range(len(events)):
        active, peak = features.active[:, event], features.peak[:, event]
        recent = np.convolve(active, np.ones(lead + 1), mode="full")[: len(active)] > 0
        columns += [active & ~peak, peak, recent & ~active]
    return np.column_stack(columns)[lead:]
