"""Ten named metrics by category over published order lines, beside hand-written SQL with the same answers.

    python bench/metrics.py --lines 5000000 --json

Writes the lines as published facts lie on disk (several Parquet files under ``store=.../``), then runs both sides in
turn on equal threads and prints the medians and their ratio. The files are removed at the end.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES
from yunying.kernel.periods import Period
from yunying.kernel.results import NotMeasured
from yunying.metrics.evaluate import evaluate

STORE = "bench-01"
PERIOD = Period(date(2026, 1, 1), date(2026, 7, 1))
FIRST_DAY = (date(2025, 10, 1) - date(1970, 1, 1)).days
DAYS = 365
PRODUCTS = 5_000
CATEGORIES = 40
CHUNK = 2_500_000
NAMES = (
    "paid_amount", "gmv", "net_sales", "refund_rate", "units", "paid_orders", "aov", "gross_profit",
    "gross_margin_rate", "discount_rate",
)  # fmt: skip

# What a careful analyst would write for the same ten answers.
SQL = """
WITH cost AS (
    SELECT product, arg_max(category, date) AS category, arg_max(unit_cost, date) AS unit_cost
    FROM read_parquet({product_files}) WHERE date < DATE '{end}' GROUP BY product
), line AS (
    SELECT c.category, l.state, l.line_kind, l."order", l.quantity, l.amount_minor, l.discount_minor,
           l.quantity * coalesce(l.unit_cost, c.unit_cost) AS cost,
           l.restocked_quantity * coalesce(l.unit_cost, c.unit_cost) AS cost_back
    FROM read_parquet({order_line_files}, hive_partitioning = true, hive_types = {{'store': VARCHAR}}) l
    LEFT JOIN cost c USING (product)
    WHERE l.store = '{store}' AND l.reality = 'real' AND l.date >= DATE '{start}' AND l.date < DATE '{end}'
), summed AS (
    SELECT category,
           sum(amount_minor) FILTER (state = 'paid') AS paid,
           sum(amount_minor) FILTER (state = 'placed') AS placed,
           coalesce(sum(amount_minor) FILTER (state IN ('refunded', 'cancelled')), 0) AS refunded,
           sum(quantity) FILTER (state = 'paid' AND line_kind = 'goods') AS units,
           count(DISTINCT "order") FILTER (state = 'paid') AS orders,
           sum(amount_minor) FILTER (state = 'paid' AND line_kind = 'goods') AS goods,
           sum(discount_minor) FILTER (state = 'paid' AND line_kind = 'goods') AS discount,
           100 * sum(cost) FILTER (state = 'paid' AND line_kind IN ('goods', 'gift')) AS cost,
           100 * coalesce(sum(cost_back) FILTER (state IN ('refunded', 'cancelled')
               AND line_kind IN ('goods', 'gift')), 0) AS back
    FROM line GROUP BY category
)
SELECT category, paid, placed AS gmv, paid - refunded AS net, refunded / paid AS refund_rate, units, orders,
       paid / orders AS aov, paid - refunded - cost + back AS gross,
       (paid - refunded - cost + back) / (paid - refunded) AS margin, discount / (goods + discount) AS discount_rate
