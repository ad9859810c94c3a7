"""Products whose profits are skewed, of whom a tenth keeps the old rule."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

KINDS = ("seller", "pareto", "often_zero", "unexplained")


@dataclass(frozen=True)
class Draw:
    """Profit of the window, profit before, who is treated, and the true mean effect on the treated."""

    outcome: np.ndarray
    before: np.ndarray
    is_treated: np.ndarray
    truth: float


def draws_of(kind: str, *, worlds: int, units: int, effect_rate: float, seed: int) -> Iterator[Draw]:
    """Effects are a share of the product's size that differs much between products; 0 is no effect."""
    rng = np.random.default_rng(seed)
    for _ in range(worlds):
        before, after = _profits(kind, units, rng)
        effects = effect_rate * np.abs(before) * rng.lognormal(-0.5, 1.0, units)
        is_treated = rng.random(units) >= 0.1
        yield Draw(after + effects * is_treated, before, is_treated, float(effects[is_treated].mean()))


def _profits(kind: str, units: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if kind == "seller":
        level = rng.lognormal(0, 1.5, units)
        before, after = (level * rng.gamma(4, 0.25, units) - rng.gamma(1, 0.3, units) for _ in range(2))
    elif kind == "pareto":
        level = rng.pareto(1.5, units) + 0.1
        before, after = (level * rng.lognormal(0, 0.3, units) for _ in range(2))
    elif kind == "often_zero":
        level = 0.7 * rng.lognormal(0, 1.3, units)
        before, after = (10.0 * rng.poisson(level) for _ in range(2))
    else:
        before, after = (rng.lognormal(0, 1.2, units) for _ in range(2))
    return before, after
