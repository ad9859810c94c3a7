"""Whether two texts are nearly the same, from a small sketch of each that a database can look up.

A bottom-k sketch keeps the smallest hashes of a text's shingles; what two sketches share estimates what the texts share
(Broder, On the resemblance and containment of documents, SEQUENCES 1997).
"""

import zlib
from collections.abc import Sequence

from yunying.methods.moderation.normal import DIGITS, normalised

SHINGLE_CHARS, SKETCH_SIZE = 4, 16
LEAST_SHINGLES = 8
"""Texts with fewer are too short to be called copies: everybody says thank you alike."""


def sketch_of(text: str) -> tuple[int, ...]:
    """The smallest hashes of a text's shingles, rising; empty for a text too short to compare.

    Marks, spaces and long numbers do not count, so that a copy with another phone number is a copy.

    >>> sketch_of("谢谢") == ()
    True
    >>> one = sketch_of("无抵押贷款当天放款加微信abc123456")
    >>> other = sketch_of("无 抵 押 贷款，当天放款！加薇信abc789012")
    >>> likeness(one, other) > 0.5
    True
    """
    plain = "".join(each for each in normalised(text).replace(DIGITS, "") if each.isalpha() or each > "\ue000")
    shingles = {plain[at : at + SHINGLE_CHARS] for at in range(len(plain) - SHINGLE_CHARS + 1)}
    if len(shingles) < LEAST_SHINGLES:
        return ()
    return tuple(sorted({zlib.crc32(each.encode("utf-8", "ignore")) for each in shingles})[:SKETCH_SIZE])


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of shingles that two texts have in common, estimated from their sketches, 0 to 1.

    >>> likeness((1, 2, 3), (1, 2, 3)), likeness((1, 2), (3, 4)), likeness((), ())
    (1.0, 0.0, 0.0)
    """
    smallest = sorted({*one, *other})[: max(min(len(one), len(other)), 1)]
    shared = set(one) & set(other)
    return sum(each in shared for each in smallest) / len(smallest) if smallest else 0.0
