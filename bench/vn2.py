"""The VN2 challenge: six weekly orders for 599 series, lead time and all, beside the official benchmark.

    python -m bench.vn2 --data /path/to/data --json
    python -m bench.vn2 --data /path/to/data --demand weeks.csv --json

By its rules an order at the end of week X can be sold in week X + 3, unmet demand is lost at 1, a unit left costs 0.2
a week, and the cost of weeks 3 to 8 is the score. ``--demand`` is a file of the eight weeks after the history, long
(Store, Product, week, demand) or wide (Store, Product, one column a week), and the rounds begin with
``initial_state.csv``. Before each order the demand of the weeks gone by is known; with ``--observe sales`` only what
our own stock could sell is.

Without a file the eight weeks are cut from the history, and the benchmark's own last eight weeks fill the shelves. The
settings were chosen on windows that begin in weeks 93, 97, .. 149 (``--windows chosen`` shows them), counted from 0;
reported by default are those that begin in weeks 95, 99, .. 147, which were not looked at but share weeks with them. A
model is learned anew before each order, from what is known by then. ``--peer PYTHON``, one with catboost, sets
``bench/vn2_winner.py`` beside it.
"""

import argparse
import csv
import datetime as dt
import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.series_spread import CountSpread, relative_variance, weekly_count_scenarios
from yunying.methods.forecasting.weekly_boost import weekly_boost_fit, weekly_boost_forecast
from yunying.methods.forecasting.weekly_history import WeeklyHistory
from yunying.methods.inventory.projected import order_under_lost_sales, stock_at_arrival

Floats = NDArray[np.float64]

HOLDING, SHORTAGE = 0.2, 1.0
ROUNDS, WEEKS, LEAD_WEEKS = 6, 8, 2
FIRST_SCORED = 2
ALPHA, BETA = 1.1, 0.04
LEFTOVER_WEIGHT = 1.3
"""A unit too many costs more than its week's holding where the whole market may fall; found on the history."""
SPREAD_WEEKS = 52
DRAWS = 1000
REPORTED = tuple(range(95, 148, 4))
CHOSEN = tuple(range(93, 150, 4))
WINNER_Z = 0.967
POOLS = ("Store", "Product", "ProductGroup", "Department")
CODES = ("Store", "ProductGroup", "Division", "Department", "DepartmentGroup", "StoreFormat", "Format")


@dataclass(frozen=True)
class Shelves:
    """Stock of n series at the end of a week, and what the next two weeks bring."""

    on_hand: Floats
    next_week: Floats
    week_after: Floats


@dataclass(frozen=True)
class Challenge:
    """The series' keys, the whole history, and the state that it ends in."""

    keys: list[tuple[str, str]]
    history: WeeklyHistory
    shelves: Shelves


Rule = Callable[[WeeklyHistory, Shelves, int], Floats]
"""Orders of a round (0 to 5), from what is known and what is on the shelves."""


def load(folder: Path) -> Challenge:
    """The challenge as the data folder holds it."""
    head, sales = _rows(folder / "sales.csv")
    _, in_stock = _rows(folder / "in_stock.csv")
    keys = [(row[0], row[1]) for row in sales]
    flags = {(row[0], row[1]): [value == "True" for value in row[2:]] for row in in_stock}
    master_head, master = _rows(folder / "master.csv")
    attributes = {(row[0], row[1]): dict(zip(master_head, row, strict=True)) for row in master}
    state_head, state = _rows(folder / "initial_state.csv")
    at = [state_head.index(name) for name in ("End Inventory", "In Transit W+1", "In Transit W+2")]
    shelves = {(row[0], row[1]): [float(row[place]) for place in at] for row in state}
    first = dt.date.fromisoformat(head[2])
    weeks = [(first + dt.timedelta(weeks=week)).isocalendar().week for week in range(len(head) - 2 + WEEKS + 3)]
    history = WeeklyHistory(
        units=np.array([[float(value) for value in row[2:]] for row in sales]),
        in_stock=np.array([flags[key] for key in keys]),
        week_of_year=np.array(weeks),
        pools=np.array([[int(attributes[key][name]) for name in POOLS] for key in keys]),
        codes=np.array([[float(attributes[key][name]) for name in CODES] for key in keys]),
    )
    return Challenge(keys, history, Shelves(*np.array([shelves[key] for key in keys]).T))


