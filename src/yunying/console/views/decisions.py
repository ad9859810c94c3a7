"""Approve, reject, put off, take back: one service call for one row, a selection, or everything that a filter shows."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yunying.console.access import DeskRequest, desk_deed
from yunying.console.filters import proposals_filtered
from yunying.console.refusals import refusal_words
from yunying.console.views.session import next_page
from yunying.interventions.deciding import (
    UNDO_SECONDS,
    Outcome,
    decisions_undo,
    proposals_approve,
    proposals_reject,
    proposals_snooze,
)
from yunying.interventions.selectors.interventions import ids_of
from yunying.kernel.errors import OperatorError

Deed = Callable[[DeskRequest, list[int], dict[int, int]], list[Outcome]]
SHOWN_REFUSALS = 3
MOST_AT_ONCE = 10_000
"""A request must end while somebody waits for it: each row is a decision of its own, about a millisecond."""


@desk_deed("decide")
def act(request: DeskRequest) -> HttpResponse:
    """Do what the pressed button says to the rows that are meant."""
    action = request.POST.get("action", "")
    deed = _DEEDS.get(action)
    if deed is None:
        raise OperatorError("unknown-action", _("No action was chosen."), _("Press one of the buttons."))
    ids = _meant(request)
    outcomes = deed(request, ids, _revisions(request))
    done = [each.id for each in outcomes if each.is_done]
    refused = [each for each in outcomes if not each.is_done]
    toast = {
        "text": _done_words(action, len(done)) if done else "",
        "undo": ",".join(map(str, done)) if action != "undo" else "",
        "seconds": UNDO_SECONDS if action == "approve" else UNDO_SECONDS * 3,
        "refused": len(refused),
        "refusals": [refusal_words(each.code, each.what, each.remedy) for each in refused[:SHOWN_REFUSALS]],
        "next": next_page(request),
    }
    if request.htmx:
        response = render(request, "console/toast.html", {"toast": toast})
        response.headers["HX-Trigger"] = "deskChanged"
        return response
    _keep(request, toast)
    return redirect(next_page(request))


def _meant(request: DeskRequest) -> list[int]:
    """The ids: those that were ticked, or exactly the filtered set if it still has as many rows as were seen."""
    if request.POST.get("all") == "1":
        _found, rows = proposals_filtered(request.desk, QueryDict(request.POST.get("query", "")))
        ids = ids_of(rows)
        if str(len(ids)) != request.POST.get("count", ""):
            raise OperatorError(
                "changed", _("The list has changed since you looked at it; nothing was done."),
                _("Look at it again, then decide anew."),
            )  # fmt: skip
    else:
        given = request.POST.getlist("ids")
        ids = [int(each) for text in given for each in text.split(",") if each.strip().isdigit() and len(each) < 19]
    if not ids:
        raise OperatorError("nothing-chosen", _("Nothing is selected."), _("Tick what you mean, then press again."))
    if len(ids) > MOST_AT_ONCE:
        most = _("At most %(most)s at once; narrow the filter.") % {"most": f"{MOST_AT_ONCE:,}"}
        raise OperatorError("too-many", _("That is too much at once; nothing was done."), most)
    return ids


def _revisions(request: DeskRequest) -> dict[int, int]:
    """What was looked at, as ``id:revision``, so that nobody approves what changed meanwhile."""
    if request.POST.get("all") == "1":
        return {}
    pairs = (text.partition(":") for text in request.POST.getlist("seen"))
    return {int(id): int(revision) for id, _colon, revision in pairs if id.isdigit() and revision.isdigit()}


def _approve(request: DeskRequest, ids: list[int], seen: dict[int, int]) -> list[Outcome]:
    return proposals_approve(request.desk.slug, ids, request.desk.person, revisions=seen)


def _reject(request: DeskRequest, ids: list[int], seen: dict[int, int]) -> list[Outcome]:
    reason = request.POST.get("reason", "").strip()[:500]
    return proposals_reject(request.desk.slug, ids, request.desk.person, reason=reason, revisions=seen)


def _snooze(request: DeskRequest, ids: list[int], seen: dict[int, int]) -> list[Outcome]:
    try:
        until = date.fromisoformat(request.POST.get("until", ""))
    except ValueError as error:
        raise OperatorError("bad-day", _("No day was given."), _("Give a day such as 2026-06-18.")) from error
    return proposals_snooze(request.desk.slug, ids, request.desk.person, until_date=until, revisions=seen)


def _undo(request: DeskRequest, ids: list[int], _seen: dict[int, int]) -> list[Outcome]:
    return decisions_undo(request.desk.slug, ids, request.desk.person)


_DEEDS: dict[str, Deed] = {"approve": _approve, "reject": _reject, "snooze": _snooze, "undo": _undo}


def _done_words(action: str, count: int) -> str:
    words = {
        "approve": ngettext("%(count)s approved", "%(count)s approved", count),
        "reject": ngettext("%(count)s rejected", "%(count)s rejected", count),
        "snooze": ngettext("%(count)s put off", "%(count)s put off", count),
        "undo": ngettext("%(count)s taken back", "%(count)s taken back", count),
    }
    return words[action] % {"count": f"{count:,}"}


def _keep(request: DeskRequest, toast: dict[str, Any]) -> None:
    """Without JavaScript the toast waits for the next page."""
    if toast["text"]:
        messages.success(request, toast["text"], extra_tags=f"undo:{toast['undo']}" if toast["undo"] else "")
    words: Sequence[Any] = toast["refusals"]
    for each in words:
        messages.error(request, f"{each.what} {each.remedy}")
