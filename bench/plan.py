"""A plan for many products with two years of days: reading, fitting and deciding, and the memory it took.

Run ``python -m bench.plan --products 10000 --json``. The peer is the clock: the goal is 60 s without the fit, on two
cores and 4 GB. ``--memory-gb`` limits the process to that much address space for data.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from yunying.facts.batch import FactBatch
from yunying.facts.store import FactStore
from yunying.practices.purchasing.decide import decide
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.read import read

START = date(2024, 11, 1)
SUPPLIERS = 40


def facts_of(products: int, days: int, seed: int) -> dict[str, pa.Table]:
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
    names = pa.array([f"P{number:06d}" for number in range(products)])
    price = np.round(rng.lognormal(3.5, 0.6, products), 2)
    return {
        "order_line": _orders(units, names, price),
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


def _orders(units: np.ndarray, names: pa.Array, price: np.ndarray) -> pa.Table:
    day, product = np.nonzero(units)
    quantity = units[day, product].astype(np.int64)
    amount = np.rint(quantity * price[product] * 100).astype(np.int64)
    n = len(day)
    same = {"state": "paid", "occurrence": "", "line_kind": "goods", "reality": "real", "line": "1"}
    columns = {name: pa.array(np.full(n, text)) for name, text in same.items()}
    return pa.table(
        {
            "order": pa.array(np.char.add("O", np.arange(n).astype(str))),
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
    """Draw the store's facts and publish them."""
    FactStore(folder).write(FactBatch("bench", 1, "bench", facts_of(products, days, seed), "order_line"))


def measure(folder: Path, products: int, days: int, seed: int) -> dict[str, float]:
    """Seconds of each step and the peak of memory of a process that only plans."""
    policy, as_of = PurchasingPolicy(), START + timedelta(days=days)
    clock = [time.perf_counter()]
    with FactStore(folder).read(["bench"]) as reader:
        inputs = read(reader, "bench", as_of, policy)
    clock.append(time.perf_counter())
    model = fit(inputs, policy, seed)
    clock.append(time.perf_counter())
    decision = decide(inputs, model, policy, as_of, np.random.default_rng(seed))
    clock.append(time.perf_counter())
    reading, fitting, deciding = np.diff(clock).round(2).tolist()
    return {
        "products": products,
        "days": days,
        "proposals": len(decision.proposals),
        "read_seconds": reading,
        "fit_seconds": fitting,
        "decide_seconds": deciding,
        "plan_seconds_without_fit": round(reading + deciding, 2),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
    }


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", type=Path, help="only draw the facts, into this folder")
    parser.add_argument("--memory-gb", type=float, default=0.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    size = (options.products, options.days, options.seed)
    if options.build:
        build(options.build, *size)
        return
    with tempfile.TemporaryDirectory() as folder:
        # The facts are drawn by another process, so that the memory measured is the plan's.
        sizes = ["--products", str(size[0]), "--days", str(size[1]), "--seed", str(size[2])]
        subprocess.run([sys.executable, "-m", "bench.plan", "--build", folder, *sizes], check=True)
        if options.memory_gb:
            limit = int(options.memory_gb * 1024**3)
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        found = measure(Path(folder), *size)
    print(json.dumps(found) if options.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
