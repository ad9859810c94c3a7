"""Runs: what the loop did, and asking it for one; a request only writes a row, the loop does it."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from ninja import Router

from yunying.api.access import caller_of, scoped
from yunying.api.forms import Cursor, Id, Limit, RunAsked, RunPage, RunShown, RunWhole
from yunying.api.once import key_header, once
from yunying.api.paging import page_of
from yunying.api.routes.described import answers
from yunying.api.shown import run_plain
from yunying.interventions.runs import run_request
from yunying.interventions.selectors.reports import run_shown, runs_active, runs_of

router = Router(tags=["runs"])


@router.get("/stores/{store}/runs", response=answers(RunPage))
@scoped
def runs(request: HttpRequest, store: str, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """What the loop was asked for, newest first."""
    caller_of(request).store(store, "see")
    return page_of(runs_of(store), ("-id",), cursor, limit, run_plain)


@router.get("/stores/{store}/runs/{id}", response=answers(RunWhole))
@scoped
def run(request: HttpRequest, store: str, id: Id) -> Any:
    """One run with its result."""
    caller_of(request).store(store, "see")
    found = run_shown(store, id)
    return run_plain(found) | {"result": found.result}


@router.post("/stores/{store}/runs", response=answers(RunShown, 202), openapi_extra=key_header(is_needed=False))
@once("run")
def request_run(request: HttpRequest, store: str, body: RunAsked) -> Any:
    """Ask for a run; one of this kind that is not over yet is the answer to another request for it."""
    caller = caller_of(request)
    active = next((each for each in runs_active(store) if each.kind == body.kind), None)
    if active is None:
        key = f"{body.kind}-{store}-{uuid4().hex}"
        active = run_request(store, body.kind, key=key, actor=caller.person)
    return 202, run_plain(active)
