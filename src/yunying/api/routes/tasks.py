"""Tasks: listed, given, handed over, done."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from yunying.accounts.people import Person
from yunying.api.access import caller_of, scoped
from yunying.api.forms import Cursor, Id, Limit, TaskAsked, TaskChange, TaskPage, TaskShown
from yunying.api.once import key_header, once
from yunying.api.paging import page_of
from yunying.api.routes.described import answers
from yunying.interventions.selectors.stores import Missing
from yunying.management.covering import people_offered, seen_row
from yunying.management.selectors import tasks_of
from yunying.management.tasks import task_done, task_give, task_hand_over, task_seen

router = Router(tags=["tasks"])
_NAMES = ("store", "title", "note", "due_date", "state", "is_returned", "revision", "given_at", "done_at")


@router.get("/stores/{store}/tasks", response=answers(TaskPage))
@scoped
def tasks(
    request: HttpRequest, store: str, state: Literal["open", "done", ""] = "", mine: bool = False,
    cursor: Cursor = "", limit: Limit = 50,
) -> Any:  # fmt: skip
    """Tasks whose subject the caller sees, the newest first; with ``mine`` those that he is to do."""
    caller = caller_of(request)
    caller.store(store, "see")
    rows = tasks_of(store)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(owner=caller.person) if mine else rows
    return page_of(rows, ("-id",), cursor, limit, _plain)


@router.post("/stores/{store}/tasks", response=answers(TaskShown, 201), openapi_extra=key_header(is_needed=True))
@once("propose", is_needed=True)
def give(request: HttpRequest, store: str, body: TaskAsked) -> Any:
    """Give somebody something to do, on an intervention or on the store as a whole."""
    owner = _person(store, seen_row(store, body.intervention), body.owner)
    made = task_give(
        store, body.title, owner.pk, caller_of(request).person, intervention=body.intervention,
        due_date=body.due_date, note=body.note,
    )  # fmt: skip
    return 201, _plain(made)


@router.post(
    "/stores/{store}/tasks/{id}/{action}", response=answers(TaskShown), openapi_extra=key_header(is_needed=False)
)
@once("propose")
def change(request: HttpRequest, store: str, id: Id, action: Literal["hand-over", "done"], body: TaskChange) -> Any:
    """Hand a task over, or say that it is done."""
    person, task = caller_of(request).person, task_seen(store, id)
    if action == "done":
        return 200, _plain(task_done(store, id, person, revision=body.revision))
    to = _person(store, task.intervention, body.to)
    return 200, _plain(task_hand_over(store, id, to.pk, person, revision=body.revision, note=body.note))


def _person(store: str, row: Any | None, name: str) -> Person:
    found = next((each for each in people_offered(store, row) if each.get_username() == name), None)
    if found is None:
        raise Missing("person")
    return found


def _plain(task: Any) -> dict[str, Any]:
    people = {"owner": task.owner.get_username(), "giver": task.giver.get_username()}
    return {"id": task.pk, "intervention": task.intervention_id, **people} | {
        name: getattr(task, name) for name in _NAMES
    }
