"""Facts in: rows of a fact table, checked now, published by the loop within a minute."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from yunying.accounts.member_keys import member_keys
from yunying.api.access import caller_of, scoped
from yunying.api.fact_rows import TAKEN, rows_checked
from yunying.api.forms import Cursor, FactsAsked, FactsTaken, FactTableList, InboxShown, Limit
from yunying.api.once import key_header, once
from yunying.api.paging import cursor_read, cursor_write
from yunying.api.refusals import not_found
from yunying.api.routes.described import answers
from yunying.facts.schema import TABLES, Column
from yunying.inbox.box import Incoming, inbox_receive, inbox_state, inbox_troubles

router = Router(tags=["facts"])


@router.get("/facts", response=answers(FactTableList))
@scoped
def tables(request: HttpRequest) -> Any:
    """The fact tables that rows may be sent for, with their columns."""
    return {"items": [{"table": name, "meaning": TABLES[name].meaning, "key": list(TABLES[name].key[1:]),
                       "columns": [_column(each) for each in TABLES[name].columns if each.name != "store"]}
                      for name in TAKEN]}  # fmt: skip


@router.post(
    "/stores/{store}/facts/{table}", response=answers(FactsTaken, 202), openapi_extra=key_header(is_needed=True)
)
@once("import", is_needed=True)
def receive(request: HttpRequest, store: str, table: str, body: FactsAsked) -> Any:
    """Take up to 1,000 rows of one fact table, all or none.

    `member` is the shop's own id of the customer; facts keep a random key in its place. Amounts are whole minor units,
    prices texts, moments carry their offset.
    """
    caller = caller_of(request)
    row = caller.store(store, "import")
    if table not in TAKEN:
        raise not_found()
    now = timezone.now()
    latest = now.astimezone(ZoneInfo(row.time_zone)).date() + timedelta(days=1)
    checked = rows_checked(TABLES[table], body.rows, latest)
    received = inbox_receive(store, table, _nameless(store, checked), now)
    return 202, {"store": store, "table": table, "accepted": received.accepted, "duplicates": received.duplicates,
                 "conflicts": list(received.conflicts)}  # fmt: skip


@router.get("/stores/{store}/inbox", response=answers(InboxShown))
@scoped
def inbox(request: HttpRequest, store: str, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """How many rows wait to be published, and those that were set aside, newest first."""
    caller_of(request).store(store, "import")
    before = cursor_read(cursor, 1)[0] if cursor else None
    found = inbox_troubles(store, before=before, most=limit + 1)
    waiting, set_aside = inbox_state(store)
    return {
        "waiting": waiting, "set_aside": set_aside, "next": cursor_write([found[limit - 1].pk])
        if len(found) > limit else None,
        "items": [{"id": each.pk, "table": each.table, "kind": each.kind, "row_id": each.identity, "what": each.what,
                   "content": each.content, "at": each.at} for each in found[:limit]],
    }  # fmt: skip


def _nameless(store: str, rows: list[Incoming]) -> list[Incoming]:
    """Facts name nobody: the shop's id of a customer becomes the random key that stands for him."""
    ids = {row.content["member"] for row in rows if row.content.get("member")}
    if not ids:
        return rows
    keys = member_keys(store, ids)
    return [Incoming({**row.content, "member": keys[row.content["member"]]}, row.identity)
            if row.content.get("member") else row for row in rows]  # fmt: skip


def _column(column: Column) -> dict[str, Any]:
    return {"name": column.name, "type": str(column.type), "meaning": column.meaning, "is_needed": not column.nullable,
            "choices": list(column.choices), "minimum": column.minimum, "maximum": column.maximum}  # fmt: skip
