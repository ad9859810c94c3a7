"""Rows come in, wait, are taken in numbered batches, and leave when they are published.

The number of a batch is recorded with its rows before the facts see it. A crash after that repeats the same rows under
the same number, which the facts skip if they were published; so nothing is lost and nothing is recorded twice.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from yunying.inbox.models import InboxHead, InboxId, InboxRow, InboxTrouble
from yunying.inbox.prepared import prepared_execute
from yunying.kernel.errors import InternalError

MOST_ROWS = 20_000
IDS_KEPT = timedelta(days=90)
"""How long an id is known after it was received."""
_CHUNK = 400


@dataclass(frozen=True)
class Incoming:
    """One row as it came: its content in JSON values, and the sender's id of it, empty where it has none.

    ``sent`` is what the sender sent, where the content holds more, such as when it came: a repeat is known by it.
    """

    content: Mapping[str, Any]
    identity: str = ""
    sent: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Received:
    """What became of the rows: accepted, known already, or of another content than the one first received."""

    accepted: int
    duplicates: int
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class Taken:
    """A batch that has its number: rows as ``(row id, table, content)`` in the order in which they came."""

    number: int
    rows: tuple[tuple[int, str, Mapping[str, Any]], ...]


def inbox_receive(store: str, table: str, rows: Sequence[Incoming], now: datetime) -> Received:
    """Keep rows that were checked, in the caller's transaction: they become facts if it commits, else never were."""
    if not transaction.get_connection().in_atomic_block:
        raise InternalError("rows are received in the transaction of the thing itself")
    named: dict[str, Incoming] = {}
    conflicts, duplicates = [], 0
    for row in rows:
        if not row.identity:
            continue
        first = named.setdefault(row.identity, row)
        if first is not row:
            is_same = _digest(first) == _digest(row)
            duplicates += is_same
            conflicts += [] if is_same else [row]
    new, known, others = _first_seen(store, table, named, now)
    conflicts += others
    # In the order in which they came: a later row of the same key corrects an earlier one.
    kept = [row for row in rows if not row.identity or (row.identity in new and named[row.identity] is row)]
    InboxRow.objects.bulk_create(
        [InboxRow(store=store, table=table, content=dict(row.content), received_at=now) for row in kept],
        batch_size=_CHUNK,
    )
    InboxTrouble.objects.bulk_create(
        [InboxTrouble(store=store, table=table, kind="conflict", identity=row.identity, content=dict(row.content),
                      what="Another content was received under this id before.", at=now) for row in conflicts],
        batch_size=_CHUNK,
    )  # fmt: skip
    return Received(len(kept), duplicates + known, tuple(row.identity for row in conflicts))


def inbox_append(
    table: str, rows: Sequence[tuple[str, Mapping[str, Any]]], now: datetime, only_if: tuple[str, str] | None = None
) -> bool:
    """Keep rows of a table that bear no id, all of them or none; whether they were kept.

    It is one statement, and a transaction of its own where the caller has none. Every page is told with it, and the
    insert of the models takes longer to be compiled than to be made.

    Args:
        rows: the store and the content of each, in order.
        only_if: a query of one value, and the value without which nothing is kept.
    """
    given = json.dumps(rows)
    # Django looks for the thread's own at each word that is asked of ``connection``.
    own = transaction.get_connection()
    at = own.ops.adapt_datetimefield_value(now)
    query, value = only_if or ("", "")
    where = f"WHERE ({query}) = %s" if only_if else ""
    statement = _APPEND[own.vendor].format(InboxRow._meta.db_table, where)
    return bool(prepared_execute(own, statement, [table, at, given, *([value] if only_if else [])]))


_APPEND = {
    "postgresql": 'INSERT INTO {} (store, "table", content, received_at) SELECT value ->> 0, %s, value -> 1, %s '
    "FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY {} ORDER BY ordinality",
    "sqlite": 'INSERT INTO {} (store, "table", content, received_at) '
    "SELECT json_extract(value, '$[0]'), %s, json_extract(value, '$[1]'), %s FROM json_each(%s) {} ORDER BY key",
}  # fmt: skip


def inbox_stores() -> list[str]:
    """The stores for which rows wait."""
    return list(InboxRow.objects.order_by("store").values_list("store", flat=True).distinct())