def load_demand(path: Path, keys: list[tuple[str, str]]) -> Floats:
    """The eight weeks of a file, shape (n, 8), in the order of ``keys``."""
    head, rows = _rows(path)
    names = [name.strip().lower() for name in head]
    if "store" not in names or "product" not in names:
        raise SystemExit(f"{path}: the columns Store and Product are missing")
    store, product = names.index("store"), names.index("product")
    found: dict[tuple[str, str], dict[str, float]] = {}
    if "week" in names and "demand" in names:
        week, demand = names.index("week"), names.index("demand")
        cells = [((row[store], row[product]), row[week], row[demand]) for row in rows]
    else:
        wide = [place for place in range(len(names)) if place not in (store, product)]
        cells = [((row[store], row[product]), head[place], row[place]) for row in rows for place in wide]
    for key, label, value in cells:
        found.setdefault((str(int(float(key[0]))), str(int(float(key[1])))), {})[label.strip()] = float(value)
    labels = {label for weeks in found.values() for label in weeks}
    ordered = sorted(labels, key=lambda label: (len(label), label))
    if len(ordered) != WEEKS:
        raise SystemExit(f"{path}: {len(ordered)} weeks, where the challenge has {WEEKS}")
    missing = [key for key in keys if key not in found or len(found[key]) != WEEKS]
    if missing:
        raise SystemExit(f"{path}: {len(missing)} of {len(keys)} series lack weeks, the first is {missing[0]}")
    values = np.array([[found[key][label] for label in ordered] for key in keys])
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise SystemExit(f"{path}: demand must be numbers of at least 0")
    return values


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    return rows[0], rows[1:]


def benchmark_forecast(history: WeeklyHistory, ahead: int) -> Floats:
    """The official one: a weekly index over all series times the mean of the last 13 deseasonalised in-stock weeks."""
    t = history.weeks
    seen = history.in_stock
    sold = np.where(seen, history.units, 0.0)
    weekly = sold.sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    index = np.ones(54)
    for week in range(1, 54):
        same = history.week_of_year[:t] == week
        if same.any():
            index[week] = weekly[same].mean()
    index = index / index[1:53].mean()
    season = index[history.week_of_year]
    recent = slice(max(0, t - 13), t)
    level = (sold[:, recent] / season[recent]).sum(axis=1) / np.maximum(seen[:, recent].sum(axis=1), 1)
    return level[:, None] * season[t : t + ahead]


def benchmark_rule(history: WeeklyHistory, shelves: Shelves, _round: int) -> Floats:
    """Order up to the forecast of the next four weeks."""
    position = shelves.on_hand + shelves.next_week + shelves.week_after
    return np.maximum(np.round(benchmark_forecast(history, 4).sum(axis=1) - position), 0.0)


class YunyingRule:
    """Pooled forecast, each series' own spread, stock projected through the lead time, order to the fractile."""

    def __init__(self, known: WeeklyHistory, seed: int) -> None:
        ahead = LEAD_WEEKS + 1
        self._seed = seed
        origins = range(max(54, known.weeks - SPREAD_WEEKS), known.weeks - LEAD_WEEKS)
        self._spread = CountSpread(ALPHA, BETA * relative_variance(known, ahead, origins) ** 2)

    def __call__(self, history: WeeklyHistory, shelves: Shelves, number: int) -> Floats:
        model = weekly_boost_fit(history, LEAD_WEEKS + 1, self._seed)
        mean = weekly_boost_forecast(model, history)
        rng = np.random.default_rng([self._seed, number])
        demand = weekly_count_scenarios(mean, self._spread, DRAWS, rng)
        arriving = np.column_stack([shelves.week_after, np.zeros(len(mean))])
        stock = stock_at_arrival(shelves.on_hand + shelves.next_week, arriving, demand[:, :, :LEAD_WEEKS])
        # The order of the last round has no later order that could make up for it; the one before it has one.
        later = min(LEAD_WEEKS, ROUNDS - 1 - number)
        ratio = np.full(len(mean), SHORTAGE / (SHORTAGE + LEFTOVER_WEIGHT * HOLDING))
        return order_under_lost_sales(stock, demand[:, :, LEAD_WEEKS], ratio, np.full(len(mean), float(later)))


def winner_rule(means: Floats) -> Rule:
    """The order rule that the winner published, over the means of each round, shape (6, n, 3)."""

    def rule(_history: WeeklyHistory, shelves: Shelves, number: int) -> Floats:
        mean = means[number]
        arriving = np.column_stack([shelves.week_after, np.zeros(len(mean))])
        stock = stock_at_arrival(shelves.on_hand + shelves.next_week, arriving, mean[:, None, :LEAD_WEEKS])[:, 0]
        wanted = mean[:, LEAD_WEEKS]
        return np.maximum(np.round(wanted + WINNER_Z * np.sqrt(wanted) - stock), 0.0)

    return rule


def winner_means(peer: str, challenge: Challenge, windows: Sequence[int]) -> dict[int, Floats]:
    """What the rebuilt winner expects in each window, from a Python that has catboost."""
    history = challenge.history
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "given.npz", Path(folder) / "found.npz"
        np.savez(
            source, units=history.units, in_stock=history.in_stock, codes=history.codes,
            week_of_year=history.week_of_year, windows=np.array(windows), rounds=ROUNDS,
        )  # fmt: skip
        script = str(Path(__file__).with_name("vn2_winner.py"))
        subprocess.run([peer, "-W", "ignore", script, str(source), str(target)], check=True)
        with np.load(target) as found:
            return {int(week): found[week] for week in found.files}


