"""Compose 新建: a person says what shall be done, with the same checks as a practice's proposal."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yunying.console.access import Desk, DeskRequest, desk_form
from yunying.console.command_form import CommandForm
from yunying.interventions.proposing import intervention_compose
from yunying.interventions.selectors.rules import budgets_running
from yunying.kernel.command import Command
from yunying.kernel.command_schema import COMMANDS, CommandSchema
from yunying.kernel.errors import OperatorError
from yunying.kernel.money import minor_digits

EXPECTED = ("low", "mid", "high")


def composable() -> dict[str, CommandSchema]:
    """The newest version of each kind that a person may compose."""
    schemas = sorted(COMMANDS.values(), key=lambda each: each.version)
    return {each.kind: each for each in schemas if each.person_composes}


@desk_form("propose")
def compose(request: DeskRequest) -> HttpResponse:
    """Which kind of command."""
    return render(request, "console/compose.html", {"schemas": composable().values()})


@desk_form("propose")
def compose_kind(request: DeskRequest, kind: str) -> HttpResponse:
    """The form of one kind: checked, then saved as a proposal."""
    desk, schema = request.desk, composable().get(kind)
    if schema is None:
        raise Http404
    form = CommandForm(schema, desk.currency, request.POST if request.method == "POST" else None)
    expected, expected_problem = _expected(request, desk)
    if form.is_asked_to("save") and not form.problems and not expected_problem:
        try:
            row = intervention_compose(
                desk.slug, desk.person, Command(schema.kind, schema.version, form.params),
                title=request.POST.get("title", "").strip(), note=request.POST.get("note", "").strip(),
                expected=expected,
            )  # fmt: skip
        except OperatorError as error:
            form.refuse(error)
        else:
            messages.success(request, _("It is on the list and waits for approval."))
            return redirect("desk:proposal", row.pk)
    context = {
        "schema": schema, "form": form, "names": form.names(desk.slug), "expected_problem": expected_problem,
        "is_checked": form.is_asked_to("check") or form.is_asked_to("save"),
        "budgets": budgets_running(desk.slug, desk.today),
        "posted": {name: request.POST.get(name, "") for name in ("title", "note", "low", "mid", "high")},
    }  # fmt: skip
    return render(request, "console/compose_kind.html", context)


def _expected(request: DeskRequest, desk: Desk) -> tuple[Any, str]:
    """Low, middle and high in minor units, or what is wrong with them; all three or none."""
    texts = [request.POST.get(name, "").strip().replace(",", "") for name in EXPECTED]
    if not any(texts):
        return None, ""
    try:
        exact = [Decimal(text).scaleb(minor_digits(desk.currency)) for text in texts]
    except InvalidOperation:
        return None, _("Give all three amounts, or none.")
    if any(not each.is_finite() or each != each.to_integral_value() or abs(each) > 10**15 for each in exact):
        return None, _("Give amounts such as 1200.50.")
    low, mid, high = (int(each) for each in exact)
    if not low <= mid <= high:
        return None, _("The low end must not be above the middle, nor the middle above the high end.")
    return (low, mid, high), ""
