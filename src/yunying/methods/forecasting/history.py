"""What a demand model learns from: counts per product and day, and how far each day could have sold at all."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.censoring import poisson_mean_at_least

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


@dataclass(frozen=True)
class DemandHistory:
    """Sales of n products over t days.

    Args:
        first_date: the day of column 0.
        units: float32, shape (n, t): units sold, >= 0.
        exposure: float32, shape (n, t): share of the day on which stock was there, 0 to 1.
        censored: bool, shape (n, t): the day sold what it had, so demand was at least ``units``.
        group: int, shape (n,): the product's category, 0..g-1; products of a group share seasons.
        groups: g, at least 1; a group may be empty.
        is_on_sale: shape (n,): False where the shop itself has ended the product; None where lives are not known.
        discount: float32, shape (n, t): share taken off the price on each day, 0 to below 1; None where nothing was.
    """

    first_date: date
    units: Floats32
    exposure: Floats32
    censored: NDArray[np.bool_]
    group: NDArray[np.int64]
    groups: int
    is_on_sale: NDArray[np.bool_] | None = None
    discount: Floats32 | None = None

    @property
    def days(self) -> int:
        """How many days the history holds."""
        return self.units.shape[1]

    def of(self, chosen: NDArray[np.int64]) -> "DemandHistory":
        """Some of the products; groups keep their numbers."""
        return replace(
            self,
            units=self.units[chosen],
            exposure=self.exposure[chosen],
            censored=self.censored[chosen],
            group=self.group[chosen],
            is_on_sale=None if self.is_on_sale is None else self.is_on_sale[chosen],
            discount=None if self.discount is None else self.discount[chosen],
        )

    def before(self, day: int) -> "DemandHistory":
        """What was known before a day, at least 1; a product that sold after it was on sale then."""
        on_sale = None if self.is_on_sale is None else self.is_on_sale | self.units[:, day:].any(axis=1)
        return replace(
            self,
            units=self.units[:, :day],
            exposure=self.exposure[:, :day],
            censored=self.censored[:, :day],
            is_on_sale=on_sale,
            discount=None if self.discount is None else self.discount[:, :day],
        )


def uncensored(history: DemandHistory, factors: Floats32, *, half_life_days: float = 28.0) -> Floats32:
    """Units per day with censored days raised to the demand that one expects behind them.

    The expectation uses the level of the days before, so nothing looks ahead.

    Args:
        factors: shape (g, t): what each day multiplies a group's level by.

    Returns:
        float32, shape (n, t), never below ``units``.
    """
    if not history.censored.any():
        return history.units
    keep = 0.5 ** (1.0 / half_life_days)
    raised = history.units.copy()
    seen = history.exposure.sum(axis=1)
    overall = np.divide(history.units.sum(axis=1), seen, out=np.zeros(len(seen), np.float32), where=seen > 0)
    units, exposure = overall.astype(float) * 3.0, np.full(len(overall), 3.0)
    for day in range(history.days):
        factor = factors[history.group, day]
        hidden = history.censored[:, day]
        if hidden.any():
            mean = units[hidden] / exposure[hidden] * factor[hidden]
            raised[hidden, day] = poisson_mean_at_least(mean, history.units[hidden, day].astype(float))
        units = units * keep + raised[:, day]
        exposure = exposure * keep + history.exposure[:, day] * factor
    return raised
