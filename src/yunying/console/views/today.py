"""Today 今日: what waits for me, how the store does, what to decide first, what runs, what it brought."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yunying.console.access import Desk, DeskRequest, desk_deed, desk_page, is_chinese
from yunying.console.numbers import key_numbers
from yunying.console.parts import part_table
from yunying.console.rows import list_scale
from yunying.interventions import states
from yunying.interventions.runs import run_request
from yunying.interventions.selectors.figures import numbers_shown, parts_shown
from yunying.interventions.selectors.interventions import (
    counts_by_state,
    expiring,
    interventions_of,
    proposals_ranked,
    running_of,
)
from yunying.interventions.selectors.measurements import measured_since, measurements_of
from yunying.interventions.selectors.reports import (
    abstentions_seen,
    report_seen,
    run_last,
    runs_active,
    uploads_waiting,
)
from yunying.interventions.selectors.rules import budgets_running

NEW_DAYS = 7
"""A measurement is new for so long."""
MOST_ROWS = 30
ASKED: Mapping[str, tuple[str, dict[str, int]]] = {
    "propose": ("propose", {}),
    "advance": ("advance", {"days": 1}),
    "advance-week": ("advance", {"days": 7}),
}


@desk_page
def today(request: DeskRequest) -> HttpResponse:
    """The page."""
    desk = request.desk
    findings, lacking = report_seen(desk.slug, "health").get("findings", []), abstentions_seen(desk.slug)
    rows = proposals_ranked(desk.slug, MOST_ROWS)
    counts = counts_by_state(desk.slug)
    context = {
        "counters": _counters(desk, counts, len(findings) + len(lacking)),
        "numbers": numbers_shown(desk.slug),
        "rows": rows,
        "row_scale": list_scale(rows),
        "waiting": counts[states.PROPOSED],
        "measured": list(measurements_of(desk.slug).filter(is_newest=True)[:6]),
        "findings": findings,
        "lacking": lacking,
        "budgets": budgets_running(desk.slug, desk.today),
        "token": uuid4().hex,
        **activity_of(desk),
    }
    context["cards"] = key_numbers(context["numbers"], is_chinese=is_chinese())
    context["parts"] = [part_table(each, is_chinese=is_chinese()) for each in parts_shown(desk.slug)]
    context["functions"] = () if desk.sees_totals else desk.scope.functions_seen(desk.slug)
    context["measured_scale"] = list_scale(context["measured"])
    return render(request, "console/today.html", context)


@desk_page
def activity(request: DeskRequest) -> HttpResponse:
    """What runs, asked for again and again while something does; when all is done, the page is asked to look anew."""
    context = activity_of(request.desk)
    response = render(request, "console/activity.html", context)
    if not context["is_busy"]:
        response.headers["HX-Trigger"] = "deskChanged"
    return response


@desk_deed("run")
def ask(request: DeskRequest) -> HttpResponse:
    """Ask the loop for today's plan or, in a simulated store, for the next day; a double click asks once."""
    desk = request.desk
    kind, params = ASKED.get(request.POST.get("kind", ""), (None, {}))
    if kind is None or (kind == "advance" and not desk.is_simulated):
        return redirect("desk:today")
    already = any(run.kind == kind for run in runs_active(desk.slug))
    if not already:
        token = request.POST.get("token", "")[:64] or uuid4().hex
        run_request(desk.slug, kind, key=f"{kind}-{desk.slug}-{token}", actor=desk.person, params=params)
    if request.htmx:
        response = HttpResponse(status=204)
        response.headers["HX-Trigger"] = "deskChanged"
        return response
    return redirect("desk:today")


def activity_of(desk: Desk) -> Mapping[str, Any]:
    """Runs that are asked for or going, and interventions on their way."""
    runs, running = runs_active(desk.slug), running_of(desk.slug)
    return {
        "runs": runs,
        "running": running,
        "is_busy": bool(runs or running),
        "asked": {run.kind for run in runs},
        "last_run": run_last(desk.slug) if not runs else None,
    }


def _counters(desk: Desk, counts: Mapping[str, int], lacking: int) -> Sequence[Mapping[str, Any]]:
    """What waits for me; each count opens its list."""
    proposals, done = reverse("desk:proposals"), reverse("desk:interventions")
    soon = expiring(interventions_of(desk.slug), desk.today).count()
    new = measured_since(desk.slug, desk.today - timedelta(days=NEW_DAYS))
    under_way = counts[states.APPROVED] + counts[states.DISPATCHED]
    rows = (
        (_("to approve"), counts[states.PROPOSED], f"{proposals}?state=proposed", "plain"),
        (_("expire soon"), soon, f"{proposals}?state=proposed&soon=1", "warn"),
        (_("under way"), under_way, f"{done}?state=running", "plain"),
        (_("failed"), counts[states.FAILED], f"{done}?state=failed", "bad"),
        (_("newly measured"), new, reverse("desk:measured"), "plain"),
        (_("uploads to look at"), uploads_waiting(desk.slug), reverse("desk:imports"), "warn"),
        (_("facts lacking"), lacking, reverse("desk:imports") + "#health", "warn"),
    )
    return [{"label": label, "count": count, "url": url, "tone": tone if count else "none"}
            for label, count, url, tone in rows]  # fmt: skip
