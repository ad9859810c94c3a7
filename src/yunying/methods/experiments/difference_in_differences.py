"""Difference in differences: weaker evidence for what cannot be drawn by chance, such as a change of a whole region."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.kernel.results import NotMeasured

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_CONTROLS = 19
"""Fewer controls cannot show an effect at 95 %: the rank among 20 is the first that is as rare as 1 in 20."""


@dataclass(frozen=True)
class Comparison:
    """The mean change of treated units beyond that of the controls.

    Args:
        effect, low, high: in the panel's unit, per treated unit and period.
        p_value: share of units, the treated included, whose placebo effect is at least as large, either sign.
        controls: units that placebos were made of.
    """

    effect: float
    low: float
    high: float
    p_value: float
    controls: int


def difference_in_differences(
    panel: Floats,
    is_treated: Flags,
    start: int,
    *,
    rng: np.random.Generator,
    unit_scale: Floats | None = None,
    confidence: float = 0.95,
    placebos: int = 2000,
) -> Comparison | NotMeasured:
    """Change of the treated from before ``start`` to after it, less the change of the controls.

    The interval comes from placebos: as many controls as are treated play the treated, the other controls are compared
    with them, and the spread of what is then found, where nothing was done, is laid around the effect. It assumes that
    the treated would have moved like the controls and are as restless as they are; where units are of very different
    size, that holds at best in units of their own scale. Nobody drew them by chance, so this is no proof and says so
    wherever it is shown.

    Args:
        panel: shape (n, t): one outcome of n units over t periods.
        is_treated: shape (n,).
        start: first treated period, 1..t-1.
        unit_scale: shape (n,), above 0: what one unit of each unit's outcome is, such as ``restlessness`` before the
            start; None takes all as one.
        rng: draws which controls play the treated, where there are more ways than ``placebos``.
        confidence: between 0 and 1.
        placebos: how many are drawn; with one treated unit each control plays it once.

    Returns:
        NotMeasured without a treated unit, with fewer than 19 controls, fewer than as many others, or values that are
        not finite.

    Raises:
        InternalError: the shapes disagree or start is outside the panel.

    Source: Abadie, Diamond, Hainmueller (2010) for the placebos; California's Proposition 99 gives -27.349.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> panel = rng.normal(100, 2, (40, 12)) + np.arange(12)
        >>> is_treated = np.arange(40) < 4
        >>> panel[:4, 8:] += 10
        >>> found = difference_in_differences(panel, is_treated, 8, rng=rng)
        >>> round(found.effect, 1), round(found.low, 1), round(found.high, 1)
        (11.3, 10.2, 12.3)
    """
    panel, is_treated = np.asarray(panel, dtype=float), np.asarray(is_treated, dtype=bool)
    if panel.ndim != 2 or is_treated.shape != panel.shape[:1] or not 0 < start < panel.shape[1]:
        raise InternalError(f"a panel of {panel.shape}, arms of {is_treated.shape} and start {start} disagree")
    treated, controls = int(is_treated.sum()), int((~is_treated).sum())
    if treated == 0:
        return NotMeasured("No unit is treated.")
    if controls < max(LEAST_CONTROLS, 2 * treated):
        return NotMeasured(f"There are {controls} controls; at least {max(LEAST_CONTROLS, 2 * treated)} are needed.")
    if not np.isfinite(panel).all():
        return NotMeasured("A value of the panel is missing or not finite.")
    scale = np.ones(len(panel)) if unit_scale is None else np.asarray(unit_scale, dtype=float)
    if scale.shape != is_treated.shape or not (scale > 0).all():
        raise InternalError("every unit needs a scale above 0")
    change = (panel[:, start:].mean(axis=1) - panel[:, :start].mean(axis=1)) / scale
    usual, weights = change[~is_treated], scale[is_treated] / scale[is_treated].sum()
    size = float(scale[is_treated].mean())
    effect = size * float(weights @ change[is_treated] - usual.mean())
    found = size * placebo_effects(usual, weights, placebos, rng)
    share = (1.0 - confidence) / 2.0
    reach = np.quantile(found, [share, 1.0 - share], method="weibull")
    p_value = (1 + int((np.abs(found) >= abs(effect)).sum())) / (len(found) + 1)
    return Comparison(effect, effect - float(reach[1]), effect - float(reach[0]), p_value, controls)


def restlessness(panel: Floats, start: int) -> Floats:
    """How much each unit's outcome varies before ``start``, shape (n,): its standard deviation from period to period.

    Units that hardly move take the tenth part of the middle one, so that none is divided by nothing.

    Example:
        >>> restlessness(np.array([[0.0, 2.0, 9.0], [5.0, 5.0, 9.0]]), 2).tolist()
        [1.0, 0.1]
    """
    spread = np.asarray(panel, dtype=float)[:, :start].std(axis=1)
    moving = spread[spread > 0]
    return np.maximum(spread, 0.1 * float(np.median(moving)) if len(moving) else 1.0)


def placebo_effects(usual: Floats, weights: Floats, placebos: int, rng: np.random.Generator) -> Floats:
    """What is found when controls play the treated: weighted mean change of those less the mean of the others.

    Args:
        usual: shape (c,): change of each control.
        weights: shape (k,), adding up to 1: of those that play, 1..c-1 of them.
        placebos: how many times; where one plays, each does once.
        rng: draws them.

    Example:
        >>> placebo_effects(np.array([0.0, 3.0, 6.0]), np.ones(1), 10, np.random.default_rng(0)).tolist()
        [-4.5, 0.0, 4.5]
    """
    count, treated = len(usual), len(weights)
    if treated == 1:
        chosen = np.arange(count)[:, None]
    else:
        chosen = np.argsort(rng.random((placebos, count)), axis=1)[:, :treated]
    played = usual[chosen]
    return np.asarray(played @ weights - (usual.sum() - played.sum(axis=1)) / (count - treated))
