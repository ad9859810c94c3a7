"""Stock and purchases of a day as facts."""

import numpy as np
import pyarrow as pa

from yunying.sim import columns as col
from yunying.sim.nature import Nature
from yunying.sim.state import DayRecord
from yunying.sim.supply import PurchaseLine


def stock_level_table(nature: Nature, record: DayRecord) -> pa.Table:
    """Closing stock of every product from its launch to the day on which it is discontinued.

    Before its launch a product has a row only if goods have come: an empty shelf then is no lost sale.
    """
    launched = (nature.catalogue.launch_day <= record.day) | (record.on_hand > 0)
    which = np.flatnonzero(launched & (record.day <= nature.discontinued_day))
    return col.table(
        "stock_level",
        {
            "product": col.chosen(nature.catalogue.products, which),
            "date": col.dates(nature.date(record.day), len(which)),
            "on_hand": col.wholes(record.on_hand[which]),
        },
    )


def stock_movement_table(nature: Nature, record: DayRecord) -> pa.Table:
    """A movement for each product, reason and delivery: opening count, receipts, sales, returns, write-offs."""
    rows: list[tuple[str, str, int, int, int]] = []
    sums = (
        ("stock_take", "in", record.opening_stock),
        ("return", "in", record.restocked),
        ("sale", "out", record.sold),
        ("write_off", "out", record.written_off),
    )
    for reason, direction, moved in sums:
        rows += [
            (reason, direction, int(product), int(moved[product]), int(record.cost_micros[product]))
            for product in np.flatnonzero(moved)
        ]
    rows += [("receipt", "in", line.product, line.quantity, line.cost_micros) for line in record.arrived]
    number = nature.date(record.day).toordinal() * 10**6 + np.arange(len(rows))
    return col.table(
        "stock_movement",
        {
            "movement": col.numbered(number, "M"),
            "product": col.chosen(nature.catalogue.products, _whole([row[2] for row in rows])),
            "date": col.dates(nature.date(record.day), len(rows)),
            "reason": pa.array([row[0] for row in rows], pa.string()),
            "direction": pa.array([row[1] for row in rows], pa.string()),
            "quantity": col.wholes(_whole([row[3] for row in rows])),
            "unit_cost": col.prices(_whole([row[4] for row in rows])),
        },
    )


def purchase_table(nature: Nature, record: DayRecord) -> pa.Table:
    """Purchase lines that were ordered or received on the day."""
    entries = [("ordered", line) for line in record.ordered] + [("received", line) for line in record.arrived]
    lines: list[PurchaseLine] = [line for _, line in entries]
    suppliers = [supplier.name for supplier in nature.settings.supply.suppliers]
    start = nature.settings.start_date
    return col.table(
        "purchase_line",
        {
            "purchase": pa.array([line.purchase for line in lines], pa.string()),
            "line": pa.array([str(line.line) for line in lines], pa.string()),
            "state": pa.array([state for state, _ in entries], pa.string()),
            "occurrence": col.repeated("", len(lines)),
            "date": col.dates(nature.date(record.day), len(lines)),
            "promised_date": col.dates_of(_whole([line.promised_day for line in lines]), start),
            "supplier": col.chosen(suppliers, _whole([line.supplier for line in lines])),
            "product": col.chosen(nature.catalogue.products, _whole([line.product for line in lines])),
            "quantity": col.wholes(_whole([line.quantity for line in lines])),
            "unit_cost": col.prices(_whole([line.cost_micros for line in lines])),
        },
    )


def _whole(values: list[int]) -> col.Wholes:
    return np.array(values, dtype=np.int64)
