"""Importing an order export, all checks on, beside DuckDB reading the same CSV and writing the same columns as Parquet.

Run ``python -m bench.import_orders [--file online_retail.csv.gz] [--lines 541909] --json``. Without a file an export of
the same shape is drawn. Both run in one process, in turn; the ratio is of medians. Starting Python is not counted.
"""

import argparse
import gzip
import json
import os
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")


def draw(path: Path, lines: int, seed: int) -> None:
    """An export with the columns of UCI Online Retail."""
    rng = np.random.default_rng(seed)
    orders = np.sort(rng.integers(0, max(1, lines // 20), lines))
    products = rng.zipf(1.3, lines) % 4000
    stamp = np.datetime64("2024-01-01T08:00") + (orders * 500_000 // max(1, lines // 20)).astype("timedelta64[m]")
    with path.open("w", encoding="utf-8") as handle:
        handle.write("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
        for order, product, units, at, price, buyer in zip(
            orders.tolist(), products.tolist(), rng.integers(1, 25, lines).tolist(),
            np.datetime_as_string(stamp, unit="s").tolist(), rng.integers(20, 2000, lines).tolist(),
            (12_000 + orders % 4000).tolist(), strict=True,
        ):  # fmt: skip
            handle.write(
                f'{500_000 + order},{20_000 + product},"ITEM {product}, SET",{units},{at.replace("T", " ")},'
                f"{price / 100},{buyer}.0,United Kingdom\n"
            )


def ours(path: Path, folder: Path) -> float:
    """Seconds of a whole import into an empty home: reading, checks, keys of members, facts, publication."""
    from yunying.loop.home import Home
    from yunying.loop.ingest import ImportOptions, ingest_file

    start = time.perf_counter()
    ingest_file(Home(folder), path, ImportOptions(store="bench", latest_date=date(2030, 1, 1)))
    return time.perf_counter() - start


def theirs(path: Path, folder: Path) -> float:
    """Seconds that DuckDB needs to read the CSV and write its typed columns as Parquet."""
    import duckdb

    start = time.perf_counter()
    target = folder / "orders.parquet"
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (SELECT InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country "
            f"FROM read_csv('{path}', header = true, types = {{'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR', "
            f"'CustomerID': 'VARCHAR'}})) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
    return time.perf_counter() - start


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--lines", type=int, default=541_909)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["YUNYING_HOME"] = str(home / "database")
        import django

        django.setup()
        from yunying.accounts.database import database_ready

        database_ready()
        path = home / "orders.csv"
        if options.file is None:
            draw(path, options.lines, seed=1)
        else:
            opened = gzip.open if options.file.suffix == ".gz" else open
            with opened(options.file, "rb") as handle:
                path.write_bytes(handle.read())
        pairs = []
        for number in range(options.repeats):
            for name in ("ours", "theirs"):
                (home / f"{name}{number}").mkdir()
            pairs.append((ours(path, home / f"ours{number}"), theirs(path, home / f"theirs{number}")))
        mine, peer = (statistics.median(pair[side] for pair in pairs) for side in range(2))
        found = {
            "bytes": path.stat().st_size,
            "import_seconds": round(mine, 3),
            "duckdb_seconds": round(peer, 3),
            "ratio": round(mine / peer, 2),
        }
    print(json.dumps(found) if options.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
