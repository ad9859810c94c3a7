"""Synthetic control and synthetic difference in differences: controls weighted until they move like the treated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from yunying.kernel.errors import InternalError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Synthetic:
    """The mean effect after the start, and the weights that made it.

    Args:
        effect: in the panel's unit, per treated unit and period.
        gaps: shape (t,): treated less synthetic in each period, up to a constant before the start.
        units: shape (c,): weights of the controls, from 0, sum 1.
        periods: shape (start,): weights of the periods before the start, from 0, sum 1; all 0 where they are not used.
    """

    effect: float
    gaps: Floats
    units: Floats
    periods: Floats


def synthetic_control(panel: Floats, is_treated: Flags, start: int) -> Synthetic:
    """The weighted mean of controls that came closest to the treated before the start, by outcomes alone.

    Args:
        panel: shape (n, t).
        is_treated: shape (n,): at least one treated and one control.
        start: first treated period, 1..t-1.

    Raises:
        InternalError: the shapes disagree or start is outside the panel.

    Source: Abadie, Diamond, Hainmueller (2010); on Proposition 99 -19.5 with outcomes alone.

    Example:
        >>> panel = np.array([[1.0, 3.0, 7.0], [0.0, 2.0, 4.0], [2.0, 4.0, 6.0]])
        >>> found = synthetic_control(panel, np.array([True, False, False]), 2)
        >>> found.units.round(3).tolist(), round(found.effect, 3)
        ([0.5, 0.5], 2.0)
    """
    target, controls = _arms(panel, is_treated, start)
    units = _simplex_fit(controls[:, :start].T, target[:start], 0.0, has_intercept=False)
    gaps = target - units @ controls
    return Synthetic(float(gaps[start:].mean()), gaps, units, np.zeros(start))


def synthetic_difference(panel: Floats, is_treated: Flags, start: int) -> Synthetic:
    """Difference in differences with weights on controls and on periods before the start.

    Unit weights are held together by a ridge of zeta^2 = sqrt(treated x periods after) x variance of the controls'
    first differences, and both fits have an intercept: what is matched is the movement, not the level.

    Args:
        panel, is_treated, start: as for ``synthetic_control``; start from 2.

    Raises:
        InternalError: the shapes disagree or start is outside the panel.

    Source: Arkhangelsky, Athey, Hirshberg, Imbens, Wager (2021); on Proposition 99 -15.605.

    Example:
        >>> steps = np.cumsum(np.random.default_rng(1).normal(0, 1, (2, 40)), axis=1)
        >>> shares = np.random.default_rng(2).random((20, 2))
        >>> panel = shares @ steps + np.random.default_rng(3).normal(0, 0.1, (20, 40)) + np.arange(20)[:, None]
        >>> panel[0, 30:] += 7
        >>> round(synthetic_difference(panel, np.arange(20) == 0, 30).effect, 1)
        7.0
    """
    target, controls = _arms(panel, is_treated, start)
    after = panel.shape[1] - start
    noise = float(np.diff(controls[:, :start], axis=1).std(ddof=1)) if start > 1 else 0.0
    ridge = np.sqrt(float(is_treated.sum() * after)) * noise**2
    units = _simplex_fit(controls[:, :start].T, target[:start], ridge * start, has_intercept=True)
    tiny = (1e-6 * noise) ** 2 * len(controls)
    periods = _simplex_fit(controls[:, :start], controls[:, start:].mean(axis=1), tiny, has_intercept=True)
    gaps = target - units @ controls
    gaps = gaps - periods @ gaps[:start]
    return Synthetic(float(gaps[start:].mean()), gaps, units, periods)


def _arms(panel: Floats, is_treated: Flags, start: int) -> tuple[Floats, Floats]:
    is_panel = panel.ndim == 2 and is_treated.shape == panel.shape[:1] and 0 < start < panel.shape[1]
    if not is_panel or is_treated.all() or not is_treated.any():
        raise InternalError(
            f"a panel of {panel.shape}, arms of {is_treated.shape} and start {start} make no comparison"
        )
    return panel[is_treated].mean(axis=0), panel[~is_treated]


def _simplex_fit(design: Floats, target: Floats, ridge: float, *, has_intercept: bool) -> Floats:
    """Weights from 0 that sum to 1 and bring design @ weights closest to the target, plus ridge x their squares.

    Non-negative least squares, with the sum as a row of its own that weighs far more than the data (Lawson and Hanson).
    """
    if has_intercept:
        design, target = design - design.mean(axis=0), target - target.mean()
    scale = max(float(np.abs(design).max(initial=0.0)), float(np.abs(target).max(initial=0.0)), 1e-12)
    count = design.shape[1]
    heavy = 1e5 * scale
    rows = np.vstack([design, np.sqrt(ridge) * np.eye(count), np.full((1, count), heavy)])
    weights, _ = optimize.nnls(rows, np.concatenate([target, np.zeros(count), [heavy]]), maxiter=100 * count)
    return np.asarray(weights / weights.sum())
