"""Reading one file of a shop owner into a batch of facts: whole, or not at all, or with its bad rows set aside."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yunying.connectors.csv.catalogue import (
    read_ad_spend,
    read_products,
    read_purchases,
    read_stock,
    read_suppliers,
)
from yunying.connectors.csv.container import Content, open_content
from yunying.connectors.csv.delimited import read_delimited
from yunying.connectors.csv.limits import Limits
from yunying.connectors.csv.mapping import ColumnMap, WrittenMap, read_map, resolve_map, zone_check
from yunying.connectors.csv.odd_rows import without_odd_rows
from yunying.connectors.csv.orders import read_orders
from yunying.connectors.csv.parquet import read_parquet
from yunying.connectors.csv.problems import LISTED, Problems
from yunying.connectors.csv.rates import read_rates
from yunying.connectors.csv.reading import MemberKeys, Reading
from yunying.connectors.csv.records import Records
from yunying.connectors.csv.set_aside import write_set_aside
from yunying.connectors.csv.workbook import read_workbook
from yunying.facts.batch import FactBatch
from yunying.kernel.errors import FactError, InternalError, OperatorError, RowProblem
from yunying.kernel.ids import store_check
from yunying.kernel.money import currency_check

Progress = Callable[[str, float], None]
"""Called with the name of a stage and the share of the work done, 0 to 1."""

PRIMARY = {
    "orders": "order_line", "products": "product", "stock": "stock_level", "purchases": "purchase_line",
    "ad_spend": "ad_spend", "suppliers": "supplier_offer", "rates": "fx_rate",
}  # fmt: skip
"""The table whose source rows are counted, by kind."""

_READERS: Mapping[str, Callable[[Reading], dict[str, pa.Table]]] = {
    "orders": read_orders, "products": read_products, "stock": read_stock, "purchases": read_purchases,
    "ad_spend": read_ad_spend, "suppliers": read_suppliers, "rates": read_rates,
}  # fmt: skip
_SUBJECT = {
    "orders": "order", "products": "product", "stock": "product", "purchases": "purchase", "ad_spend": "date",
    "suppliers": "supplier", "rates": "date",
}  # fmt: skip


@dataclass(frozen=True)
class FileRead:
    """What a file became.

    Args:
        batch: the facts, ready for the writer.
        rows_read: records of the file that are not blank (set-aside ones included).
        rows_set_aside: records that went to the set-aside file.
        problems: why they did; at most 100, then a count.
        notes: assumptions that were made.
        currency: from the caller, else the file or its preset; None where the kind has no money.
        time_zone: from the caller, else the map or preset; None where nobody has said.
    """

    batch: FactBatch
    kind: str
    preset: str
    rows_read: int
    rows_set_aside: int
    problems: tuple[RowProblem, ...]
    notes: tuple[str, ...]
    currency: str | None
    time_zone: str | None


def read_file(
    path: Path,
    *,
    store: str,
    member_keys: MemberKeys,
    kind: str | None = None,
    map_path: Path | None = None,
    currency: str | None = None,
    time_zone: str | None = None,
    default_date: date | None = None,
    assumed_date: date | None = None,
    latest_date: date | None = None,
    set_aside: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> FileRead:
    """Read a CSV, XLSX or Parquet file (also .gz, .zip) into a batch of facts.

    Args:
        path: the file.
        store: id of the store that the rows belong to.
        member_keys: gives each of the shop's customer ids a random key; the ids themselves never enter the facts.
        kind: ``orders``, ``products``, ``stock``, ``purchases``, ``ad_spend``, ``suppliers`` or ``rates``;
            None to find out.
        map_path: a YAML map (see ``draft_map``); None to recognise the columns.
        currency: the store's currency; None to take the file's or the preset's.
        time_zone: the store's IANA zone; None to take the map's or the preset's.
        default_date: the day of a stock file that has no dates, as the operator stated it.
        assumed_date: the same where nobody stated it; the same file is not taken in again for another such day.
        latest_date: rows with later dates are bad; None to accept any.
        set_aside: where bad rows go (for orders: the whole order); None to refuse the file for them.
        limits: what the file may ask of the machine; None for the defaults.
        progress: told about each stage.

    Raises:
        OperatorError: the file, the map or an option is not usable as it is.
        FactError: rows are bad and ``set_aside`` is None, or every row is.
    """
    told = progress or _silent
    bounds = limits or Limits()
    store_check(store)
    written = read_map(map_path)
    told("read", 0.0)
    content = open_content(Path(path), bounds)
    records = _named(path.name, lambda: read_records(content, written, bounds))
    told("understand", 0.4)
    chosen = resolve_map(records, written, kind)
    records, dropped = without_odd_rows(records, chosen, _SUBJECT[chosen.kind])
    if not len(records) and not records.broken:
        raise OperatorError("no-rows", f"{path.name} has a header but no rows.", "Export a period that has some.")
    options = _Options(member_keys, currency, time_zone, default_date or assumed_date, latest_date)
    told("check", 0.5)
    result = _read_kind(records, chosen, options, path.name, may_set_aside=set_aside is not None)
    told("check", 0.95)
    if set_aside is not None and result.aside:
        write_set_aside(set_aside, records.header, result.aside_rows(records))
    batch = _batch(store, content, written, chosen, result, default_date)
    notes = [*([records.remark] if records.remark else []), *dropped, *result.reading.notes]
    told("done", 1.0)
    return FileRead(
        batch, chosen.kind, chosen.preset, len(records) + len(records.broken), len(result.aside), result.listed(),
        tuple(dict.fromkeys(notes)), result.reading.currency, result.reading.time_zone,
    )  # fmt: skip


def _named(name: str, read: Callable[[], Records]) -> Records:
    """The records; rows that keep the file from being read at all are told under its name."""
    try:
        return read()
    except FactError as error:
        raise FactError(name, error.problems) from error


def read_records(content: Content, written: WrittenMap, limits: Limits) -> Records:
    """The file's table as text."""
    if content.format == "parquet":
        return read_parquet(content.data, limits)
    if content.format == "xlsx":
        return read_workbook(content.data, limits, sheet=written.option("sheet"), expected=written.expected)
    return read_delimited(
        content.data, limits, encoding=written.option("encoding"), delimiter=written.raw.get("delimiter"),
        expected=written.expected,
    )  # fmt: skip


