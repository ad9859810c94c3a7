"""One look at one address: what each kind of reader is answered, beside what the site makes of what was published."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yunying.portal.news.site_version import site_version
from yunying.portal.watch.comparison import Allowed, Difference, differences
from yunying.portal.watch.expected import Expected, breaches
from yunying.portal.watch.findings import Finding
from yunying.portal.watch.markup import Shown, shown_by, without_tokens
from yunying.portal.watch.readers import DESKTOP, READERS, Reader
from yunying.portal.watch.site import Answer, Fetch, made_here

MOST_TRIES = 3
_HEADERS = ("content-type", "content-security-policy", "location", "refresh", "link", "x-robots-tag")


@dataclass(frozen=True)
class Target:
    """An address to look at.

    Args:
        expected: by language what its seal asks for; none of a page that is no sealed row.
        said: what readers wrote there.
        is_page: whether it is a page of markup; else its bytes are compared.
    """

    subject: str
    path: str
    expected: Mapping[str, Expected] = field(default_factory=dict)
    said: str = ""
    is_page: bool = True
    readers: Sequence[Reader] = READERS


@dataclass(frozen=True)
class Published:
    """What was published on the whole, beside a page of its own: what lists may show, and the site's hosts."""

    allowed: Allowed
    hosts: frozenset[str]


@dataclass(frozen=True)
class Made:
    """A page as the program makes it now."""

    answer: Answer
    text: str
    shown: Shown


def look(target: Target, fetch: Fetch, published: Published, *, anew: bool = False) -> list[Finding]:
    """What is wrong with what readers are answered at an address.

    An editor may publish while it is looked at; then it is looked at again, and left for the next turn if that goes on.
    """
    for _ in range(MOST_TRIES):
        before = site_version()
        found = list(_looked(target, fetch, published, secrets.token_hex(8) if anew else ""))
        if not found or site_version() == before:
            return found
    return []


def _looked(target: Target, fetch: Fetch, published: Published, notice: str) -> Iterator[Finding]:
    made: dict[str, Made] = {}
    for language in dict.fromkeys(reader.language for reader in target.readers):
        try:
            made[language] = _made(target, language, notice)
        except Exception as error:  # whatever it is, the page is not what was published
            yield Finding(target.subject, "status", target.path, "", f"{type(error).__name__}: {error}")
            return
        if target.is_page and made[language].answer.status == 200:
            expected = target.expected.get(language, Expected(takes_odd_text=True))
            for breach in breaches(made[language].shown, expected, published.hosts, target.said):
                yield _finding(target, breach)
    judged: dict[tuple[str, str], list[Difference]] = {}
    for reader in target.readers:
        try:
            answer = fetch(target.path, reader.sent(notice))
        except OSError as error:
            yield Finding(target.subject, "status", target.path, "", str(error), (reader.name,))
            continue
        beside = made[reader.language]
        yield from (_finding(target, each, reader) for each in _answer_differences(answer, beside.answer))
        text = without_tokens(answer.text) if target.is_page else answer.text
        if text == beside.text or answer.status != beside.answer.status:
            continue
        key = (reader.language, text)
        if key not in judged:
            judged[key] = list(_text_differences(target, text, beside, published))
        yield from (_finding(target, each, reader) for each in judged[key])


def _made(target: Target, language: str, notice: str) -> Made:
    answer = made_here(target.path, language, DESKTOP.sent(notice)["Cookie"])
    text = without_tokens(answer.text) if target.is_page else answer.text
    return Made(answer, text, shown_by(text) if target.is_page else Shown())


def _text_differences(target: Target, text: str, beside: Made, published: Published) -> Iterator[Difference]:
    if not target.is_page:
        yield "map", *_lines_apart(beside.text, text)
        return
    allowed = Allowed(published.allowed.words, published.allowed.paths, published.allowed.pictures, target.said)
    yield from differences(beside.shown, shown_by(text), allowed)


def _answer_differences(answer: Answer, beside: Answer) -> Iterator[Difference]:
    if answer.status != beside.status:
        where = answer.headers.get("location", "")
        kind = "refresh" if where else "status"
        yield kind, str(beside.status), f"{answer.status} {where}".strip()
        return
    for name in _HEADERS:
        expected, seen = beside.headers.get(name, ""), answer.headers.get(name, "")
        if expected != seen:
            yield ("refresh" if name in ("location", "refresh") else "header"), f"{name}: {expected}", f"{name}: {seen}"


def _lines_apart(expected: str, seen: str) -> tuple[str, str]:
    """The lines that one text has and the other lacks; long lines of markup are taken apart at their tags."""
    ours, theirs = (text.replace("><", ">\n<").splitlines() for text in (expected, seen))
    known, there = set(ours), set(theirs)
    return "\n".join(each for each in ours if each not in there), "\n".join(
        each for each in theirs if each not in known
    )


def _finding(target: Target, difference: Difference, reader: Reader | None = None) -> Finding:
    kind, expected, seen = difference
    return Finding(target.subject, kind, target.path, expected, seen, (reader.name,) if reader else ())
