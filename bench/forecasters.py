"""The forecasters of ``bench.forecast``: each gives mean and quantiles of every period ahead, and the mean of all.

``yunying`` is what purchasing uses: ``demand_fit_by_cost``, ``demand_forecast`` and the law of variance of the nearest
horizon, negative binomial; ``robust`` and ``boosted`` are the two that it chooses from. ``lightgbm`` is a plain one:
Tweedie trees for the mean and quantile trees over all series, from trailing means, the same weekday's mean, and the
step ahead. The others are statsforecast's, run by ``--peer``, one series after the other; where a model has no
distribution it gets the library's conformal intervals.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray

from bench.forecast_data import Series
from yunying.methods.calendars import event_slugs
from yunying.methods.forecasting.count_law import count_quantiles
from yunying.methods.forecasting.demand import DemandModel, boost_fit, demand_fit, demand_forecast
from yunying.methods.forecasting.order_backtest import OrderTerms, demand_fit_by_cost
from yunying.practices.purchasing.boosted import LONGEST_DAYS

Floats = NDArray[np.float64]
QUANTILES = (0.005, 0.025, 0.1, 0.165, 0.25, 0.5, 0.75, 0.835, 0.9, 0.975, 0.995)
LEVELS = (50, 67, 80, 95, 99)
PEERS = ("SeasonalNaive", "AutoETS", "CrostonOptimized", "TSB", "IMAPA")
TRAINED_ORIGINS = 12
RATIO = 0.9
"""Share of outcomes that an order covers: a unit lost costs nine tenths of its price, a unit left one tenth."""

STATSFORECAST = """
import sys, time
import numpy as np
from statsforecast.models import AutoETS, CrostonOptimized, IMAPA, SeasonalNaive, TSB
from statsforecast.utils import ConformalIntervals
given, name, out = np.load(sys.argv[1]), sys.argv[2], sys.argv[3]
units, begin, h, season = given["units"], given["begin"], int(given["h"]), int(given["season"])
levels = [int(level) for level in given["levels"]]
cut = lambda: ConformalIntervals(n_windows=2, h=h)
model = {
    "SeasonalNaive": lambda: SeasonalNaive(season_length=season),
    "AutoETS": lambda: AutoETS(season_length=season),
    "CrostonOptimized": lambda: CrostonOptimized(prediction_intervals=cut()),
    "TSB": lambda: TSB(alpha_d=0.2, alpha_p=0.2, prediction_intervals=cut()),
    "IMAPA": lambda: IMAPA(prediction_intervals=cut()),
}[name]()
def one(y):
    try:
        f = model.forecast(y=y, h=h, level=levels)
    except Exception:
        # Too short for it, or nothing but zeros: the mean, as a user would fall back on.
        f = {"mean": np.full(h, y.mean())}
    if "lo-50" not in f:
        f |= {f"{side}-{level}": f["mean"] for side in ("lo", "hi") for level in levels}
    lows = [f[f"lo-{level}"] for level in levels[::-1]]
    return f["mean"], np.column_stack([*lows, f["mean"], *(f[f"hi-{level}"] for level in levels)])
one(units[0, begin[0]:].astype(float))  # numba compiles once
start = time.perf_counter()
found = [one(row[at:].astype(float)) for row, at in zip(units, begin)]
seconds = time.perf_counter() - start
mean, quantiles = (np.nan_to_num(np.array([each[part] for each in found])) for part in range(2))
np.savez(out, mean=np.maximum(mean, 0), quantiles=np.maximum(quantiles, 0), seconds=seconds)
"""


@dataclass(frozen=True)
class Forecast:
    """Of n series, h periods ahead.

    Args:
        mean: shape (n, h).
        quantiles: shape (n, h, 11): at ``QUANTILES``.
        seconds: for all series, learning included.
    """

    mean: Floats
    quantiles: Floats
    seconds: float


def fitted(series: Series, origin: int) -> DemandModel:
    """The model that purchasing would fit before ``origin``, judged by the bench's costs of a unit left and lost."""
    n, price = len(series.units), np.maximum(series.price, 1e-9)
    days = min(series.horizon * series.period_days, LONGEST_DAYS)
    terms = OrderTerms(np.full(n, RATIO), RATIO * price, (1 - RATIO) * price, days)
    return demand_fit_by_cost(series.before(origin), event_slugs(), terms, 1)[0]


