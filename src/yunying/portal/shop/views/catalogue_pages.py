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

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from yunying.portal.form_tokens import form_token
from yunying.portal.shop.catalogue_version import CatalogueMoved, catalogue_version, version_supposed
from yunying.portal.shop.models import Category, Product, Shop
from yunying.portal.shop.offers import Offer, offers_of
from yunying.portal.shop.slots import Layout, deck_layout
from yunying.portal.shop.tracking.events import Shown, draw_key, page_events
from yunying.portal.shop.views.cards import card, placed
from yunying.portal.shop.views.frame import BASKET_COOKIE, THEMES, categories_of, page, shop_named, tracking_words
from yunying.portal.shop.views.kept_parts import Parts
from yunying.portal.shop.views.slot_cards import (
    SLOT_PLACES,
    Drawn,
    cards_make,
    deck_of,
    products_of,
    slot_drawn,
    slot_filled,
)
from yunying.portal.shop.views.tracked import shown_cards, tracked

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Content:
    """What a page shows: its template and words, the products of its list from the first's place, and its slot.

    Args:
        own: the product that the page is about; what can be bought of it stands in the words as ``offers``.
    """

    template: str
    words: Mapping[str, Any]
    products: Sequence[Product] = ()
    first: int = 1
    slot: str = ""
    category: Category | None = None
    own: Product | None = None
    searched: int | None = None


@dataclass(frozen=True)
class _Page:
    """Pieces of a page; between them stand the form's token or the slot, as ``holes`` says in turn."""

    shop: Shop
    pieces: Sequence[str]
    holes: Sequence[str]
    name: str
    shown: Sequence[Shown]
    layout: Layout | None
    sku: str
    searched: int | None


Build = Callable[[HttpRequest, Shop, datetime], Content]


def kept_answer(request: HttpRequest) -> HttpResponse | None:
    """The answer with a page that is kept under the version that this process read last, counted.

    Most requests meet one: the question whether the catalogue still is at that version goes with the insert of what the
    page is counted by.
    """
    supposed = version_supposed()
    if not supposed or request.method not in ("GET", "HEAD"):
        return None
    parts = Parts(supposed, timezone.now())
    kept = _found(request, parts)
    if kept is None:
        return None
    # Without the cookie of a session, which no page is kept for, nobody is signed in.
    request.user = AnonymousUser()
    draw = draw_key()
    try:
        return _answer(request, kept, slot_drawn(kept.layout, draw, kept.shop, parts), parts, draw, supposed)
    except CatalogueMoved:
        return None


def catalogue_page(request: HttpRequest, shop: str, build: Build) -> HttpResponse:
    """The answer with a page of the catalogue, counted; that no page was kept of it, ``kept_answer`` has found."""
    now, draw = timezone.now(), draw_key()
    parts = Parts(catalogue_version(), now)
    kept = _found(request, parts)
    if kept is not None:
        return _answer(request, kept, slot_drawn(kept.layout, draw, kept.shop, parts), parts, draw)
    # Asked before the page is made: a slow one must not outlive a price that begins meanwhile.
    _ = parts.until
    made, drawn = page_made(request, shop, build, parts, draw)
    if key := _key(request, parts):
        parts.keep("pages", key, made)
    return _answer(request, made, drawn, parts, draw)


def _found(request: HttpRequest, parts: Parts) -> _Page | None:
    """The page that was kept for this visitor and others who are alike."""
    key = _key(request, parts)
    return parts.find("pages", key) if key else None


def _answer(
    request: HttpRequest, made: _Page, drawn: Drawn, parts: Parts, draw: str, supposed: str = ""
) -> HttpResponse:  # fmt: skip
    """The page with its holes filled, counted.

    Raises:
        CatalogueMoved: the version that was supposed is no more.
    """
    slot, shown = slot_filled(drawn, made.layout, made.shop, parts)
    token = form_token(request)
    fills = [slot if hole == "slot" else token for hole in made.holes]
    html = "".join(piece for pair in zip(made.pieces, [*fills, ""], strict=True) for piece in pair)
    response = HttpResponse(html)
    # What is in somebody's basket must not be shown to the next one from a cache.
    response.headers["Cache-Control"] = "no-store, private"
    events = page_events(made.name, [*shown, *made.shown], made.sku, made.searched)
    return tracked(request, response, made.shop, events, draw, supposed)


