"""What a page must show by its seal alone, whatever the templates, the program or the server make of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from yunying.methods.text_integrity import problems_of
from yunying.portal.news.models.blocks import video_host
from yunying.portal.watch.comparison import Difference
from yunying.portal.watch.markup import Shown

OFFICES = frozenset({"beian.miit.gov.cn", "beian.mps.gov.cn"})
"""Where the record numbers of every Chinese site lead."""


@dataclass(frozen=True)
class Expected:
    """What one page must show in one language; what is None is not asked for.

    Args:
        metas: by name or property what must be said, once.
        words: texts that must stand in the article, each in one piece.
        addresses: addresses of other sites to which it may lead, as they were published.
    """

    title: str | None = None
    heading: str | None = None
    canonical: str | None = None
    metas: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    frames: frozenset[str] = frozenset()
    takes_odd_text: bool = False


def page_expected(content: Mapping[str, Any], portal: Mapping[str, Any], language: str, canonical: str) -> Expected:
    """What a sealed page of the tree must show to who reads ``language``.

    Args:
        content: what is sealed of the page.
        portal: what is sealed of the portal's settings.
    """
    chinese, model = language == "zh-hans", content["model"]
    name = (chinese and portal.get("name_zh")) or portal.get("name") or settings.WAGTAIL_SITE_NAME
    own = (chinese and content.get("title_zh")) or content["title"]
    summary = (chinese and content.get("summary_zh")) or content.get("summary", "")
    is_odd = bool(content.get("takes_odd_text"))
    if model == "homepage":
        return Expected(name, name, canonical, {"og:title": name, "og:url": canonical}, takes_odd_text=is_odd)
    if model == "columnpage":
        metas = {"description": summary, "og:title": own, "og:description": summary, "og:url": canonical}
        return Expected(f"{own} · {name}", None, canonical, metas, takes_odd_text=is_odd)
    body = (chinese and content.get("body_zh")) or content.get("body") or content.get("body_zh") or []
    told = _Body(body)
    if model == "infopage":
        return Expected(f"{own} · {name}", own, canonical, {"og:title": name, "og:url": canonical}, told.words,
                        told.addresses, told.frames, is_odd)  # fmt: skip
    return Expected(
        f"{own} · {name}", own, canonical,
        {"description": summary, "keywords": content["keywords"], "og:title": own, "og:description": summary,
         "og:url": canonical, **({"author": content["author"]} if content["author"] else {})},
        (*told.words, summary), told.addresses | {content["source_address"]}, told.frames,
        takes_odd_text=is_odd,
    )  # fmt: skip


def breaches(shown: Shown, expected: Expected, hosts: frozenset[str], said: str) -> Iterator[Difference]:
    """Where a page shows or does what no publication asks for.

    Args:
        hosts: the site's own hosts.
        said: what readers wrote at this place; their links are theirs.
    """
    yield from _head(shown, expected)
    yield from _deeds(shown, expected, hosts)
    for address, zone, is_hidden in shown.anchors:
        host = host_of(address)
        is_ours = host is not None and (host in hosts or not host or host in OFFICES)
        if is_hidden or not (is_ours or address in expected.addresses or (zone == "comments" and address in said)):
            yield ("hidden" if is_hidden else "link"), "", address
    yield from (
        ("picture-shown", "", address) for address, _zone in shown.pictures if host_of(address) not in ("", *hosts)
    )
    yield from (("hidden", "", text) for _zone, text, is_hidden in shown.texts if is_hidden)
    text = shown.article_text()
    yield from (("text-gone", words, "") for words in expected.words if "".join(words.split()) not in text)
    if not expected.takes_odd_text:
        own = "\n".join(words for zone, words, _hidden in shown.texts if zone == "article")
        yield from (("broken-text", "", each.excerpt) for each in problems_of(own))


def host_of(address: str) -> str | None:
    """The host of an address; nothing for one of this site, and None for one that runs or holds something."""
    try:
        # Browsers read a stroke to the left as one to the right, and pass over line breaks.
        parts = urlsplit("".join(address.split()).replace("\\", "/"))
        host = (parts.hostname or "").casefold()
    except ValueError:
        return None
    if parts.scheme.casefold() not in ("", "http", "https", "mailto"):
        return None
    return host


def _head(shown: Shown, expected: Expected) -> Iterator[Difference]:
    if expected.title is not None and shown.titles != [expected.title]:
        yield "title", expected.title, "\n".join(shown.titles)
    if expected.heading is not None and "".join(shown.headings).split() != expected.heading.split():
        yield "title", expected.heading, " ".join(shown.headings)
    if expected.canonical is not None and shown.canonical() != [expected.canonical]:
        yield "meta", f"canonical {expected.canonical}", "\n".join(shown.canonical())
    for name, words in expected.metas.items():
        if shown.meta(name) != [words]:
            yield "meta", f"{name}: {words}", "\n".join(shown.meta(name))
    for each in shown.structured:
        data = _data(each)
        is_article = data.get("@type") == "NewsArticle"
        told = (data.get("headline"), data.get("mainEntityOfPage"))
        if "@type" not in data or (is_article and told != (expected.heading, expected.canonical)):
            yield "structured", f"{expected.heading} {expected.canonical}", each


def _data(text: str) -> Mapping[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _deeds(shown: Shown, expected: Expected, hosts: frozenset[str]) -> Iterator[Difference]:
    static = settings.STATIC_URL
    yield from (("refresh", "", each) for each in shown.refreshes)
    yield from (("script", "", each) for each in shown.handlers)
    yield from (("script", "", each) for each in shown.scripts if f'src="{static}' not in each)
    yield from (("style", "", each) for each in shown.styles if f'href="{static}' not in each)
    # Products without a picture have a drawn cover.
    frames = (each for each in shown.frames if not each.startswith('<svg class="cover '))
    yield from (("frame", "", each) for each in frames if _source(each) not in expected.frames)
    for each in shown.forms:
        leads = [part.partition('"')[2].partition('"')[0] for part in each.split(" ") if "action=" in part]
        if any(host_of(address) not in ("", *hosts) for address in leads):
            yield "form", "", each


def _source(frame: str) -> str:
    return frame.partition('src="')[2].partition('"')[0]


class _Body(HTMLParser):
    """The texts, links and frames of a sealed body."""

    def __init__(self, body: list[Mapping[str, Any]]) -> None:
        super().__init__(convert_charrefs=True)
        self._said: list[str] = []
        self._links: list[str] = []
        frames: list[str] = []
        for block in body:
            value = block["value"]
            if block["type"] == "text":
                self.feed(value)
            elif block["type"] == "table":
                self._said += [str(cell) for row in value.get("data", ()) for cell in row if cell]
            elif block["type"] == "video" and video_host(value["address"]):
                frames.append(value["address"])
                self._links.append(value["address"])
                self._said.append(value["title"])
        self.close()
        self.words, self.addresses = tuple(self._said), frozenset(self._links)
        self.frames = frozenset(frames)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._links += [value or "" for name, value in attrs if tag == "a" and name == "href"]

    def handle_data(self, data: str) -> None:
        self._said.append(data)
