"""On PostgreSQL, at one moment: guesses are all counted, a code and an invitation serve once. Each has its control."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from yunying.accounts.guesses import FREE
from yunying.accounts.tests.conftest import Environment, Together

CHILD = str(Path(__file__).with_name("sign_in_child.py"))
TIMES = 8
NAIVE = pytest.param(("naive",), id="naive")
pytestmark = pytest.mark.needs("postgres")


def ask(environment: Environment, *arguments: str) -> dict[str, Any]:
    told = subprocess.run(
        [sys.executable, CHILD, *arguments], env=environment, capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout.splitlines()[-1])


@pytest.fixture
def filled(postgres: Environment) -> dict[str, Any]:
    return ask(postgres, "fill")


@pytest.mark.parametrize("how", [pytest.param((), id="as it is"), NAIVE])
def test_guesses_at_once_are_all_counted(
    postgres: Environment, filled: dict[str, Any], together: Together, how: tuple[str, ...]
) -> None:
    told = together(CHILD, [*how, "guess", "address/race", "3"], postgres, TIMES)
    allowed, counted = sum(each["allowed"] for each in told), ask(postgres, "sums", "address/race")["count"]
    if how:
        assert allowed > counted, "the control must lose some"
    else:
        # A slow machine lets a second pass, after which another one is free.
        assert FREE["address"] <= allowed == counted <= FREE["address"] + 3


@pytest.mark.parametrize("how", [pytest.param((), id="as it is"), NAIVE])
def test_a_recovery_code_opens_once(
    postgres: Environment, filled: dict[str, Any], together: Together, how: tuple[str, ...]
) -> None:
    told = together(CHILD, [*how, "use", str(filled["person"]), filled["codes"][0]], postgres, 4)
    opened = sum(each["opened"] for each in told)
    assert opened > 1 if how else opened == 1
    assert ask(postgres, "sums")["used"] == 1


@pytest.mark.parametrize("how", [pytest.param((), id="as it is"), NAIVE])
def test_an_invitation_is_taken_once(
    postgres: Environment, filled: dict[str, Any], together: Together, how: tuple[str, ...]
) -> None:
    told = together(CHILD, [*how, "take", filled["invitation"]], postgres, 4)
    taken, sums = sum(each["taken"] for each in told), ask(postgres, "sums")
    assert taken > 1 if how else taken == 1
    # Nothing is left of those who came too late: no account, no role.
    assert (sums["people"], sums["grants"]) == (1 + taken, taken)
