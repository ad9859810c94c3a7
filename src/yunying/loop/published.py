"""Rows that the ledger hands to the facts: its own steps, and what receipts say that no outside system reports."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.utils import timezone

from yunying.facts.batch import FactBatch
from yunying.facts.schema import AT, DATE, PRICE, TABLES
from yunying.interventions.outbox import receipts_published, receipts_unpublished
from yunying.interventions.steps import steps_published, steps_unpublished
from yunying.kernel.ids import digest
from yunying.loop.home import Home
from yunying.loop.webhooks import notices_of_steps

MOST_ROWS = 20_000


def ledger_publish(home: Home, store: str) -> int:
    """Publish the ledger's new steps as ``intervention`` facts; returns how many.

    A crash between publishing and marking repeats them under the same keys, which changes nothing.
    """
    total = 0
    while rows := steps_unpublished(store, MOST_ROWS):
        facts = [{name: value for name, value in row.items() if name != "id"} for row in rows]
        _write(home, store, "ledger", {"intervention": facts})
        # Before the steps are marked: a step that is marked is never looked at again.
        notices_of_steps(store, [row["id"] for row in rows], now=timezone.now())
        steps_published([row["id"] for row in rows])
        total += len(rows)
    return total


def receipts_publish(home: Home, store: str) -> int:
    """Publish what receipts say of orders placed and prices set; returns how many receipts there were."""
    waiting = receipts_unpublished(store)
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for _, _, content in waiting:
        for name, rows in content.get("facts", {}).items():
            tables.setdefault(name, []).extend(rows)
    if tables:
        _write(home, store, "receipts", tables)
    receipts_published([identity for identity, _, _ in waiting])
    return len(waiting)


def fact_table(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows in JSON values as an Arrow table of the fact table's own types, without the store column."""
    columns = [column for column in TABLES[name].columns if column.name != "store"]
    used = [column for column in columns if any(column.name in row for row in rows) or not column.nullable]
    schema = pa.schema([pa.field(column.name, column.type) for column in used])
    plain = [{column.name: _typed(column.type, row.get(column.name)) for column in used} for row in rows]
    return pa.Table.from_pylist(plain, schema=schema)


def _write(home: Home, store: str, what: str, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
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
