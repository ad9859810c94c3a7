"""Chance that a text seeds: the same text draws the same, on every machine, and starting costs next to nothing.

NumPy's generators draw many numbers faster, but take longer to begin than a page of a shop takes to draw its few.
"""

import hashlib
from collections.abc import Iterable
from struct import unpack
from typing import Protocol


class Chance(Protocol):
    """What drawing asks for; a generator of NumPy is one too."""

    def random(self) -> float:
        """A number from 0 up to, not including, 1, each as likely."""
        ...

    def permutation(self, count: int) -> Iterable[int]:
        """The numbers from 0 to ``count`` - 1 in an order, each order as likely."""
        ...


class SeededChance:
    """Bits of SHAKE-256, each question answered by a digest of its own; not for secrets, whose seed must be secret.

    >>> SeededChance("a").random() == SeededChance("a").random()
    True
    >>> sorted(SeededChance("a").permutation(4))
    [0, 1, 2, 3]
    """

    def __init__(self, seed: str) -> None:
        self._seed, self._asked = seed, 0

    def random(self) -> float:
        """A number from 0 up to, not including, 1."""
        return float(self._words(1)[0] >> 11) * 2.0**-53

    def permutation(self, count: int) -> list[int]:
        """An order of the numbers from 0 to ``count`` - 1: that of keys of 64 bits, which no two share."""
        keys = self._words(count)
        return sorted(range(count), key=keys.__getitem__)

    def _words(self, count: int) -> tuple[int, ...]:
        self._asked += 1
        asked = f"{self._asked} {self._seed}".encode()
        return unpack(f"<{count}Q", hashlib.shake_256(asked).digest(8 * count))
