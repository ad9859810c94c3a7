"""The audit log: who changed what, when and why, with what stood before and after."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from yunying.audit.reading import audit_found, audit_values
from yunying.console.access import Desk, DeskRequest, desk_page
from yunying.console.export import Cell, table_csv, table_xlsx
from yunying.console.paging import page_of
from yunying.org.audit_scope import audit_chains_seen

_CHUNK = 2000


@desk_page
def audit(request: DeskRequest) -> HttpResponse:
    """The entries that a filter shows."""
    chain, chains, rows = _filtered(request)
    page = page_of(rows, request.GET.get("page"), one_pass=bool(request.GET.get("q")))
    context = {
        "page": page, "entries": [(row, _changes(row)) for row in page.rows], "chain": chain, "chains": chains,
        "actors": audit_values(chain, "actor"), "actions": audit_values(chain, "action"),
        "query": request.GET.urlencode(), "asked": request.GET,
    }  # fmt: skip
    return render(request, "console/audit.html", context)


@desk_page
def export(request: DeskRequest, form: str) -> HttpResponseBase:
    """What the filter shows as a file."""
    chain, _chains, rows = _filtered(request)
    writers = {"csv": table_csv, "xlsx": table_xlsx}
    if form not in writers:
        raise Http404
    header = [_("Number"), _("When"), _("Who"), _("Action"), _("Subject"), _("Reason"), _("Before"), _("After")]
    name = f"audit-{chain.replace('/', '-')}-{request.desk.today}"
    return writers[form](name, _("Audit log"), header, lambda: _cells(rows, ZoneInfo(request.desk.store.time_zone)))


def _filtered(request: DeskRequest) -> tuple[str, list[str], QuerySet[Any]]:
    desk, asked = request.desk, request.GET
    chains = audit_chains_seen(desk.scope, desk.slug)
    if not chains:
        raise PermissionDenied
    chain = asked.get("chain", "") or chains[0]
    if chain not in chains:
        raise Http404
    until = _day(asked.get("until", ""))
    actor, action, words = (asked.get(name, "").replace("\0", "")[:150] for name in ("actor", "action", "q"))
    rows = audit_found(
        chain, actor=actor, action=action, words=words.split()[:6], since=_begin(desk, _day(asked.get("since", ""))),
        until=_begin(desk, until + timedelta(days=1) if until else None),
    )  # fmt: skip
    return chain, chains, rows


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 < found.year < 9000 else None


def _begin(desk: Desk, day: date | None) -> datetime | None:
    """The first moment of a day by the store's clock."""
    return datetime.combine(day, time(), ZoneInfo(desk.store.time_zone)) if day else None


def _changes(row: Any) -> list[tuple[str, str, str]]:
    """Each named thing with what it was and what it became."""
    names = [*row.before, *(name for name in row.after if name not in row.before)]
    return [(name, _text(row.before, name), _text(row.after, name)) for name in names]


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name)
    return "" if value is None else str(value)[:2000]


def _cells(rows: QuerySet[Any], zone: ZoneInfo) -> Iterator[list[Cell]]:
    for row in rows.iterator(chunk_size=_CHUNK):
        pairs = _changes(row)
        before = "; ".join(f"{name}: {value}" for name, value, _after in pairs if value)
        after = "; ".join(f"{name}: {value}" for name, _before, value in pairs if value)
        moment = row.at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
        yield [row.number, moment, row.actor, row.action, row.subject, row.reason, before, after]
