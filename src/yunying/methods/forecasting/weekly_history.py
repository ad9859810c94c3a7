"""Weekly sales of many products, as the pooled weekly forecast sees them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WEEKS = 54
"""Weeks of the year are numbered 1 to 53."""


@dataclass(frozen=True)
class WeeklyHistory:
    """Sales of n series over t weeks, and what the series share.

    Args:
        units: shape (n, t): units sold, >= 0 and finite.
        in_stock: shape (n, t): the week could sell; other weeks are not taken for a lack of demand.
        week_of_year: shape (t + a,): 1 to 53 for the weeks of the history and a weeks ahead, a >= 1.
        pools: shape (n, p): whole numbers >= 0; series with the same number in a column move together, such as those of
            one store or one product.
        codes: shape (n, c): further numbers that may tell series apart, such as a department.

    Raises:
        InternalError: shapes disagree, or a number is out of range.
    """

    units: Floats
    in_stock: NDArray[np.bool_]
    week_of_year: Ints
    pools: Ints
    codes: Floats

    def __post_init__(self) -> None:
        n, t = self.units.shape
        if self.in_stock.shape != (n, t) or len(self.pools) != n or len(self.codes) != n:
            raise InternalError("units, in_stock, pools and codes of a weekly history disagree in shape")
        if len(self.week_of_year) <= t or not ((self.week_of_year >= 1) & (self.week_of_year < WEEKS)).all():
            raise InternalError("week_of_year must reach beyond the history and lie between 1 and 53")
        if not (self.units.min(initial=0.0) >= 0 and np.isfinite(self.units.max(initial=0.0))):
            raise InternalError("units of a weekly history must be finite and not below zero")

    @property
    def weeks(self) -> int:
        """How many weeks the history holds."""
        return self.units.shape[1]

    def before(self, week: int) -> "WeeklyHistory":
        """The history as it was known before week ``week``, counted from 0."""
        return WeeklyHistory(self.units[:, :week], self.in_stock[:, :week], self.week_of_year, self.pools, self.codes)
