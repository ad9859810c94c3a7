"""A product's level: units per day of full exposure with all factors at 1, recent days weighing more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

DAMPING = 0.5
"""Share of the measured growth that is carried forward; growth rarely lasts (Gardner and McKenzie 1985)."""


@dataclass(frozen=True)
class DiscountedCounts:
    """Sums of units and of exposure times factors, where a day of age a weighs 2 ** (-a / half_life_days).

    Args:
        units: shape (n, o): at each of o origins, over the days before it.
        exposure: shape (n, o).
    """

    units: Floats
    exposure: Floats


def discounted_counts(
    units: Floats32, exposure: Floats32, origins: NDArray[np.int64], half_life_days: float
) -> DiscountedCounts:
    """Discounted sums before each origin, in one pass over the days.

    Args:
        units: shape (n, t).
        exposure: shape (n, t): share of the day on sale times the product of the day's factors.
        origins: shape (o,): ascending day indices in 0..t; origin i sees days 0..i-1.
        half_life_days: above 0.
    """
    keep = 0.5 ** (1.0 / half_life_days)
    n, days = units.shape
    sums = np.zeros((2, n))
    seen = np.zeros((2, n, len(origins)))
    at = 0
    for day in range(days + 1):
        while at < len(origins) and origins[at] == day:
            seen[:, :, at] = sums
            at += 1
        if day == days or at == len(origins):
            break
        sums *= keep
        sums[0] += units[:, day]
        sums[1] += exposure[:, day]
    return DiscountedCounts(seen[0], seen[1])


@dataclass(frozen=True)
class GammaPrior:
    """What is believed of a product's level before its own sales: Gamma with shape ``a`` and rate ``b`` (in days).

    Both have shape (n,).
    """

    a: Floats
    b: Floats


def gamma_prior(units: Floats, exposure: Floats, group: NDArray[np.int64], *, least_days: float = 14.0) -> GammaPrior:
    """Empirical Bayes by moments: the spread of levels among a product's group (its category).

    Args:
        units: shape (n,): discounted units.
        exposure: shape (n,): discounted exposure.
        group: shape (n,): 0..g-1.
        least_days: products with less exposure than this do not inform the prior, unless all have less.

    Returns:
        The prior of each product; its weight ``b`` is kept between 0.5 and 30 days.
    """
    a, b = np.zeros(len(units)), np.zeros(len(units))
    rates = np.divide(units, exposure, out=np.zeros_like(units), where=exposure > 0)
    informed = exposure >= least_days
    if not informed.any():
        # A young store, or one in its low season: little is known of anybody, and that is not a level of zero.
        informed = exposure > 0
    overall = rates[informed].mean() if informed.any() else 0.0
    for which in range(int(group.max()) + 1 if len(group) else 0):
        members = group == which
        sample = rates[members & informed]
        mean = sample.mean() if len(sample) >= 5 else overall
        spread = sample.var(ddof=1) if len(sample) >= 5 else mean**2
        weight = float(np.clip(mean / spread if spread > 0 else 30.0, 0.5, 30.0))
        a[members], b[members] = mean * weight, weight
    return GammaPrior(a, b)


def posterior_level(counts: DiscountedCounts, prior: GammaPrior) -> Floats:
    """Mean of the level given prior and sales, shape (n, o): (a + units) / (b + exposure)."""
    return np.asarray((prior.a[:, None] + counts.units) / (prior.b[:, None] + counts.exposure))


def growth_per_day(short: Floats, long: Floats, counts: DiscountedCounts, span_days: float) -> Floats:
    """Log growth per day from a level with a short memory and one with a long memory, shrunk by its noise.

    Args:
        short: shape (n, o): level with the shorter half-life.
        long: shape (n, o): level with the longer half-life.
        counts: of the shorter one; its units say how noisy the ratio is.
        span_days: difference of the two mean ages, above 0.

    Returns:
        Shape (n, o), between -0.03 and 0.03.
    """
    ratio = np.log(np.maximum(short, 1e-9) / np.maximum(long, 1e-9))
    noise = 1.0 / np.maximum(counts.units, 0.25)
    signal = 0.15  # variance of true log ratios among products whose life cycle moves
    return np.clip(ratio * signal / (signal + noise) / span_days, -0.03, 0.03)
