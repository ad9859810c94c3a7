"""Texts as sparse rows of hashed n-grams: characters for Chinese, words and their parts for Latin letters.

The hash of an n-gram depends on its characters only, so rows are the same on every machine and need no vocabulary.
"""

import re
import zlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from yunying.methods.moderation.normal import normalised

BITS = 20
SIZES = (1, 2, 3, 4, 5)
_LATIN_SIZES, _HAN_SIZES = (3, 4, 5), (1, 2, 3, 4)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_WORD = re.compile(r"[a-z0-9']+")
_LEAST_CODE = 0x2E80
"""Where the characters of East Asia begin; links and numbers have signs above it too."""


def gram_rows(texts: Sequence[str], sizes: Sequence[int] = SIZES) -> sparse.csr_matrix:
    """One row for each text with a one for each n-gram that it holds; ``2 ** BITS`` columns.

    Args:
        texts: as people wrote them; they are normalised here.
        sizes: how many characters n-grams have; of Latin letters only 3 to 5, of others only 1 to 4 are taken.

    >>> rows = gram_rows(["加微信", "加 薇 信", "call now"])
    >>> rows.shape[1] == 2**BITS, (rows[0] != rows[1]).nnz, int(rows[0].sum())
    (True, 0, 12)
    """
    plain = [f" {normalised(text)} " for text in texts]
    codes, owner = _joined(plain)
    is_han = codes >= _LEAST_CODE
    rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in sizes:
        count = len(codes) - size + 1
        if count <= 0:
            continue
        hashed, has_han = np.full(count, size, np.uint64), np.zeros(count, bool)
        for at in range(size):
            hashed = (hashed ^ codes[at : at + count]) * _FACTOR
            hashed ^= hashed >> np.uint64(29)
            has_han |= is_han[at : at + count]
        kept = owner[:count] == owner[size - 1 :]
        kept &= (has_han & (size in _HAN_SIZES)) | (~has_han & (size in _LATIN_SIZES))
        rows.append(owner[:count][kept])
        columns.append((hashed[kept] >> np.uint64(64 - BITS)).astype(np.int64))
    for number, text in enumerate(plain):
        found = [zlib.crc32(f"\0{word}".encode()) >> (32 - BITS) for word in _words(text)]
        rows.append(np.full(len(found), number, np.int64))
        columns.append(np.array(found, np.int64))
    return _ones(np.concatenate(rows), np.concatenate(columns), len(texts))


def _joined(plain: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The characters of all texts in a row, and to which text each one belongs."""
    codes = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    return codes, np.repeat(np.arange(len(plain)), [len(text) for text in plain])


def _words(text: str) -> list[str]:
    words = _WORD.findall(text)
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


def _ones(rows: np.ndarray, columns: np.ndarray, count: int) -> sparse.csr_matrix:
    places = np.unique((rows << BITS) | columns)
    values = np.ones(len(places), np.float64)
    return sparse.csr_matrix((values, (places >> BITS, places & (2**BITS - 1))), shape=(count, 2**BITS))
