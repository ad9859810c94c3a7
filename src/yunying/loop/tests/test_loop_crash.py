"""The whole loop, killed at random moments and at every named point, ends as its undisturbed twin."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.databases import sqlite_environment

from yunying.facts.crash_points import CRASH_POINTS

KILLS = int(os.environ.get("YUNYING_KILLS", "12"))
CHILD = Path(__file__).parent / "loop_child.py"


def lived(home: Path, kills: int, kind: str = "careful") -> dict:
    told = subprocess.run(
        [sys.executable, str(CHILD), str(home), str(kills), kind], env=sqlite_environment(home),
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-4000:]
    return json.loads(told.stdout)


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return lived(tmp_path_factory.mktemp("twin") / "home", 0)


def test_a_loop_that_is_killed_again_and_again_ends_as_its_undisturbed_twin(tmp_path: Path, twin: dict) -> None:
    assert twin["problems"] == []
    assert twin["keys"] > 5, "something was really done"
    found = lived(tmp_path / "home", KILLS)
    assert found.pop("died") >= len(CRASH_POINTS) - 2, "the kills hit"
    for name, value in found.items():
        assert value == twin[name], name


def test_a_loop_that_forgets_which_day_it_aims_at_lives_too_many_under_the_same_kills(
    tmp_path: Path, twin: dict
) -> None:
    assert lived(tmp_path / "home", 2, "forgetful")["days"] > twin["days"]
