"""A writer for the crash tests: sends numbered batches of two tables and says each number that was acknowledged.

``naive`` leaves the journal and the snapshot out: it appends to one table after the other, the way that fails.
"""

import datetime as dt
import sys
from pathlib import Path

import pyarrow as pa
from deltalake import write_deltalake

from yunying.facts.batch import FactBatch
from yunying.facts.crash_points import reach
from yunying.facts.store import FactStore

DAY = dt.date(2026, 11, 1)
ROWS = 50


def tables(number: int) -> dict[str, pa.Table]:
    names = [f"{number}-{row}" for row in range(ROWS)]
    stock = pa.table({"product": names, "date": [DAY] * ROWS, "on_hand": [number] * ROWS})
    movement = pa.table(
        {
            "movement": names,
            "product": names,
            "date": [DAY] * ROWS,
            "reason": ["receipt"] * ROWS,
            "direction": ["in"] * ROWS,
            "quantity": [number] * ROWS,
        }
    )
    return {"stock_level": stock, "stock_movement": movement}


def send(root: Path, number: int) -> None:
    FactStore(root).write(FactBatch("child", number, "shop", tables(number), "stock_level"))


def send_naively(root: Path, number: int) -> None:
    for name, rows in tables(number).items():
        reach("before-append", name)
        write_deltalake(str(root / name), rows.append_column("store", pa.array(["shop"] * ROWS)), mode="append")


if __name__ == "__main__":
    folder, first, last, mode = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    for number in range(first, last + 1):
        (send_naively if mode == "naive" else send)(folder, number)
        print(number, flush=True)
