"""Which addresses are looked at: every published page, and what stands around them."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from yunying.portal.news.articles import address_of
from yunying.portal.shop.models import Shop
from yunying.portal.watch.comparison import Allowed
from yunying.portal.watch.expected import page_expected
from yunying.portal.watch.looks import Published, Target
from yunying.portal.watch.models import Seal
from yunying.portal.watch.published import Rendition
from yunying.portal.watch.readers import BAIDU, DESKTOP, GOOGLE, READERS
from yunying.portal.watch.seals import seals_of
from yunying.portal.watch.site import site_address, site_host

LANGUAGES = ("zh-hans", "en")
PARTS = 4
"""What need not be looked at in each round is looked at in one of so many."""
_SHOWN_IN_LISTS = ("title", "title_zh", "summary", "summary_zh", "seo_title")


class Tree:
    """The published pages by their seals, read once for a turn."""

    def __init__(self) -> None:
        self.seals: Mapping[str, Seal] = {subject: seal for subject, seal in seals_of("page").items() if seal.content}
        portal = Seal.objects.filter(subject__startswith="settings/").order_by("pk").first()
        self.portal: Mapping[str, Any] = portal.content if portal is not None else {}
        rows = Page.objects.live().filter(depth__gt=1)
        self.paths: dict[str, str] = {f"page/{row.pk}": address_of(row) for row in rows.only("url_path")}
        private = PageViewRestriction.objects.values_list("page__path", flat=True)
        self._private: tuple[str, ...] = tuple(private)
        self._places: dict[str, str] = {f"page/{pk}": path for pk, path in rows.values_list("pk", "path")}

    def target(self, subject: str, part: int = 0) -> Target:
        """How a page is looked at; of one that not everybody may read only that it is answered as it should be.

        Args:
            part: which of the ``PARTS`` of all articles is also looked at in the other language.
        """
        path, seal = self.paths[subject], self.seals.get(subject)
        is_private = self._places[subject].startswith(self._private) if self._private else False
        if seal is None or is_private:
            return Target(subject, path)
        outside = f"{_outside()}{path}"
        expected = {each: page_expected(seal.content, self.portal, each, outside) for each in LANGUAGES}
        readers = READERS
        if seal.content["model"] == "articlepage":
            # To make a page costs the most; an article is in one language, and so are nearly all of its readers.
            own = seal.content["language"]
            is_in_both = int(subject.partition("/")[2]) % PARTS == part
            others = [DESKTOP.speaking(each) for each in LANGUAGES if each != own and is_in_both]
            readers = (*(each.speaking(own) for each in READERS), *others)
        return Target(subject, path, expected, said(subject), readers=readers)

    def published(self) -> Published:
        """What lists may show, and which hosts are the site's."""
        words = {str(seal.content.get(name, "")) for seal in self.seals.values() for name in _SHOWN_IN_LISTS}
        pictures = Rendition.objects.values_list("file", flat=True)
        allowed = Allowed(
            frozenset(" ".join(each.split()) for each in words if each),
            frozenset(path for subject, path in self.paths.items() if subject in self.seals),
            frozenset(f"{settings.MEDIA_URL}{each}" for each in pictures),
        )
        hosts = {site_host().partition(":")[0], urlsplit(settings.SHOP_ADDRESS).hostname or ""}
        return Published(allowed, frozenset(hosts - {""}))


def around() -> Iterator[Target]:
    """What is no page of the tree: search, site map, feeds, robots.txt, and addresses where nothing may be."""
    for name in ("news:map", "news:search"):
        yield Target(f"at{reverse(name)}", reverse(name))
    if apps.is_installed("yunying.portal.community"):
        for shop in Shop.objects.order_by("pk")[:3]:
            path = reverse("talk:forum", args=[shop.slug])
            yield Target(f"at{path}", path)
    # Who came by a search is often answered another front page at an address that only looks like one's own.
    yield Target("at/?", f"/?{secrets.token_hex(5)}.html")
    plain = (reverse("robots"), reverse("sitemap"), reverse("news-feed", args=["", "rss"]),
             reverse("news-feed", args=["", "atom"]))  # fmt: skip
    yield from (Target(f"at{path}", path, is_page=False, readers=(DESKTOP, BAIDU, GOOGLE)) for path in plain)


def nowhere() -> Sequence[str]:
    """Addresses that nobody can have published; spam is often answered at any address of a kind."""
    chosen = secrets.token_hex(5)
    return f"/{chosen}.html", f"/{chosen}/{secrets.randbelow(10**6)}.html", f"/news/{chosen}/"


def said(subject: str) -> str:
    """All that readers wrote at a page, whatever became of it: it may have been hidden a moment ago."""
    if not apps.is_installed("yunying.portal.community"):
        return ""
    from yunying.portal.community.models import Post

    rows = Post.objects.filter(place=f"article/{subject.partition('/')[2]}").values_list("name", "text")
    return "\n".join(f"{name}\n{text}" for name, text in rows)


def _outside() -> str:
    return settings.SHOP_ADDRESS or f"{urlsplit(site_address() or 'http://localhost').scheme}://{site_host()}"
