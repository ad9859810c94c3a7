"""Proposals: what waits for somebody, and what is decided on it, singly and many at once."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from yunying.api.access import Caller, caller_of, scoped
from yunying.api.forms import (
    Action,
    Cursor,
    Decide,
    DecideMany,
    EditAsked,
    Id,
    InterventionPage,
    InterventionWhole,
    Limit,
    Outcomes,
)
from yunying.api.once import key_header, once
from yunying.api.paging import page_of
from yunying.api.refusals import Refused
from yunying.api.routes.described import answers
from yunying.api.shown import intervention_plain, intervention_whole, outcome_plain
from yunying.interventions.deciding import (
    Outcome,
    decisions_undo,
    only,
    proposal_edit,
    proposals_approve,
    proposals_reject,
    proposals_snooze,
)
from yunying.interventions.selectors.interventions import intervention_shown, interventions_of

router = Router(tags=["proposals"])
OPTIONAL_KEY = key_header(is_needed=False)
Word = Annotated[str, Field(max_length=60)]


@router.get("/stores/{store}/proposals", response=answers(InterventionPage))
@scoped
def proposals(
    request: HttpRequest,
    store: str,
    state: Literal["proposed", "snoozed", "rejected", "expired", "superseded"] = "proposed",
    practice: Word = "",
    kind: Word = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """Proposals in the order of what a day of delay would lose."""
    caller_of(request).store(store, "see")
    rows = interventions_of(store).filter(state=state)
    rows = rows.filter(practice=practice) if practice else rows
    rows = rows.filter(kind=kind) if kind else rows
    return page_of(rows, ("-delay_loss_minor", "id"), cursor, limit, intervention_plain)


# Before {id}, which would take the word for one.
@router.post("/stores/{store}/proposals/act", response=answers(Outcomes), openapi_extra=OPTIONAL_KEY)
@once("decide")
def decide_many(request: HttpRequest, store: str, body: DecideMany) -> Any:
    """Decide on up to 1,000 at once; those that cannot be are told apart, the others are done."""
    caller = caller_of(request)
    revisions = {int(id): revision for id, revision in body.revisions.items() if id.isdecimal() and len(id) < 19}
    outcomes = _decided(caller, store, body.action, body.ids, revisions, body)
    return 200, {"items": [outcome_plain(each) for each in outcomes]}


@router.get("/stores/{store}/proposals/{id}", response=answers(InterventionWhole))
@scoped
def proposal(request: HttpRequest, store: str, id: Id) -> Any:
    """One proposal with its evidence, its design and its history."""
    caller_of(request).store(store, "see")
    return intervention_whole(intervention_shown(store, id))


@router.post("/stores/{store}/proposals/{id}/edit", response=answers(InterventionWhole), openapi_extra=OPTIONAL_KEY)
@once("decide")
def edit(request: HttpRequest, store: str, id: Id, body: EditAsked) -> Any:
    """Change a proposal's parameters; an approval before is void."""
    caller = caller_of(request)
    intervention_shown(store, id)
    proposal_edit(store, id, caller.person, body.params, revision=body.revision)
    return 200, _whole(store, id)


@router.post("/stores/{store}/proposals/{id}/{action}", response=answers(InterventionWhole), openapi_extra=OPTIONAL_KEY)
@once("decide")
def decide(request: HttpRequest, store: str, id: Id, action: Action, body: Decide) -> Any:
    """Approve, reject, snooze, or undo the last decision."""
    caller = caller_of(request)
    intervention_shown(store, id)
    only(_decided(caller, store, action, [id], {id: body.revision} if body.revision else {}, body))
    return 200, _whole(store, id)


def _decided(
    caller: Caller, store: str, action: Action, ids: list[int], revisions: dict[int, int], body: Decide
) -> list[Outcome]:
    # The services know the person's whole scope; of the rows, those outside of the token's are left out here.
    seen = set(interventions_of(store).filter(pk__in=ids).values_list("pk", flat=True))
    mine = [id for id in ids if id in seen]
    missing = [Outcome(id, "not-found", "There is no such proposal in this store.", "Open the list again.")
               for id in ids if id not in seen]  # fmt: skip
    if not mine:
        return missing
    if action == "approve":
        done = proposals_approve(store, mine, caller.person, revisions=revisions)
    elif action == "reject":
        done = proposals_reject(store, mine, caller.person, reason=body.reason, revisions=revisions)
    elif action == "undo":
        done = decisions_undo(store, mine, caller.person)
    elif body.until is None:
        raise Refused("bad-day", "No day was given.", "Give until, such as 2026-06-18.")
    else:
        done = proposals_snooze(store, mine, caller.person, until_date=body.until, revisions=revisions)
    return [*done, *missing]


def _whole(store: str, id: int) -> dict[str, Any]:
    return intervention_whole(intervention_shown(store, id))
