"""Half a year of simulated stores under four rules, on the same worlds and the same luck: profit, service, stock, cash.

    python -m bench.purchasing --json [--worlds demo fashion FILE.yaml] [--seeds 20] [--first-seed 3001] [--peer PYTHON]

``minimum_maximum``: order up to a maximum when the position falls below a minimum, looked at daily; both were tuned by
true profit over the same half year of the seeds ``--tuned-on``, which are never reported. ``base_stock``: see
``bench.base_stock``; with ``--peer`` its levels come from stockpyl itself. ``yunying``: purchasing by its default
policy, its model learned anew every four weeks. ``perfect_foresight``: an upper bound, see ``yunying.sim.foresight``.
Base stock and Yunying act every ``--every`` days, Yunying more often where its proposals say so (goods that spoil).

Each world first lives ``--before-days`` under one plain rule. ``--share`` makes stores of that share of products,
advertising, members and smallest orders. ``fill_rate``: units sold over units wanted. ``stock_days``: mean
stock over mean units sold a day. ``cash_tied_up``: mean stock at cost, like profit in minor units. For each: mean,
standard deviation, lowest and highest over the seeds; ``yunying_minus`` holds the paired differences with 95 % bounds,
``profit_rate`` among them as a share of the other rule's mean profit.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import stats

from bench.base_stock import BaseStock, Levels, Stockpyl, levels_by_formula
from yunying.kernel.periods import Period
from yunying.practices.manifest import Practice, practice_named
from yunying.practices.rivalry import FIRST_RULE, commands_joined, practice_morning
from yunying.sim.foresight import Foresight
from yunying.sim.loading import load_settings, world_names
from yunying.sim.minmax import MinMaxRule, try_out
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

MIN_DAYS = (7.0, 14.0, 21.0, 30.0, 45.0, 60.0, 90.0)
EXTRA_DAYS = (3.0, 7.0, 14.0, 30.0)
FIT_DAYS = 28
"""Days between two fits of purchasing's model."""
RULES = ("minimum_maximum", "base_stock", "yunying", "perfect_foresight")
MEASURES = ("profit", "fill_rate", "stock_days", "cash_tied_up")
History = dict[str, list[pa.Table]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One world to be lived under every rule."""

    world: str
    share: float
    before_days: int
    days: int
    every: int
    peer: str | None
    seed: int = 0
    rule: MinMaxRule = FIRST_RULE


def smaller(settings: WorldSettings, share: float) -> WorldSettings:
    """The same store with a share of the products, and all that grows with their number."""

    def of(value: float) -> int:
        return max(1, round(value * share)) if value else 0

    channels = tuple(
        each if each.paid is None else replace(each, paid=replace(
            each.paid, daily_minor=of(each.paid.daily_minor),
            half_saturation_minor=each.paid.half_saturation_minor * share,
        ))
        for each in settings.traffic.channels
    )  # fmt: skip
    suppliers = tuple(
        replace(each, minimum_order_minor=of(each.minimum_order_minor)) for each in settings.supply.suppliers
    )
    return replace(
        settings,
        catalogue=replace(settings.catalogue, products=of(settings.catalogue.products)),
        traffic=replace(settings.traffic, channels=channels),
        supply=replace(settings.supply, suppliers=suppliers),
        members=replace(settings.members, initial=of(settings.members.initial)),
    )


def tuned_rule(task: Task, seeds: Sequence[int]) -> MinMaxRule:
    """The rule of the grid with the highest profit over the half year of all these seeds."""
    worlds = [_lived(task, seed) for seed in seeds]
    rules = [MinMaxRule(low, low + extra) for low in MIN_DAYS for extra in EXTRA_DAYS]
    return max(rules, key=lambda rule: sum(try_out(each, task.days, rule) for each in worlds))


def _lived(task: Task, seed: int) -> World:
    world = World(smaller(load_settings(task.world), task.share), seed)
    for _ in range(task.before_days):
        world.advance(world.today, FIRST_RULE(world.today, world.book))
    return world


class Measured:
    """What a rule did in its half year; asked after each day."""

    def __init__(self, world: World) -> None:
        self._first = world.today
        self._cash: list[float] = []

    def look(self, world: World) -> None:
        """Note the evening's stock at cost."""
        state, book = world.standing
        self._cash.append(float((state.on_hand * state.cost_micros).sum()) / book.micros_per_minor)

    def figures(self, world: World) -> dict[str, float]:
        """The measures of the half year."""
        span = Period(self._first, world.today)
        sold, wanted, held = (world.truth.units(name, span).sum() for name in ("sold", "demand", "on_hand"))
        return {
            "profit": world.truth.profit(span).total_minor,
            "fill_rate": float(sold / max(wanted, 1.0)),
            "stock_days": float(held / max(sold, 1.0)),
            "cash_tied_up": float(np.mean(self._cash)),
        }


def live_all(task: Task) -> Row:
    """The half year of one world under each rule."""
    start = time.perf_counter()
    world = World(smaller(load_settings(task.world), task.share), task.seed)
    practice, history = practice_named("purchasing"), defaultdict[str, list[pa.Table]](list)
    for _ in range(task.before_days):
        _keep(practice, history, world.step(world.today, FIRST_RULE(world.today, world.book)))
    peer = Stockpyl(task.peer) if task.peer else None
    found = {
        "minimum_maximum": _under(
            world, task.days, lambda twin: twin.advance(twin.today, task.rule(twin.today, twin.book))
        ),
        "base_stock": _under(
            world, task.days, partial(_base_stock_day, task.every, peer or levels_by_formula, world.today)
        ),
    }
    if peer:
        peer.close()
    ahead = Foresight(world, task.days)
    measured = Measured(ahead.world)
    for _ in range(task.days):
        ahead.live()
        measured.look(ahead.world)
    found["perfect_foresight"] = measured.figures(ahead.world)
    found["yunying"] = _under(world, task.days, _Buyer(practice, history, task.every, world.today))
    return {
        "world": task.world, "seed": task.seed, "rules": {name: found[name] for name in RULES},
        "stockpyl_farthest": peer.farthest if peer else None, "seconds": round(time.perf_counter() - start, 1),
    }  # fmt: skip


def _under(world: World, days: int, live: Callable[[World], object]) -> dict[str, float]:
    twin = world.copy()
    measured = Measured(twin)
    for _ in range(days):
        live(twin)
        measured.look(twin)
    return measured.figures(twin)


def _base_stock_day(every: int, levels: Levels, first: date, twin: World) -> None:
    is_review = (twin.today - first).days % every == 0
    rule = BaseStock(twin, every, levels)
    twin.advance(twin.today, rule(twin.today, twin.book) if is_review else ())


class _Buyer:
    """Purchasing as its loop runs it: a plan at every review, from a model learned every few weeks.

    The list is acted on again when the product that must be ordered most often can be due, as its proposals say.
    """

    def __init__(self, practice: Practice, history: History, every: int, first: date) -> None:
        self._practice, self._history, self._every = practice, history, every
        self._next, self._fit_next = first, first
        self._model: object = None

    def __call__(self, twin: World) -> None:
        day, proposals = twin.today, ()
        if day >= self._next:
            if day >= self._fit_next:
                self._model, self._fit_next = None, day + timedelta(days=FIT_DAYS)
            proposals, self._model = practice_morning(self._practice, twin, self._history, self._model)
            self._every = min([self._every, *((each.expires_date - each.as_of).days for each in proposals)])
            self._next = day + timedelta(days=self._every)
        _keep(self._practice, self._history, twin.step(day, commands_joined(proposals)))


def _keep(practice: Practice, history: History, tables: dict[str, pa.Table]) -> None:
    for name, rows in tables.items():
        if name in practice.manifest.facts:
            history[name].append(rows)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Mean, standard deviation, lowest and highest."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return {"mean": float(np.mean(values)), "sd": deviation, "low": float(min(values)), "high": float(max(values))}


def difference(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float | None]:
    """Mean of the paired differences with its 95 % interval by Student's t."""
    each = np.subtract(ours, theirs)
    if len(each) < 2:
        return {"mean": float(each.mean()), "low": None, "high": None}
    room = float(stats.t.ppf(0.975, len(each) - 1) * each.std(ddof=1) / np.sqrt(len(each)))
    return {"mean": float(each.mean()), "low": float(each.mean()) - room, "high": float(each.mean()) + room}


def summary(rows: Sequence[Row], rule: MinMaxRule) -> Row:
    """One world's seeds put together."""

    def of(name: str, measure: str) -> list[float]:
        return [row["rules"][name][measure] for row in rows]

    def against(name: str) -> dict[str, object]:
        found: dict[str, object] = {each: difference(of("yunying", each), of(name, each)) for each in MEASURES}
        # Over the mean and not seed by seed: a store in which the rule earns next to nothing would drown the others.
        usual = abs(float(np.mean(of(name, "profit"))))
        rate = {
            bound: value and value / usual
            for bound, value in difference(of("yunying", "profit"), of(name, "profit")).items()
        }
        return {**found, "profit_rate": rate}

    return {
        "rules": {name: {each: spread(of(name, each)) for each in MEASURES} for name in RULES},
        "yunying_minus": {name: against(name) for name in RULES if name != "yunying"},
        "tuned_rule": asdict(rule),
        "seconds_per_seed": round(float(np.mean([row["seconds"] for row in rows])), 1),
    }


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", nargs="+", default=list(world_names()), help="names, or files of own worlds")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=3001)
    parser.add_argument("--tuned-on", type=int, nargs="+", default=[2001, 2002, 2003])
    parser.add_argument("--before-days", type=int, default=382)
    parser.add_argument("--days", type=int, default=182)
    parser.add_argument("--every", type=int, default=7)
    parser.add_argument("--share", type=float, default=0.4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peer", help="a Python that has stockpyl 1.0.2")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    if set(seeds) & set(options.tuned_on):
        parser.error("a seed that the rule was tuned on must not be reported: move --first-seed or --tuned-on")
    with ProcessPoolExecutor(options.workers) as pool:
        plain = [
            Task(name, options.share, options.before_days, options.days, options.every, options.peer)
            for name in options.worlds
        ]
        tuned = list(pool.map(tuned_rule, plain, [options.tuned_on] * len(plain)))
        tasks = [replace(task, seed=seed, rule=rule) for task, rule in zip(plain, tuned, strict=True) for seed in seeds]
        rows = []
        for row in pool.map(live_all, tasks):
            rows.append(row)
            profits = {name: round(row["rules"][name]["profit"]) for name in RULES}
            # Twenty seeds take half an hour; who waits wants to see that they come.
            print(row["world"], row["seed"], profits, flush=True, file=sys.stderr if options.json else sys.stdout)
    worlds = {
        name: summary([row for row in rows if row["world"] == name], rule)
        for name, rule in zip(options.worlds, tuned, strict=True)
    }
    far = [row["stockpyl_farthest"] for row in rows if row["stockpyl_farthest"] is not None]
    result = {
        "worlds": worlds,
        "seeds": list(seeds),
        "tuned_on": options.tuned_on,
        "share": options.share,
        "stockpyl": {"version": "1.0.2", "farthest_from_formula": max(far)}
        if far
        else "missing: --peer names a Python that has it; the formula was used",
        "stores": rows,
    }
    if options.json:
        print(json.dumps(result))
        return
    for name, found in worlds.items():
        for rule in RULES:
            print(name, rule, {each: round(found["rules"][rule][each]["mean"], 3) for each in MEASURES})
        print(name, {rule: each["profit_rate"] for rule, each in found["yunying_minus"].items()})


if __name__ == "__main__":
    main()
