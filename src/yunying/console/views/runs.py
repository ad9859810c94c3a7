"""Runs: what the loop was asked to do, what it does, and what came of it."""

from django.http import HttpResponse
from django.shortcuts import render

from yunying.console.access import DeskRequest, desk_page
from yunying.console.paging import page_of
from yunying.interventions.selectors.reports import ACTIVE, run_shown, runs_of


@desk_page
def runs(request: DeskRequest) -> HttpResponse:
    """Every run, newest first."""
    page = page_of(runs_of(request.desk.slug), request.GET.get("page"))
    return render(request, "console/runs.html", {"page": page, "is_busy": any(r.state in ACTIVE for r in page.rows)})


@desk_page
def run(request: DeskRequest, id: int) -> HttpResponse:
    """One run with its result."""
    found = run_shown(request.desk.slug, id)
    return render(request, "console/run.html", {"run": found, "is_busy": found.state in ACTIVE})
