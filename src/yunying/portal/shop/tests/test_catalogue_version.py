"""Threads that ask for the version at the same moment share a question that was put after each of them came."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from yunying.portal.shop import catalogue_version as module


def test_the_answer_is_never_older_than_the_question_and_many_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    committed, questions = count(1), []
    last = [0]

    def version() -> str:
        seen = last[0]
        time.sleep(0.02)
        questions.append(seen)
        return str(seen)

    monkeypatch.setattr(module, "_version", version)
    start, lock = threading.Barrier(16), threading.Lock()

    def ask(_: int) -> bool:
        start.wait()
        for _turn in range(5):
            with lock:
                last[0] = own = next(committed)
            if int(module.catalogue_version()) < own:
                return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(16)))
    assert len(questions) < 40, "one for each would be 80"
