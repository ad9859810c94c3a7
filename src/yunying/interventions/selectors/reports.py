"""What the loop worked out for the desk, and what it was asked to do.

Somebody with a part of a store (a category, a channel, a style) sees what he asked for and gave himself: files, runs
and findings speak of all of the store.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from yunying.interventions.models import Report, Run, Upload
from yunying.interventions.selectors.stores import Missing
from yunying.org.active import active_scope
from yunying.org.scope import Piece

ACTIVE = ("requested", "running")


def report_latest(store: str, name: str) -> Mapping[str, Any]:
    """The newest report of that name; empty where the loop made none yet."""
    found = Report.objects.filter(store=store, name=name).order_by("-as_of").first()
    return found.content if found is not None else {}


def report_seen(store: str, name: str) -> Mapping[str, Any]:
    """A report that speaks of the whole store, for whoever sees its totals; empty for others."""
    return report_latest(store, name) if active_scope().sees_totals(store) else {}


def abstentions_seen(store: str) -> list[Mapping[str, Any]]:
    """What practices could not decide and why: all of it, or what the scope's own functions say."""
    scope, items = active_scope(), report_latest(store, "abstentions").get("items", [])
    if scope.sees_totals(store):
        return list(items)
    return [each for each in items if "practice" in each and scope.may("see", store, Piece(each["practice"]))]


def runs_of(store: str) -> QuerySet[Run]:
    """Every run of a store, newest first, without results."""
    return _runs(store).defer("result").select_related("requested_by").order_by("-id")


def runs_active(store: str) -> list[Run]:
    """What was asked for and is not over, oldest first."""
    rows = _runs(store).filter(state__in=ACTIVE).defer("result").select_related("requested_by")
    return list(rows.order_by("id")[:20])


def run_last(store: str) -> Run | None:
    """The newest run that is over."""
    return runs_of(store).exclude(state__in=ACTIVE).first()


def run_shown(store: str, id: int) -> Run:
    """One run with its result.

    Raises:
        Missing: there is none of that id in the store.
    """
    found = _runs(store).filter(pk=id).select_related("requested_by").first()
    if found is None:
        raise Missing("run")
    if not active_scope().sees_totals(store):
        # It counts what all practices did.
        found.result = {}
    return found


def uploads_of(store: str) -> QuerySet[Upload]:
    """Every upload of a store, newest first, without drafts."""
    return _uploads(store).defer("draft", "mapping").select_related("uploaded_by").order_by("-id")


def uploads_waiting(store: str) -> int:
    """How many uploads wait for somebody: drafted and not confirmed, or refused."""
    return _uploads(store).filter(state__in=("drafted", "refused")).count()


def upload_shown(store: str, id: int) -> Upload:
    """One upload with its draft.

    Raises:
        Missing: there is none of that id in the store.
    """
    found = _uploads(store).filter(pk=id).select_related("uploaded_by").first()
    if found is None:
        raise Missing("upload")
    return found


def _runs(store: str) -> QuerySet[Run]:
    scope, rows = active_scope(), Run.objects.filter(store=store)
    return rows if scope.sees_whole(store) else rows.filter(requested_by=scope.person)


def _uploads(store: str) -> QuerySet[Upload]:
    scope, rows = active_scope(), Upload.objects.filter(store=store)
    return rows if scope.sees_whole(store) else rows.filter(uploaded_by=scope.person)
