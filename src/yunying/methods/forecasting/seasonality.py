"""Factors that multiply a product's level: the day of the week, the time of the year, big sales and holidays.

They are pooled over many products, because one product's counts cannot carry them.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HARMONICS = 2
YEAR_DAYS = 365.25
LEAST_ORDINARY = 10
"""Days without any event that an ordinary level is taken from."""
MOST_ROUNDS = 30


def week_factors(daily: Floats, weekday: NDArray[np.int64], *, weight_weeks: float = 4.0) -> Floats:
    """Factors of the seven weekdays with mean 1, shrunk to 1 by ``weight_weeks`` weeks of no season.

    Args:
        daily: shape (t,): mean demand per day, NaN where unknown.
        weekday: shape (t,): 0 (Monday) to 6.
        weight_weeks: how many weeks of data the belief in no season is worth, above 0.

    Returns:
        Shape (7,), mean 1, none below 0. All ones where nothing was sold.

    >>> week_factors(np.tile([1.0, 1, 1, 1, 1, 1, 8], 100), np.arange(700) % 7).round(2).tolist()
    [0.52, 0.52, 0.52, 0.52, 0.52, 0.52, 3.88]
    """
    known = np.isfinite(daily)
    total = np.array([daily[known & (weekday == day)].sum() for day in range(7)])
    count = np.array([np.count_nonzero(known & (weekday == day)) for day in range(7)], dtype=float)
    mean = daily[known].mean() if known.any() else 0.0
    if mean <= 0:
        return np.ones(7)
    factors = (total / mean + weight_weeks) / (count + weight_weeks)
    return np.asarray(factors / factors.mean())


def year_design(day_number: Floats) -> Floats:
    """Fourier terms of the year: shape (t, 2 * HARMONICS) for days counted from any fixed day."""
    angles = 2 * np.pi * np.outer(day_number / YEAR_DAYS, np.arange(1, HARMONICS + 1))
    return np.hstack([np.sin(angles), np.cos(angles)])


def year_coefficients(
    weekly: Floats, day_number: Floats, weight: Floats, toward: Floats, *, ridge: float = 8.0
) -> Floats:
    """Fourier coefficients of the log of a weekly series beside a straight trend, shrunk to ``toward``.

    Args:
        weekly: shape (w,): mean demand of a week, above 0 where ``weight`` is.
        day_number: shape (w,): the middle of each week, in days.
        weight: shape (w,): trust in each week, 0 leaves it out.
        toward: shape (2 * HARMONICS,): where the coefficients go without data.
        ridge: how many weeks the belief in ``toward`` is worth.

    Returns:
        Shape (2 * HARMONICS,); ``toward`` itself where the weeks span less than 400 days, too few to tell a
        season from a trend.
    """
    used = weight > 0
    if not used.any() or np.ptp(day_number[used]) < 400:
        return toward
    days, trust = day_number[used], weight[used]
    fourier = year_design(days)
    trend = np.column_stack([np.ones_like(days), (days - days.mean()) / YEAR_DAYS])
    design = np.hstack([trend, fourier])
    target = np.log(weekly[used]) - fourier @ toward
    penalty = np.diag([1e-9, 1e-3, *([ridge / 2] * fourier.shape[1])])
    gram = design.T @ (design * trust[:, None]) + penalty
    solution = np.linalg.solve(gram, design.T @ (trust * target))
    return np.asarray(toward + solution[2:])


def event_factors(daily: Floats, phases: NDArray[np.bool_], weight_days: Floats, *, half_window: int = 28) -> Floats:
    """How much each phase of each event multiplies demand, from past days of that phase, shrunk to 1.

    A day is compared with the median of the days within ``half_window`` days that belong to no phase, or within more
    days where these are fewer than LEAST_ORDINARY: one quiet day between two festivals is no measure of either.

    Args:
        daily: shape (t,): mean demand with the seasons of week and year taken out, NaN where unknown.
        phases: shape (t, k): the day belongs to the phase. Phases may overlap.
        weight_days: shape (k,): how many days the belief in 1 is worth.
        half_window: days before and after.

    Returns:
        Shape (k,), between 0.2 and 20; 1 for a phase that has no past day.
    """
    ordinary = np.where(phases.any(axis=1), np.nan, daily)
    base = _ordinary_level(ordinary, half_window)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(base > 0, daily / base, np.nan)
    factors = np.ones(phases.shape[1])
    # Overlapping phases share their days' lift out between them, round by round.
    for _ in range(MOST_ROUNDS):
        before = factors.copy()
        for phase in range(phases.shape[1]):
            days = phases[:, phase] & np.isfinite(ratio)
            if not days.any():
                continue
            others = np.where(phases[days], factors, 1.0).prod(axis=1) / factors[phase]
            total, expected = ratio[days].sum(), others.sum()
            factors[phase] = np.clip((total + weight_days[phase]) / (expected + weight_days[phase]), 0.2, 20.0)
        if np.abs(factors - before).max(initial=0.0) < 1e-3:
            break
    return factors


def _ordinary_level(ordinary: Floats, half_window: int) -> Floats:
    """The median of the ordinary days around each day; NaN where even four times the window holds too few."""
    level, known = np.full(len(ordinary), np.nan), np.isfinite(ordinary).astype(float)
    if not known.any():
        return level
    for wider in (1, 2, 4):
        window = min(half_window * wider, max(len(ordinary) - 1, 0))
        count = np.convolve(known, np.ones(2 * window + 1), mode="full")[window : window + len(known)]
        found = _moving_median(ordinary, window)
        level = np.where(np.isnan(level) & (count >= LEAST_ORDINARY), found, level)
    return level


def _moving_median(values: Floats, half_window: int) -> Floats:
    if len(values) == 0 or not np.isfinite(values).any():
        return np.full(len(values), np.nan)
    padded = np.pad(values, half_window, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half_window + 1)
    finite = np.isfinite(windows).any(axis=1)
    medians = np.full(len(values), np.nan)
    medians[finite] = np.nanmedian(windows[finite], axis=1)
    return medians
