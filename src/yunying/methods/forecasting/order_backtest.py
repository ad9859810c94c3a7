"""Which forecast orders goods more cheaply: past origins, each seen as it was known then, with the shop's own money.

At every origin both forecasts are made from what lay before it, each becomes an order up to the fractile that a plan of
that day would have covered, and what the order would have cost is counted: units left at the cost of waiting, units
lacking at the margin lost. The forecast whose orders would have cost less is used. Where the learned one first had to
win by a standard error, orders cost as much or more in six kinds of store: three dates prove little either way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.backtest import HORIZONS_DAYS
from yunying.methods.forecasting.count_law import count_quantiles
from yunying.methods.forecasting.demand import DemandModel, boost_fit, demand_fit, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.shared_backtest import as_known_then, outcome, selling_days, shared_errors_backtested
from yunying.methods.forecasting.variance_law import VarianceLaw, fit_variance_law

Floats = NDArray[np.float64]
Pairs = dict[int, list[tuple[Floats, Floats]]]

ORIGINS = 4
"""The first one only tells how far each forecast strays; the others are judged."""
ORIGIN_STEP_DAYS = 28
LEAST_DAYS_BEFORE = 147
SAMPLED = 2_000
"""Products that are back-tested, and from which trees are learned."""
LEAST_PAIRS = 100


@dataclass(frozen=True)
class OrderTerms:
    """What an order of n products is judged by; money in any one unit.

    Args:
        ratio: shape (n,): share of outcomes that an order covers, 0 to 1.
        underage: shape (n,): what a unit lacking loses, >= 0; 0 together with ``overage`` leaves a product out.
        overage: shape (n,): what a unit left costs, >= 0.
        horizon_days: days that an order must cover, lead time and review together.
    """

    ratio: Floats
    underage: Floats
    overage: Floats
    horizon_days: int

    def of(self, chosen: NDArray[np.int64]) -> "OrderTerms":
        """The terms of some products."""
        return OrderTerms(self.ratio[chosen], self.underage[chosen], self.overage[chosen], self.horizon_days)


@dataclass(frozen=True)
class ForecastChoice:
    """What the back-test said; costs are money of all judged origins together.

    Args:
        is_boosted: the learned correction was kept.
        robust_cost, boosted_cost: of the orders of each.
        standard_error: of the difference, products taken as independent.
        cheaper_origins: of the ``origins`` judged, how many the learned one was cheaper at.
        products: that were sampled.
    """

    is_boosted: bool
    robust_cost: float
    boosted_cost: float
    standard_error: float
    cheaper_origins: int
    origins: int
    products: int
    horizon_days: int


def demand_fit_by_cost(
    history: DemandHistory, events: Sequence[str], terms: OrderTerms, seed: int
) -> tuple[DemandModel, ForecastChoice | None]:
    """The demand model whose orders would have cost least; no choice where the history is too short to judge by.

    Args:
        history: of n products.
        events: slugs of ``methods.calendars``.
        terms: of the same products.
        seed: of the sampling; the same seed and data give the same model.

    Raises:
        InternalError: as ``demand_fit``.
    """
    n = len(history.units)
    chosen = np.sort(np.random.default_rng([seed, 1]).permutation(n)[:SAMPLED])
    some, asked = history.of(chosen), terms.of(chosen)
    robust = demand_fit(history, events)
    robust = replace(robust, shared=shared_errors_backtested(robust, some))
    origins = judged_origins(history.days, terms.horizon_days)
    if len(origins) < ORIGINS:
        return robust, None
    trial = _Trial(some, asked, robust)
    for origin in origins:
        if not trial.add(origin, seed):
            return robust, None
    choice = trial.choice()
    if not choice.is_boosted:
        return robust, choice
    return replace(robust, boost=boost_fit(robust, some, seed), laws=trial.laws(robust.laws)), choice


def judged_origins(days: int, horizon_days: int) -> list[int]:
    """Origins four weeks apart, oldest first; the last one leaves a whole horizon, the first one half a year."""
    every = [days - horizon_days - ORIGIN_STEP_DAYS * back for back in range(ORIGINS - 1, -1, -1)]
    return [origin for origin in every if origin >= LEAST_DAYS_BEFORE]


def order_costs(mean: Floats, law: VarianceLaw, wanted: Floats, terms: OrderTerms) -> Floats:
    """What an order of each product would have cost, shape (n,), in the money of the terms.

    Args:
        mean: shape (n,): forecast of the horizon, the law's bias not yet applied.
        wanted: shape (n,): what was wanted in it.

    >>> terms = OrderTerms(np.array([0.5]), np.array([3.0]), np.array([1.0]), 7)
    >>> order_costs(np.array([8.0]), VarianceLaw(7, 1.4, 0.2, 1.0), np.array([9.0]), terms).tolist()
    [6.0]
    """
    bought = count_quantiles(mean * law.bias, law, terms.ratio[:, None])[:, 0]
    left, lacking = np.maximum(bought - wanted, 0.0), np.maximum(wanted - bought, 0.0)
    return np.asarray(terms.overage * left + terms.underage * lacking)


class _Trial:
    """Both forecasts at past origins, and what their orders cost."""

    def __init__(self, history: DemandHistory, terms: OrderTerms, robust: DemandModel) -> None:
        self._history, self._terms, self._robust = history, terms, robust
        self._selling = selling_days(history)
        self._pairs: tuple[Pairs, Pairs] = ({}, {})
        self._costs: list[tuple[Floats, Floats]] = []

    def add(self, origin: int, seed: int) -> bool:
        """Look at one origin more; False where nothing could be learned at it."""
        known = self._history.before(origin)
        model = as_known_then(self._robust, known)
        boost = boost_fit(model, known, seed)
        if boost is None:
            return False
        ahead = min(max(*HORIZONS_DAYS, self._terms.horizon_days), self._history.days - origin)
        means = [demand_forecast(each, known, ahead).mean for each in (model, replace(model, boost=boost))]
        if self._pairs[0]:
            costs = []
            for mean, law in zip(means, self._laws(self._terms.horizon_days), strict=True):
                usable, forecast, wanted = outcome(self._history, self._selling, mean, origin, self._terms.horizon_days)
                costs.append(np.where(usable, order_costs(forecast, law, wanted, self._terms), 0.0))
            self._costs.append((costs[0], costs[1]))
        for mean, pairs in zip(means, self._pairs, strict=True):
            for horizon in {*HORIZONS_DAYS, self._terms.horizon_days}:
                if horizon <= ahead:
                    usable, forecast, wanted = outcome(self._history, self._selling, mean, origin, horizon)
                    pairs.setdefault(horizon, []).append((forecast[usable], wanted[usable]))
        return True

    def choice(self) -> ForecastChoice:
        """What the origins say together."""
        robust, boosted = (np.array([cost[part] for cost in self._costs]) for part in range(2))
        saved = robust - boosted
        by_product, by_origin = saved.sum(axis=0), saved.sum(axis=1)
        n = len(by_product)
        error = float(np.sqrt(n) * by_product.std(ddof=1)) if n > 1 else float("inf")
        cheaper = int((by_origin > 0).sum())
        kept = bool(by_product.sum() > 0)
        total = float(robust.sum()), float(boosted.sum())
        return ForecastChoice(kept, *total, error, cheaper, len(by_origin), n, self._terms.horizon_days)

    def laws(self, otherwise: tuple[VarianceLaw, ...]) -> tuple[VarianceLaw, ...]:
        """How far the learned forecast strayed at the origins, none of whose outcomes it had seen."""
        return tuple(
            self._laws(law.horizon_days)[1] if law.horizon_days in self._pairs[1] else law for law in otherwise
        )

    def _laws(self, horizon: int) -> tuple[VarianceLaw, VarianceLaw]:
        """How far each forecast strayed at the origins so far.

        What both were wrong by at so few origins is mostly chance that all products share. The robust forecast's bias
        is known from many more, so only the ratio of the two is taken from these.
        """
        robust, boosted = (_law(pairs, horizon) for pairs in self._pairs)
        usual = self._robust.law(horizon).bias
        return replace(robust, bias=usual), replace(boosted, bias=usual * boosted.bias / robust.bias)


def _law(pairs: Pairs, horizon: int) -> VarianceLaw:
    forecast, wanted = (np.concatenate([pair[part] for pair in pairs[horizon]]) for part in range(2))
    return fit_variance_law(forecast, wanted, horizon, least_pairs=LEAST_PAIRS)
