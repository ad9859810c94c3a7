"""Coherence of forecasts: totals of categories and of the store, as sums of product paths, against what was wanted.

Coverage and PIT of the sums over the horizon for products, categories and the store, with common errors and, as the
control, with every product's error its own. Beside them the errors of three ways to a total: the sum of product
forecasts, a forecast of the total's own series, and both made to agree by minimum trace (``reconciliation``).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.forecast_data import Series
from yunying.methods.calendars import event_slugs
from yunying.methods.forecasting.demand import DemandModel, demand_fit, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.reconciliation import reconciled, shrunk_covariance, summing_matrix
from yunying.methods.forecasting.scenario_paths import common_errors, scenario_paths
from yunying.methods.forecasting.shared_errors import SharedErrors

Floats = NDArray[np.float64]
Fit = Callable[[Series, int], DemandModel]
DRAWS = 500
INTERVALS = {"50": (0.25, 0.75), "80": (0.1, 0.9), "95": (0.025, 0.975)}
LEVELS = ("product", "category", "store")
EARLIER = 6
"""Origins before the asked one, whose errors the covariance of the reconciliation is taken from."""


def levels_judged(cases: Iterable[tuple[Series, int]], fit: Fit) -> dict[str, object]:
    """What cases, each a store at an origin, say together."""
    ranks: dict[str, dict[str, list[Floats]]] = {kind: {level: [] for level in LEVELS} for kind in ("common", "own")}
    errors: dict[str, dict[str, list[Floats]]] = {}
    chosen = []
    for series, origin in cases:
        model = fit(series, origin)
        chosen.append(model.boost is not None)
        real = _by_level(_wanted(series, origin), series.history)
        for kind, of in ranks.items():
            for level, paths in _paths(series, origin, model, kind == "common").items():
                of[level].append(_rank(paths, real[level]))
        for way, found in _ways(series, origin, model).items():
            for level in LEVELS:
                scale = max(float(np.abs(real[level]).mean()), 1e-9)
                errors.setdefault(way, {name: [] for name in LEVELS})[level].append(
                    (found[level] - real[level]) / scale
                )
    return {
        "cases": len(chosen),
        "learned_forecast_chosen": sum(chosen),
        "calibration": {kind: {level: _calibration(np.vstack(of[level])) for level in LEVELS}
                        for kind, of in ranks.items()},
        "relative_rmse": {way: {level: round(float(np.sqrt((np.concatenate(of[level]) ** 2).mean())), 4)
                                for level in LEVELS} for way, of in errors.items()},
    }  # fmt: skip


def _days(series: Series) -> int:
    return series.horizon * series.period_days


def _wanted(series: Series, origin: int) -> Floats:
    return np.asarray(series.wanted[:, origin : origin + series.horizon].sum(axis=1))


def _by_level(values: Floats, history: DemandHistory) -> dict[str, Floats]:
    """Of products' values, shape (n, ...), the sums of categories that have products, and of the store."""
    held = np.unique(history.group)
    category = np.stack([values[history.group == which].sum(axis=0) for which in held])
    return {"product": values, "category": category, "store": values.sum(axis=0, keepdims=True)}


def _mean(series: Series, origin: int, model: DemandModel) -> Floats:
    return demand_forecast(model, series.before(origin), _days(series)).mean.sum(axis=1, dtype=float)


def _paths(series: Series, origin: int, model: DemandModel, has_common: bool) -> dict[str, Floats]:
    days, rng = _days(series), np.random.default_rng(1)
    law, shared = model.law(days), model.shared_errors(days)
    if not has_common:
        shared = SharedErrors(shared.horizon_days, 0.0, 0.0)
    history = series.history
    common = common_errors(shared, history.groups, DRAWS, rng)
    mean = _mean(series, origin, model)[:, None]
    return _by_level(scenario_paths(mean, law, shared, history.group, common, rng)[:, :, 0], history)


def _rank(paths: Floats, real: Floats) -> Floats:
    """Share of paths below the outcome and at most it: shape (k, 2)."""
    return np.column_stack([(paths < real[:, None]).mean(axis=1), (paths <= real[:, None]).mean(axis=1)])


def _calibration(rank: Floats) -> dict[str, float]:
    """Coverage of central intervals, and the mean distance of PIT's nine deciles beyond what counting explains."""
    shares = np.arange(0.1, 0.95, 0.1)
    below = (rank[:, 1][:, None] <= shares + 1e-9).mean(axis=0)
    at_most = (rank[:, 0][:, None] <= shares + 1e-9).mean(axis=0)
    deviation = np.maximum(np.maximum(below - shares, shares - at_most), 0.0).mean()
    inside = {f"coverage_{name}": round(float(((rank[:, 1] >= low) & (rank[:, 0] <= high)).mean()), 3)
              for name, (low, high) in INTERVALS.items()}  # fmt: skip
    return {"outcomes": len(rank), **inside, "pit_deviation": round(float(deviation), 4)}


def _ways(series: Series, origin: int, model: DemandModel) -> dict[str, dict[str, Floats]]:
    """Forecasts of all levels: sums of products, the totals' own, and both reconciled."""
    days = _days(series)
    history = series.history
    held = np.unique(history.group)
    place = np.searchsorted(held, history.group)
    summing = summing_matrix(place, len(held))
    robust = demand_fit(series.before(origin), event_slugs())
    totals = demand_fit(_totals(series.before(origin), held), event_slugs())
    step = max(series.horizon // 2, 1)
    before = [origin - series.horizon - step * back for back in range(EARLIER)]
    past = []
    for at in before:
        base = _base(series, at, robust, totals, held)
        past.append(summing @ series.units[:, at : at + series.horizon].sum(axis=1) - base)
    base = _base(series, origin, model, totals, held)
    parts = _mean(series, origin, model) * model.law(days).bias
    agreed = reconciled(base, summing, shrunk_covariance(np.column_stack(past)))
    n = len(parts)
    ways = {"sum_of_products": summing @ parts, "own_series": base, "minimum_trace": agreed}
    return {way: {"product": found[-n:], "category": found[1:-n], "store": found[:1]} for way, found in ways.items()}


def _base(series: Series, origin: int, model: DemandModel, totals: DemandModel, held: NDArray[np.int64]) -> Floats:
    days = _days(series)
    above = demand_forecast(totals, _totals(series.before(origin), held), days).mean.sum(axis=1, dtype=float)
    return np.concatenate([above, _mean(series, origin, model) * model.law(days).bias])


def _totals(history: DemandHistory, held: NDArray[np.int64]) -> DemandHistory:
    """The store and its categories as series of their own; a total is never out of stock, and does not die."""
    rows = [history.units.sum(axis=0), *(history.units[history.group == which].sum(axis=0) for which in held)]
    units = np.stack(rows).astype(np.float32)
    return replace(
        history, units=units, exposure=np.ones_like(units), censored=np.zeros(units.shape, dtype=bool),
        group=np.arange(len(rows)), groups=len(rows), discount=None, is_on_sale=None,
    )  # fmt: skip
