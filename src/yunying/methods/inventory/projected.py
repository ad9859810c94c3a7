"""Projected inventory level: follow stock through the lead time, then order to the fractile of what will be lacking.

An order that is placed now arrives after the lead time and must last until the next one could arrive, one review later.
Demand that finds no stock is lost, so the stock at arrival is max(0, position - demand), not position - demand.

Source: van Jaarsveld and Arts (2024), Projected inventory-level policies for lost sales inventory systems.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError

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

    Raises:
        InternalError: a mean is not a number, endless or below zero, or the law is out of range.
    """
    for mean in (lead_mean, first_day_mean, cover_mean):
        if not (np.isfinite(mean).all() and (mean >= 0).all()):
            raise InternalError("mean demand must be finite and not below zero")
    if not (np.isfinite(alpha) and alpha >= 1 and np.isfinite(beta) and beta >= 0):
        raise InternalError("alpha must be at least 1 and beta at least 0")
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


def stock_at_arrival(on_hand: Floats, arriving: Floats, demand: Floats) -> Floats:
    """Stock when an order placed now arrives, followed step by step: what comes late does not serve who came early.

    Args:
        on_hand: shape (n,): units that can be sold now; below zero counts as none.
        arriving: shape (n, s): units that arrive at the end of each of s steps.
        demand: shape (n, m, s): demand in each step, for m scenarios.

    Returns:
        Shape (n, m), >= 0.

    >>> stock_at_arrival(np.array([2.0]), np.array([[3.0, 0.0]]), np.array([[[4.0, 1.0], [0.0, 9.0]]])).tolist()
    [[2.0, 0.0]]
    """
    stock = np.repeat(np.maximum(on_hand, 0.0)[:, None], demand.shape[1], axis=1)
    for step in range(demand.shape[2]):
        stock = np.maximum(stock - demand[:, :, step], 0.0) + arriving[:, step, None]
    return stock


REPEAT_RATE = 0.55
"""How fast a lost sale loses weight with the lead time; found on the exact optima of lost-sales systems."""


def lost_sales_ratio(ratio: Floats, lead_periods: Floats) -> Floats:
    """The share of outcomes that an order should cover where unmet demand is lost and the lead time is L periods.

    The newsvendor's ratio covers too much there. It takes a unit too many for undone by ordering one less next time;
    but after a stock-out the next orders, already under way, are short as well, and after a full shelf too large. The
    odds of running short that are worth accepting grow with the lead time: odds = C_o / C_u * sqrt(1 + 0.55 L).

    Args:
        ratio: the newsvendor's C_u / (C_u + C_o), any shape, 0 to 1.
        lead_periods: L >= 0, lead time in review periods, a shape that broadcasts with it; 0 changes nothing.

    Returns:
        The same shape, never above ``ratio``.

    Raises:
        InternalError: an argument is out of range.

    Source: own; the constant is fitted to the optima that ``lost_sales_optimum`` gives for Poisson and geometric demand
        (``bench/inventory.py`` shows the distance). The rule it corrects is Myopic-1 of Zipkin (2008).

    >>> lost_sales_ratio(np.array([0.8, 0.8, 0.8]), np.array([0.0, 1.0, 4.0])).round(4).tolist()
    [0.8, 0.7626, 0.691]
    """
    share, lead = np.asarray(ratio, dtype=float), np.asarray(lead_periods, dtype=float)
    if (share < 0).any() or (share > 1).any() or (lead < 0).any():
        raise InternalError("a ratio lies between 0 and 1, and a lead time is not below 0")
    return np.asarray(share / (share + (1.0 - share) * np.sqrt(1.0 + REPEAT_RATE * lead)))


def order_under_lost_sales(stock: Floats, cover: Floats, ratio: Floats, lead_periods: Floats) -> Floats:
    """How much to order where unmet demand is lost: the fractile of what will be lacking, at the corrected ratio.

    Args:
        stock: shape (n, m): units in m scenarios when the order arrives, without it.
        cover: shape (n, m): demand from then until the next order can arrive.
        ratio: shape (n,): the newsvendor's critical ratio, 0 to 1; NaN orders nothing.
        lead_periods: shape (n,): lead time in review periods, >= 0.

    Returns:
        Shape (n,), whole units, >= 0.

    Raises:
        InternalError: a ratio or a lead time is out of range.

    >>> stock, cover = np.array([[0.0, 2.0, 0.0, 1.0]]), np.array([[3.0, 1.0, 5.0, 6.0]])
    >>> order_under_lost_sales(stock, cover, np.array([0.8]), np.array([4.0])).tolist()
    [5.0]
    """
    return order_to_fractile(cover - stock, lost_sales_ratio(ratio, lead_periods))


