"""Proposals: the list, one with its evidence, and changing one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yunying.console.access import Desk, DeskRequest, desk_form, desk_page, is_chinese
from yunying.console.charts import charts_of
from yunying.console.command_form import CommandForm
from yunying.console.export import export_csv, export_xlsx
from yunying.console.filters import ProposalFilter, proposals_filtered
from yunying.console.paging import page_of
from yunying.console.rows import list_scale
from yunying.console.views.inbox import talk_context
from yunying.interventions import states
from yunying.interventions.deciding import proposal_edit
from yunying.interventions.selectors.interventions import Shown, intervention_shown
from yunying.kernel.command_schema import command_schema
from yunying.kernel.errors import OperatorError


@desk_page
def proposals(request: DeskRequest) -> HttpResponse:
    """What waits for a person, filtered and sorted."""
    found, rows = proposals_filtered(request.desk, request.GET)
    page = page_of(rows, request.GET.get("page"), one_pass=bool(request.GET.get("q")))
    context = {
        "filter": found,
        "is_filtered": _is_filtered(found),
        "page": page,
        "row_scale": list_scale(page.rows),
        "query": request.GET.urlencode(),
        "sort": request.GET.get("sort", ""),
        "more_open": any(request.GET.get(name) for name in ProposalFilter.more),
        "snooze_days": snooze_days(request.desk),
    }
    return render(request, "console/proposals.html", context)


@desk_page
def export(request: DeskRequest, form: str) -> HttpResponse:
    """The filtered proposals as a file."""
    _found, rows = proposals_filtered(request.desk, request.GET)
    name = f"proposals-{request.desk.slug}-{request.desk.today}"
    writers = {"csv": export_csv, "xlsx": export_xlsx}
    if form not in writers:
        raise Http404
    return writers[form](rows, name, request.desk.currency)


@desk_page
def proposal(request: DeskRequest, id: int) -> HttpResponse:
    """One proposal with its evidence: a page, or the part that opens inside a list."""
    shown = intervention_shown(request.desk.slug, id)
    context = evidence_context(request.desk, shown)
    if request.htmx and not request.htmx.boosted:
        return render(request, "console/evidence_panel.html", context)
    return render(request, "console/proposal.html", {**context, **talk_context(request.desk, shown.row)})


@desk_form("decide")
def edit(request: DeskRequest, id: int) -> HttpResponse:
    """Change what a proposal's command says."""
    desk, row = request.desk, intervention_shown(request.desk.slug, id).row
    if row.state not in (*states.OPEN, states.APPROVED):
        raise OperatorError(f"already-{row.state}", _("It can no longer be changed."), _("Open it to see its history."))
    schema = command_schema(row.kind, row.version)
    form = CommandForm(schema, desk.currency, request.POST if request.method == "POST" else None, row.params)
    if request.method == "POST" and form.is_asked_to("save") and not form.problems:
        revision = request.POST.get("revision", "")
        seen = int(revision) if revision.isdigit() else None
        try:
            proposal_edit(desk.slug, row.pk, desk.person, form.params, revision=seen)
        except OperatorError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Changed. It waits for approval as it is now."))
            return redirect("desk:proposal", row.pk)
    context = {"row": row, "form": form, "names": form.names(desk.slug), "revision": row.revision}
    return render(request, "console/edit.html", context)


def evidence_context(desk: Desk, shown: Shown) -> Mapping[str, Any]:
    """Everything that the evidence of a proposal needs."""
    row, evidence = shown.row, shown.evidence
    own = f"practices/{row.practice}/evidence.html"
    return {
        "row": row,
        "shown": shown,
        "evidence": evidence,
        "evidence_template": select_template([own, "console/evidence.html"]),
        "design": shown.design,
        "charts": charts_of(evidence, row.params, row.as_of.isoformat(), is_chinese=is_chinese()),
        "sentences": [each["zh" if is_chinese() else "en"] for each in evidence.get("sentences", ())],
        "is_open": row.state in states.OPEN,
        "snooze_days": snooze_days(desk),
        "days_left": (row.expires_date - desk.today).days,
    }


def snooze_days(desk: Desk) -> list[Mapping[str, str]]:
    """The days that are offered for putting something off, and the least that is allowed."""
    spans = ((1, _("tomorrow")), (3, _("3 days")), (7, _("a week")))
    return [{"date": (desk.today + timedelta(days=days)).isoformat(), "label": label} for days, label in spans]


def list_address(**query: str) -> str:
    """The address of the list with a filter."""
    return f"{reverse('desk:proposals')}?{urlencode(query)}" if query else reverse("desk:proposals")


def _is_filtered(found: ProposalFilter) -> bool:
    return any(found.form.data.get(name) for name in found.form.fields)
