"""Rows that the ledger hands to the facts: its own steps, and what receipts say that no outside system reports."""

import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.utils import timezone

from yunying.connectors.site_lock import site_lock
from yunying.facts.batch import FactBatch
from yunying.facts.schema import AT, DATE, PRICE, TABLES
from yunying.interventions.outbox import receipt_refused, receipts_published, receipts_unpublished
from yunying.interventions.steps import promotions_known, steps_published, steps_unpublished
from yunying.kernel.errors import FactError
from yunying.kernel.ids import digest
from yunying.loop.home import Home
from yunying.loop.webhooks import notices_of_steps

_log = logging.getLogger("yunying.loop")
MOST_ROWS = 20_000
UNFIT = (FactError, KeyError, TypeError, ValueError, ArithmeticError, pa.ArrowException)
"""What rows raise that cannot be facts; whatever else is raised is not the rows' fault."""


def ledger_publish(home: Home, store: str) -> int:
    """Publish the ledger's new steps as ``intervention`` facts; returns how many.

    A crash between publishing and marking repeats them under the same keys, which changes nothing.
    """
    total = 0
    with _turn(home, store):
        while rows := steps_unpublished(store, MOST_ROWS):
            facts = [{name: value for name, value in row.items() if name != "id"} for row in rows]
            planned = promotions_known(store, [row["id"] for row in rows])
            rows_publish(home, store, "ledger", {"intervention": facts} | ({"promotion": planned} if planned else {}))
            # Before the steps are marked: a step that is marked is never looked at again.
            notices_of_steps(store, [row["id"] for row in rows], now=timezone.now())
            steps_published([row["id"] for row in rows])
            total += len(rows)
    return total


def receipts_publish(home: Home, store: str) -> int:
    """Publish what receipts say of orders placed and prices set; returns how many receipts there were.

    A receipt whose rows cannot be facts is set aside with the reason, and the others are published.
    """
    with _turn(home, store):
        waiting = receipts_unpublished(store)
        try:
            _write_receipts(home, store, [content for _, _, content in waiting])
        except UNFIT as error:
            _log.warning("%s: receipts are published one by one: %s", store, error)
            _publish_each(home, store, waiting)
        else:
            receipts_published([identity for identity, _, _ in waiting])
    return len(waiting)


def _publish_each(home: Home, store: str, waiting: Sequence[tuple[int, date, Mapping[str, Any]]]) -> None:
    for identity, _, content in waiting:
        try:
            _write_receipts(home, store, [content])
        except UNFIT as error:
            _log.exception("what receipt %s says cannot be a fact", identity)
            receipt_refused(identity, f"{type(error).__name__}: {error}")
        else:
            receipts_published([identity])


def _write_receipts(home: Home, store: str, contents: Sequence[Mapping[str, Any]]) -> None:
    """Of two answers about one thing on one day, such as a price set twice, the later one is the fact."""
    tables: dict[str, dict[tuple[Any, ...], Mapping[str, Any]]] = {}
    for content in contents:
        for name, rows in content.get("facts", {}).items():
            key = [column for column in TABLES[name].key if column != "store"]
            tables.setdefault(name, {}).update({tuple(row[column] for column in key): row for row in rows})
    if tables:
        rows_publish(home, store, "receipts", {name: list(rows.values()) for name, rows in tables.items()})


def _turn(home: Home, store: str) -> AbstractContextManager[None]:
    """One publisher of a store at a time: an older answer must not be published behind a newer one."""
    return site_lock(home.path / "hands" / store)


def fact_table(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows in JSON values as an Arrow table of the fact table's own types, without the store column."""
    columns = [column for column in TABLES[name].columns if column.name != "store"]
    used = [column for column in columns if any(column.name in row for row in rows) or not column.nullable]
    schema = pa.schema([pa.field(column.name, column.type) for column in used])
    plain = [{column.name: _typed(column.type, row.get(column.name)) for column in used} for row in rows]
    return pa.Table.from_pylist(plain, schema=schema)


def rows_publish(home: Home, store: str, what: str, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write under the next free number of the source.

    Another worker may take that number first, or may have died with it half written: then its batch is published in
    place of this one. The note of what was published tells which, and this one takes the number behind it.
    """
    source, facts = f"{what}/{store}", {name: fact_table(name, rows) for name, rows in tables.items()}
    mark = digest(json.dumps(tables, sort_keys=True, default=str))
    published: object = None
    while published != mark:
        number = home.facts.snapshots.last_number(source) + 1
        batch = FactBatch(
            source=source, number=number, store=store, tables=facts, primary=next(iter(tables)), note={"content": mark}
        )
        published = home.facts.write(batch).note.get("content")


def _typed(kind: pa.DataType, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if kind == DATE:
        return date.fromisoformat(value)
    if kind == AT:
        return datetime.fromisoformat(value)
    return Decimal(value) if kind == PRICE else value
