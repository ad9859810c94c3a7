"""Pages of the catalogue: made once for all visitors who are alike, with holes that each request fills by itself.

What is kept is a page without its slot and without the token of its forms. The slot is drawn anew for each request, by
the request's own key, and told with the probabilities of that draw; so a kept page freezes no draw and no event.
"""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.core.cache import caches
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from yunying.kernel.ids import digest
from yunying.portal.shop.catalogue_version import catalogue_version, holds_until
from yunying.portal.shop.models import Category, Product, Shop
from yunying.portal.shop.slots import Deck, deck_fill, slot_deck
from yunying.portal.shop.tracking.events import Shown, draw_key, page_events
from yunying.portal.shop.views.cards import LISTED, cards, placed
from yunying.portal.shop.views.frame import BASKET_COOKIE, THEMES, page, shop_named, tracking_words
from yunying.portal.shop.views.tracked import shown_cards, tracked

SLOT_PLACES = 4
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Content:
    """What a page shows: its template and words, the products of its list from the first's place, and its slot."""

    template: str
    words: Mapping[str, Any]
    products: Sequence[Product] = ()
    first: int = 1
    slot: str = ""
    category: Category | None = None
    without: int | None = None
    sku: str = ""
    searched: int | None = None


@dataclass(frozen=True)
class _Slot:
    """A slot's deck with the finished card of each product; ``place`` stands where a card tells its position."""

    deck: Deck
    cards: Mapping[int, tuple[str, str]]
    before: str
    place: str


@dataclass(frozen=True)
class _Page:
    """Pieces of a page; between them stand the form's token or the slot, as ``holes`` says in turn."""

    shop: Shop
    pieces: Sequence[str]
    holes: Sequence[str]
    name: str
    shown: Sequence[Shown]
    slot: _Slot | None
    without: int | None
    sku: str
    searched: int | None


Build = Callable[[HttpRequest, Shop, datetime], Content]


def catalogue_page(request: HttpRequest, shop: str, build: Build) -> HttpResponse:
    """The answer with a page of the catalogue, counted."""
    now, version = timezone.now(), catalogue_version()
    key = _key(request, version)
    made: _Page | None = _kept(key, now) if key else None
    if made is None:
        # Asked before the page is made: a slow one must not outlive a price that begins meanwhile.
        until = _until(version, now)
        made = _made(request, shop_named(shop), build, version, until, now)
        if key:
            _keep(key, made, now, until)
    draw = draw_key()
    slot, drawn = _drawn(made, draw)
    token = get_token(request)
    fills = [slot if hole == "slot" else token for hole in made.holes]
    html = "".join(piece for pair in zip(made.pieces, [*fills, ""], strict=True) for piece in pair)
    response = HttpResponse(html)
    # What is in somebody's basket must not be shown to the next one from a cache.
    response.headers["Cache-Control"] = "no-store, private"
    events = page_events(made.name, [*drawn, *made.shown], made.sku, made.searched)
    return tracked(request, response, made.shop, events, draw)


def _key(request: HttpRequest, version: str) -> str:
    """What visitors have in common to whom the same page is shown; empty for one who has a basket or is signed in."""
    if not settings.SHOP_PAGES or BASKET_COOKIE in request.COOKIES or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return ""
    theme, words = request.COOKIES.get("theme", "auto"), tracking_words(request)
    alike = [version, request.get_full_path(), get_language(), theme if theme in THEMES else "auto",
             words["asks"], words["choice"]]  # fmt: skip
    return f"shop-page-{digest(repr(alike), 32)}"


def _until(version: str, now: datetime) -> datetime:
    """Until when a page that is made now may be kept."""
    key = f"shop-until-{version}"
    known: datetime | None = _kept(key, now)
    if known is None:
        known = holds_until(now)
        _keep(key, known, now, known)
    return known


def _keep(key: str, made: object, now: datetime, until: datetime) -> None:
    seconds = (until - timezone.now()).total_seconds()
    if settings.SHOP_PAGES and seconds > 0:
        caches["pages"].set(key, (now, until, made), seconds)


def _kept(key: str, now: datetime) -> Any:
    """What was kept and still holds by the clock of the shop; that of the cache runs slower where a past is made."""
    begun, until, made = caches["pages"].get(key) or (now, now, None)
    return made if begun <= now < until else None


def _made(request: HttpRequest, shop: Shop, build: Build, version: str, until: datetime, now: datetime) -> _Page:
    content, hole = build(request, shop, now), secrets.token_hex(16)
    slot, listed = _slot_and_list(shop, content, version, until, now)
    words = {**content.words, "cards": listed, "slot_hole": mark_safe(hole)}  # noqa: S308 (hexadecimal digits)
    html = page(request, shop, content.template, words).content.decode()
    parts = re.split(f"({'|'.join([hole, *set(_TOKEN.findall(html))])})", html)
    return _Page(
        shop, parts[::2], ["slot" if part == hole else "token" for part in parts[1::2]], content.words["track_page"],
        shown_cards(listed), slot, content.without, content.sku, content.searched,
    )  # fmt: skip


def _slot_and_list(
    shop: Shop, content: Content, version: str, until: datetime, now: datetime
) -> tuple[_Slot | None, list[dict[str, Any]]]:
    """A page's slot, kept as pages are, and the cards of its list; where both are new, by the same few queries."""
    parts = [version, shop.pk, content.slot, content.category and content.category.pk, get_language()]
    key = f"shop-deck-{digest(repr(parts), 32)}"
    slot: _Slot | None = _kept(key, now) if content.slot and settings.SHOP_PAGES else None
    deck = slot_deck(shop, content.slot, now, category=content.category) if content.slot and slot is None else None
    rows = list(Product.objects.filter(pk__in=deck.products, is_listed=True)) if deck else []
    products = [*rows, *content.products]
    prefetch_related_objects(products, LISTED, "pictures")
    # A product may stand in both.
    of_slot, shown = {id(each) for each in rows}, cards(products, now)
    if deck:
        slot = _slot(shop, deck, [card for card in shown if id(card["product"]) in of_slot])
        _keep(key, slot, now, until)
    listed = [card for card in shown if id(card["product"]) not in of_slot]
    return slot, placed(listed, "list", content.first)


def _slot(shop: Shop, deck: Deck, found: Sequence[dict[str, Any]]) -> _Slot:
    """A slot with the finished cards of all that may stand in it."""
    place = secrets.token_hex(16)
    shown = [{**card, "slot": deck.slot, "position": place} for card in found]
    html = render_to_string("shop/slot.html", {"shop": shop, "slot": deck.slot, "recommended": shown})
    before, *items = html.rpartition("</ul>")[0].split("<li>")
    finished = {card["product"].pk: (card["sku"], item) for card, item in zip(shown, items, strict=True)}
    return _Slot(deck, finished, before, place)


def _drawn(made: _Page, draw: str) -> tuple[str, list[Shown]]:
    """The slot of one request as HTML, and what stands in it; the key seeds the draw, so that it can be made again."""
    slot = made.slot
    if slot is None:
        return "", []
    rng = np.random.default_rng([int(draw, 16), len(slot.deck.slot), *slot.deck.slot.encode()])
    items, shown = [], []
    for each in deck_fill(slot.deck, SLOT_PLACES, rng, without=made.without):
        if each.product in slot.cards:
            sku, item = slot.cards[each.product]
            items.append(f"<li>{item}".replace(slot.place, str(each.position)))
            shown.append(Shown(sku, each.slot, each.position, each.propensity, each.experiment))
    return (f"{slot.before}{''.join(items)}</ul></section>" if items else ""), shown
