"""Purchasing's forecast beside statsforecast and a plain LightGBM, from rolling origins, on real and simulated sales.

    python -m bench.forecast --data FOLDER --peer PYTHON_WITH_STATSFORECAST --json [--series 200]

Sets: ``online_retail`` (days, 28 ahead), ``spare_parts`` (months, 3 ahead), ``sim:WORLD`` (days, 28 ahead; scored on
what was wanted, also where stock ran out, while every forecaster sees sales), ``file:PATH`` (any shop's, as
``bench.series_file`` says). Without ``--data`` only the last two. AutoETS takes nine series a second, so a sample of
``--series`` series is drawn, the same for all. Of the last six origins, one horizon apart, the first three are
``developed`` ones, where settings may be looked at, and the last three are ``reported``.

``wrmsse``: root mean squared error over that of the naive step, weighted by revenue. ``pinball``: M5-U's scaled
pinball loss over its nine quantiles, the same weights. ``coverage``: share of outcomes inside the central intervals.
``pit_deviation``: mean distance of the share of outcomes below each quantile from its nominal one, beyond what
counting explains. ``order_cost``: each forecaster's mean of the whole horizon becomes an order by one rule, the 0.9
quantile of a negative binomial whose law of variance is fitted on its own earlier origins; a unit left costs a tenth
of its price, a unit lost nine tenths; as a share of the revenue wanted. ``series_per_second`` counts learning.
``levels`` says how sums over products are calibrated, see ``bench.forecast_levels``; ``--levels-only`` leaves the rest
out, and ``--seeds`` joins several simulated stores.
"""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.forecast_data import Series, online_retail, simulated, spare_parts
from bench.forecast_levels import levels_judged
from bench.forecasters import (
    PEERS,
    QUANTILES,
    RATIO,
    Forecast,
    boosted,
    fitted,
    plain_lightgbm,
    robust,
    statsforecast,
    yunying,
)
from bench.series_file import series_file
from yunying.methods.forecasting.count_law import count_quantiles
from yunying.methods.forecasting.variance_law import fit_variance_law

Floats = NDArray[np.float64]
M5_QUANTILES = (0.005, 0.025, 0.165, 0.25, 0.5, 0.75, 0.835, 0.975, 0.995)
INTERVALS = {"50": (0.25, 0.75), "80": (0.1, 0.9), "95": (0.025, 0.975)}
ORIGINS = 6
Forecaster = Callable[[Series, int], Forecast]


