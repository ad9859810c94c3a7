"""Measured: what was done really brought, beside what was expected, and whose it is."""

from django.http import HttpResponse
from django.shortcuts import render

from yunying.console.access import DeskRequest, desk_page
from yunying.console.paging import page_of
from yunying.console.rows import list_scale
from yunying.interventions.selectors.measurements import credits_by_person, measurements_of


@desk_page
def measured(request: DeskRequest) -> HttpResponse:
    """The newest look at each trial and single intervention, or every look, and credits by person."""
    rows = measurements_of(request.desk.slug)
    only = request.GET.get("only", "")
    rows = rows if only == "every" else rows.filter(is_newest=True)
    page = page_of(rows, request.GET.get("page"))
    context = {
        "page": page, "scale": list_scale(page.rows), "only": only, "credits": credits_by_person(request.desk.slug),
    }  # fmt: skip
    return render(request, "console/measured.html", context)
