"""Events as rows of the facts: written at once for a page, and once for an id where a browser sends them."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest

from yunying.accounts.member_keys import member_keys
from yunying.inbox.box import Incoming, inbox_append, inbox_receive
from yunying.kernel.ids import digest
from yunying.portal.shop.facts.rows import day_of, moment_text
from yunying.portal.shop.models import Shop
from yunying.portal.shop.tracking.bots import bot_count, bot_name
from yunying.portal.shop.tracking.own_looks import is_own_look
from yunying.portal.shop.tracking.together import Together
from yunying.portal.shop.tracking.visits import Visit, visit_of

_log = logging.getLogger("yunying.portal")
MOST_PAGE_CHARS = 200


@dataclass(frozen=True)
class Shown:
    """A product in a place of a page; ``propensity`` is its chance to stand there, None if nothing was drawn."""

    sku: str
    slot: str
    position: int
    propensity: float | None = None
    experiment: str = ""


@dataclass(frozen=True)
class Happened:
    """One event before it is written."""

    type: str
    page: str
    fields: Mapping[str, Any] = field(default_factory=dict)


def page_events(page: str, shown: Sequence[Shown] = (), sku: str = "", searched: int | None = None) -> list[Happened]:
    """What a page's being looked at means: a view, a search with its number of results, an impression for each item."""
    found = [Happened("view", page, {"product": sku or None})]
    if searched is not None:
        found.append(Happened("search", f"{page}&results={searched}"))
    for each in shown:
        fields = {"product": each.sku, "slot": each.slot, "position": each.position, "propensity": each.propensity,
                  "experiment": each.experiment or None}  # fmt: skip
        found.append(Happened("impression", page, fields))
    return found


def page_tell(
    request: HttpRequest, shop: Shop, events: Sequence[Happened], now: datetime, draw: str = ""
) -> Visit | None:
    """Keep what a page means before it is answered; a page is never refused because it could not be counted.

    Args:
        draw: the request's own key, which also seeds its draws; it begins the events' ids.

    Returns:
        The visit, which ``keep_visit`` hands the browser; None where nothing may be recorded.
    """
    if not settings.SHOP_FACTS or request.method == "HEAD" or request.headers.get("Sec-Purpose", "").startswith("pre"):
        return None
    if is_own_look(request):
        return None
    try:
        if name := bot_name(request):
            bot_count(shop, name, now)
            return None
        visit = visit_of(request)
        if visit is None:
            return None
        begun = [Happened("visit", events[0].page)] if visit.is_new and events else []
        key = draw or draw_key()
        rows = [_row(request, shop, visit, each, f"{key}-{place}", now)
                for place, each in enumerate([*begun, *events], start=1)]  # fmt: skip
        _keep(_Page(shop.slug, rows, now))
        return visit
    except DatabaseError:
        _log.exception("%s: a page could not be counted", shop.slug)
        return None


@dataclass(frozen=True)
class _Page:
    store: str
    rows: Sequence[Mapping[str, Any]]
    now: datetime


def _keep(page: _Page) -> None:
    """With the pages of other threads in one transaction; within a caller's own, alone."""
    if transaction.get_connection().in_atomic_block:
        _pages_write([page])
    else:
        _pages.keep(page)


def _pages_write(pages: Sequence[_Page]) -> None:
    inbox_append(
        "event", [(page.store, row) for page in pages for row in page.rows], max(page.now for page in pages)
    )  # fmt: skip


_pages = Together(_pages_write)


def batch_tell(
    request: HttpRequest, shop: Shop, visit: Visit, events: Sequence[tuple[str, Happened]], now: datetime
) -> tuple[int, int]:
    """Write what a browser sent, each id once; how many were new, and how many known.

    Args:
        events: each with the browser's own id. The key in the facts follows from it and the visitor.
    """
    rows = []
    for own, each in events:
        key = f"c-{digest(f'{visit.visitor}/{own}', 32)}"
        sent = {"type": each.type, "page": each.page, **each.fields}
        rows.append(Incoming(_row(request, shop, visit, each, key, now), key, sent))
    with transaction.atomic():
        received = inbox_receive(shop.slug, "event", rows, now)
    return received.accepted, received.duplicates


def draw_key() -> str:
    """A request's own random key."""
    return secrets.token_hex(12)


def _row(request: HttpRequest, shop: Shop, visit: Visit, each: Happened, key: str, now: datetime) -> Mapping[str, Any]:
    is_known = visit.has_consent and request.user.is_authenticated
    member = f"person:{request.user.pk}"
    return {
        "event": key, "type": each.type, "date": day_of(shop, now).isoformat(), "at": moment_text(now),
        "visitor": visit.visitor, "session": visit.session or None, "page": each.page[:MOST_PAGE_CHARS],
        "member": member_keys(shop.slug, [member])[member] if is_known else None,
        "channel": visit.channel or None, "campaign": visit.campaign or None, **each.fields,
    }  # fmt: skip
