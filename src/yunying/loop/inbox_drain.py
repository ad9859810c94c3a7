"""The inbox becomes facts: batches of one source per store, with rising numbers that are recorded before the write."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import DatabaseError

from yunying.facts.batch import FactBatch
from yunying.facts.schema import SOURCE_ROW, TABLES
from yunying.inbox.box import Taken, inbox_forget, inbox_leave, inbox_refuse, inbox_stores, inbox_take
from yunying.kernel.errors import FactError, OperatorError
from yunying.loop.home import Home
from yunying.loop.published import fact_table

_log = logging.getLogger("yunying.loop")


def inbox_source(store: str) -> str:
    """What the facts call a store's inbox."""
    return f"inbox/{store}"


def inbox_drain(home: Home, store: str, *, now: datetime) -> int:
    """Publish what waits for a store; returns how many rows became facts or were facts already.

    A row that the door refuses is set aside and the others go on.
    """
    total = 0
    while True:
        published = home.facts.snapshots.last_number(inbox_source(store))
        taken = inbox_take(store, published, fact_key)
        if taken is None:
            return total
        try:
            home.facts.write(_batch(store, taken))
        except FactError as error:
            _set_aside(store, taken, error, now)
            continue
        total += inbox_leave(store, taken.number)


def inboxes_drain(home: Home, *, now: datetime) -> int:
    """Publish what waits for every store; a store whose facts are busy waits for the next turn."""
    total = 0
    for store in inbox_stores():
        try:
            total += inbox_drain(home, store, now=now)
        except OperatorError as error:
            _log.warning("%s: the inbox waits: %s", store, error)
        except DatabaseError:
            raise
        except Exception:  # one store's rows must not stop the others'
            _log.exception("%s: the inbox could not be published", store)
    return total


def inbox_tidy(now: datetime) -> int:
    """Forget the ids that nobody will send again."""
    return inbox_forget(now)


def fact_key(table: str, content: Mapping[str, Any]) -> str:
    """The fact that a row states: its key as text."""
    return json.dumps([content.get(name) for name in TABLES[table].key if name != "store"], ensure_ascii=False)


def _batch(store: str, taken: Taken) -> FactBatch:
    tables: dict[str, pa.Table] = {}
    for name in sorted({table for _, table, _ in taken.rows}):
        rows = [(id, content) for id, table, content in taken.rows if table == name]
        arrow = fact_table(name, [content for _, content in rows])
        # A refusal names the row of the inbox by this.
        tables[name] = arrow.append_column(SOURCE_ROW, pa.array([id for id, _ in rows], pa.int64()))
    return FactBatch(
        source=inbox_source(store), number=taken.number, store=store, tables=tables, primary=next(iter(tables))
    )


def _set_aside(store: str, taken: Taken, error: FactError, now: datetime) -> None:
    known = {id for id, _, _ in taken.rows}
    problems = {each.row: f"{each.column}: {each.what} {each.remedy}" for each in error.problems if each.row in known}
    # Where no row is named, none of them can become a fact.
    inbox_refuse(store, taken.number, problems or dict.fromkeys(known, str(error)), now)