@dataclass(frozen=True)
class _Options:
    member_keys: MemberKeys
    currency: str | None
    time_zone: str | None
    default_date: date | None
    latest_date: date | None


@dataclass(frozen=True)
class _Result:
    """Tables of the good rows, and why the others were set aside: (record number, reason, cells if ragged)."""

    tables: dict[str, pa.Table]
    reading: Reading
    aside: dict[int, tuple[str, tuple[str, ...]]]
    problems: dict[int, RowProblem]

    def listed(self) -> tuple[RowProblem, ...]:
        ordered = [self.problems[number] for number in sorted(self.problems)]
        rest = len(ordered) - LISTED
        more = (RowProblem(0, "(any)", f"{rest:,} more rows are bad.", "See the set-aside file."),) if rest > 0 else ()
        return (*ordered[:LISTED], *more)

    def aside_rows(self, records: Records) -> list[tuple[int, str, tuple[str, ...]]]:
        places = {int(number): place for place, number in enumerate(records.row_numbers.tolist())}
        rows = []
        for number in sorted(self.aside):
            reason, cells = self.aside[number]
            if not cells:
                row = records.table.slice(places[number], 1)
                cells = tuple(column[0].as_py() or "" for column in row.columns)
            rows.append((number, reason, cells))
        return rows


def _read_kind(records: Records, chosen: ColumnMap, options: _Options, name: str, *, may_set_aside: bool) -> _Result:
    """Read until no row is bad; every round sets the bad ones aside (for orders with all rows of their order)."""
    aside: dict[int, tuple[str, tuple[str, ...]]] = {}
    problems: dict[int, RowProblem] = {}
    for number, cells, what in records.broken:
        remedy = "Quote cells that hold the separator; give every row as many cells as the header."
        problems[number] = RowProblem(number, "(whole row)", what, remedy)
        aside[number] = (str(problems[number]), cells)
    if problems and not may_set_aside:
        raise FactError(name, _capped(problems))
    good = _without_broken_orders(records, chosen, aside, problems)
    while True:
        reading = _reading(good, chosen, options)
        tables = _READERS[chosen.kind](reading) if len(good) else {}
        if len(good) and not len(reading.problems):
            if not tables:
                raise InternalError("a file without bad rows gave no facts")
            return _Result(tables, reading, aside, problems)
        if not may_set_aside or not len(good):
            raise FactError(name, _capped(problems) if not len(good) else reading.problems.listed())
        bad = _with_their_orders(good, chosen, reading.problems)
        for index in np.flatnonzero(bad).tolist():
            number = int(good.row_numbers[index])
            reason = reading.problems.reason(index)
            if reason is not None:
                problems[number] = reason
            aside[number] = (str(reason) if reason else "another row of its order is bad.", ())
        good = good.keep(~bad)


