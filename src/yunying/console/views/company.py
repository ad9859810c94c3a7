"""Company 公司: every store of the scope side by side, what waits in each, and totals in one currency."""

from django.http import HttpResponse
from django.shortcuts import render

from yunying.console.access import DeskRequest, desk_page, is_chinese
from yunying.console.company_table import company_table
from yunying.interventions.selectors.company import company_rows


@desk_page
def company(request: DeskRequest) -> HttpResponse:
    """The table; the currency of the totals is the most common one, or the one that is asked for."""
    rows = company_rows(request.desk.stores)
    table = company_table(rows, request.GET.get("currency", ""), is_chinese=is_chinese())
    return render(request, "console/company.html", {"table": table})
