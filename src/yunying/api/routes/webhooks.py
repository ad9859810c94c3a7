"""Webhooks: where other programs are told what happens in a store."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from yunying.api.access import caller_of, scoped
from yunying.api.forms import (
    Cursor,
    DeliveryPage,
    Ended,
    EndpointAsked,
    EndpointList,
    EndpointMade,
    Id,
    Limit,
)
from yunying.api.once import key_header, once
from yunying.api.paging import cursor_read, cursor_write
from yunying.api.refusals import Refused, not_found
from yunying.api.routes.described import answers
from yunying.audit.log import Change, audit_record
from yunying.inbox.hooks import deliveries_of, endpoint_end, endpoint_make, endpoint_secret_of, endpoints_of

router = Router(tags=["webhooks"])
_DELIVERY = ("key", "event", "state", "attempts", "status", "error", "made_at", "done_at")


@router.get("/stores/{store}/webhooks", response=answers(EndpointList))
@scoped
def endpoints(request: HttpRequest, store: str) -> Any:
    """The addresses that are told."""
    _leads(request, store)
    return {"items": [_plain(each) for each in endpoints_of(store)]}


@router.post("/stores/{store}/webhooks", response=answers(EndpointMade, 201), openapi_extra=key_header(is_needed=False))
@once("set", finish=lambda body: body | {"secret": endpoint_secret_of(body["store"], body["id"])})
def make(request: HttpRequest, store: str, body: EndpointAsked) -> Any:
    """Have an address told; the secret that signs is in this answer only."""
    _leads(request, store)
    caller, now = caller_of(request), timezone.now()
    made = endpoint_make(store, body.url, body.events, caller.person.pk, now)
    change = Change("webhook_make", f"webhook/{made.pk}", after={"url": body.url, "events": made.events})
    audit_record(store, caller.person.get_username(), now, [change])
    return 201, _plain(made)


@router.delete("/stores/{store}/webhooks/{id}", response=answers(Ended))
@once("set")
def end(request: HttpRequest, store: str, id: Id) -> Any:
    """Tell an address nothing more."""
    _leads(request, store)
    caller, now = caller_of(request), timezone.now()
    if not endpoint_end(store, id, now):
        raise not_found()
    audit_record(store, caller.person.get_username(), now, [Change("webhook_end", f"webhook/{id}")])
    return 200, {"is_ended": True}


@router.get("/stores/{store}/webhooks/{id}/deliveries", response=answers(DeliveryPage))
@scoped
def deliveries(request: HttpRequest, store: str, id: Id, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """What was told to an address, newest first, and what it answered."""
    _leads(request, store)
    if not any(each.pk == id for each in endpoints_of(store)):
        raise not_found()
    before = cursor_read(cursor, 1)[0] if cursor else None
    found = deliveries_of(store, id, before, limit + 1)
    shown = [{"id": each.pk} | {name: getattr(each, name) for name in _DELIVERY} for each in found[:limit]]
    return {"items": shown, "next": cursor_write([found[limit - 1].pk]) if len(found) > limit else None}


def _leads(request: HttpRequest, store: str) -> None:
    """Whoever is told is told of the whole store, so only who sets the whole store's rules decides on it."""
    caller = caller_of(request)
    caller.store(store, "set")
    if not (caller.scope.may("set", store) and caller.scope.may("see", store)):
        raise Refused("not-allowed", "You see a part of the store only.", "Ask the store's manager to do it.")


def _plain(endpoint: Any) -> dict[str, Any]:
    names = ("store", "url", "events", "made_at")
    return {"id": endpoint.pk} | {name: getattr(endpoint, name) for name in names}
