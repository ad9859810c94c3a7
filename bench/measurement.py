"""Measured effects against the truth, on simulated stores: do the intervals cover, is nothing credited for nothing?

    python -m bench.measurement --worlds 200 --json

Each world lives under one reorder rule. Then a tenth of its products is held out by ``holdout_drawn`` and the others
get something real for seven weeks: a reorder rule with twice the stock, a promotion, or higher prices. The truth is
what the treated products earned above what they earn in a copy of the world, with the same luck, where everybody kept
the old rule. What is measured sees the profit of each product (the one that the facts give:
``tests/test_profit_truth.py``) and what was known before. In that copy, where nothing was done, draws of held-out
products must show no effect, at the end and on any of 49 daily looks. Suppliers take orders of any size here, so that
products do not touch each other through a
smallest order. The method was chosen on seeds 1 to 330. Seeds 5001 to 5200 were looked at once before the schedule of
the daily looks was slowed, 7001 to 7200 only after it.
"""

import argparse
import json
import time
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import numpy as np
from scipy import stats

from yunying.kernel.command import Command
from yunying.kernel.money import to_major
from yunying.kernel.periods import Period
from yunying.methods.experiments.always_valid import Looks, always_valid_looks
from yunying.methods.experiments.cuped import adjusted_difference
from yunying.methods.experiments.difference import Difference, mean_difference, sample_of
from yunying.methods.experiments.estimate import Estimate
from yunying.methods.experiments.holdout import holdout_drawn
from yunying.methods.experiments.reassignment import orthonormal, redraws
from yunying.sim.loading import load_settings
from yunying.sim.minmax import MinMaxRule
from yunying.sim.world import World

PRODUCTS = {"demo": 300, "fashion": 1400, "grocery": 250, "spare_parts": 300, "export": 300}
"""So many that about 200 to 300 are on sale when the window starts; clothes live short."""
KINDS = ("reorder", "promotion", "price")
BURN_IN_DAYS, BEFORE_DAYS, WINDOW_DAYS = 90, 56, 49
HOLDOUT_RATE = 0.1
OLD_RULE, NEW_RULE = MinMaxRule(10.0, 24.0), MinMaxRule(20.0, 50.0)


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=7001)
    parser.add_argument("--draws", type=int, default=4, help="draws of held-out products in each world without effect")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    start, found, idle = time.perf_counter(), [], []
    for seed in range(options.first_seed, options.first_seed + options.worlds):
        with_effect, without = world_measured(seed, options.draws)
        found.append(with_effect)
        idle.extend(without)
        if not options.json:
            print(seed, {key: value for key, value in with_effect.items() if key != "ratio"}, flush=True)
    summary = {
        **summary_of([each for each in found if each["measured"]], [each for each in idle if each["measured"]]),
        "first_seed": options.first_seed,
        "not_measured": sum(not each["measured"] for each in found),
        "seconds": round(time.perf_counter() - start, 1),
    }
    print(json.dumps(summary) if options.json else summary)


def summary_of(found: list, idle: list) -> dict:
    """The figures that are judged, with exact binomial intervals, and the same by kind and by store."""
    covered = [each["covered"] for each in found]
    low, high = stats.binomtest(sum(covered), len(covered)).proportion_ci(0.95)
    rate = {name: round(float(np.mean([each[name] for each in idle])), 4) for name in idle[0] if name != "measured"}
    parts = {
        part: {
            value: round(float(np.mean([each["covered"] for each in found if each[part] == value])), 3)
            for value in sorted({each[part] for each in found})
        }
        for part in ("kind", "store")
    }
    return {
        "worlds": len(found),
        "coverage": round(float(np.mean(covered)), 4),
        "coverage_low": round(float(low), 4),
        "coverage_high": round(float(high), 4),
        "below": round(float(np.mean([each["below"] for each in found])), 4),
        "coverage_every_day": round(float(np.mean([each["covered_every_day"] for each in found])), 4),
        "coverage_by": parts,
        "draws_without_effect": len(idle),
        **rate,
        "width_vs_welch": round(float(np.median([each["ratio"] for each in found])), 3),
        "welch_coverage": round(float(np.mean([each["welch_covered"] for each in found])), 4),
        "held_out": int(np.median([each["held_out"] for each in found])),
        "spillover_rate": round(float(np.mean([each["spillover"] for each in found])), 5),
        "pass": bool(
            0.92 <= np.mean(covered) <= 0.98
            and rate["credited_without_effect"] <= 0.05
            and rate["false_alarms_49_looks"] <= 0.05
        ),
    }


