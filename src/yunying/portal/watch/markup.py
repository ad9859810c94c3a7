"""What a page shows and makes a browser do, read from its markup: one inventory that can be compared with another."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Attributes = Sequence[tuple[str, str]]
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FRAMES = {"iframe", "frame", "frameset", "object", "embed", "applet", "portal", "video", "audio", "canvas", "svg",
          "math", "template", "noscript", "dialog", "marquee", "map", "area"}  # fmt: skip
"""What brings something of its own into a page, or keeps something for later; the portal needs few."""
LEADS = {"href", "src", "srcset", "action", "formaction", "data", "poster", "cite", "ping", "background", "xlink:href"}
"""Attributes whose value is an address."""
_SILENT = {"script", "style", "title"}
_HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0*)?(?:;|$)|font-size:(?:0|1px|0?\.\d)|"
    r"(?:left|top|right|bottom|text-indent|margin(?:-\w+)?):-\d{3,}|clip(?:-path)?:|(?:height|width):[01](?:px)?(?:;|$)|"
    r"color:(?:transparent|white|#fff(?:fff)?)|transform:|z-index:-"
)
_TOKEN = re.compile(r'(name="(?:csrfmiddlewaretoken|key)" value=")[^"]*')
"""What differs from one answer to the next: the tokens of forms."""


@dataclass
class Shown:
    """The inventory of a page. Lists are in the page's order; a zone is ``article``, ``facts``, ``comments``, ``page``.

    Args:
        anchors: ``(address, zone, whether it is hidden)`` of each attribute that leads somewhere and is no form's.
        texts: ``(zone, text, whether it is hidden)``, a text being what stands between two tags.
        marks: the tags, attributes and texts of the article itself, one after the other.
    """

    titles: list[str] = field(default_factory=list)
    metas: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    refreshes: list[str] = field(default_factory=list)
    structured: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    anchors: list[tuple[str, str, bool]] = field(default_factory=list)
    texts: list[tuple[str, str, bool]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def meta(self, name: str) -> list[str]:
        """What is said under a name or property; a page should say it once."""
        begun = (f'name="{name}" content=', f'property="{name}" content=')
        return [json.loads(each[len(one) :]) for each in self.metas for one in begun if each.startswith(one)]

    def canonical(self) -> list[str]:
        """The addresses that the page says are its own."""
        return [each.partition(" ")[2] for each in self.heads if each.startswith("canonical ")]

    def article_text(self) -> str:
        """The article's text without its spaces."""
        return "".join("".join(text.split()) for zone, text, _hidden in self.texts if zone == "article")


def without_tokens(html: str) -> str:
    """A page without what every answer has anew."""
    return _TOKEN.sub(r"\1", html)


def shown_by(html: str) -> Shown:
    """The inventory of a page.

    >>> page = shown_by('<title>A</title><p style="display: none">b <a href="//c.example">d</a></p>')
    >>> page.titles, page.texts, page.anchors
    (['A'], [('page', 'b', True), ('page', 'd', True)], [('//c.example', 'page', True)])
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.shown


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = Shown()
        self._open: list[tuple[str, str, bool]] = []
        self._words: list[str] = []
        self._data_of = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = [(name, value or "") for name, value in attrs]
        named = dict(given)
        zone, is_hidden = self._place(tag, named)
        self._keep_head(tag, named, given)
        self._keep_body(tag, named, given, zone, is_hidden)
        if zone == "article":
            self.shown.marks.append(f"<{tag} {_written(given)}>")
        if tag not in VOID:
            self._open.append((tag, zone, is_hidden))
        if tag in _SILENT:
            self._words = []
            self._data_of = named.get("type", "").casefold() if tag == "script" else tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # In HTML the stroke at a tag's end means nothing: <div/> is open.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._open and self._open[-1][0] == tag:
            self._keep_silent(tag, "".join(self._words).strip())
        if tag in (each[0] for each in self._open):
            if self._zone() == "article":
                self.shown.marks.append(f"</{tag}>")
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] in _SILENT:
            self._words.append(data)
            return
        text = " ".join(data.split())
        if not text:
            return
        zone, is_hidden = self._zone(), bool(self._open) and self._open[-1][2]
        self.shown.texts.append((zone, text, is_hidden))
        if zone == "article":
            self.shown.marks.append(text)
        if any(tag == "h1" for tag, _zone, _hidden in self._open):
            self.shown.headings.append(text)

    def _zone(self) -> str:
        return self._open[-1][1] if self._open else "page"

    def _place(self, tag: str, named: dict[str, str]) -> tuple[str, bool]:
        zone, is_hidden = self._zone(), bool(self._open) and self._open[-1][2]
        classes = named.get("class", "").split()
        if tag == "article" and "article" in classes:
            zone = "article"
        elif zone == "article" and "facts-line" in classes:
            zone = "facts"
        elif zone == "page" and tag == "section" and "comments" in classes:
            zone = "comments"
        style = re.sub(r"\s+", "", named.get("style", "").casefold())
        return zone, is_hidden or "hidden" in named or bool(_HIDING.search(style))

    def _keep_head(self, tag: str, named: dict[str, str], given: Attributes) -> None:
        shown = self.shown
        if tag == "meta" and named.get("http-equiv", "").casefold() == "refresh":
            shown.refreshes.append(named.get("content", ""))
        elif tag == "meta":
            shown.metas.append(_written(given))
        elif tag == "base":
            shown.refreshes.append(f"base {_written(given)}")
        elif tag == "link" and named.get("rel", "").casefold() == "stylesheet":
            shown.styles.append(_written(given))
        elif tag == "link":
            shown.heads.append(f"{named.get('rel', '')} {named.get('href', '')}")

    def _keep_body(self, tag: str, named: dict[str, str], given: Attributes, zone: str, is_hidden: bool) -> None:
        shown = self.shown
        if tag == "script" and "json" not in named.get("type", ""):
            shown.scripts.append(_written(given))
        elif tag in FRAMES:
            shown.frames.append(f"<{tag} {_written(given)}>")
        elif tag in ("form", "button", "input") and {"action", "formaction", "method"} & named.keys():
            shown.forms.append(f"<{tag} {_written([each for each in given if each[0] != 'value'])}>")
        elif tag == "img":
            shown.pictures += [(value, zone) for name, value in given if name in ("src", "srcset")]
        elif tag not in ("link", "script"):
            shown.anchors += [(value, zone, is_hidden) for name, value in given if name in LEADS]
        for name, value in given:
            if name == "style":
                shown.styles.append(f"<{tag} style={value}>")
            elif name.startswith("on"):
                shown.handlers.append(f"<{tag} {name}={value}>")

    def _keep_silent(self, tag: str, words: str) -> None:
        if tag == "title":
            self.shown.titles.append(" ".join(words.split()))
        elif tag == "style":
            self.shown.styles.append(words)
        elif "json" in self._data_of:
            self.shown.structured.append(_as_data(words))
        elif words:
            self.shown.scripts.append(words)


def _as_data(words: str) -> str:
    try:
        data: Any = json.loads(words)
    except ValueError:
        return words
    return json.dumps(data, sort_keys=True, ensure_ascii=False)


def _written(given: Attributes) -> str:
    return " ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in given)
