"""Which encoding a text file is written in: decided by what the decoded text looks like, or asked, never guessed.

Strict decoding alone misleads: GB18030 accepts nearly any Big5 or Latin-1 file. So each encoding that can decode the
whole file is scored by how probable the decoded characters are, and the best one must win by a clear margin.
"""

import codecs
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np

from yunying.connectors.csv.synonyms import header_words, load_yaml
from yunying.kernel.errors import OperatorError

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "cp1252")
"""The encodings that are told apart; a map's ``encoding:`` may name any other that Python knows."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SAMPLE_BYTES = 200_000
_MARGIN = 8.0  # natural-log units: the winner must be about 3,000 times more probable
_POOREST = -8.2  # mean log-probability of a character beyond ASCII, below which the text reads like none we know
_UNREADABLE = -1e6
_HEADER_BONUS = 8.0
_UTF8_BONUS = 6.0  # text in another encoding is hardly ever valid UTF-8
_WESTERN = frozenset("£€éèêëàâäáãåæçñóòôöõøœúùûüíìîïßÉÈÊÀÂÄÁÃÅÆÇÑÓÔÖØÚÜÍÎ°½¼²³®©™’‘“”–—…·«»¡¿ªº\u00a0")
_CJK_MARKS = frozenset("，。、：；！？（）【】《》「」『』“”‘’—…·～￥％＋－×／“”０１２３４５６７８９：\u3000")
_LATIN_NEAR = re.compile(r"[A-Za-z0-9 ]")


def decide_encoding(data: bytes, declared: str | None = None) -> str:
    """The name of the codec that decodes ``data``.

    Args:
        data: the whole file.
        declared: what a map says; it is believed if it decodes the file.

    Raises:
        OperatorError: ``unknown-encoding`` if it cannot be decided, ``bad-encoding`` if the declared one fails,
            ``mixed-encodings`` if parts are UTF-8 and parts are not.
    """
    if declared:
        return _declared(data, declared)
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return _declared(data, codec)
    if data.isascii():
        return "utf-8" if b"\x00" not in data else _wide_or_refuse(data)
    if b"\x00" in data[:_SAMPLE_BYTES] and len(data) % 2 == 0:
        return _wide_or_refuse(data)
    telling = _lines_beyond_ascii(data)
    scores = {codec: _score(telling[:_SAMPLE_BYTES], codec) for codec in _possible(telling)}
    if "utf-8" in scores and _utf8_is_sure(telling, scores):
        return "utf-8"
    if "utf-8" not in scores and _mostly_utf8(telling[:_SAMPLE_BYTES]):
        raise OperatorError(
            "mixed-encodings",
            "Most of the file is UTF-8 but some of it is not.",
            "Join only files of one encoding; or save it again as UTF-8.",
        )
    return _winner(scores)


def _declared(data: bytes, codec: str) -> str:
    try:
        data.decode(codec)
    except (UnicodeError, LookupError, ValueError) as error:
        raise OperatorError(
            "bad-encoding",
            f"The file cannot be read as {codec}: {error}.",
            "Name its true encoding, such as encoding: gb18030, in the map, or save it again as UTF-8.",
        ) from error
    return codec


def _wide_or_refuse(data: bytes) -> str:
    """UTF-16 without a mark: one of the two byte orders must give line ends, separators and no NUL."""
    found = []
    for codec in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(codec)
        except UnicodeError:
            continue
        if "\x00" not in text and "\n" in text and any(mark in text for mark in ",\t;|"):
            found.append((_score_text(text[: _SAMPLE_BYTES // 2])[0], codec))
    if not found:
        raise OperatorError(
            "nul-bytes",
            "The file holds NUL bytes and is not UTF-16 text.",
            "It is damaged or not a text file: export it again as CSV.",
        )
    return max(found)[1]


def _possible(data: bytes) -> list[str]:
    possible = []
    for codec in ("utf-8", "gb18030", "big5", "cp1252"):
        try:
            data.decode(codec)
        except UnicodeError:
            if codec != "big5" or not _decodes(data, "cp950"):
                continue
            codec = "cp950"
        possible.append(codec)
    return possible


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeError:
        return False
    return True


def _lines_beyond_ascii(data: bytes) -> bytes:
    """The first line and every line with bytes beyond ASCII: the others read the same in all the encodings."""
    places = np.flatnonzero(np.frombuffer(data, dtype=np.int8) < 0)
    if len(places) * 20 > len(data):
        return data
    pieces = [data[: data.find(b"\n") + 1]]
    end = len(pieces[0])
    for place in places.tolist():
        if place < end:
            continue
        start, end = data.rfind(b"\n", 0, place) + 1, data.find(b"\n", place) + 1 or len(data)
        pieces.append(data[start:end])
    return b"".join(pieces)


def _score(sample: bytes, codec: str) -> float:
    score, is_poor = _score_text(sample.decode(codec, errors="ignore"))
    if codec == "utf-8":
        return score + _UTF8_BONUS
    return _UNREADABLE if is_poor else score


def _score_text(text: str) -> tuple[float, bool]:
    """Log-probability of the characters beyond ASCII with a bonus for each known header, and whether it is too poor."""
    total = 0.0
    count = 0
    likely = _likely()
    beyond = Counter(_pairs(text))
    for (before, character), times in beyond.items():
        total += times * _log_probability(before, character, likely)
        count += times
    head = text[:4000]
    bonus = sum(_HEADER_BONUS for word in header_words() if not word.isascii() and word in head)
    return total + bonus, bool(count) and not bonus and total / count < _POOREST


def _pairs(text: str) -> Sequence[tuple[str, str]]:
    return [(text[found.start() - 1 : found.start()], found.group()) for found in re.finditer(r"[^\x00-\x7f]", text)]


def _log_probability(before: str, character: str, likely: frozenset[str]) -> float:
    if character in likely:
        # A lone hanzi inside a Latin word is more often a garbled accent.
        return -6.0 if not before.isascii() or not before.isalpha() else -8.0
    if character in _CJK_MARKS:
        return -5.0
    point = ord(character)
    if character in _WESTERN:
        return -4.0 if before == "" or _LATIN_NEAR.match(before) or before in '",;\t\n|(/' else -8.5
    if 0x4E00 <= point <= 0x9FFF:
        return -9.5 if _is_first_level(character) else -13.0
    if 0x3040 <= point <= 0x30FF or 0xFF00 <= point <= 0xFFEF or 0x2000 <= point <= 0x27BF:
        return -9.0
    if 0xE000 <= point <= 0xF8FF or point > 0xFFFF or point < 0xA0:
        return -18.0
    return -12.0


@cache
def _is_first_level(character: str) -> bool:
    """Whether GB2312 or Big5 counts the character among the frequently used."""
    for codec, first, last in (("gb2312", 0xB0A1, 0xD7F9), ("big5", 0xA440, 0xC67E)):
        try:
            if first <= int.from_bytes(character.encode(codec), "big") <= last:
                return True
        except UnicodeError:
            continue
    return False


@cache
def _likely() -> frozenset[str]:
    raw = load_yaml("characters.yaml")
    return frozenset("".join(raw["simplified"].split()) + "".join(raw["traditional"].split()))


def _utf8_is_sure(data: bytes, scores: dict[str, float]) -> bool:
    """Valid UTF-8 with a dozen sequences beyond ASCII is nothing else; with fewer it must also score best."""
    sequences = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]+", data[:_SAMPLE_BYTES]))
    return sequences >= 12 or scores["utf-8"] >= max(scores.values()) - 0.5


def _mostly_utf8(sample: bytes) -> bool:
    good = len(re.findall(rb"[\xe1-\xef][\x80-\xbf]{2}", sample))
    beyond = len(re.findall(rb"[\x80-\xff]", sample))
    return good >= 4 and good * 3 > beyond * 0.6 and _damaged_utf8(sample)


def _damaged_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", errors="replace")
    hanzi = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    return len(hanzi) > 3 and sum(character in _likely() for character in hanzi) > 0.6 * len(hanzi)


def _winner(scores: dict[str, float]) -> str:
    ordered = sorted(scores.items(), key=lambda entry: entry[1], reverse=True)
    clear = len(ordered) < 2 or ordered[0][1] - ordered[1][1] >= _MARGIN
    if ordered and clear and ordered[0][1] > _UNREADABLE:
        return ordered[0][0]
    candidates = ", ".join(codec for codec, _ in ordered) or "none of " + ", ".join(ENCODINGS)
    raise OperatorError(
        "unknown-encoding",
        f"The file's encoding cannot be told for certain; it could be: {candidates}.",
        "Name it in a map, such as encoding: gb18030 (Chinese), big5, cp932 (Japanese) or cp949 (Korean), or save the "
        "file again as UTF-8.",
    )