def yunying(series: Series, origin: int) -> Forecast:
    """What purchasing forecasts: the robust forecast or the learned one, by the back-tested cost of the orders."""
    return _forecast(fitted, series, origin)


def robust(series: Series, origin: int) -> Forecast:
    """The robust forecast alone."""
    return _forecast(lambda some, at: demand_fit(some.before(at), event_slugs()), series, origin)


def boosted(series: Series, origin: int) -> Forecast:
    """The learned forecast wherever anything could be learned."""

    def learned(some: Series, at: int) -> DemandModel:
        model = demand_fit(some.before(at), event_slugs())
        return replace(model, boost=boost_fit(model, some.before(at), 1))

    return _forecast(learned, series, origin)


def _forecast(fit: Callable[[Series, int], DemandModel], series: Series, origin: int) -> Forecast:
    start = time.perf_counter()
    model = fit(series, origin)
    law, days = model.law(series.period_days), series.horizon * series.period_days
    daily = demand_forecast(model, series.before(origin), days).mean.astype(float) * law.bias
    mean = daily.reshape(len(daily), series.horizon, series.period_days).sum(axis=2)
    quantiles = count_quantiles(mean, law, np.array(QUANTILES))
    return Forecast(mean, quantiles, time.perf_counter() - start)


def plain_lightgbm(series: Series, origin: int) -> Forecast:
    """One model over all series for the mean, one for each quantile."""
    start = time.perf_counter()
    units, h = series.units, series.horizon
    spans = list(range(origin - h, series.season, -h))[:TRAINED_ORIGINS]
    design = np.vstack([_features(units, at, series) for at in spans])
    target = np.concatenate([units[:, at : at + h].reshape(-1) for at in spans])
    ahead = _features(units, origin, series)

    def trees(**objective: object) -> Floats:
        plain = {"verbosity": -1, "num_leaves": 31, "learning_rate": 0.05, "num_threads": 1, "seed": 1}
        data = lightgbm.Dataset(design, target)
        model = lightgbm.train({**plain, **objective}, data, num_boost_round=100)
        return np.maximum(model.predict(ahead).reshape(len(units), h), 0.0)

    mean = trees(objective="tweedie")
    found = [trees(objective="quantile", alpha=share) for share in QUANTILES]
    return Forecast(mean, np.sort(np.stack(found, axis=2), axis=2), time.perf_counter() - start)


def _features(units: Floats, origin: int, series: Series) -> Floats:
    n, h, season = len(units), series.horizon, series.season
    past = units[:, :origin]
    means = [past[:, -span:].mean(axis=1) for span in (season, 4 * season, 12 * season)]
    last = np.where(past.any(axis=1), past.shape[1] - past[:, ::-1].argmax(axis=1), 0)
    fixed = np.column_stack([*means, past[:, -4 * season :].std(axis=1), origin - last, series.price])
    steps = np.tile(np.arange(h), n)
    begin = origin - season * min(8, origin // season)
    same = np.column_stack([past[:, begin + k % season :: season].mean(axis=1) for k in range(h)])
    return np.column_stack([np.repeat(fixed, h, axis=0), steps, (origin + steps) % season, same.reshape(-1)])


def statsforecast(name: str, python: str, series: Series, origin: int) -> Forecast:
    """A model of statsforecast, by the Python that has it."""
    past = series.units[:, :origin]
    # Each series begins with its first sale, but keeps enough of the zeros for the season.
    begun = np.minimum((past > 0).argmax(axis=1), max(0, origin - 4 * series.season))
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.npz", Path(folder) / "found.npz"
        np.savez(given, units=past, begin=begun, h=series.horizon,
                 season=series.season, levels=LEVELS)  # fmt: skip
        done = subprocess.run([python, "-W", "ignore", "-c", STATSFORECAST, str(given), name, str(found)],
                              capture_output=True, text=True, check=False)  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{python} cannot run statsforecast 2.1.1: {done.stderr.strip().splitlines()[-1]}")
        with np.load(found) as answer:
            return Forecast(answer["mean"], answer["quantiles"], float(answer["seconds"]))
