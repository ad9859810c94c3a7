"""Projected inventory level: follow stock through the lead time, then order to the fractile of what will be lacking.

An order that is placed now arrives after the lead time and must last until the next one could arrive, one review later.
Demand that finds no stock is lost, so the stock at arrival is max(0, position - demand), not position - demand.

Source: van Jaarsveld and Arts (2024), Projected inventory-level policies for lost sales inventory systems.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DemandScenarios:
    """Draws of demand for n products, m scenarios each, float, shape (n, m).

    Args:
        lead: over the lead time, before an order placed now can arrive.
        first_day: on the day on which it arrives.
        cover: over the cover period that starts on that day, ``first_day`` included.
    """

    lead: Floats
    first_day: Floats
    cover: Floats


def demand_scenarios(
    lead_mean: Floats, first_day_mean: Floats, cover_mean: Floats, alpha: float, beta: float, draws: int,
    rng: np.random.Generator,
) -> DemandScenarios:  # fmt: skip
    """Draw demand whose level is uncertain (squared relative error ``beta``) and whose counts scatter by ``alpha``.

    One error of the level holds for a whole scenario, so lead time and cover period err together; given it, counts are
    negative binomial with variance ``alpha`` times their mean (Poisson where alpha is 1).

    Args:
        lead_mean: shape (n,) or (n, m): mean demand over the lead time, per scenario where lead times are random.
        first_day_mean: shape (n,).
        cover_mean: shape (n,) or (n, m): at least ``first_day_mean``; random where the next order's lead time is.
        alpha: >= 1.
        beta: >= 0.
        draws: m, the number of scenarios.
    """
    n = len(cover_mean)
    level = rng.gamma(1 / beta, beta, size=(n, draws)) if beta > 1e-9 else np.ones((n, draws))
    lead = lead_mean if lead_mean.ndim == 2 else lead_mean[:, None]
    cover = cover_mean if cover_mean.ndim == 2 else cover_mean[:, None]
    rest = np.maximum(cover - first_day_mean[:, None], 0.0)
    first = _counts(level * first_day_mean[:, None], alpha, rng)
    return DemandScenarios(
        lead=_counts(level * lead, alpha, rng),
        first_day=first,
        cover=first + _counts(level * rest, alpha, rng),
    )


def projected_stock(position: Floats, lead_demand: Floats) -> Floats:
    """Stock when the order arrives: what is on hand and due before, less demand, never below zero.

    Args:
        position: shape (n,): units on hand and due before the order arrives.
        lead_demand: shape (n, m).

    >>> projected_stock(np.array([5.0]), np.array([[3.0, 8.0]])).tolist()
    [[2.0, 0.0]]
    """
    return np.maximum(np.maximum(position, 0.0)[:, None] - lead_demand, 0.0)


def order_to_fractile(shortage: Floats, ratio: Floats) -> Floats:
    """The order that leaves at most 1 - ratio of the scenarios short: the fractile of what is lacking without it.

    Args:
        shortage: shape (n, m): units lacking in the cover period, below zero where stock is left.
        ratio: shape (n,): critical ratio, 0 to 1.

    Returns:
        Shape (n,), >= 0, whole units.

    >>> order_to_fractile(np.array([[-3.0, 1.0, 4.0, 9.0]]), np.array([0.75])).tolist()
    [4.0]
    """
    m = shortage.shape[1]
    ranked = np.sort(shortage, axis=1)
    at = np.clip(np.ceil(ratio * m).astype(int) - 1, 0, m - 1)
    return np.maximum(np.ceil(ranked[np.arange(len(ranked)), at]), 0.0)


def _counts(mean: Floats, alpha: float, rng: np.random.Generator) -> Floats:
    if alpha > 1.0 + 1e-9:
        mean = rng.standard_gamma(mean / (alpha - 1.0)) * (alpha - 1.0)
    return rng.poisson(mean).astype(float)
