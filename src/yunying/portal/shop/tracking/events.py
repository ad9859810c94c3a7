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
from yunying.portal.shop.catalogue_version import VERSION_SQL, CatalogueMoved, catalogue_version
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
    request: HttpRequest, shop: Shop, events: Sequence[Happened], now: datetime, draw: str = "", version: str = ""
) -> Visit | None:
    """Keep what a page means before it is answered; a page is never refused because it could not be counted.

    Args:
        draw: the request's own key, which also seeds its draws; it begins the events' ids.
        version: of the catalogue that the page supposes; checked by the same statement that keeps the events.

    Returns:
        The visit, which ``keep_visit`` hands the browser; None where nothing may be recorded.

    Raises:
        CatalogueMoved: the catalogue is not at ``version`` any more, or could not be asked; nothing was kept.
    """
    if not _is_counted(request):
        _supposed_check(version)
        return None
    try:
        if name := bot_name(request):
            _supposed_check(version)
            bot_count(shop, name, now)
            return None
        visit = visit_of(request)
        if visit is None:
            _supposed_check(version)
            return None
        begun = [Happened("visit", events[0].page)] if visit.is_new and events else []
        key, told = draw or draw_key(), _told(request, shop, visit, now)
        rows = [_row(told, each, f"{key}-{place}") for place, each in enumerate([*begun, *events], start=1)]
        _keep(_Page(shop.slug, rows, now, version))
        return visit
    except DatabaseError as error:
        if version:
            raise CatalogueMoved from error
        _log.exception("%s: a page could not be counted", shop.slug)
        return None


def _is_counted(request: HttpRequest) -> bool:
    is_ahead = request.META.get("HTTP_SEC_PURPOSE", "").startswith("pre")
    return bool(settings.SHOP_FACTS) and request.method != "HEAD" and not is_ahead and not is_own_look(request)


def _supposed_check(version: str) -> None:
    """Where nothing is written that could check it, the version is asked for."""
    if version and catalogue_version() != version:
        raise CatalogueMoved


@dataclass(frozen=True)
class _Page:
    store: str
    rows: Sequence[Mapping[str, Any]]
    now: datetime
    version: str = ""


def _keep(page: _Page) -> None:
    """With the pages of other threads in one transaction; within a caller's own, alone."""
    if transaction.get_connection().in_atomic_block:
        _pages_write([page])
    else:
        _pages.keep(page)


def _pages_write(pages: Sequence[_Page]) -> None:
    versions = {page.version for page in pages if page.version}
    if len(versions) > 1:
        # One of them has moved: each is asked about alone.
        raise CatalogueMoved
    rows, now = [(page.store, row) for page in pages for row in page.rows], max(page.now for page in pages)
    supposed = (VERSION_SQL, versions.pop()) if versions else None
    if not inbox_append("event", rows, now, supposed) and supposed:
        raise CatalogueMoved


_pages = Together(_pages_write)


def batch_tell(
    request: HttpRequest, shop: Shop, visit: Visit, events: Sequence[tuple[str, Happened]], now: datetime
) -> tuple[int, int]:
    """Write what a browser sent, each id once; how many were new, and how many known.

    Args:
        events: each with the browser's own id. The key in the facts follows from it and the visitor.
    """
    rows, told = [], _told(request, shop, visit, now)
    for own, each in events:
        key = f"c-{digest(f'{visit.visitor}/{own}', 32)}"
        sent = {"type": each.type, "page": each.page, **each.fields}
        rows.append(Incoming(_row(told, each, key), key, sent))
    with transaction.atomic():
        received = inbox_receive(shop.slug, "event", rows, now)
    return received.accepted, received.duplicates


def draw_key() -> str:
    """A request's own random key."""
    return secrets.token_hex(12)


def _told(request: HttpRequest, shop: Shop, visit: Visit, now: datetime) -> Mapping[str, Any]:
    """What all events of one request have in common."""
    is_known = visit.has_consent and request.user.is_authenticated
    member = f"person:{request.user.pk}" if is_known else ""
    return {
        "date": day_of(shop, now).isoformat(), "at": moment_text(now), "visitor": visit.visitor,
        "session": visit.session or None, "member": member_keys(shop.slug, [member])[member] if member else None,
        "channel": visit.channel or None, "campaign": visit.campaign or None,
    }  # fmt: skip


def _row(told: Mapping[str, Any], each: Happened, key: str) -> Mapping[str, Any]:
    return {"event": key, "type": each.type, "page": each.page[:MOST_PAGE_CHARS], **told, **each.fields}
