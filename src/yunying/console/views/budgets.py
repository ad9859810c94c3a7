"""Budgets 预算: planned, reserved, spent and where it leads; set one, move between them, agree to a move."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yunying.accounts.people import Person
from yunying.console.access import Desk, DeskRequest, desk_deed, desk_page
from yunying.console.practice_names import practice_name
from yunying.console.typed import amount_typed, day_typed
from yunying.interventions.budget_moves import budget_move, move_approve, move_reject, move_revert
from yunying.interventions.budgets import budget_set
from yunying.interventions.selectors.budgets import moves_of, paces_of
from yunying.interventions.selectors.figures import names_shown
from yunying.interventions.selectors.stores import Missing
from yunying.org.grants import grants_in
from yunying.practices.manifest import practices_found

PERSON = "person"
"""What people compose by hand, where practices are named."""


@desk_page
def budgets(request: DeskRequest) -> HttpResponse:
    """Every budget with its pace, the moves between them, and the forms."""
    desk = request.desk
    paces = paces_of(desk.slug, desk.today)
    may = desk.may("budget")
    context = {
        "paces": paces, "moves": moves_of(desk.slug), "names": names_shown(desk.slug) if may else {},
        "practices": [(slug, practice_name(slug)) for slug in (*practices_found(), PERSON)] if may else [],
        "people": _people(desk) if may else [],
        "running": [each.budget for each in paces if each.budget.end_date > desk.today],
    }  # fmt: skip
    return render(request, "console/budgets.html", context)


@desk_deed("budget")
def keep(request: DeskRequest) -> HttpResponse:
    """Make or change the budget of a period."""
    desk, post = request.desk, request.POST
    practice, named = post.get("practice", ""), post.get("person", "")
    person = next((each for each in _people(desk) if str(each.pk) == named), None)
    if (named and person is None) or (practice and practice not in (*practices_found(), PERSON)):
        raise Missing("person" if named else "practice")
    budget_set(
        desk.slug, practice, day_typed(post.get("start", "")), day_typed(post.get("end", "")),
        amount_typed(post.get("cap", ""), desk.currency), desk.person, channel=post.get("channel", "").strip(),
        campaign=post.get("campaign", "").strip(), person=person, stops=post.get("way", "stop") != "warn",
    )  # fmt: skip
    messages.success(request, _("The budget holds."))
    return redirect("desk:budgets")


@desk_deed("budget")
def move(request: DeskRequest) -> HttpResponse:
    """Move cap from one budget to another, or ask for it."""
    desk, post = request.desk, request.POST
    ends = [int(post[name]) if post.get(name, "").isdecimal() and len(post[name]) < 19 else 0
            for name in ("source", "target")]  # fmt: skip
    seen = {each.budget.pk for each in paces_of(desk.slug, desk.today)}
    if not set(ends) <= seen:
        raise Missing("budget")
    amount = amount_typed(post.get("amount", ""), desk.currency)
    made = budget_move(desk.slug, *ends, amount, desk.person, reason=post.get("reason", "").strip())
    messages.success(request, _("Moved.") if made.state == "done" else _("Asked for; a second person has to agree."))
    return redirect("desk:budgets")


@desk_deed("budget")
def decide(request: DeskRequest, id: int, action: str) -> HttpResponse:
    """Agree to a move, decline it, or take it back."""
    deeds = {"approve": (move_approve, _("Moved.")), "reject": (move_reject, _("Declined; nothing was moved.")),
             "revert": (move_revert, _("Taken back."))}  # fmt: skip
    if action not in deeds:
        raise Http404
    if id not in {each.pk for each in moves_of(request.desk.slug)}:
        raise Missing("move")
    deed, done = deeds[action]
    deed(request.desk.slug, id, request.desk.person)
    messages.success(request, done)
    return redirect("desk:budgets")


def _people(desk: Desk) -> list[Person]:
    found: dict[int, Any] = {row.person.pk: row.person for row in grants_in(desk.slug)}
    return sorted(found.values(), key=lambda each: each.username)
