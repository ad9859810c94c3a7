"""What the loop worked out for the desk, and what it was asked to do."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from yunying.interventions.models import Report, Run, Upload
from yunying.interventions.selectors.stores import Missing

ACTIVE = ("requested", "running")


def report_latest(store: str, name: str) -> Mapping[str, Any]:
    """The newest report of that name; empty where the loop made none yet."""
    found = Report.objects.filter(store=store, name=name).order_by("-as_of").first()
    return found.content if found is not None else {}


def runs_of(store: str) -> QuerySet[Run]:
    """Every run of a store, newest first, without results."""
    return Run.objects.filter(store=store).defer("result").select_related("requested_by").order_by("-id")


def runs_active(store: str) -> list[Run]:
    """What was asked for and is not over, oldest first."""
    rows = Run.objects.filter(store=store, state__in=ACTIVE).defer("result").select_related("requested_by")
    return list(rows.order_by("id")[:20])


def run_last(store: str) -> Run | None:
    """The newest run that is over."""
    return runs_of(store).exclude(state__in=ACTIVE).first()


def run_shown(store: str, id: int) -> Run:
    """One run with its result.

    Raises:
        Missing: there is none of that id in the store.
    """
    found = Run.objects.filter(store=store, pk=id).select_related("requested_by").first()
    if found is None:
        raise Missing("run")
    return found


def uploads_of(store: str) -> QuerySet[Upload]:
    """Every upload of a store, newest first, without drafts."""
    return Upload.objects.filter(store=store).defer("draft", "mapping").select_related("uploaded_by").order_by("-id")


def uploads_waiting(store: str) -> int:
    """How many uploads wait for somebody: drafted and not confirmed, or refused."""
    return Upload.objects.filter(store=store, state__in=("drafted", "refused")).count()


def upload_shown(store: str, id: int) -> Upload:
    """One upload with its draft.

    Raises:
        Missing: there is none of that id in the store.
    """
    found = Upload.objects.filter(store=store, pk=id).select_related("uploaded_by").first()
    if found is None:
        raise Missing("upload")
    return found
