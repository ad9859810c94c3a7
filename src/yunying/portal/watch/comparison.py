"""What one page shows and another does not: the page as the site makes it now, and as somebody was answered."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from yunying.methods.text_integrity import problems_of
from yunying.portal.watch.markup import Shown

Difference = tuple[str, str, str]
"""A kind of ``findings.KINDS``, what was expected, and what was seen."""
_NUMBERS = re.compile(r"\d+")
_STRICT: Sequence[tuple[str, str]] = (
    ("titles", "title"), ("metas", "meta"), ("heads", "meta"), ("refreshes", "refresh"), ("structured", "structured"),
    ("scripts", "script"), ("handlers", "script"), ("frames", "frame"), ("styles", "style"), ("forms", "form"),
)  # fmt: skip


@dataclass(frozen=True)
class Allowed:
    """What pages may show besides, because lists change by the minute: published words, pages and pictures.

    Args:
        words: titles and summaries of published pages.
        paths: addresses of published pages.
        pictures: addresses of sealed pictures.
        said: what readers wrote at this place.
    """

    words: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()
    said: str = field(default="", repr=False)


def differences(expected: Shown, seen: Shown, allowed: Allowed) -> Iterator[Difference]:
    """What differs, by kind; nothing where only lists of published things moved on."""
    for name, kind in _STRICT:
        yield from _strict(kind, getattr(expected, name), getattr(seen, name))
    yield from _leading(expected, seen, allowed)
    told = list(_texts(expected, seen, allowed))
    yield from told
    if not told and expected.marks != seen.marks:
        yield "markup", *_first_apart(expected.marks, seen.marks)


def _strict(kind: str, expected: list[str], seen: list[str]) -> Iterator[Difference]:
    more, less = Counter(seen) - Counter(expected), Counter(expected) - Counter(seen)
    if more or less:
        yield kind, "\n".join(less), "\n".join(more)


def _leading(expected: Shown, seen: Shown, allowed: Allowed) -> Iterator[Difference]:
    known = {(address, zone) for address, zone, _hidden in expected.anchors}
    for address, zone, is_hidden in seen.anchors:
        is_listed = zone == "page" and address in allowed.paths
        is_said = zone == "comments" and address in allowed.said
        if (address, zone) not in known and not is_listed and not is_said:
            yield ("hidden" if is_hidden else "link"), "", address
    gone = {each for each in expected.anchors if each[1] == "article"} - set(seen.anchors)
    yield from (("link", address, "") for address, _zone, _hidden in sorted(gone))
    pictures = set(expected.pictures)
    for address, zone in seen.pictures:
        if (address, zone) not in pictures and not (zone == "page" and address in allowed.pictures):
            yield "picture-shown", "", address


def _texts(expected: Shown, seen: Shown, allowed: Allowed) -> Iterator[Difference]:
    known = {_folded(zone, text): is_hidden for zone, text, is_hidden in expected.texts}
    there = set()
    for zone, text, is_hidden in seen.texts:
        key = _folded(zone, text)
        there.add(key)
        if key in known and is_hidden == known[key]:
            continue
        if key not in known and _is_allowed(zone, text, allowed):
            continue
        if problems_of(text):
            yield "broken-text", "", text
        yield ("hidden" if is_hidden else "text"), "", text
    for zone, text, _hidden in expected.texts:
        if _folded(zone, text) not in there and not _is_allowed(zone, text, allowed):
            yield "text-gone", text, ""


def _folded(zone: str, text: str) -> tuple[str, str]:
    # Hits and comments are counted between one look and the next; nowhere else does a number change by itself.
    return zone, _NUMBERS.sub("0", text) if zone in ("facts", "comments") else text


def _is_allowed(zone: str, text: str, allowed: Allowed) -> bool:
    if zone == "comments":
        return text in allowed.said
    if zone != "page":
        return False
    begun = text.removesuffix("…")
    return text in allowed.words or (begun != text and any(each.startswith(begun) for each in allowed.words))


def _first_apart(expected: list[str], seen: list[str]) -> tuple[str, str]:
    for one, other in zip(expected, seen, strict=False):
        if one != other:
            return one, other
    longer = expected if len(expected) > len(seen) else seen
    rest = longer[min(len(expected), len(seen))]
    return (rest, "") if longer is expected else ("", rest)
