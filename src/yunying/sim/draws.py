"""Random numbers that depend on what they are for, never on what was drawn before.

Two futures of one world that differ in a price or an order share every other piece of luck (common random numbers).
"""

from enum import IntEnum, unique

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]


@unique
class Purpose(IntEnum):
    """What a draw is for; the number is part of the key, so none may ever be changed or reused."""

    CATALOGUE = 1
    SUPPLY = 2
    DEMAND_SHAPE = 3
    DEMAND_COUNT = 4
    DAY_SHOCK = 5
    LINE_BREAK = 6
    LINE_TIME = 7
    ORDER_BREAK = 8
    LEAD_TIME = 9
    RECEIPT_TIME = 10
    CHANNEL = 11
    MEMBER_CHOICE = 12
    MEMBER_NEW = 13
    MEMBER_DROPOUT = 14
    GUEST = 15
    REGION = 16
    UNPAID = 17
    CANCEL = 18
    RETURN = 19
    RETURN_DELAY = 20
    RESTOCK = 21
    PARTIAL_RETURN = 22
    SHIP_DELAY = 23
    UNREAL = 24
    SPOILAGE = 25
    CLICKS = 26
    BUDGET = 27
    VISITS = 28
    BROWSING = 29
    SAMPLING = 30
    OWN_PROMOTION = 31
    OWN_PRICE = 32
    MEMBER_KEY = 33


class Draws:
    """All the luck of one world.

    Args:
        seed: any whole number from 0.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._roots: dict[Purpose, np.uint64] = {}

    def stream(self, purpose: Purpose, day: int = 0) -> np.random.Generator:
        """A generator of its own for a purpose and a day: for arrays whose length the past does not change."""
        sequence = np.random.SeedSequence(self.seed, spawn_key=(int(purpose), day))
        return np.random.Generator(np.random.Philox(sequence))

    def uniform(self, purpose: Purpose, *keys: ArrayLike) -> Floats:
        """Uniform numbers in (0, 1), one for each (broadcast) tuple of keys, each key a whole number from 0.

        >>> alone = Draws(7).uniform(Purpose.CANCEL, 20, [3])
        >>> among = Draws(7).uniform(Purpose.CANCEL, 20, [1, 2, 3])
        >>> bool(alone[0] == among[2])
        True
        """
        return self.uniform_of(purpose, subject(*keys))

    def words(self, purpose: Purpose, *keys: ArrayLike) -> Words:
        """Like ``uniform``, as 64 random bits."""
        return self.words_of(purpose, subject(*keys))

    def uniform_of(self, purpose: Purpose, subjects: Words) -> Floats:
        """Like ``uniform``, for subjects that serve several purposes."""
        return ((self.words_of(purpose, subjects) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def words_of(self, purpose: Purpose, subjects: Words) -> Words:
        """64 random bits for each subject."""
        return _mixed(_mixed(subjects ^ self._root(purpose)) + self._root(purpose))

    def _root(self, purpose: Purpose) -> np.uint64:
        if purpose not in self._roots:
            self._roots[purpose] = np.random.SeedSequence(self.seed, spawn_key=(int(purpose),)).generate_state(
                1, np.uint64
            )[0]
        return self._roots[purpose]


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def subject(*keys: ArrayLike) -> Words:
    """One word for each (broadcast) tuple of whole numbers: SplitMix64's finaliser (Steele et al. 2014), chained."""
    state = np.zeros(1, dtype=np.uint64)
    for key in keys:
        state = _mixed((state ^ np.asarray(key).astype(np.uint64)) + _GOLDEN)
    return state


def _mixed(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
