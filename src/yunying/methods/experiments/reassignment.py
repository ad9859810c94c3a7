"""What would have been found had chance held out other units: the intervals' only source of certainty.

The units are given, their outcomes are given, and what is random is the draw of who is held out. So the law of the
estimate is had by drawing again, and needs no law of the outcomes, however skewed (Fisher 1935; Garthwaite 1996).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_CELLS = 2_000_000


def orthonormal(columns: Floats) -> Floats:
    """An orthonormal basis of a constant and the covariates, shape (n, r); what repeats others adds nothing.

    Args:
        columns: shape (n, k), of any scale.
    """
    centred = columns - columns.mean(axis=0)
    lengths = np.sqrt((centred**2).sum(axis=0))
    varied = lengths > 1e-12 * np.maximum(1e-300, np.abs(columns).max(axis=0, initial=0.0) * len(columns) ** 0.5)
    left, sizes, _ = np.linalg.svd(centred[:, varied] / lengths[varied], full_matrices=False)
    constant = np.full((len(columns), 1), len(columns) ** -0.5)
    return np.hstack([constant, left[:, sizes > 1e-9]])


def adjusted(values: Floats, basis: Floats) -> Floats:
    """Values less what the basis explains; shape (n,) or (n, t) as given."""
    left: Floats = values - basis @ (basis.T @ values)
    return left


@dataclass(frozen=True)
class Redraws:
    """Means over the held-out units: of the real draw, and of r others of the same size.

    Args:
        outcome: shape (t,), ``outcomes``: shape (r, t): of the adjusted outcome on t days.
        arm: below 0, ``arms``: shape (r,): of the adjusted treatment.
    """

    outcome: Floats
    outcomes: Floats
    arm: float
    arms: Floats

    @property
    def effect(self) -> Floats:
        """Shape (t,): the least squares estimate of the effect."""
        return np.asarray(self.outcome / self.arm)

    def thresholds(self) -> tuple[Floats, Floats]:
        """For each redraw the shift of the treated at which it would have shown the same as the real draw.

        With any shift above its threshold taken off, the redraw shows at least as much as the real draw; so the ends of
        an interval are order statistics of these. A redraw that no shift makes alike counts against both ends.

        Returns:
            Two of shape (r, t), ascending: for the lower end, and for the upper end.
        """
        apart = (self.arms - self.arm)[:, None]
        is_usable = apart > 1e-12 * abs(self.arm)
        shift = np.divide(self.outcomes - self.outcome, apart, out=np.zeros_like(self.outcomes), where=is_usable)
        low = np.sort(np.where(is_usable, shift, -np.inf), axis=0)
        return low, np.sort(np.where(is_usable, shift, np.inf), axis=0)


def redraws(outcome: Floats, basis: Floats, is_treated: Flags, draws: int, rng: np.random.Generator) -> Redraws:
    """Hold out other units, as many as were, ``draws`` times.

    Args:
        outcome: shape (n, t).
        basis: shape (n, r), from ``orthonormal``.
        is_treated: shape (n,).
        draws: how many, from 1.
        rng: draws them.
    """
    units, held_out = len(outcome), int((~is_treated).sum())
    left, arm = adjusted(outcome, basis), adjusted(is_treated.astype(float), basis)
    both = np.column_stack([left, arm])
    means = np.zeros((draws, both.shape[1]))
    step = max(1, _CELLS // units)
    for start in range(0, draws, step):
        count = min(step, draws - start)
        chosen = np.argpartition(rng.random((count, units), dtype=np.float32), held_out, axis=1)[:, :held_out]
        is_chosen = np.zeros((count, units))
        np.put_along_axis(is_chosen, chosen, 1.0 / held_out, axis=1)
        means[start : start + count] = is_chosen @ both
    real = both[~is_treated].mean(axis=0)
    return Redraws(real[:-1], means[:, :-1], float(real[-1]), means[:, -1])
