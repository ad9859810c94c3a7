"""Several hand one task over at the same moment, on PostgreSQL: one does; without the condition several believe it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from yunying.accounts.tests.conftest import Environment, Together

CHILD = str(Path(__file__).with_name("hand_over_child.py"))
pytestmark = pytest.mark.needs("postgres")


def ask(environment: Environment, deed: str) -> dict[str, Any]:
    told = subprocess.run([sys.executable, CHILD, deed], env=environment, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout.splitlines()[-1])


@pytest.mark.parametrize("how", [pytest.param((), id="as it is"), pytest.param(("naive",), id="naive")])
def test_of_several_hand_overs_at_once_one_is_done(
    postgres: Environment, together: Together, how: tuple[str, ...]
) -> None:
    filled = ask(postgres, "fill")
    told = together(CHILD, [*how, "hand", str(filled["task"]), str(filled["people"][0])], postgres, 4)
    done = sum(each["done"] for each in told)
    assert done > 1 if how else done == 1
    # Each that was told that it is done stands in the log; the control's log tells of owners that nobody kept.
    assert ask(postgres, "sums") == {"told": done, "revision": 2}
    assert {each["code"] for each in told if not each["done"]} <= {"changed"}