def _key(request: HttpRequest, parts: Parts) -> str:
    """What visitors have in common to whom the same page is shown; empty for one who has a basket or is signed in."""
    cookies = request.COOKIES
    if not settings.SHOP_PAGES or BASKET_COOKIE in cookies or settings.SESSION_COOKIE_NAME in cookies:
        return ""
    theme, words = cookies.get("theme", "auto"), tracking_words(request)
    # The address, which visitors choose, comes last, so that no two kinds of page have one key.
    return (
        f"shop-page-{parts.version} {get_language()} {theme if theme in THEMES else 'auto'} {words['asks']} "
        f"{words['choice']} {request.path}?{request.META.get('QUERY_STRING', '')}"
    )


def page_made(request: HttpRequest, slug: str, build: Build, parts: Parts, draw: str) -> tuple[_Page, Drawn]:
    """A page made anew, with what its slot draws for this request."""
    shop = parts.shared("shop", (slug,), lambda: shop_named(slug))
    content = build(request, shop, parts.now)
    own = content.own
    deck = deck_of(shop, content.slot, content.category, parts) if content.slot else None
    layout = deck_layout(deck, SLOT_PLACES, own and own.pk) if deck else None
    drawn = slot_drawn(layout, draw, shop, parts)
    words = {**content.words, "nav": _nav(shop, content, parts), **_shown(content, shop, drawn, parts)}
    hole = secrets.token_hex(16)
    words["slot_hole"] = mark_safe(hole)  # noqa: S308 (hexadecimal digits)
    html = page(request, shop, content.template, words).content.decode()
    pieces = re.split(f"({'|'.join([hole, *set(_TOKEN.findall(html))])})", html)
    made = _Page(
        shop, pieces[::2], ["slot" if piece == hole else "token" for piece in pieces[1::2]],
        content.words["track_page"], shown_cards(words["cards"]), layout,
        _sku(own, words["offers"]) if own else "", content.searched,
    )  # fmt: skip
    return made, drawn


def _sku(own: Product, offers: Sequence[Offer]) -> str:
    """The variant by which a product's page is told: the first that can be bought, else the first that is listed."""
    if offers:
        return offers[0].variant.sku
    listed = own.variants.filter(is_listed=True).order_by("pk").first()
    return listed.sku if listed else ""


def _shown(content: Content, shop: Shop, drawn: Drawn, parts: Parts) -> dict[str, Any]:
    """The cards of a page's list and what can be bought of its product; by the same queries, what its slot misses."""
    own = [content.own] if content.own else []
    in_slot = products_of(drawn.missing)
    products = [*in_slot, *content.products, *own]
    prefetch_related_objects(products, "pictures")
    offers = offers_of(products, parts.now)
    if drawn.missing:
        shown = [card(each, offers[each.pk]) for each in in_slot if offers[each.pk]]
        cards_make(drawn, drawn.missing, shown, shop, parts)
    listed = [card(each, offers[each.pk]) for each in content.products if offers[each.pk]]
    found: dict[str, Any] = {"cards": placed(listed, "list", content.first)}
    for product in own:
        found["offers"] = offers[product.pk]
        found["is_there"] = any(offer.free > 0 for offer in offers[product.pk])
        found["pictures"] = sorted(product.pictures.all(), key=lambda each: each.position)
    return found


def _nav(shop: Shop, content: Content, parts: Parts) -> str:
    category = content.words.get("category")

    def made() -> str:
        return render_to_string(
            "shop/nav.html", {"shop": shop, "category": category, "categories": categories_of(shop)}
        )  # fmt: skip

    return parts.shared("nav", (shop.pk, get_language(), category and category.pk), made)