def world_measured(seed: int, draws: int) -> tuple[dict, list]:
    """One world with a real intervention, and ``draws`` draws of held-out products where nothing was done."""
    store, kind = sorted(PRODUCTS)[seed % len(PRODUCTS)], KINDS[seed // len(PRODUCTS) % len(KINDS)]
    world = World(_settings(store), seed)
    for _ in range(BURN_IN_DAYS + BEFORE_DAYS):
        prices = world.advance(world.today, OLD_RULE(world.today, world.book)).list_price_minor
    places, start = np.flatnonzero(world.book.is_on_sale), world.today
    keys = [world.truth.products[place] for place in places]
    is_treated = _arms(store, kind, f"world {seed}", keys)
    treated = {key: int(prices[place]) for key, place, treat in zip(keys, places, is_treated, strict=True) if treat}
    usual, changed = world.copy(), world.copy()
    _live(usual, frozenset(), ())
    commands = _commands(kind, start, treated, world.settings.store.currency)
    _live(changed, frozenset(treated if kind == "reorder" else ()), commands)
    window = Period(start, start + timedelta(days=WINDOW_DAYS))
    plain, real = (each.truth.product_profit(window)[:, places].T for each in (usual, changed))
    before, rng = _known(world, places), np.random.default_rng(seed)
    with_effect = {"seed": seed, "store": store, "kind": kind, **_judged(real, plain, before, is_treated, rng)}
    others = (_arms(store, kind, f"world {seed} without {draw}", keys) for draw in range(draws))
    return with_effect, [_idle(plain, before, arms, rng) for arms in others]


def _settings(store: str):
    settings = load_settings(store)
    suppliers = tuple(replace(supplier, minimum_order_minor=0) for supplier in settings.supply.suppliers)
    return replace(
        settings,
        catalogue=replace(settings.catalogue, products=PRODUCTS[store]),
        supply=replace(settings.supply, suppliers=suppliers),
    )


def _arms(store: str, kind: str, window: str, keys: list) -> np.ndarray:
    return np.array([not holdout_drawn(store, kind, window, key, rate=HOLDOUT_RATE) for key in keys])


def _known(world: World, places: np.ndarray) -> np.ndarray:
    """Profit over eight weeks and over the last four, units over eight weeks; shape (products, 3)."""
    period = Period(world.today - timedelta(days=BEFORE_DAYS), world.today)
    profit, units = world.truth.product_profit(period)[:, places], world.truth.units("sold", period)[:, places]
    return np.column_stack([profit.sum(axis=0), profit[-28:].sum(axis=0), units.sum(axis=0)])


def _commands(kind: str, start, treated: dict, currency: str) -> tuple:
    """What starts the intervention on its first morning; ``treated`` gives list prices."""
    if kind == "promotion":
        products = tuple({"product": key} for key in treated)
        end = start + timedelta(days=28)
        return (
            Command(
                "start_promotion",
                1,
                {
                    "promotion": "measured", "products": products, "discount_rate_permille": 150,
                    "start_date": str(start), "end_date": str(end),
                },
            ),
        )  # fmt: skip
    if kind == "price":
        return tuple(
            Command("set_price", 1, {"product": key, "list_price": str(to_major(round(price * 1.08), currency))})
            for key, price in treated.items()
        )
    return ()


def _live(world: World, renewed: frozenset, first: tuple) -> None:
    """The window: products in ``renewed`` are bought by the new rule, the others by the old one."""
    for day in range(WINDOW_DAYS):
        orders = _lines(OLD_RULE, world, lambda key: key not in renewed)
        for supplier, lines in _lines(NEW_RULE, world, renewed.__contains__).items() if renewed else ():
            orders[supplier].extend(lines)
        bought = [
            Command("purchase_order", 1, {"supplier": supplier, "lines": tuple(lines)})
            for supplier, lines in sorted(orders.items())
            if lines
        ]
        world.advance(world.today, (*(first if day == 0 else ()), *bought))


def _lines(rule: MinMaxRule, world: World, is_wanted) -> dict:
    found = defaultdict(list)
    for command in rule(world.today, world.book):
        found[command.params["supplier"]].extend(row for row in command.params["lines"] if is_wanted(row["product"]))
    return found


def _judged(real: np.ndarray, plain: np.ndarray, before: np.ndarray, is_treated: np.ndarray, rng) -> dict:
    """The measured effect beside the true one; ``real`` and ``plain`` have shape (products, days)."""
    truth = (real - plain)[is_treated].sum(axis=0).cumsum()
    found = adjusted_difference(real.sum(axis=1), before, is_treated, rng=rng)
    looks = always_valid_looks(real, before, is_treated, rng=rng, planned_days=WINDOW_DAYS)
    if not (isinstance(found, Estimate) and isinstance(looks, Looks)):
        return {"measured": False}
    low, _, high = found.total()
    sums = real.sum(axis=1)
    welch = mean_difference(sample_of(sums[is_treated]), sample_of(sums[~is_treated]))
    spread = found.treated * np.array([looks.low, looks.high])
    held = ~is_treated
    return {
        "measured": True,
        "covered": bool(low <= truth[-1] <= high),
        "below": bool(truth[-1] < low),
        "covered_every_day": bool(((spread[0] <= truth) & (truth <= spread[1])).all()),
        "ratio": (found.high - found.low) / (welch.high - welch.low),
        "welch_covered": bool(welch.low <= truth[-1] / found.treated <= welch.high),
        "held_out": found.control,
        "spillover": float((real - plain)[held].sum() / np.abs(plain[held].sum(axis=1)).sum()),
    }


def _idle(daily: np.ndarray, before: np.ndarray, is_treated: np.ndarray, rng) -> dict:
    """What is claimed where nothing was done: by one look, by 49 looks, and by the intervals they should beat."""
    found = adjusted_difference(daily.sum(axis=1), before, is_treated, rng=rng, draws=1599)
    looks = always_valid_looks(daily, before, is_treated, rng=rng, planned_days=WINDOW_DAYS, draws=1599)
    if not (isinstance(found, Estimate) and isinstance(looks, Looks)):
        return {"measured": False}
    plain = [
        mean_difference(sample_of(sums[is_treated]), sample_of(sums[~is_treated])) for sums in daily.cumsum(axis=1).T
    ]
    lower, upper = redraws(daily.cumsum(axis=1), orthonormal(before), is_treated, 399, rng).thresholds()
    return {
        "measured": True,
        "coverage_without_effect": found.low <= 0 <= found.high,
        "credited_without_effect": found.low > 0,
        "false_alarms_49_looks": bool(((looks.low > 0) | (looks.high < 0)).any()),
        "welch_credited": isinstance(plain[-1], Difference) and plain[-1].low > 0,
        "welch_alarms_49_looks": any(isinstance(p, Difference) and (p.low > 0 or p.high < 0) for p in plain),
        "single_look_alarms_49_looks": bool(((lower[9] > 0) | (upper[-10] < 0)).any()),
    }


if __name__ == "__main__":
    main()
