"""Rows that are no lines of their table: totals, last words, orders above their items, lines never priced."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yunying.connectors.csv.mapping import ColumnMap
from yunying.connectors.csv.order_lines import nth_identical
from yunying.connectors.csv.records import Records, TextColumn
from yunying.connectors.csv.synonyms import normal_form, statuses

Mask = NDArray[np.bool_]

_TOTAL_WORDS = frozenset(("合计", "总计", "汇总", "小计", "合計", "總計", "total", "totals", "grandtotal", "sum"))
_LAST_WORDS = re.compile(
    r"\d*|records?(\(s\))? downloaded|seller id ?:.*|(generated|exported) (on|at|by).*|end of (file|report).*|#.*"
    r"|共\s*\d+\s*[条行笔].*|导出时间.*|制表.*",
    re.IGNORECASE,
)
_MOST_LAST_WORDS = 5
_OF_ITEMS = frozenset(
    (
        "line", "product", "title", "variant", "quantity", "unit_price", "line_amount", "line_due", "line_discount",
        "line_tax", "line_shipping", "refund_amount", "refund_quantity", "category", "brand", "unit_cost",
    )
)  # fmt: skip
_MONEY = ("unit_price", "line_amount", "line_due", "order_total", "order_paid")


def without_odd_rows(records: Records, chosen: ColumnMap, subject: str) -> tuple[Records, list[str]]:
    """The records that are rows of the table, and a note on each kind of others that were left out.

    Args:
        records: the file's rows.
        chosen: which column holds what.
        subject: the field that every row must have (order, product ...).
    """
    records, notes = _without_last_words(records)
    records, totals = _without_totals(records, records.column(chosen.columns[subject]))
    notes += totals
    if chosen.kind == "orders":
        for step in (_with_orders_on_their_items, _without_unpriced):
            records, told = step(records, chosen)
            notes += told
    return records, notes


def _without_last_words(records: Records) -> tuple[Records, list[str]]:
    """Leave out short rows at the very end that say who made the file or how long it is."""
    last = int(records.row_numbers[-1]) if len(records) else 0
    ends = [entry for entry in records.broken if entry[0] > last and _is_last_word(entry[1])]
    if not ends or len(ends) > _MOST_LAST_WORDS:
        return records, []
    kept = tuple(entry for entry in records.broken if entry not in ends)
    return _replaced(records, records, kept), [f"{len(ends)} rows below the table were left out."]


def _is_last_word(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return all(_LAST_WORDS.fullmatch(cell) for cell in filled) and any(not cell.isdigit() for cell in filled)


def _without_totals(records: Records, column: TextColumn) -> tuple[Records, list[str]]:
    words = [_is_total(text) for text in column.texts]
    if not any(words):
        return records, []
    totals = column.flags(words)
    kept = _replaced(records, records.keep(~totals), records.broken)
    return kept, [f"{int(totals.sum()):,} rows with totals were left out."]


def _is_total(text: str) -> bool:
    return not text[:1].isdigit() and (normal_form(text) in _TOTAL_WORDS or text.casefold().startswith("total:"))


def _with_orders_on_their_items(records: Records, chosen: ColumnMap) -> tuple[Records, list[str]]:
    """Where an order of several items stands in a row of its own above them, its cells move to the first item."""
    columns = {name: records.column(header) for name, header in chosen.columns.items()}
    named = np.zeros(len(records), dtype=bool)
    for name in ("product", "title"):
        if name in columns:
            named |= columns[name].present
    order = columns["order"].codes
    if named.all() or not named.any() or not columns["order"].texts:
        return records, []
    items = np.bincount(order[named & (order >= 0)], minlength=int(order.max()) + 1)
    firsts = named & (nth_identical(order, named.astype(np.int64)) == 0)
    item_of = np.full(len(items), -1, dtype=np.int64)
    item_of[order[firsts & (order >= 0)]] = np.flatnonzero(firsts & (order >= 0))
    # One nameless row among several named ones is the order; among fewer it may as well be an item without a name.
    above = ~named & (order >= 0) & (nth_identical(order, named.astype(np.int64)) == 0)
    above &= (items[order] >= 2) & (item_of[order] == np.arange(len(order)) + 1)
    if not above.any():
        return records, []
    source = np.arange(len(records))
    source[np.flatnonzero(above) + 1] = np.flatnonzero(above)
    table = records.table
    for name, header in chosen.columns.items():
        if name not in _OF_ITEMS:
            table = _moved(table, records.positions[header], columns[name], source)
    moved = Records(records.header, table, records.row_numbers, records.encoding, records.delimiter)
    kept = _replaced(records, moved.keep(~above), records.broken)
    return kept, [f"{int(above.sum()):,} rows that sum up an order were joined to its first item."]


def _moved(table: pa.Table, place: int, column: TextColumn, source: NDArray[np.int64]) -> pa.Table:
    """The table with cells of one column taken from the row above where the own one is empty."""
    rows = np.where(column.present, np.arange(len(source)), source)
    return table.set_column(place, table.schema.field(place), table.column(place).take(pa.array(rows)))


def _without_unpriced(records: Records, chosen: ColumnMap) -> tuple[Records, list[str]]:
    """Leave out lines that were never paid and have no money: marketplaces price them once they are paid."""
    money = [records.column(chosen.columns[name]) for name in _MONEY if name in chosen.columns]
    if "status" not in chosen.columns or not money or "paid_at" in chosen.columns:
        return records, []
    bare = ~np.logical_or.reduce([column.present for column in money])
    known = {**statuses(), **chosen.statuses}
    status = records.column(chosen.columns["status"])
    unpaid = status.flags(
        [not {"paid", "refunded"} & set(known.get(normal_form(text), ("paid",))) for text in status.texts]
    )
    if "quantity" in chosen.columns:
        quantity = records.column(chosen.columns["quantity"])
        bare &= ~quantity.flags([text.strip("0.") == "" for text in quantity.texts])
    gone = bare & unpaid
    if not gone.any():
        return records, []
    kept = _replaced(records, records.keep(~gone), records.broken)
    return kept, [f"{int(gone.sum()):,} lines that were never paid and have no price were left out."]


def _replaced(records: Records, kept: Records, broken: tuple[tuple[int, tuple[str, ...], str], ...]) -> Records:
    return Records(
        kept.header, kept.table, kept.row_numbers, records.encoding, records.delimiter, broken, records.remark
    )