def _capped(problems: dict[int, RowProblem]) -> tuple[RowProblem, ...]:
    ordered = tuple(problems[number] for number in sorted(problems))
    if len(ordered) <= LISTED:
        return ordered
    rest = RowProblem(0, "(any)", f"{len(ordered) - LISTED:,} more rows are bad.", "Mend the file.")
    return (*ordered[:LISTED], rest)


def _with_their_orders(records: Records, chosen: ColumnMap, problems: Problems) -> NDArray[np.bool_]:
    bad = np.zeros(len(records), dtype=bool)
    bad[problems.indices] = True
    if chosen.kind in ("orders", "purchases"):
        codes = records.column(chosen.columns[_SUBJECT[chosen.kind]]).codes
        bad |= np.isin(codes, np.unique(codes[bad & (codes >= 0)]))
    return bad


def _without_broken_orders(
    records: Records,
    chosen: ColumnMap,
    aside: dict[int, tuple[str, tuple[str, ...]]],
    problems: dict[int, RowProblem],
) -> Records:
    """The rows less those of orders that also have a ragged row."""
    if not problems or chosen.kind not in ("orders", "purchases"):
        return records
    column = records.column(chosen.columns[_SUBJECT[chosen.kind]])
    place = records.positions[column.header]
    cut = {cells[place].strip() for _, cells, _ in records.broken if len(cells) > place}
    hit = column.flags([text in cut for text in column.texts])
    for index in np.flatnonzero(hit).tolist():
        aside[int(records.row_numbers[index])] = ("another row of its order is bad.", ())
    return records.keep(~hit)


def _reading(records: Records, chosen: ColumnMap, options: _Options) -> Reading:
    notes: list[str] = []
    currency = options.currency or _currency_of(records, chosen) or chosen.option("currency")
    zone = options.time_zone or chosen.option("time_zone")
    if currency:
        currency = currency_check(currency)
    if options.currency is None and currency and chosen.kind != "stock":
        notes.append(f"The currency was taken to be {currency}, as the file or its preset says.")
    if zone:
        zone_check(zone)
    if options.time_zone is None and zone:
        notes.append(f"The time zone was taken to be {zone}, as the map or the preset says.")
    reading = Reading(
        records, chosen, options.member_keys, currency, zone, options.default_date, options.latest_date,
        Problems(records.row_numbers), notes,
    )  # fmt: skip
    _refuse_other_currencies(reading)
    return reading


def _currency_of(records: Records, chosen: ColumnMap) -> str | None:
    """The most frequent currency of the file's own column, if it has one."""
    if "currency" not in chosen.columns or not len(records):
        return None
    column = records.column(chosen.columns["currency"])
    if not column.texts:
        return None
    usual = column.texts[int(np.bincount(column.codes[column.present]).argmax())].upper()
    return {"RMB": "CNY", "人民币": "CNY"}.get(usual, usual)


def _refuse_other_currencies(reading: Reading) -> None:
    column = reading.text("currency")
    for place, text in enumerate(column.texts):
        if {"RMB": "CNY", "人民币": "CNY"}.get(text.upper(), text.upper()) != reading.currency:
            rows = np.flatnonzero(column.codes == place)
            reading.problems.refuse_all(
                rows, column.header, f"the row is in {text!r}, the store keeps {reading.currency}.",
                "Import rows of one currency into a store; use a store of its own for the other.",
            )  # fmt: skip


def _batch(
    store: str, content: Content, written: WrittenMap, chosen: ColumnMap, result: _Result, default_date: date | None
) -> FactBatch:
    stated = (
        store, content.sha256, chosen.kind, chosen.preset, sorted(chosen.columns.items()),
        sorted(chosen.options.items()), written.text, result.reading.currency, result.reading.time_zone, default_date,
        sorted(result.aside),
    )  # fmt: skip
    return FactBatch(
        source="file/" + hashlib.sha256(repr(stated).encode()).hexdigest(),
        number=1,
        store=store,
        tables=result.tables,
        primary=PRIMARY[chosen.kind],
        whole_orders=chosen.kind == "orders"
        and ("line" not in chosen.columns or chosen.option("whole_orders") == "yes"),
        note={"file": content.name, "sha256": content.sha256, "kind": chosen.kind, "rows": len(result.reading)},
    )


def _silent(stage: str, share: float) -> None:
    del stage, share
