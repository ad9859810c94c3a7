"""Items of several threads are kept by few calls; each waits for its own, and a bad one harms no other."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from yunying.portal.shop.tracking.together import Together

SLOW_SECONDS = 0.02


def test_those_who_come_while_one_is_written_are_written_together_and_each_waits_for_its_own() -> None:
    calls: list[list[int]] = []
    kept: set[int] = set()

    def write(items: Sequence[int]) -> None:
        time.sleep(SLOW_SECONDS)
        kept.update(items)
        calls.append(list(items))

    together = Together(write)
    start = threading.Barrier(16)

    def ask(number: int) -> bool:
        start.wait()
        for turn in range(5):
            together.keep(100 * number + turn)
            if 100 * number + turn not in kept:
                return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(16)))
    assert sorted(item for call in calls for item in call) == sorted(kept)
    assert len(kept) == 80
    assert len(calls) < 40, "a commit for each would be 80"


def test_what_cannot_be_kept_is_told_to_whoever_sent_it_and_to_nobody_else() -> None:
    kept: list[int] = []
    begun = threading.Event()

    def write(items: Sequence[int]) -> None:
        begun.set()
        time.sleep(SLOW_SECONDS)
        if 13 in items:
            raise ValueError("13")
        kept.extend(items)

    together = Together(write)

    def ask(item: int) -> str:
        if item:
            begun.wait()
        try:
            together.keep(item)
        except ValueError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(ask, [0, 11, 12, 13, 14, 15, 16, 17]))
    assert told == ["", "", "", "13", "", "", "", ""]
    assert sorted(kept) == [0, 11, 12, 14, 15, 16, 17]
    with pytest.raises(ValueError, match="13"):
        together.keep(13)