FROM summed ORDER BY category
"""


def order_lines(rng: np.random.Generator, start: int, count: int) -> pa.Table:
    """``count`` rows: orders of three lines, each line placed, paid, shipped, some refunded or cancelled."""
    row = start + np.arange(count)
    line, state = row // 4, row % 4
    order = line // 3
    is_last = state == 3
    ending = rng.choice([2, 3, 4], size=count, p=[0.9, 0.07, 0.03])
    states = pa.array(["placed", "paid", "shipped", "refunded", "cancelled"])
    state_index = np.where(is_last, ending, np.minimum(state, 2)).astype(np.int32)
    # The same line keeps its product, quantity and price through its states.
    mixed = (line * 2654435761) % (1 << 32)
    product = ((mixed / (1 << 32)) ** 2 * PRODUCTS).astype(np.int32)
    quantity = 1 + (mixed >> 7) % 4
    list_minor = (500 + product * 7 % 9000) * quantity
    discount = list_minor * ((mixed >> 11) % 3) // 10
    products = pa.array([f"SKU-{i:05d}" for i in range(PRODUCTS)])
    reality = np.where(order % 50 == 0, np.where(order % 100 == 0, 1, 2), 0).astype(np.int32)
    kind = np.where(mixed % 40 == 0, 1, 0).astype(np.int32)
    costs = pa.array([Decimal(300 + i * 7 % 9000) / 100 for i in range(PRODUCTS)], pa.decimal128(18, 6))
    columns = {
        "order": pa.array(order).cast(pa.string()),
        "line": pa.array(line % 3 + 1).cast(pa.string()),
        "state": states.take(pa.array(state_index)),
        "occurrence": pa.array(np.where(is_last & (ending == 2), "2", "")),
        "date": pa.array((FIRST_DAY + order * 7919 % DAYS).astype(np.int32)).cast(pa.date32()),
        "product": products.take(pa.array(product)),
        "line_kind": pa.array(["goods", "shipping"]).take(pa.array(kind)),
        "quantity": pa.array(quantity),
        "amount_minor": pa.array(list_minor - discount),
        "discount_minor": pa.array(discount),
        "unit_cost": costs.take(pa.array(product, mask=rng.random(count) < 0.3)),
        "commission_minor": pa.array((list_minor - discount) // 20),
        "restocked_quantity": pa.array(np.where(state_index >= 3, quantity * (mixed % 2), 0)),
        "member": pa.array(order * 31337 % 400_000).cast(pa.string()),
        "channel": pa.array(["search", "social", "direct", "mail"]).take(pa.array((order % 4).astype(np.int32))),
        "reality": pa.array(["real", "test", "brushed"]).take(pa.array(reality)),
    }
    return _in_schema("order_line", columns, count)


def _in_schema(table: str, columns: dict[str, pa.Array], count: int) -> pa.Table:
    """The published columns, without ``store``: the folder names it."""
    fields = [field for field in TABLES[table].schema if field.name != "store"]
    arrays = [
        columns[field.name].cast(field.type) if field.name in columns else pa.nulls(count, field.type)
        for field in fields
    ]
    return pa.Table.from_arrays(arrays, names=[field.name for field in fields])


def write(folder: Path, lines: int) -> dict[str, list[Path]]:
    """Write the store as published facts lie on disk; the files by table."""
    rng = np.random.default_rng(1)
    files: dict[str, list[Path]] = {"order_line": [], "product": [], "store": []}
    products = {
        "product": pa.array([f"SKU-{i:05d}" for i in range(PRODUCTS)]),
        "date": pa.array([0] * PRODUCTS, pa.int32()).cast(pa.date32()),
        "category": pa.array([f"category {i % CATEGORIES:02d}" for i in range(PRODUCTS)]),
        "unit_cost": pa.array([Decimal(500 + i * 7 % 9000) / 200 for i in range(PRODUCTS)], pa.decimal128(18, 6)),
    }
    store = {
        "date": pa.array([FIRST_DAY], pa.int32()).cast(pa.date32()), "currency": pa.array(["CNY"]),
        "time_zone": pa.array(["Asia/Shanghai"]), "capital_rate": pa.array([0.08]),
    }  # fmt: skip
    _put(folder, files, "product", _in_schema("product", products, PRODUCTS))
    _put(folder, files, "store", _in_schema("store", store, 1))
    for start in range(0, lines, CHUNK):
        _put(folder, files, "order_line", order_lines(rng, start, min(CHUNK, lines - start)))
    return files


def _put(folder: Path, files: dict[str, list[Path]], table: str, rows: pa.Table) -> None:
    target = folder / table / f"store={STORE}"
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"part-{len(files[table]):05d}.parquet"
    pq.write_table(rows, path, compression="zstd")
    files[table].append(path)


def ours(files: dict[str, list[Path]], threads: int) -> list[tuple[object, ...]]:
    """The ten metrics through the dictionary, opening the facts included."""
    with FactReader(0, files, threads=threads) as facts:
        table = evaluate(facts, NAMES, store=STORE, period=PERIOD, by="category")
    return [(row.key[0], *(row.values[name].now for name in NAMES)) for row in table.rows]


def by_hand(files: dict[str, list[Path]], threads: int) -> list[tuple[object, ...]]:
    """The same answers from the SQL above, opening the engine included."""
    listed = {f"{name}_files": "[" + ", ".join(f"'{path}'" for path in paths) + "]" for name, paths in files.items()}
    sql = SQL.format(store=STORE, start=PERIOD.start_date, end=PERIOD.end_date, **listed)
    with duckdb.connect() as engine:
        engine.execute(f"SET threads = {threads}")
        return engine.execute(sql).fetchall()


def same(left: Sequence[tuple[object, ...]], right: Sequence[tuple[object, ...]]) -> bool:
    """Whether both sides answer alike: money to half a minor unit, the rest to 1e-12."""
    if len(left) != len(right):
        return False
    for mine, theirs in zip(left, right, strict=True):
        if mine[0] != theirs[0] or any(isinstance(value, NotMeasured) for value in mine):
            return False
        for a, b in zip(mine[1:], theirs[1:], strict=True):
            slack = 0.500001 if isinstance(a, int) else 1e-12 * max(1.0, abs(float(b)))
            if abs(float(a) - float(b)) > slack:
                return False
    return True


def main() -> int:
    """Run the benchmark; exit code 1 if the answers differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=5_000_000, help="rows of order_line (default 5,000,000)")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each side (default 5)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side (default 2)")
    parser.add_argument("--folder", type=Path, help="where to write (default: the system's temporary folder)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        files = write(Path(folder), asked.lines)
        size = sum(path.stat().st_size for paths in files.values() for path in paths)
        spans: dict[str, list[float]] = {"ours": [], "by_hand": []}
        answers: dict[str, list[tuple[object, ...]]] = {}
        for _ in range(asked.repeats):
            for name, run in (("ours", ours), ("by_hand", by_hand)):
                begun = time.perf_counter()
                answers[name] = run(files, asked.threads)
                spans[name].append(time.perf_counter() - begun)
    medians = {name: statistics.median(found) for name, found in spans.items()}
    result = {
        "lines": asked.lines, "bytes": size, "metrics": len(NAMES), "groups": len(answers["ours"]),
        "ours_s": round(medians["ours"], 3), "by_hand_s": round(medians["by_hand"], 3),
        "ratio": round(medians["ours"] / medians["by_hand"], 3), "threads": asked.threads,
        "same_answers": same(answers["ours"], answers["by_hand"]),
    }  # fmt: skip
    if asked.json:
        print(json.dumps(result))
    else:
        print("\n".join(f"{name}: {value}" for name, value in result.items()))
    return 0 if result["same_answers"] else 1


if __name__ == "__main__":
    sys.exit(main())
