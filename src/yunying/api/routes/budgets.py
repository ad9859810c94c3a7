"""Budgets: what is planned, reserved and spent in a period."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from yunying.accounts.people import Person
from yunying.api.access import caller_of, scoped
from yunying.api.forms import BudgetAsked, BudgetList, BudgetShown
from yunying.api.once import key_header, once
from yunying.api.refusals import Refused
from yunying.api.routes.described import answers
from yunying.interventions.budgets import budget_set
from yunying.interventions.selectors.rules import budgets_of
from yunying.org.grants import grants_in
from yunying.org.scope import Piece
from yunying.practices.manifest import practice_slugs

router = Router(tags=["budgets"])
_NAMES = (
    "store",
    "practice",
    "channel",
    "campaign",
    "stops",
    "start_date",
    "end_date",
    "cap_minor",
    "reserved_minor",
    "spent_minor",
)


@router.get("/stores/{store}/budgets", response=answers(BudgetList))
@scoped
def budgets(request: HttpRequest, store: str) -> Any:
    """Every budget, newest first; somebody who sees a part of the store sees that part's."""
    caller = caller_of(request)
    row = caller.store(store, "see")
    return {"items": [_plain(each, row.currency) for each in budgets_of(store)]}


@router.put("/stores/{store}/budgets", response=answers(BudgetShown), openapi_extra=key_header(is_needed=False))
@once("budget")
def set_budget(request: HttpRequest, store: str, body: BudgetAsked) -> Any:
    """Make the budget of a period, or change the cap and the end of the one that begins on that day."""
    caller = caller_of(request)
    row = caller.store(store, "budget")
    if not caller.scope.may("budget", store, Piece(body.practice, "", body.channel)):
        raise Refused("not-allowed", "This token may not set that budget.", "Use a token that may.")
    if body.practice and body.practice not in (*practice_slugs(), "person"):
        raise Refused("unknown-practice", "There is no such practice.", f"Use: {', '.join(practice_slugs())}.")
    made = budget_set(
        store, body.practice, body.start_date, body.end_date, body.cap_minor, caller.person, channel=body.channel,
        campaign=body.campaign, person=_person(store, body.person), stops=body.stops,
    )  # fmt: skip
    return 200, _plain(made, row.currency)


def _person(store: str, username: str) -> Person | None:
    """Somebody who holds a role in the store, by his log-in name; None for everybody."""
    if not username:
        return None
    held = grants_in(store)
    found = next((each.person for each in held if each.person.username == username), None)
    if found is None:
        raise Refused("unknown-person", "Nobody of that name holds a role in this store.", "Look at the spelling.")
    return found


def _plain(budget: Any, currency: str) -> dict[str, Any]:
    person = budget.person.get_username() if budget.person is not None else None
    return {"id": budget.pk, "currency": currency, "person": person} | {name: getattr(budget, name) for name in _NAMES}
