"""Drainers killed at random moments and at named points: nothing lost, nothing twice; the hasty control loses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.databases import sqlite_environment

from yunying.facts.crash_points import CRASH_POINTS

CHILD = Path(__file__).with_name("inbox_child.py")
KILLS = int(os.environ.get("YUNYING_KILLS", "30"))
WHOLE = {"rows": 300, "distinct": 300, "corrected": 15, "aside": 0}
POINT = """
import os, sys, django
django.setup()
from pathlib import Path
from django.db import transaction
from django.utils import timezone
from yunying.accounts.database import database_ready
from yunying.inbox.box import Incoming, inbox_receive, inbox_state
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inbox_drain
database_ready()
home = Home(Path(os.environ["YUNYING_HOME"]))
if sys.argv[1] == "send":
    with transaction.atomic():
        rows = [Incoming({"product": str(n), "date": "2026-11-20", "on_hand": n}, str(n)) for n in range(10)]
        inbox_receive("shop", "stock_level", rows, timezone.now())
inbox_drain(home, "shop", now=timezone.now())
with home.facts.read() as reader:
    table = reader.table("stock_level")
    count = reader.to_arrow(table.agg(n=table.count()))["n"][0].as_py()
print(count, inbox_state("shop")[0], home.facts.snapshots.last_number("inbox/shop"))
"""


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments], env={**sqlite_environment(home), **environment},
        capture_output=True, text=True, timeout=400,
    )  # fmt: skip


def test_drainers_killed_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    told = run(tmp_path, str(CHILD), str(KILLS), "careful")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found.pop("kills") >= KILLS
    assert found == WHOLE


def test_rows_that_leave_before_they_are_published_are_lost_under_the_same_kills(tmp_path: Path) -> None:
    told = run(tmp_path, str(CHILD), str(KILLS), "hasty")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["rows"] < WHOLE["rows"]


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_killed_at_a_named_point_the_next_one_finishes_the_same_batch(tmp_path: Path, point: str) -> None:
    killed = run(tmp_path, "-c", POINT, "send", YUNYING_DEBUG="1", YUNYING_CRASH_AT=point)
    assert killed.returncode == -9, killed.stderr
    again = run(tmp_path, "-c", POINT, "drain")
    assert again.stdout == "10 0 1\n", again.stderr
