"""Interventions: everything that ever was, and composing, cancelling, reverting and retrying it."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from yunying.api.access import caller_of, scoped
from yunying.api.forms import ComposeAsked, Cursor, Id, InterventionPage, InterventionWhole, Limit, Reason
from yunying.api.once import key_header, once
from yunying.api.paging import page_of
from yunying.api.refusals import Refused
from yunying.api.routes.described import answers
from yunying.api.shown import intervention_plain, intervention_whole
from yunying.interventions import states
from yunying.interventions.deciding import intervention_cancel, intervention_retry, intervention_revert
from yunying.interventions.proposing import intervention_compose
from yunying.interventions.selectors.interventions import intervention_shown, interventions_of
from yunying.kernel.command import Command
from yunying.kernel.command_schema import COMMANDS

router = Router(tags=["interventions"])
Word = Annotated[str, Field(max_length=60)]


@router.get("/stores/{store}/interventions", response=answers(InterventionPage))
@scoped
def interventions(
    request: HttpRequest,
    store: str,
    state: Word = "",
    practice: Word = "",
    kind: Word = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """Everything that was ever proposed or composed, the newest first."""
    caller_of(request).store(store, "see")
    rows = interventions_of(store)
    if state:
        if state not in states.TITLES:
            raise Refused("unknown-state", f"There is no state {state!r}.", f"Use: {', '.join(states.TITLES)}.")
        rows = rows.filter(state=state)
    rows = rows.filter(practice=practice) if practice else rows
    rows = rows.filter(kind=kind) if kind else rows
    return page_of(rows, ("-id",), cursor, limit, intervention_plain)


@router.get("/stores/{store}/interventions/{id}", response=answers(InterventionWhole))
@scoped
def intervention(request: HttpRequest, store: str, id: Id) -> Any:
    """One with its evidence, history, what was sent, and what it brought."""
    caller_of(request).store(store, "see")
    return intervention_whole(intervention_shown(store, id))


@router.post(
    "/stores/{store}/interventions", response=answers(InterventionWhole, 201), openapi_extra=key_header(is_needed=True)
)
@once("propose", is_needed=True)
def compose(request: HttpRequest, store: str, body: ComposeAsked) -> Any:
    """Say what shall be done; it waits for approval like every proposal."""
    caller = caller_of(request)
    schema = COMMANDS.get((body.kind, body.version))
    if schema is None or not schema.person_composes:
        kinds = ", ".join(sorted({each.kind for each in COMMANDS.values() if each.person_composes}))
        raise Refused("unknown-kind", "Nobody composes that kind of command.", f"Use: {kinds}.")
    said = body.expected
    expected = None if said is None else (said.low_minor, said.mid_minor, said.high_minor)
    if expected and not expected[0] <= expected[1] <= expected[2]:
        raise Refused("bad-amount", "Low, middle and high are not in this order.", "Give them in rising order.")
    row = intervention_compose(
        store, caller.person, Command(body.kind, body.version, body.params), title=body.title, note=body.note,
        expected=expected, effect_days=body.effect_days,
    )  # fmt: skip
    return 201, intervention_whole(intervention_shown(store, row.pk))


@router.post(
    "/stores/{store}/interventions/{id}/{action}",
    response=answers(InterventionWhole),
    openapi_extra=key_header(is_needed=False),
)
@once("decide")
def act(request: HttpRequest, store: str, id: Id, action: Literal["cancel", "revert", "retry"], body: Reason) -> Any:
    """Give up what is not sent yet, take back what was done, or try again what failed."""
    caller = caller_of(request)
    intervention_shown(store, id)
    if action == "cancel":
        intervention_cancel(store, id, caller.person, reason=body.reason)
    elif action == "revert":
        intervention_revert(store, id, caller.person, reason=body.reason)
    else:
        intervention_retry(store, id, caller.person)
    return 200, intervention_whole(intervention_shown(store, id))
