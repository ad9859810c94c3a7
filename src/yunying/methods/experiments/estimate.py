"""What a measurement says, and what it needs before it may say anything."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.kernel.results import NotMeasured

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_UNITS = 8
"""Units an arm needs: with fewer controls, at 95 %, one product more or less decides the interval."""


@dataclass(frozen=True)
class Estimate:
    """The mean effect on the treated units: what each earned more than it would have under the old rule.

    Args:
        effect, low, high: in the outcome's unit, for one treated unit; low may be minus and high plus infinity.
        standard_error: of the effect, robust to unequal variances (HC2).
        p_value: two-sided, of no effect on any unit; below 1 - confidence exactly where low and high exclude zero.
        degrees: of freedom behind the standard error (Bell and McCaffrey 2002).
        treated, control: units in each arm, from 8.
        variance_ratio: what the covariates left of the outcome's variance within the arms, 0 to 1.
    """

    effect: float
    low: float
    high: float
    standard_error: float
    p_value: float
    degrees: float
    treated: int
    control: int
    variance_ratio: float

    def total(self) -> tuple[float, float, float]:
        """Low, effect and high for all treated units together: what is credited.

        Example:
            >>> Estimate(2.0, 0.5, 3.5, 0.7, 0.01, 30.0, treated=100, control=10, variance_ratio=0.5).total()
            (50.0, 200.0, 350.0)
        """
        return self.low * self.treated, self.effect * self.treated, self.high * self.treated


def columns_of(before: Floats, units: int) -> Floats:
    """Covariates as shape (n, k), from (n,) or (n, k).

    Raises:
        InternalError: there are not n rows.
    """
    columns = np.asarray(before, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    if columns.shape[0] != units or columns.ndim != 2:
        raise InternalError(f"covariates of shape {columns.shape} do not belong to {units} units")
    return columns


def refusal(outcome: Floats, columns: Floats, is_treated: Flags) -> NotMeasured | None:
    """Why these units cannot be compared, or None.

    Args:
        outcome: shape (n,) or (n, t).
        columns: shape (n, k).
        is_treated: shape (n,).
    """
    if is_treated.shape != outcome.shape[:1]:
        raise InternalError(f"arms of shape {is_treated.shape} do not belong to outcomes of shape {outcome.shape}")
    treated = int(is_treated.sum())
    for name, count in (("treated", treated), ("held-out", len(outcome) - treated)):
        if count < LEAST_UNITS:
            return NotMeasured(f"There are {count} {name} units; at least {LEAST_UNITS} are needed.")
    if len(outcome) - columns.shape[1] - 2 < LEAST_UNITS:
        return NotMeasured(f"{columns.shape[1]} covariates are too many for {len(outcome)} units.")
    if not (np.isfinite(outcome).all() and np.isfinite(columns).all()):
        return NotMeasured("An outcome or a covariate is missing or not finite.")
    return None
