"""Intervals that may be looked at every day: the chance that any of them ever misses is at most 1 - confidence.

Two of them. ``sequence_half_width`` is for a mean of units that keep arriving (visitors, orders): it narrows with them.
``always_valid_looks`` is for units that are given at the start (products, members) and earn day by day. There the
difference between a held-out product and the others persists, so it does not average out over days, and an interval
made of day-to-day variance is wrong; what is random is the draw of the units, once, and all looks share it.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.kernel.results import NotMeasured
from yunying.methods.experiments.cuped import adjusted_difference
from yunying.methods.experiments.estimate import Estimate, columns_of, refusal
from yunying.methods.experiments.reassignment import orthonormal, redraws

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SPENT_WHEN_PLANNED = 0.8
"""Share of the allowed error that is spent when the planned last day comes; the rest is for all days after it."""


def sequence_rho(*, confidence: float = 0.95, best_count: int = 5000) -> float:
    """The tuning of a confidence sequence that is narrowest at a count.

    Example:
        >>> round(sequence_rho(), 7)
        0.0398401
    """
    spent = -2.0 * math.log(1.0 - confidence)
    return math.sqrt((spent + math.log(spent + 1.0)) / best_count)


def sequence_half_width(count: int, sigma: float, *, confidence: float = 0.95, best_count: int = 5000) -> float:
    """Half the width of an asymptotic confidence sequence around a running mean of independent values.

    Args:
        count: values so far, from 1.
        sigma: their standard deviation so far.
        confidence: that no look ever misses, between 0 and 1.
        best_count: where it is narrowest; fixed before the first look.

    Raises:
        InternalError: there is no value yet.

    Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024), two-sided normal mixture.

    Example:
        >>> [round(sequence_half_width(count, 1.0), 6) for count in (100, 1000, 10_000)]
        [0.669439, 0.106375, 0.030615]
    """
    if count < 1:
        raise InternalError("a confidence sequence starts with its first value")
    known = count * sequence_rho(confidence=confidence, best_count=best_count) ** 2
    return sigma * math.sqrt((known + 1.0) / (known * count) * math.log((known + 1.0) / (1.0 - confidence) ** 2))


@dataclass(frozen=True)
class Looks:
    """The mean effect on a treated unit, from the first day up to each; all of shape (t,).

    Early days may have low at minus and high at plus infinity.
    """

    effect: Floats
    low: Floats
    high: Floats


def always_valid_looks(
    daily: Floats,
    before: Floats,
    is_treated: Flags,
    *,
    rng: np.random.Generator,
    planned_days: int,
    confidence: float = 0.95,
    draws: int = 4000,
) -> Looks | NotMeasured:
    """Effect to date on each day, with intervals that hold on all days at once.

    Each redraw of who is held out gives a whole path of estimates, day by day. The allowed error is spent over the days
    by a schedule that does not depend on the data (Lan and DeMets 1983) and never ends; the boundary of a day is where
    just so many of the redrawn paths that have not crossed before cross on it. So the dependence of the days comes from
    the data, and nothing is assumed of it: not that days are independent, nor that they are stationary or normal.
    Assumed is that units were held out by chance, that no unit's treatment touches another, and, for the width where
    there is an effect, that it is much the same for all units. A stop at any day, or none, is allowed.

    Args:
        daily: shape (n, t): outcome of each unit on each day since the start.
        before, is_treated, rng, draws: as for ``adjusted_difference``.
        planned_days: when the window is planned to end, from 1; fixed before the first look. Four fifths of the
            error are spent then.
        confidence: that no day's interval misses, between 0 and 1.

    Returns:
        NotMeasured as for ``adjusted_difference``.

    Raises:
        InternalError: the shapes disagree.

    Example:
        >>> rng = np.random.default_rng(2)
        >>> level, is_treated = rng.lognormal(3, 1, 300), np.arange(300) >= 30
        >>> daily = level[:, None] + rng.normal(0, 5, (300, 28)) + 3 * is_treated[:, None]
        >>> found = always_valid_looks(daily, level * 28, is_treated, rng=rng, planned_days=28)
        >>> found.low[[1, 27]].round(1).tolist(), found.high[[1, 27]].round(1).tolist()
        ([2.7, 77.4], [9.9, 107.3])
    """
    daily, is_treated = np.asarray(daily, dtype=float), np.asarray(is_treated, dtype=bool)
    if daily.ndim != 2 or planned_days < 1:
        raise InternalError(f"{daily.shape} is no shape of units by days, or {planned_days} no number of days")
    columns = columns_of(before, len(daily))
    refused = refusal(daily, columns, is_treated)
    if refused is not None:
        return refused
    redrawn = redraws(np.cumsum(daily, axis=1), orthonormal(columns), is_treated, draws, rng)
    spare = planned_days * (1.0 / _SPENT_WHEN_PLANNED - 1.0)
    days = np.arange(1, daily.shape[1] + 1)
    spent = (1.0 - confidence) / 2.0 * days / (days + spare)
    shown = redrawn.outcomes - redrawn.effect * redrawn.arms[:, None]
    lower, upper = redrawn.thresholds()
    low, high = _crossings(-shown, spent), _crossings(shown, spent)
    at = np.arange(len(days))
    return Looks(
        effect=redrawn.effect,
        low=np.where(low > 0, lower[low - 1, at], -np.inf),
        high=np.where(high > 0, upper[-high, at], np.inf),
    )


def always_valid_difference(
    daily: Floats,
    before: Floats,
    is_treated: Flags,
    *,
    rng: np.random.Generator,
    planned_days: int,
    confidence: float = 0.95,
    draws: int = 4000,
) -> Estimate | NotMeasured:
    """The effect up to the last day given, with the interval of ``always_valid_looks``; all else as for one look.

    The p-value and the standard error are those of ``adjusted_difference`` and must not be used for stopping.

    Args:
        daily: shape (n, t): outcome of each unit on each day since the start.
        before, is_treated, rng, planned_days, confidence, draws: as for ``always_valid_looks``.
    """
    looks = always_valid_looks(
        daily, before, is_treated, rng=rng, planned_days=planned_days, confidence=confidence, draws=draws
    )
    once = adjusted_difference(
        np.asarray(daily, dtype=float).sum(axis=1), before, is_treated, rng=rng, confidence=confidence, draws=draws
    )
    if isinstance(looks, NotMeasured) or isinstance(once, NotMeasured):
        return looks if isinstance(looks, NotMeasured) else once
    return replace(once, low=float(looks.low[-1]), high=float(looks.high[-1]))


def _crossings(paths: Floats, spent: Floats) -> NDArray[np.int64]:
    """How many of all redraws lie above each day's boundary, shape (t,).

    Args:
        paths: shape (r, t): what each redraw shows; the boundary lies above.
        spent: shape (t,): share of paths, not falling, that may have crossed by each day.
    """
    is_inside = np.ones(len(paths), dtype=bool)
    above = np.zeros(paths.shape[1], dtype=np.int64)
    for day in range(paths.shape[1]):
        may_cross = int(spent[day] * (len(paths) + 1) + 1e-9) - int((~is_inside).sum())
        inside = paths[is_inside, day]
        boundary = np.partition(inside, len(inside) - 1 - may_cross)[len(inside) - 1 - may_cross]
        crossed = paths[:, day] > boundary
        above[day] = crossed.sum()
        is_inside &= ~crossed
    return above
