"""Pages of the portal: made once for all readers who are alike, and counted for each."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from wagtail.url_routing import RouteResult
from wagtail.views import serve

from yunying.kernel.ids import digest
from yunying.portal.form_tokens import form_token
from yunying.portal.news.hits import hit_count
from yunying.portal.news.routing import page_at
from yunying.portal.news.shared import shared_at, shared_of
from yunying.portal.news.shares import share_came
from yunying.portal.news.site_version import KEPT_SECONDS, site_version
from yunying.portal.news.views.frame import NOTICE_COOKIE, Told
from yunying.portal.object_cache import uneven
from yunying.portal.shop.tracking.bots import bot_name
from yunying.portal.shop.tracking.events import page_events
from yunying.portal.shop.tracking.own_looks import is_own_look
from yunying.portal.shop.views.frame import THEMES, tracking_words
from yunying.portal.shop.views.tracked import shown_cards, tracked

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
_NAMED = ("q", "page", "column")
"""What of an address changes a page; a share's code or a campaign's name does not."""
Build = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class _Kept:
    """A page in pieces, between which the token of its forms stands."""

    pieces: Sequence[str]
    told: Told


@require_safe
def page_served(request: HttpRequest, path: str) -> HttpResponseBase:
    """A page of the tree."""
    if not path:
        return redirect("front")
    return kept_page(request, lambda given: page_made(given, path))


@require_safe
def front(request: HttpRequest, otherwise: str) -> HttpResponseBase:
    """The home of the portal; a site that has none opens with what else it is."""
    try:
        return kept_page(request, lambda given: page_made(given, ""))
    except Http404:
        return redirect(otherwise)


def kept_page(request: HttpRequest, build: Build) -> HttpResponseBase:
    """The answer with a page that was kept, or that is made now and kept for others who are alike."""
    # The version is asked for before the page is made, so a change meanwhile leaves the page under the old one.
    version = site_version()
    key = _key(request, version)
    kept: _Kept | None = caches["pages"].get(key) if key else None
    if kept is None:
        request.news_shared = shared_at(version)  # type: ignore[attr-defined]
        made = build(request)
        told: Told | None = getattr(made, "told", None)
        if told is None or made.status_code != 200 or not isinstance(made, HttpResponse):
            return made
        html = made.content.decode()
        tokens = set(_TOKEN.findall(html))
        kept = _Kept(re.split("|".join(tokens), html) if tokens else [html], told)
        if key and not told.is_private:
            caches["pages"].set(key, kept, uneven(KEPT_SECONDS))
    return _counted(request, kept)


def page_made(request: HttpRequest, path: str) -> HttpResponseBase:
    """A page of the tree as it is for one reader, made now and counted nowhere."""
    shared = shared_of(request)
    # Without a home the tree holds only the page that Wagtail begins with, which is for nobody.
    if shared.home is None:
        raise Http404
    page = page_at(shared, request, path)
    if page is not None:
        # Where Wagtail looks before it walks down the tree by itself, two queries a step.
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]
    return serve(request, path)


def _key(request: HttpRequest, version: str) -> str:
    """What readers have in common to whom the same page is shown; empty for one who is signed in."""
    if not settings.SHOP_PAGES or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return ""
    theme, words = request.COOKIES.get("theme", "auto"), tracking_words(request)
    named = [(name, request.GET[name][:100]) for name in _NAMED if name in request.GET]
    alike = [version, request.get_host(), request.path, named, get_language(),
             theme if theme in THEMES else "auto", words["asks"], words["choice"],
             request.COOKIES.get(NOTICE_COOKIE, "")[:16]]  # fmt: skip
    return f"news-page-{digest(repr(alike), 32)}"


def _counted(request: HttpRequest, kept: _Kept) -> HttpResponse:
    told, now = kept.told, timezone.now()
    response = HttpResponse(form_token(request).join(kept.pieces) if len(kept.pieces) > 1 else kept.pieces[0])
    response.headers["Cache-Control"] = "no-store, private"
    if told.has_video:
        response.headers["Content-Security-Policy"] = _policy_with_video()
    is_reader = request.method == "GET" and not bot_name(request) and not is_own_look(request)
    if told.article is not None and is_reader:
        hit_count(told.article, now)
        share_came(request, told.article, now)
    if told.shop is None:
        return response
    events = page_events(told.page, shown_cards(told.shown), searched=told.searched)
    return tracked(request, response, told.shop, events)


def _policy_with_video() -> str:
    frames = " ".join(f"https://{host}" for host in settings.NEWS_VIDEO_HOSTS)
    return f"{settings.CONTENT_POLICY}; frame-src 'self' {frames}"