def play(known: WeeklyHistory, shelves: Shelves, demand: Floats, rule: Rule, observes_demand: bool) -> Floats:
    """The cost of each of the eight weeks, shape (8,)."""
    costs = np.zeros(WEEKS)
    for week in range(WEEKS):
        order = rule(known, shelves, week) if week < ROUNDS else np.zeros(len(demand))
        stock, wanted = shelves.on_hand + shelves.next_week, demand[:, week]
        left = np.maximum(stock - wanted, 0.0)
        costs[week] = HOLDING * left.sum() + SHORTAGE * np.maximum(wanted - stock, 0.0).sum()
        shelves = Shelves(left, shelves.week_after, order)
        is_short = wanted > stock
        seen = wanted if observes_demand else np.minimum(wanted, stock)
        had = np.ones(len(wanted), dtype=bool) if observes_demand else ~is_short
        known = replace(
            known, units=np.column_stack([known.units, seen]), in_stock=np.column_stack([known.in_stock, had])
        )
    return costs


def shelves_before(history: WeeklyHistory, week: int) -> Shelves:
    """What eight weeks of the benchmark, begun with empty shelves, leave before ``week``."""
    empty = np.zeros(len(history.units))
    shelves = Shelves(empty, empty, empty)
    for at in range(week - WEEKS, week):
        order = benchmark_rule(history.before(at), shelves, 0)
        stock = shelves.on_hand + shelves.next_week
        shelves = Shelves(np.maximum(stock - history.units[:, at], 0.0), shelves.week_after, order)
    return shelves


def window_costs(
    challenge: Challenge, week: int, seed: int, observes_demand: bool, winner: Floats | None
) -> dict[str, float]:
    """One window of the history: cost of weeks 3 to 8 of the benchmark and of ours, and of all eight weeks of ours."""
    known, shelves = challenge.history.before(week), shelves_before(challenge.history, week)
    demand = challenge.history.units[:, week : week + WEEKS]
    ours = play(known, shelves, demand, YunyingRule(known, seed), observes_demand)
    theirs = play(known, shelves, demand, benchmark_rule, observes_demand)
    scored = float(ours[FIRST_SCORED:].sum()), float(theirs[FIRST_SCORED:].sum())
    beside = {}
    if winner is not None:
        costs = play(known, shelves, demand, winner_rule(winner), observes_demand)
        beside = {"rebuilt_winner_ratio": round(float(costs[FIRST_SCORED:].sum()) / scored[1], 4)}
    return {
        "first_week": week, "cost_weeks_3_to_8": round(scored[0], 1), "benchmark_weeks_3_to_8": round(scored[1], 1),
        "cost_total": round(float(ours.sum()), 1), "ratio_to_benchmark": round(scored[0] / scored[1], 4), **beside,
    }  # fmt: skip


def windows_result(challenge: Challenge, options: argparse.Namespace) -> dict[str, object]:
    """All windows, and the mean of their ratios with the lowest and the highest."""
    windows = REPORTED if options.windows == "reported" else CHOSEN
    winner = winner_means(options.peer, challenge, windows) if options.peer else {}
    rows = []
    for week in windows:
        rows.append(window_costs(challenge, week, options.seed, options.observe == "demand", winner.get(week)))
        if not options.json:
            print(rows[-1], flush=True)

    def spread(name: str) -> dict[str, float]:
        ratios = np.array([row[name] for row in rows])
        return {"mean": round(float(ratios.mean()), 4), "low": float(ratios.min()), "high": float(ratios.max())}

    return {
        "ratio_to_benchmark": spread("ratio_to_benchmark"),
        **({"rebuilt_winner_ratio": spread("rebuilt_winner_ratio")} if winner else {}),
        "cost_weeks_3_to_8": round(float(np.mean([row["cost_weeks_3_to_8"] for row in rows])), 1),
        "cost_total": round(float(np.mean([row["cost_total"] for row in rows])), 1),
        "windows": rows,
    }


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets, or its vn2 folder")
    parser.add_argument("--demand", type=Path, help="the eight weeks after the history")
    parser.add_argument("--windows", choices=["reported", "chosen"], default="reported")
    parser.add_argument("--observe", choices=["demand", "sales"], default="demand")
    parser.add_argument("--peer", help="a Python with numpy and catboost, for the rebuilt winner")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = options.data if (options.data / "sales.csv").exists() else options.data / "vn2"
    challenge, observes_demand = load(folder), options.observe == "demand"
    result: dict[str, object]
    if options.demand:
        demand = load_demand(options.demand, challenge.keys)
        rule = YunyingRule(challenge.history, options.seed)
        costs = play(challenge.history, challenge.shelves, demand, rule, observes_demand)
        theirs = play(challenge.history, challenge.shelves, demand, benchmark_rule, observes_demand)
        result = {
            "cost_weeks_3_to_8": round(float(costs[FIRST_SCORED:].sum()), 1),
            "cost_total": round(float(costs.sum()), 1),
            "benchmark_weeks_3_to_8": round(float(theirs[FIRST_SCORED:].sum()), 1),
        }
    else:
        result = windows_result(challenge, options)
    print(json.dumps(result) if options.json else {name: result[name] for name in result if name != "windows"})


if __name__ == "__main__":
    main()
