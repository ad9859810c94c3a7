"""What a look finds: one thing that is shown and was not published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop

KINDS: Mapping[str, str] = {
    "row": gettext_noop("Changed, but not by a publication"),
    "broken-text": gettext_noop("Broken characters or inserted readings"),
    "page-new": gettext_noop("A page that nobody published"),
    "page-gone": gettext_noop("A published page is gone"),
    "place": gettext_noop("A page stands at another address"),
    "seal": gettext_noop("A seal was forged, removed or put back"),
    "draft": gettext_noop("A scheduled revision was changed"),
    "picture": gettext_noop("A picture was changed"),
    "media-new": gettext_noop("A file in the media folder that nobody uploaded"),
    "file": gettext_noop("A file of the program was changed"),
    "file-new": gettext_noop("A file among the program's that was not there"),
    "title": gettext_noop("Another title"),
    "meta": gettext_noop("Other words for search engines"),
    "structured": gettext_noop("Other structured data"),
    "text": gettext_noop("Other text"),
    "text-gone": gettext_noop("Published text is not shown"),
    "link": gettext_noop("A link that nobody published"),
    "script": gettext_noop("A foreign script"),
    "frame": gettext_noop("A foreign frame or object"),
    "style": gettext_noop("A foreign style"),
    "form": gettext_noop("A form that leads elsewhere"),
    "refresh": gettext_noop("The page sends its readers on"),
    "hidden": gettext_noop("Hidden text or links"),
    "picture-shown": gettext_noop("Another picture is shown"),
    "markup": gettext_noop("Other markup"),
    "status": gettext_noop("Another answer than the page"),
    "header": gettext_noop("Other headers"),
    "map": gettext_noop("Site map, feed or robots.txt tell of something else"),
    "asset": gettext_noop("A style sheet, script or picture is another one"),
    "answers": gettext_noop("An address answers that nobody published"),
    "memory": gettext_noop("The watch does not find what it kept"),
}
MOST_CHARS = 4_000


@dataclass(frozen=True)
class Finding:
    """What differs.

    Args:
        subject: what it is about: ``page/12``, ``file/...``, or ``at/<path>`` of a page that is no row.
        kind: one of ``KINDS``.
        address: the path under which readers see it, if there is one.
        expected, seen: in words, shortened.
        readers: by which kinds of readers it was seen; empty where it does not depend on them.
    """

    subject: str
    kind: str
    address: str = ""
    expected: str = ""
    seen: str = ""
    readers: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What makes two findings one incident."""
        return self.subject, self.kind


def joined(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each subject and kind, with all that was seen and by whom."""
    found: dict[tuple[str, str], Finding] = {}
    for each in findings:
        known = found.get(each.key)
        if known is None:
            found[each.key] = replace(each, expected=each.expected[:MOST_CHARS], seen=each.seen[:MOST_CHARS])
            continue
        readers = tuple(dict.fromkeys((*known.readers, *each.readers)))
        found[each.key] = replace(known, readers=readers, expected=_both(known.expected, each.expected),
                                  seen=_both(known.seen, each.seen))  # fmt: skip
    return list(found.values())


def _both(one: str, other: str) -> str:
    return one if other in one else f"{one}\n{other}".strip()[:MOST_CHARS]
