"""A plan for many products with two years of days: reading, fitting and deciding, and the memory it took.

    python -m bench.plan --products 1000 10000 100000 --json

The peer is the clock: the goal is 100,000 products in 10 minutes without the fit, on two cores and 8 GB, with memory
that does not grow with the number of products. Products are read and decided in groups; proposals are counted and let
go, as one would who writes them out. The model is learned from the first ``FITTED`` products. ``--cash`` is a limit on
the day's orders in major units: then groups compete, and each is looked at twice. ``--memory-gb`` limits the process to
that much address space for data. Memory is that of a process that only plans; ``own_peak_gb`` is what it took beyond
the libraries that it had loaded before the first fact was read.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from yunying.facts.batch import FactBatch
from yunying.facts.store import FactStore
from yunying.practices.purchasing.decide import GROUP, decide_by_group
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.read import Part, parts, read

START = date(2024, 11, 1)
SUPPLIERS = 40
AT_ONCE = 10_000
FITTED = 10_000


def facts_of(first: int, products: int, days: int, seed: int) -> dict[str, pa.Table]:
    """Sales, closing stock, terms and attributes of a store, drawn at once: demand, then stock that refills weekly."""
    rng = np.random.default_rng(seed)
    level = rng.lognormal(-0.8, 1.2, products)
    week = np.array([0.9, 0.9, 0.95, 1.0, 1.05, 1.15, 1.05])
    factor = week[np.arange(days) % 7] * (1 + 0.2 * np.sin(2 * np.pi * np.arange(days) / 365))
    demand = rng.poisson(np.outer(factor, level) * rng.gamma(4, 0.25, (days, products))).astype(np.int32)
    closing, units = np.zeros_like(demand), np.zeros_like(demand)
    stock = np.ceil(level * 14).astype(np.int32)
    for day in range(days):
        if day % 7 == 0:
            stock = np.maximum(stock, np.ceil(level * 11).astype(np.int32))
        units[day] = np.minimum(demand[day], stock)
        stock = stock - units[day]
        closing[day] = stock
    names = pa.array([f"P{number:06d}" for number in range(first, first + products)])
    price = np.round(rng.lognormal(3.5, 0.6, products), 2)
    return {
        "order_line": _orders(units, names, price, first),
        "stock_level": _stock(closing, names),
        "product": _products(names, price, rng),
        "supplier_offer": _offers(names, price, rng),
        "store": pa.table(
            {
                "date": [START],
                "title": ["bench"],
                "currency": ["CNY"],
                "time_zone": ["Asia/Shanghai"],
                "capital_rate": [0.08],
            }
        ),
    }


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array((days + (START - date(1970, 1, 1)).days).astype(np.int32), pa.int32()).cast(pa.date32())


def _orders(units: np.ndarray, names: pa.Array, price: np.ndarray, first: int) -> pa.Table:
    day, product = np.nonzero(units)
    quantity = units[day, product].astype(np.int64)
    amount = np.rint(quantity * price[product] * 100).astype(np.int64)
    n = len(day)
    same = {"state": "paid", "occurrence": "", "line_kind": "goods", "reality": "real", "line": "1"}
    columns = {name: pa.array(np.full(n, text)) for name, text in same.items()}
    return pa.table(
        {
            "order": pa.array(np.char.add(f"O{first}-", np.arange(n).astype(str))),
            "date": _dates(day),
            "product": names.take(pa.array(product)),
            "quantity": quantity,
            "amount_minor": amount,
            "commission_minor": (amount * 0.05).astype(np.int64),
            **columns,
        }
    )


def _stock(closing: np.ndarray, names: pa.Array) -> pa.Table:
    days, products = closing.shape
    return pa.table(
        {
            "product": names.take(pa.array(np.tile(np.arange(products), days))),
            "date": _dates(np.repeat(np.arange(days), products)),
            "on_hand": closing.reshape(-1).astype(np.int64),
        }
    )


def _products(names: pa.Array, price: np.ndarray, rng: np.random.Generator) -> pa.Table:
    categories = [f"category {number}" for number in rng.integers(0, 30, len(names))]
    return pa.table({"product": names, "date": [START] * len(names), "category": categories, "title": names})


def _offers(names: pa.Array, price: np.ndarray, rng: np.random.Generator) -> pa.Table:
    cost = np.round(price * rng.uniform(0.4, 0.7, len(names)), 2)
    return pa.table(
        {
            "supplier": [f"S{number:02d}" for number in rng.integers(0, SUPPLIERS, len(names))],
            "product": names,
            "from_quantity": np.ones(len(names), np.int64),
            "date": [START] * len(names),
            "unit_cost": pa.array(cost).cast(pa.decimal128(18, 6)),
            "lead_time_days": rng.integers(5, 40, len(names)),
            "pack_quantity": rng.choice([1, 6, 10, 12], len(names)),
            "minimum_quantity": rng.choice([0, 10, 50], len(names)),
        }
    )


def build(folder: Path, products: int, days: int, seed: int) -> None:
    """Draw the store's facts and publish them, some products at a time."""
    store = FactStore(folder)
    for number, first in enumerate(range(0, products, AT_ONCE)):
        tables = facts_of(first, min(AT_ONCE, products - first), days, seed + number)
        if first:
            del tables["store"]
        store.write(FactBatch("bench", number + 1, "bench", tables, "order_line"))


