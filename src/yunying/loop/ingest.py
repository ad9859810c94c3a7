"""Ingest: a shop owner's file becomes published facts of a store, whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from yunying.accounts.member_keys import member_keys
from yunying.connectors.csv.importer import FileRead, read_file
from yunying.facts.batch import FactBatch, WriteOutcome
from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES, UNDATED
from yunying.facts.stores import StoreSettings, stores_known
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import store_check
from yunying.kernel.money import currency_check
from yunying.loop.home import Home

ASSUMED_CAPITAL_RATE = 0.08


@dataclass(frozen=True)
class ImportOptions:
    """What the person at the command line or the desk chose; None means find out.

    Args:
        latest_date: tomorrow in the store's zone; rows with later dates are refused.
        stock_date: the day of a stock file without dates.
    """

    store: str
    latest_date: date
    currency: str | None = None
    time_zone: str | None = None
    kind: str | None = None
    map_path: Path | None = None
    set_aside: Path | None = None
    stock_date: date | None = None
    capital_rate: float | None = None


@dataclass(frozen=True)
class Imported:
    """What one file brought."""

    file: FileRead
    outcome: WriteOutcome
    notes: tuple[str, ...]


def ingest_file(
    home: Home, path: Path, options: ImportOptions, *, progress: Callable[[str, float], None] = lambda step, share: None
) -> Imported:
    """Import one file into a store's facts.

    Raises:
        OperatorError: the file or an option is not usable; a new store lacks currency or time zone.
        FactError: rows are bad and were not to be set aside. Nothing was written.
    """
    store_check(options.store)
    with home.facts.read() as facts:
        known = stores_known(facts).get(options.store)
        last_date = _last_date(facts, options.store)
    _agree(known, options)
    assumed_date = last_date or options.latest_date - timedelta(days=1)
    try:
        read = _read(path, options, known, assumed_date, progress)
    except OperatorError as error:
        if known is None and error.code in ("currency-needed", "zone-needed"):
            raise _new_store(options.store, options.currency, options.time_zone) from error
        raise
    batch, notes = (read.batch, read.notes) if known else _with_store(read, options)
    batch = replace(batch, note={**batch.note, "file": path.name, "rows_read": read.rows_read})
    outcome = home.facts.write(batch, progress=lambda step: progress(step, 1.0))
    return Imported(read, outcome, notes)


def _read(
    path: Path,
    options: ImportOptions,
    known: StoreSettings | None,
    assumed_date: date,
    progress: Callable[[str, float], None],
) -> FileRead:
    return read_file(
        path,
        store=options.store,
        member_keys=lambda shop_ids: member_keys(options.store, shop_ids),
        kind=options.kind,
        map_path=options.map_path,
        currency=known.currency if known else options.currency,
        time_zone=known.time_zone if known else options.time_zone,
        default_date=options.stock_date,
        assumed_date=assumed_date,
        latest_date=options.latest_date,
        set_aside=options.set_aside,
        progress=progress,
    )


def _last_date(facts: FactReader, store: str) -> date | None:
    lines = facts.table("order_line")
    found: date | None = facts.to_arrow(lines.filter(lines.store == store).date.max()).as_py()
    return found


def _agree(known: StoreSettings | None, options: ImportOptions) -> None:
    if known is None:
        return
    for name, chosen, fixed in (
        ("currency", options.currency and currency_check(options.currency), known.currency),
        ("time-zone", options.time_zone, known.time_zone),
    ):
        if chosen and chosen != fixed:
            raise OperatorError(
                f"other-{name}",
                f"Store {known.store!r} keeps its facts in {name} {fixed}, not {chosen}.",
                f"Leave --{name} out, or import into another store.",
            )


def _with_store(read: FileRead, options: ImportOptions) -> tuple[FactBatch, tuple[str, ...]]:
    """The batch of a new store also records its currency and time zone."""
    currency, zone = read.currency or options.currency, read.time_zone or options.time_zone
    if currency is None or zone is None:
        raise _new_store(options.store, currency, zone)
    rate = options.capital_rate if options.capital_rate is not None else ASSUMED_CAPITAL_RATE
    row = {
        "date": date.fromisoformat(UNDATED),
        "title": options.store,
        "currency": currency_check(currency),
        "time_zone": zone,
        "capital_rate": rate,
    }
    fields = [field for field in TABLES["store"].schema if field.name != "store"]
    tables = {**read.batch.tables, "store": pa.Table.from_pylist([row], schema=pa.schema(fields))}
    assumed = () if options.capital_rate is not None else (
        f"cost of capital assumed {rate:.0%} a year (--capital-rate says otherwise)",
    )  # fmt: skip
    return replace(read.batch, tables=tables), (*read.notes, f"new store: {currency}, {zone}", *assumed)


def _new_store(store: str, currency: str | None, zone: str | None) -> OperatorError:
    asked = [] if currency else ["--currency, such as CNY"]
    asked += [] if zone else ["--time-zone, such as Asia/Shanghai"]
    return OperatorError(
        "new-store", f"Store {store!r} is new, and the file does not say all of it.", f"Give {' and '.join(asked)}."
    )