def origins(series: Series, which: str) -> list[int]:
    """Origins one horizon apart; the last one leaves a whole horizon."""
    last = series.units.shape[1] - series.horizon
    every = [last - series.horizon * back for back in range(ORIGINS - 1, -1, -1)]
    return every[: ORIGINS // 2] if which == "developed" else every[ORIGINS // 2 :]


def scores(series: Series, origin: int, found: Forecast) -> dict[str, float]:
    """What one origin says of a forecaster, without the cost of orders."""
    real = series.wanted[:, origin : origin + series.horizon]
    step, size, weight = _scales(series, origin)
    squared = np.sqrt(((real - found.mean) ** 2).mean(axis=1) / step)
    shares = np.array(QUANTILES)
    over = real[:, :, None] - found.quantiles
    loss = np.where(over >= 0, shares * over, (shares - 1) * over).mean(axis=1) / size[:, None]
    chosen = [QUANTILES.index(share) for share in M5_QUANTILES]
    below, at_most = (over < 0).mean(axis=(0, 1)), (over <= 0).mean(axis=(0, 1))
    inside = {}
    for name, (low, high) in INTERVALS.items():
        held = (over[:, :, QUANTILES.index(low)] >= 0) & (over[:, :, QUANTILES.index(high)] <= 0)
        inside[f"coverage_{name}"] = float(held.mean())
    return {
        "wrmsse": float(weight @ squared),
        "pinball": float(weight @ loss[:, chosen].mean(axis=1)),
        **inside,
        "pit_deviation": float(np.maximum(np.maximum(shares - at_most, below - shares), 0.0).mean()),
        "series_per_second": len(real) / max(found.seconds, 1e-9),
    }


def _scales(series: Series, origin: int) -> tuple[Floats, Floats, Floats]:
    """Mean squared and absolute naive step of each series since its first sale, and its share of recent revenue."""
    past = series.units[:, :origin]
    lived = np.cumsum(past > 0, axis=1)[:, :-1] > 0
    move = np.diff(past, axis=1)
    days = np.maximum(lived.sum(axis=1), 1)
    squared, absolute = ((size * lived).sum(axis=1) / days for size in (move**2, np.abs(move)))
    revenue = past[:, -series.horizon :].sum(axis=1) * series.price * (squared > 0)
    return np.maximum(squared, 1e-9), np.maximum(absolute, 1e-9), revenue / max(revenue.sum(), 1e-9)


def order_cost(series: Series, origin: int, mean: Floats, earlier: tuple[Floats, Floats]) -> float:
    """Cost of one order for the whole horizon over the revenue wanted."""
    real = series.wanted[:, origin : origin + series.horizon].sum(axis=1)
    law = fit_variance_law(earlier[0], earlier[1], series.horizon * series.period_days, least_pairs=100)
    quantity = count_quantiles(mean.sum(axis=1) * law.bias, law, np.array([RATIO]))[:, 0]
    left, lost = np.maximum(quantity - real, 0.0), np.maximum(real - quantity, 0.0)
    cost = ((1 - RATIO) * left + RATIO * lost) @ series.price
    return float(cost / max(real @ series.price, 1e-9))


def judged(series: Series, which: str, forecaster: Forecaster) -> dict[str, float]:
    """Mean scores over the origins; each origin's law of variance comes from the origins before it."""
    asked = origins(series, which)
    before = [asked[0] - series.horizon * back for back in (2, 1)]
    pairs: list[tuple[Floats, Floats]] = []
    rows = []
    for origin in (*before, *asked):
        found = forecaster(series, origin)
        if origin in asked:
            earlier = tuple(np.concatenate([pair[part] for pair in pairs]) for part in range(2))
            cost = order_cost(series, origin, found.mean, (earlier[0], earlier[1]))
            rows.append({**scores(series, origin, found), "order_cost": cost})
        real = series.units[:, origin : origin + series.horizon].sum(axis=1)
        pairs.append((found.mean.sum(axis=1), real))
    return {name: round(float(np.mean([row[name] for row in rows])), 5) for name in rows[0]}


def levels(stores: Sequence[Series], which: str) -> dict[str, object]:
    """Calibration of products, categories and the store, at the origins asked and half-way between them."""
    cases = []
    for series in stores:
        asked = origins(series, which)
        cases += [(series, at) for at in range(asked[0], asked[-1] + 1, max(series.horizon // 2, 1))]
    return levels_judged(cases, fitted)


def sampled(series: Series, which: str, count: int) -> Series:
    """Series that had sold before the first origin asked, at most ``count``, drawn once and for all."""
    first = origins(series, which)[0] - 2 * series.horizon
    alive = np.flatnonzero((series.units[:, :first] > 0).sum(axis=1) >= 2)
    if not len(alive):
        raise SystemExit(f"no series sold in two of its first {first} periods: there is nothing to forecast from")
    chosen = np.sort(np.random.default_rng(7).permutation(alive)[:count])
    return series.of(chosen)


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("YUNYING_DATA"))
    parser.add_argument("--sets", nargs="+", default=["online_retail", "spare_parts", "sim:demo", "sim:grocery"])
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--origins", choices=["reported", "developed"], default="reported")
    parser.add_argument("--seeds", type=int, nargs="+", default=[4001], help="of the simulated stores")
    parser.add_argument("--levels-only", action="store_true")
    parser.add_argument("--without", nargs="+", default=[], help="forecasters to leave out")
    parser.add_argument("--peer", help="a Python that has statsforecast 2.1.1")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    forecasters: dict[str, Forecaster] = {
        "yunying": yunying,
        "robust": robust,
        "boosted": boosted,
        "lightgbm": plain_lightgbm,
    }
    if options.peer:
        forecasters |= {name: partial(statsforecast, name, options.peer) for name in PEERS}
    result: dict[str, object] = {
        "origins": options.origins,
        "statsforecast": "2.1.1" if options.peer else "missing: --peer names a Python that has it",
        "sets": {},
    }
    loaders = {"online_retail": online_retail, "spare_parts": spare_parts}
    for name in options.sets:
        if name in loaders and options.data is None:
            result["sets"][name] = "missing: --data names the folder of the public data sets"  # type: ignore[index]
            continue
        if name.startswith("file:"):
            wholes = [series_file(Path(name.removeprefix("file:")))]
        elif name in loaders:
            wholes = [loaders[name](Path(options.data))]
        else:
            wholes = [simulated(name.removeprefix("sim:"), seed) for seed in options.seeds]
        stores = [sampled(whole, options.origins, options.series) for whole in wholes]
        found: dict[str, object] = {"series": [len(series.units) for series in stores], "horizon": stores[0].horizon}
        result["sets"][name] = found  # type: ignore[index]
        for who, forecaster in forecasters.items():
            if options.levels_only or who in options.without:
                continue
            rows = [judged(series, options.origins, forecaster) for series in stores]
            found[who] = {key: round(float(np.mean([row[key] for row in rows])), 5) for key in rows[0]}
            if not options.json:
                print(name, who, found[who], flush=True)
        found["levels"] = levels(stores, options.origins)
        if not options.json:
            print(name, "levels", json.dumps(found["levels"], indent=1), flush=True)
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
