"""What is broken in a text, or was put into it: bytes read in the wrong encoding, and readings behind characters.

A text that a machine mangled is not a matter of taste: UTF-8 read as another encoding leaves bytes that are valid UTF-8
again, which writing by chance does not. Readings in brackets are honest where somebody explains a rare name, and a
defacement where they follow ordinary characters in running text; so they are weighed, not counted.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yunying.methods.pinyin import is_toned_syllable
from yunying.methods.traditional import is_traditional

KINDS = ("mojibake", "replacement", "private-use", "control", "inserted-reading")
READING_WEIGHTS = {"traditional": 2.0, "common": 1.0, "rare": 1 / 3}
"""How much a reading says by its character: simplified texts explain rare characters, machines explain any."""
LEAST_WEIGHT, HAN_PER_READING = 2.0, 200
"""Readings are told of where they weigh this much, and one on as many Chinese characters or fewer."""
EXCERPT_CHARS = 12

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_READING = re.compile(rf"(?P<han>[{_HAN}])(?P<open>[(（])(?P<reading>[^\s()（）\d]{{1,6}}[1-5]?)[)）]")
_HAN_ONE = re.compile(f"[{_HAN}]")
_HIGH_LATIN = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e"
    "\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{2,}"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]{3,}")
_TWICE_BROKEN = re.compile("(?:锟斤拷|锟斤|ï¿½)+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]+")
_GB_SHARE, _GB_SHARE_WITH_LOSSES, _LATIN_SHARE = 0.75, 0.5, 0.66
_GB2312_LEVEL_1 = range(0xB0, 0xD8)
"""Lead bytes of the 3,755 characters that GB 2312 counts as frequent."""


@dataclass(frozen=True)
class Problem:
    """One stretch of a text that is broken: its kind (one of ``KINDS``), place in characters, and words around it."""

    kind: str
    position: int
    length: int
    excerpt: str


def problems_of(text: str) -> list[Problem]:
    r"""What is broken in a text, in the order of its places; nothing for an honest one.

    >>> [(each.kind, each.position) for each in problems_of("公司現(xiàn)在關(guān)注")]
    [('inserted-reading', 2), ('inserted-reading', 10)]
    >>> problems_of("运营(operations)，北京（Beijing），他很高(gāo)。")
    []
    >>> [each.kind for each in problems_of("è¿è\x90¥å¾ˆé‡è¦\x81")]
    ['mojibake']
    """
    spans = [*_mojibake(text), *_inserted_readings(text)]
    taken = [(at, at + size) for _kind, at, size in spans]
    for kind, pattern in (("replacement", re.compile("\ufffd+")), ("private-use", _PRIVATE), ("control", _CONTROLS)):
        for found in pattern.finditer(text):
            if not any(begin <= found.start() < end for begin, end in taken):
                spans.append((kind, found.start(), len(found[0])))
    return [Problem(kind, at, size, _excerpt(text, at, size)) for kind, at, size in sorted(spans, key=lambda s: s[1])]


def _excerpt(text: str, at: int, size: int) -> str:
    around = text[max(at - EXCERPT_CHARS, 0) : at + min(size, 2 * EXCERPT_CHARS) + EXCERPT_CHARS]
    return "".join(each if each.isprintable() else "·" for each in around)


def _mojibake(text: str) -> Iterator[tuple[str, int, int]]:
    last = 0
    found = [*_runs(text, _HIGH_LATIN, _was_read_as_latin), *_runs(text, _NOT_ASCII, _was_read_as_gb)]
    found += [(each.start(), len(each[0])) for each in _TWICE_BROKEN.finditer(text)]
    for at, size in sorted(found, key=lambda each: (each[0], -each[1])):
        if at >= last:
            yield "mojibake", at, size
            last = at + size


def _runs(text: str, pattern: re.Pattern[str], is_broken: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    for found in pattern.finditer(text):
        if is_broken(found[0]):
            yield found.start(), len(found[0])


def _was_read_as_latin(run: str) -> bool:
    """Whether letters of Latin-1 or Windows-1252 are the bytes of UTF-8 or of Chinese in GBK."""
    raw = b"".join(_latin_bytes(each) for each in run)
    if _utf8_share(raw) >= (1.0 if len(raw) < 4 else _LATIN_SHARE):
        return True
    # A row of one sign, such as dots in the middle, is no text in any encoding.
    if len(raw) < 4 or len(raw) % 2 or len(set(run)) == 1:
        return False
    pairs = list(zip(raw[::2], raw[1::2], strict=True))
    frequent = sum(lead in _GB2312_LEVEL_1 and trail >= 0xA1 for lead, trail in pairs)
    return frequent >= _LATIN_SHARE * len(pairs) and all(lead >= 0xA1 and trail >= 0xA1 for lead, trail in pairs)


def _latin_bytes(character: str) -> bytes:
    if ord(character) < 0x100:
        return bytes([ord(character)])
    return character.encode("cp1252", "ignore")


def _was_read_as_gb(run: str) -> bool:
    """Whether characters are UTF-8 that was read as GBK: their bytes are valid UTF-8, and many of them are rare."""
    raw = run.replace("\ufffd", "").encode("gb18030", "ignore")
    # Where bytes were lost on the way, the sequences beside them are not whole either.
    least = _GB_SHARE if "\ufffd" not in run else _GB_SHARE_WITH_LOSSES
    if len(raw) < 6 or _utf8_share(raw) < least:
        return False
    frequent = sum(_is_frequent(each) for each in run)
    return frequent < 0.6 * len(run)


def _is_frequent(character: str) -> bool:
    try:
        raw = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(raw) == 2 and raw[0] in _GB2312_LEVEL_1


def _utf8_share(raw: bytes) -> float:
    """The share of bytes that stand in whole sequences of several bytes."""
    whole = sum(len(each.encode()) for each in raw.decode("utf-8", "ignore") if ord(each) > 0x7F)
    return whole / len(raw) if raw else 0.0


def _inserted_readings(text: str) -> list[tuple[str, int, int]]:
    found = [each for each in _READING.finditer(text) if is_toned_syllable(each["reading"])]
    weight = sum(_weight(text, each) for each in found)
    # Each reading adds a whole character to look at and none to the text itself.
    if weight < LEAST_WEIGHT or len(_HAN_ONE.findall(text)) > HAN_PER_READING * weight:
        return []
    return [("inserted-reading", each.start(), len(each[0])) for each in found]


def _weight(text: str, found: re.Match[str]) -> float:
    """A word that stands alone before its reading is a lesson's; one inside of running text is no reader's wish."""
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if not (_HAN_ONE.match(before) or _HAN_ONE.match(after)):
        return 0.0
    if is_traditional(found["han"]):
        return READING_WEIGHTS["traditional"]
    return READING_WEIGHTS["common" if _is_frequent(found["han"]) else "rare"]