def inbox_take(
    store: str, published: int, key_of: Callable[[str, Mapping[str, Any]], str], *, most: int = MOST_ROWS
) -> Taken | None:
    """The batch that a crash left, else a new one; None where nothing waits.

    Args:
        published: the last number of this source that the facts published.
        key_of: names the fact that a row states; of several rows of one fact only the first is taken, so that a
            correction comes after what it corrects.
    """
    with transaction.atomic():
        InboxHead.objects.get_or_create(store=store)
        head = InboxHead.objects.select_for_update().get(store=store)
        numbered = InboxRow.objects.filter(store=store, number__isnull=False).order_by("number", "id").first()
        if numbered is not None:
            return _batch(store, int(numbered.number or 0))
        waiting = InboxRow.objects.filter(store=store, number=None).order_by("id")[:most]
        seen: set[tuple[str, str]] = set()
        chosen = []
        for row in waiting:
            key = (row.table, key_of(row.table, row.content))
            if key not in seen:
                seen.add(key)
                chosen.append(row.pk)
        if not chosen:
            return None
        head.number = max(head.number, published) + 1
        head.save(update_fields=["number"])
        for at in range(0, len(chosen), _CHUNK):
            InboxRow.objects.filter(pk__in=chosen[at : at + _CHUNK]).update(number=head.number)
        return _batch(store, head.number)


def inbox_leave(store: str, number: int) -> int:
    """The batch is published: its rows leave; returns how many there were."""
    return int(InboxRow.objects.filter(store=store, number=number).delete()[0])


def inbox_refuse(store: str, number: int, problems: Mapping[int, str], now: datetime) -> None:
    """Set rows of a batch aside, each with what is wrong; the rest waits to be taken under another number."""
    with transaction.atomic():
        InboxHead.objects.select_for_update().get(store=store)
        rows = list(InboxRow.objects.filter(store=store, number=number, pk__in=list(problems)))
        InboxTrouble.objects.bulk_create(
            [InboxTrouble(store=store, table=row.table, kind="refused", content=row.content,
                          what=problems[row.pk][:500], at=now) for row in rows],
            batch_size=_CHUNK,
        )  # fmt: skip
        InboxRow.objects.filter(pk__in=[row.pk for row in rows]).delete()
        InboxRow.objects.filter(store=store, number=number).update(number=None)


def inbox_waiting(store: str, field: str, value: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Rows that wait for a store and say so of a field, each as ``(table, content)``."""
    rows = InboxRow.objects.filter(store=store, **{f"content__{field}": value}).order_by("id")
    return [(row.table, row.content) for row in rows]


def inbox_state(store: str) -> tuple[int, int]:
    """How many rows of a store wait, and how many were set aside."""
    return InboxRow.objects.filter(store=store).count(), InboxTrouble.objects.filter(store=store).count()


def inbox_troubles(store: str, *, before: int | None = None, most: int = 50) -> list[InboxTrouble]:
    """What was set aside, newest first."""
    rows = InboxTrouble.objects.filter(store=store).order_by("-id")
    return list((rows if before is None else rows.filter(pk__lt=before))[:most])


def inbox_forget(now: datetime) -> int:
    """Forget ids that are old enough; returns how many."""
    return int(InboxId.objects.filter(received_at__lt=now - IDS_KEPT).delete()[0])


def _first_seen(
    store: str, table: str, named: Mapping[str, Incoming], now: datetime
) -> tuple[set[str], int, list[Incoming]]:
    """Which ids are new, how many are known with the same content, and the rows whose content is another one.

    Of two requests that bring a new id at once, the database's unique key lets one record it.
    """
    receipt, names = uuid4().hex, sorted(named)
    digests = {name: _digest(row) for name, row in named.items()}
    InboxId.objects.bulk_create(
        [InboxId(store=store, table=table, identity=name, digest=digests[name], receipt=receipt, received_at=now)
         for name in names],
        batch_size=_CHUNK, ignore_conflicts=True,
    )  # fmt: skip
    new: set[str] = set()
    known, others = 0, []
    for at in range(0, len(names), _CHUNK):
        found = InboxId.objects.filter(store=store, table=table, identity__in=names[at : at + _CHUNK])
        for each in found:
            if each.receipt == receipt:
                new.add(each.identity)
            elif each.digest == digests[each.identity]:
                known += 1
            else:
                others.append(named[each.identity])
    return new, known, others


def _batch(store: str, number: int) -> Taken:
    rows: Iterable[InboxRow] = InboxRow.objects.filter(store=store, number=number).order_by("id")
    return Taken(number, tuple((row.pk, row.table, row.content) for row in rows))


def _digest(row: Incoming) -> str:
    told = row.content if row.sent is None else row.sent
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
