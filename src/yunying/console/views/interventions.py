"""Interventions: everything that was ever proposed, and one with its whole life."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yunying.console.access import DeskRequest, desk_deed, desk_page
from yunying.console.export import export_csv, export_xlsx
from yunying.console.filters import ProposalFilter, interventions_filtered
from yunying.console.paging import page_of
from yunying.console.rows import list_scale
from yunying.console.views.inbox import talk_context
from yunying.console.views.proposals import evidence_context
from yunying.interventions import states
from yunying.interventions.deciding import intervention_cancel, intervention_retry, intervention_revert
from yunying.interventions.selectors.interventions import Shown, intervention_shown, receipt_file
from yunying.interventions.selectors.reports import report_latest

STEPS = ("proposed", "approved", "dispatched", "applied", "measured", "credited")
"""The way that most go; the page shows how far one has come."""


@desk_page
def interventions(request: DeskRequest) -> HttpResponse:
    """Everything, what changed last on top."""
    found, rows = interventions_filtered(request.desk, request.GET)
    page = page_of(rows, request.GET.get("page"), one_pass=bool(request.GET.get("q")))
    context = {
        "filter": found, "page": page, "row_scale": list_scale(page.rows), "query": request.GET.urlencode(),
        "sort": request.GET.get("sort", ""), "is_filtered": any(request.GET.get(name) for name in found.form.fields),
        "more_open": any(request.GET.get(name) for name in ProposalFilter.more),
    }  # fmt: skip
    return render(request, "console/interventions.html", context)


@desk_page
def export(request: DeskRequest, form: str) -> HttpResponseBase:
    """The filtered interventions as a file."""
    _found, rows = interventions_filtered(request.desk, request.GET)
    writers = {"csv": export_csv, "xlsx": export_xlsx}
    if form not in writers:
        raise Http404
    return writers[form](rows, f"interventions-{request.desk.slug}-{request.desk.today}", request.desk.currency)


@desk_page
def intervention(request: DeskRequest, id: int) -> HttpResponse:
    """One intervention: where it stands, its receipt and what followed, its effect, its history."""
    shown = intervention_shown(request.desk.slug, id)
    row = shown.row
    followup = report_latest(request.desk.slug, "followup") if row.reference else {}
    context = {
        **evidence_context(request.desk, shown),
        **talk_context(request.desk, row),
        "followed": followup.get(row.reference, []),
        "measured_scale": list_scale(shown.measurements),
        "can": _possible(shown) if request.desk.may_act else (),
        "is_moving": row.state in states.RUNNING or row.is_reverting,
    }
    return render(request, "console/intervention.html", context)


@desk_deed("decide")
def act(request: DeskRequest, id: int, action: str) -> HttpResponse:
    """Cancel, take back or try again."""
    deeds: dict[str, tuple[Callable[..., None], str]] = {
        "cancel": (intervention_cancel, _("Cancelled; its money is free again.")),
        "revert": (intervention_revert, _("It will be taken back with the next sending.")),
        "retry": (intervention_retry, _("Approved once more; it is tried again.")),
    }
    if action not in deeds:
        raise Http404
    intervention_shown(request.desk.slug, id)
    deed, done = deeds[action]
    reason = request.POST.get("reason", "").strip()[:500]
    deed(request.desk.slug, id, request.desk.person, **({} if action == "retry" else {"reason": reason}))
    messages.success(request, done)
    return redirect("desk:intervention", id)


@desk_page
def file(request: DeskRequest, id: int, entry: int, number: int) -> HttpResponseBase:
    """A file that a connector wrote for people; only those that the receipt itself lists, below the store's folder."""
    listed = receipt_file(request.desk.slug, id, entry, number)
    hands = (Path(settings.HOME) / "hands" / request.desk.slug).resolve()
    for folder in sorted(hands.glob("*")):
        path = (folder / str(listed["path"])).resolve()
        if path.is_relative_to(folder) and path.is_file():
            return FileResponse(
                path.open("rb"), as_attachment=True, filename=str(listed["name"]), content_type=listed["media_type"]
            )
    raise Http404


def _possible(shown: Shown) -> tuple[str, ...]:
    """What can be done to it in its state."""
    row = shown.row
    if row.state == states.APPROVED:
        return ("cancel",)
    if row.state == states.FAILED:
        return ("retry",)
    if row.state in states.DONE and not row.is_reverting and row.origin != "observed":
        done = [each for each in shown.entries if each.purpose == "apply" and hasattr(each, "receipt")]
        return ("revert",) if done and done[-1].receipt.content.get("undo") else ()
    return ()
