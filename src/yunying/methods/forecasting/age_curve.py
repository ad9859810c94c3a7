"""Demand by age: what products at each age go on to sell, beside what their level of today says.

A launch climbs, a fashion fades, some products end. A level says nothing of that, but the products that were as old
before do: the curve is realised over expected demand of a horizon, by age at the beginning, ends counted as no demand.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.mortality import ProductAges

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]

AGE_EDGES_DAYS = (7, 14, 21, 35, 50, 70, 90, 120, 160, 220, 365)
"""Ages that part the classes; the class after the last one also holds products older than the history."""
SPAN_EDGES_DAYS = (0, 7, 14, 28, 42, 63)
"""Days ahead at which the factor changes; the last span has no end."""
SPREAD = 0.5
"""Squared relative error of one product's demand: large products must not set the curve alone."""
PRIOR = 30.0
"""Weight of the belief that age says nothing; two are a product that sells much, seen from one origin."""
LOWEST, HIGHEST = 0.2, 3.0


@dataclass(frozen=True)
class AgeCurve:
    """What a level is multiplied by: one row for each class of ages, one column for each span ahead; 0.2 to 3."""

    factors: tuple[tuple[float, ...], ...]

    def ahead(self, age_days: Ints, is_settled: NDArray[np.bool_], horizon_days: int) -> Floats32:
        """Factors of each product on each day ahead: float32, shape (n, h).

        Args:
            age_days: shape (n,): days since the first day on sale, >= 0.
            is_settled: shape (n,): older than the history.
        """
        by_span = np.array(self.factors, dtype=np.float32)[age_class(age_days, is_settled)]
        span = np.searchsorted(np.array(SPAN_EDGES_DAYS), np.arange(horizon_days), side="right") - 1
        return np.asarray(by_span[:, span])


def age_class(age_days: Ints, is_settled: NDArray[np.bool_]) -> Ints:
    """The class of each age: 0 to ``len(AGE_EDGES_DAYS)``, shape (n,)."""
    found = np.searchsorted(np.array(AGE_EDGES_DAYS), age_days, side="right")
    return np.where(is_settled, len(AGE_EDGES_DAYS), found).astype(np.int64)


class AgeCurveSums:
    """Collects forecasts and outcomes, origin by origin, and makes the curve of them."""

    def __init__(self) -> None:
        shape = (len(AGE_EDGES_DAYS) + 1, len(SPAN_EDGES_DAYS))
        self._real, self._expected = np.zeros(shape), np.zeros(shape)

    def add(self, which: Ints, expected: Floats, real: Floats) -> None:
        """What one origin's products were expected to sell in the days that followed, and sold.

        Args:
            which: shape (n,): class of age.
            expected, real: shape (n, h): by day; a day on which a product could not sell has 0 in both.
        """
        days = expected.shape[1]
        ends = (*SPAN_EDGES_DAYS[1:], days)
        for span, (first, end) in enumerate(zip(SPAN_EDGES_DAYS, ends, strict=True)):
            if first >= days:
                break
            mean, sold = expected[:, first:end].sum(axis=1), real[:, first:end].sum(axis=1)
            # Their variance grows with the square of the mean, so each weighs by what it can say.
            weight = 1.0 / (1.0 + SPREAD * mean)
            np.add.at(self._expected[:, span], which, weight * mean)
            np.add.at(self._real[:, span], which, weight * sold)

    def curve(self) -> AgeCurve:
        """Realised over expected, drawn to 1 where little was seen."""
        found = np.clip((self._real + PRIOR) / (self._expected + PRIOR), LOWEST, HIGHEST)
        return AgeCurve(tuple(tuple(row) for row in found.tolist()))


@dataclass(frozen=True)
class AgedOutcomes:
    """What really could sell, ends counted, and how old each product was at o origins.

    Args:
        ages: of n products.
        origins: shape (o,).
        exposure: float32, shape (n, t): as in the history, but the days after a product's end are full days on which
            nothing was wanted.
    """

    ages: ProductAges
    origins: Ints
    exposure: Floats32

    def alive(self, at: int) -> NDArray[np.bool_]:
        """Which products had begun and not ended at an origin."""
        origin = self.origins[at]
        return np.asarray((self.ages.first < origin) & (self.ages.last >= origin))

    def age_days(self, at: int) -> Ints:
        """Ages at an origin, 0 for products that had not begun."""
        return np.maximum(self.origins[at] - self.ages.first, 0)


def aged_outcomes(ages: ProductAges, origins: Ints, exposure: Floats32, by_day: Floats32) -> AgedOutcomes:
    """The outcomes that forecasts are held against.

    Args:
        exposure: float32, shape (n, t): share of the day on sale times the day's factors.
        by_day: float32, shape (n, t) or one that broadcasts with it: factors of the days.
    """
    return AgedOutcomes(ages, origins, np.where(ages.ended(exposure.shape[1]), by_day, exposure))
