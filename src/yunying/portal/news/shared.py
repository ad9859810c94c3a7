"""What all pages of one state of the site have in common: read once by each process, and dropped with the state.

Columns, the pages about the site, what is restricted, the shop, and the lists that stand beside many articles. Nothing
here is changed after it was read: requests of all threads use the same objects.
"""

import secrets
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from wagtail.models import Site

from yunying.portal.news.articles import (
    address_of,
    articles_in,
    articles_ready,
    columns_shown,
    home_page,
    listing,
    private_paths,
)
from yunying.portal.news.facts import site_shop
from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage, InfoPage, Listing, PortalSettings
from yunying.portal.news.models.pages import LANGUAGES
from yunying.portal.news.most_read import most_read
from yunying.portal.news.site_version import KEPT_SECONDS, site_version
from yunying.portal.shop.models import Shop

MOST_KEPT = 5_000
Value = TypeVar("Value")


class Shared:
    """One state of the site; each of its parts is read when it is asked for first."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def kept(self, name: Hashable, make: Callable[[], Value]) -> Value:
        """What was made under a name, or is made now. Two threads at once may both make it."""
        if name in self._kept:
            return self._kept[name]  # type: ignore[no-any-return]
        made = make()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[name] = made
        return made

    @property
    def home(self) -> HomePage | None:
        """The front of the portal, where there is one."""
        return self.kept("home", home_page)

    @property
    def columns(self) -> list[ColumnPage]:
        """All columns that everybody may read, in the order of the tree."""
        return self.kept("columns", lambda: columns_shown(self.private))

    @property
    def info_pages(self) -> list[InfoPage]:
        """The pages about the site."""
        return self.kept("info", self._info_pages)

    def _info_pages(self) -> list[InfoPage]:
        rows = InfoPage.objects.live().defer("body", "body_zh").order_by("path")
        return [each for each in rows if not each.path.startswith(tuple(self.private))]

    @property
    def private(self) -> list[str]:
        """The paths of the pages that not everybody may read, nor what is below them."""
        return self.kept("private", private_paths)

    def site(self, request: HttpRequest) -> Site | None:
        """Wagtail's site by a request's host."""
        found = self.kept(("site", request.get_host()), lambda: Site.find_for_request(request))
        # Where Wagtail itself looks for it.
        request._wagtail_site = found  # type: ignore[attr-defined]
        return found

    def portal(self, request: HttpRequest) -> PortalSettings:
        """The settings of a request's site."""
        site = self.site(request)
        return self.kept(("portal", site and site.pk), lambda: PortalSettings.for_request(request))

    def shop(self, portal: PortalSettings) -> Shop | None:
        """The shop that belongs to the portal."""
        return self.kept(("shop", portal.pk), lambda: site_shop(portal))

    def language(self, wanted: str) -> str:
        """A reader's language, if anything is written in it; else the one that there is."""
        home = self.home.pk if self.home else 0
        known = self.kept(
            "languages",
            lambda: [code for code, _ in LANGUAGES if Listing.objects.filter(place=home, language=code).exists()],
        )
        return wanted if wanted in known or not known else known[0]

    def newest(self, now: datetime, place: int, language: str, kind: str, count: int) -> list[ArticlePage]:
        """The newest of a list, by its kind; see ``articles.KINDS``."""
        rows = self.kept(
            (kind, place, language, count),
            lambda: list(articles_in(listing(now, place, language, kind, self.private)[:count], now)),
        )
        return _not_over(rows, now)

    def most_read(self, now: datetime, place: int, language: str) -> list[ArticlePage]:
        """The articles of a place that were opened most, as many as are ranked, with their addresses."""
        return _not_over(self.kept(("most-read", place, language), lambda: self._most_read(now, place, language)), now)

    def _most_read(self, now: datetime, place: int, language: str) -> list[ArticlePage]:
        order = most_read(now, place, language)
        rows = Listing.objects.filter(place=place, language=language, article__in=order)
        shown = {each.pk: each for each in articles_in(rows, now) if not each.path.startswith(tuple(self.private))}
        for each in shown.values():
            each.address = address_of(each)
        return [shown[number] for number in order if number in shown]

    def ready(self, articles: list[ArticlePage]) -> list[ArticlePage]:
        """Articles with their picture, column and address."""
        return articles_ready(articles, self.columns)


_held: dict[str, Shared] = {}


def shared_at(version: str) -> Shared:
    """What pages of one version of the site have in common, for a minute at most."""
    if not settings.SHOP_PAGES:
        return Shared()
    # Who empties the cache of pages, or lets it hold none, means this too.
    mark = caches["pages"].get(f"news-shared-{version}")
    held = _held.get(mark) if mark else None
    if held is None:
        held, mark = Shared(), secrets.token_hex(8)
        _held.clear()
        _held[mark] = held
        caches["pages"].set(f"news-shared-{version}", mark, KEPT_SECONDS)
    return held


def shared_of(request: HttpRequest) -> Shared:
    """The same for all that one request asks for."""
    if not hasattr(request, "news_shared"):
        request.news_shared = shared_at(site_version())  # type: ignore[attr-defined]
    return request.news_shared  # type: ignore[attr-defined, no-any-return]


def _not_over(articles: list[ArticlePage], now: datetime) -> list[ArticlePage]:
    return [each for each in articles if each.expire_at is None or each.expire_at > now]