def order_to_fractile(shortage: Floats, ratio: Floats) -> Floats:
    """The order that leaves at most 1 - ratio of the scenarios short: the fractile of what is lacking without it.

    Args:
        shortage: shape (n, m): units lacking in the cover period, below zero where stock is left.
        ratio: shape (n,): critical ratio, 0 to 1; NaN orders nothing.

    Returns:
        Shape (n,), >= 0, whole units.

    Raises:
        InternalError: a shortage is not a number or endless.

    >>> order_to_fractile(np.array([[-3.0, 1.0, 4.0, 9.0]]), np.array([0.75])).tolist()
    [4.0]
    """
    return orders_to_fractiles(shortage, ratio[:, None])[:, 0]


def orders_to_fractiles(shortage: Floats, ratios: Floats) -> Floats:
    """Several orders of each product at once, one for each ratio; see ``order_to_fractile``.

    Args:
        shortage: shape (n, m).
        ratios: shape (n, k): 0 to 1; NaN orders nothing.

    Returns:
        Shape (n, k), >= 0, whole units.

    Raises:
        InternalError: a shortage is not a number or endless.

    >>> orders_to_fractiles(np.array([[-3.0, 1.0, 4.0, 9.0]]), np.array([[0.75, 0.5]])).tolist()
    [[4.0, 1.0]]
    """
    if not np.isfinite(shortage).all():
        raise InternalError("shortages must be finite numbers")
    m = shortage.shape[1]
    ranked = np.sort(shortage, axis=1)
    # A hair less, so that a ratio that equals a share of the scenarios on paper also does so here.
    at = np.clip(np.ceil(np.nan_to_num(ratios) * m - 1e-9).astype(int) - 1, 0, m - 1)
    lacking = np.take_along_axis(ranked, at, axis=1)
    return np.where(np.isnan(ratios), 0.0, np.maximum(np.ceil(lacking), 0.0))


def order_to_fill_rate(shortage: Floats, demand: Floats, rate: Floats) -> Floats:
    """The smallest order with which the expected share of demand that is served reaches a rate (type 2 service).

    Args:
        shortage: shape (n, m): units lacking in the cover period without an order, below zero where stock is left.
        demand: shape (n,): expected demand of the cover period.
        rate: shape (n,): 0 to below 1; NaN asks for nothing.

    Returns:
        Shape (n,), >= 0, whole units.

    Raises:
        InternalError: a shortage is not a number or endless.

    Source: Silver, Pyke and Thomas (2017), Inventory and Production Management in Supply Chains, section 6.7 (P2 rule).

    Of 10 units wanted on average, 0 to 4 lack; without more than half a unit lost on average 95 % is served:

    >>> lacking = np.array([[0.0, 1.0, 2.0, 3.0, 4.0]])
    >>> order_to_fill_rate(lacking, np.array([10.0]), np.array([0.95])).tolist()
    [3.0]
    """
    if not np.isfinite(shortage).all():
        raise InternalError("shortages must be finite numbers")
    m = shortage.shape[1]
    allowed = np.where(np.isnan(rate), np.inf, (1.0 - np.nan_to_num(rate)) * demand) * m
    ranked = np.sort(shortage, axis=1)[:, ::-1]
    # Units lost in all scenarios if the order were as large as the k-th largest shortage: lost falls as orders grow.
    above = np.cumsum(ranked, axis=1)
    count = np.arange(1, m + 1)
    lost_at = above - count * ranked
    # The order lies between two neighbours, where it serves `count` short scenarios a unit each for every unit more.
    few = np.maximum((lost_at <= allowed[:, None] + 1e-9).sum(axis=1), 1) - 1
    rows = np.arange(len(shortage))
    wanted = ranked[rows, few] - (allowed - lost_at[rows, few]) / (few + 1)
    return np.maximum(np.ceil(np.where(np.isfinite(wanted), wanted, 0.0) - 1e-9), 0.0)


def _counts(mean: Floats, alpha: float, rng: np.random.Generator) -> Floats:
    if alpha > 1.0 + 1e-9:
        mean = rng.standard_gamma(mean / (alpha - 1.0)) * (alpha - 1.0)
    return rng.poisson(mean).astype(float)