def measure(folder: Path, products: int, days: int, seed: int, cash: float | None) -> dict[str, float]:
    """Seconds of each step and the peak of memory of a process that only plans."""
    limit = None if cash is None else round(cash * 100)
    policy, as_of = PurchasingPolicy(cash_limit_minor=limit), START + timedelta(days=days)
    loaded, clock = _peak_gb(), Clock()
    with FactStore(folder).read(["bench"]) as reader:
        some = parts(reader, "bench", as_of, policy, GROUP)
        with clock.of("fit"):
            (sample, *_) = parts(reader, "bench", as_of, policy, FITTED)
            model = fit(read(reader, "bench", as_of, policy, sample), policy, seed)

        def group_of(part: Part) -> Inputs:
            with clock.of("read"):
                return read(reader, "bench", as_of, policy, part)

        start, proposals, cost_minor = time.perf_counter(), 0, 0
        groups = [partial(group_of, part) for part in some]
        for decision in decide_by_group(groups, model, policy, as_of, np.random.default_rng(seed)):
            proposals += len(decision.proposals)
            cost_minor += sum(each.cost_minor for each in decision.proposals)
        whole = time.perf_counter() - start
    return {
        "products": products,
        "days": days,
        "groups": len(some),
        "proposals": proposals,
        "cash_bound": cost_minor / 100,
        "read_seconds": round(clock.seconds["read"], 2),
        "fit_seconds": round(clock.seconds["fit"], 2),
        "decide_seconds": round(whole - clock.seconds["read"], 2),
        "plan_seconds_without_fit": round(whole, 2),
        "peak_memory_gb": round(_peak_gb(), 3),
        "own_peak_gb": round(_peak_gb() - loaded, 3),
    }


class Clock:
    """Seconds spent on named things."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Add what the block takes."""
        start = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - start


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def measured_alone(products: int, options: argparse.Namespace) -> dict[str, float]:
    """The figures of one size, from a process of its own."""
    sizes = ["--days", str(options.days), "--seed", str(options.seed)]
    with tempfile.TemporaryDirectory() as folder:
        # The facts are drawn by another process, so that the memory measured is the plan's.
        for step in ("--build", "--measure"):
            more = ["--memory-gb", str(options.memory_gb)] if step == "--measure" else []
            more += ["--cash", str(options.cash)] if options.cash is not None else []
            command = [sys.executable, "-m", "bench.plan", "--products", str(products), *sizes, *more, step, folder]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, nargs="+", default=[10_000])
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cash", type=float, help="limit on the day's orders, in major units")
    parser.add_argument("--memory-gb", type=float, default=0.0)
    parser.add_argument("--build", type=Path, help="only draw the facts, into this folder")
    parser.add_argument("--measure", type=Path, help="only plan on the facts of this folder")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    size = (options.products[0], options.days, options.seed)
    if options.build:
        build(options.build, *size)
        return
    if options.measure:
        if options.memory_gb:
            limit = int(options.memory_gb * 1024**3)
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        print(json.dumps(measure(options.measure, *size, options.cash)))
        return
    found = []
    for products in options.products:
        found.append(measured_alone(products, options))
        if not options.json:
            print("\n".join(f"{name}: {value}" for name, value in found[-1].items()), flush=True)
    if options.json:
        print(json.dumps(found[0] if len(found) == 1 else {"sizes": found}))


if __name__ == "__main__":
    main()
