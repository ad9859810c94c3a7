"""Where everything is: for people, for search engines, and for readers of feeds."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.views.decorators.http import require_safe
from django.views.static import serve as file_served
from wagtail.models import Site

from yunying.portal.news.articles import (
    address_of,
    articles_in,
    columns_shown,
    home_page,
    listing,
    newest_of,
    private_paths,
)
from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage, InfoPage, PortalSettings
from yunying.portal.news.models.pages import LANGUAGES
from yunying.portal.news.place_counts import MOST_COUNTED, places_count
from yunying.portal.news.shared import shared_of
from yunying.portal.news.views.frame import Frame, Told, address_outside, is_chinese
from yunying.portal.news.views.kept import kept_page

MOST_ADDRESSES, IN_A_FEED = 40_000, 30
_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@require_safe
def site_map(request: HttpRequest) -> HttpResponseBase:
    """All columns with how much is in them."""
    return kept_page(request, _site_map)


def _site_map(request: HttpRequest) -> HttpResponse:
    frame = Frame(request)
    if frame.shared.home is None:
        raise Http404
    counts = frame.shared.kept("counts", lambda: places_count(timezone.now(), frame.shared.private))
    columns = [
        {"page": each, "level": each.depth - 3, "place": each.url_path.split("/", 2)[2], "count": counts[each.pk],
         "is_more": counts[each.pk] >= MOST_COUNTED}
        for each in frame.columns
    ]  # fmt: skip
    content = {"columns": columns, "canonical": address_outside(request, reverse("news:map"))}
    return frame.shown("map", content, Told("site-map", frame.shop))


@require_safe
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """The addresses of all pages, for search engines; of more articles than one file may name, the newest."""
    home = home_page()
    if home is None:
        raise Http404
    urls = ET.Element("urlset", xmlns=_XMLNS)
    fields = ("url_path", "last_published_at")
    about = InfoPage.objects.live().public().only(*fields)
    for page in [home, *columns_shown(), *about, *_newest(home, fields)]:
        url = ET.SubElement(urls, "url")
        ET.SubElement(url, "loc").text = address_outside(request, address_of(page))
        if page.last_published_at:
            ET.SubElement(url, "lastmod").text = page.last_published_at.isoformat(timespec="seconds")
    text = ET.tostring(urls, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _newest(home: HomePage, fields: Sequence[str]) -> list[ArticlePage]:
    now, private = timezone.now(), private_paths()
    rows = [
        each for code, _name in LANGUAGES
        for each in articles_in(listing(now, home.pk, code, "newest", private)[:MOST_ADDRESSES], now).only(
            "published_at", *fields)
    ]  # fmt: skip
    return newest_of(rows, MOST_ADDRESSES)


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """What programs may look at."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/api/", "/cms/", "/desk/", "/site/article/", "/staff/")),
    ]
    if home_page() is not None:
        lines.append(f"Sitemap: {address_outside(request, reverse('sitemap'))}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def rendition(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture in one of its sizes; its name changes with what it shows."""
    response = file_served(request, f"images/{path}", document_root=settings.MEDIA_ROOT)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


class ColumnFeed(Feed):
    """The newest articles of a column, or of all; in the language that the reader asks for."""

    feed_type = Rss201rev2Feed

    def get_object(self, request: HttpRequest, path: str) -> dict[str, Any]:
        home = home_page()
        if home is None:
            raise Http404
        column = None
        if path:
            column = ColumnPage.objects.live().public().filter(url_path=f"{home.url_path}{path}").first()
            if column is None:
                raise Http404
        portal = PortalSettings.for_site(Site.find_for_request(request))
        return {"request": request, "column": column, "home": home, "portal": portal}

    def title(self, obj: dict[str, Any]) -> str:
        name = (is_chinese() and obj["portal"].name_zh) or obj["portal"].name or obj["home"].title
        column = obj["column"]
        return f"{(is_chinese() and column.title_zh) or column.title} · {name}" if column else name

    def description(self, obj: dict[str, Any]) -> str:
        column = obj["column"]
        return ((is_chinese() and column.summary_zh) or column.summary) if column else self.title(obj)

    subtitle = description

    def link(self, obj: dict[str, Any]) -> str:
        return address_outside(obj["request"], address_of(obj["column"] or obj["home"]))

    def feed_url(self, obj: dict[str, Any]) -> str:
        return address_outside(obj["request"], obj["request"].path)

    def items(self, obj: dict[str, Any]) -> list[ArticlePage]:
        language = obj["request"].GET.get("language", "")
        now, shared = timezone.now(), shared_of(obj["request"])
        place = (obj["column"] or obj["home"]).pk
        known = [code for code, _name in LANGUAGES]
        # Each language is read from its own part of the index; a feed of all is put together of their newest.
        rows = [
            each for code in ([language] if language in known else known)
            for each in shared.newest(now, place, code, "newest", IN_A_FEED)
        ]  # fmt: skip
        self.outside: Callable[[str], str] = lambda path: address_outside(obj["request"], path)
        return newest_of(rows, IN_A_FEED)

    def item_title(self, item: ArticlePage) -> str:
        return item.title

    def item_description(self, item: ArticlePage) -> str:
        return item.summary

    def item_link(self, item: ArticlePage) -> str:
        return self.outside(address_of(item))

    def item_guid(self, item: ArticlePage) -> str:
        return self.outside(address_of(item))

    def item_pubdate(self, item: ArticlePage) -> datetime:
        return item.published_at

    def item_updateddate(self, item: ArticlePage) -> datetime:
        return item.last_published_at or item.published_at

    def item_author_name(self, item: ArticlePage) -> str:
        return item.author


class AtomFeed(ColumnFeed):
    """The same as Atom."""

    feed_type = Atom1Feed


_FEEDS = {"rss": ColumnFeed, "atom": AtomFeed}


@require_safe
def feed(request: HttpRequest, path: str, kind: str) -> HttpResponse:
    """A column's newest as RSS or Atom."""
    # One of its own for each request: it holds the request's address.
    return _FEEDS[kind]()(request, path)
