"""The stores that a token reaches."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from yunying.api.access import Caller, caller_of, scoped
from yunying.api.forms import StoreList, StoreShown
from yunying.api.routes.described import answers
from yunying.org.roles import DEEDS

router = Router(tags=["stores"])


@router.get("/stores", response=answers(StoreList))
@scoped
def stores(request: HttpRequest) -> Any:
    """Every store that this token reaches."""
    caller = caller_of(request)
    return {"items": [_plain(caller, each) for each in caller.stores() if caller.scope.sees(each.slug)]}


@router.get("/stores/{store}", response=answers(StoreShown))
@scoped
def store(request: HttpRequest, store: str) -> Any:
    """One store."""
    caller = caller_of(request)
    return _plain(caller, caller.store(store, "see"))


def _plain(caller: Caller, row: Any) -> dict[str, Any]:
    return {
        "store": row.slug, "title": row.title, "currency": row.currency, "time_zone": row.time_zone,
        "today": row.today_date, "is_stopped": row.is_stopped,
        "may": [deed for deed in DEEDS if caller.scope.may_somewhere(deed, row.slug)],
    }  # fmt: skip
