"""Buyers and drainers killed at random moments: no order is lost or told twice; told after the fact, some are lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.databases import sqlite_environment

CHILD = Path(__file__).with_name("shop_kills_child.py")
KILLS = int(os.environ.get("YUNYING_KILLS", "20"))


def run(home: Path, how: str) -> dict:
    done = subprocess.run(
        [sys.executable, str(CHILD), str(KILLS), how], env=sqlite_environment(home), capture_output=True, text=True,
        timeout=60 + 10 * KILLS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_killed_at_random_moments_nothing_is_lost_or_told_twice(tmp_path: Path) -> None:
    found = run(tmp_path, "careful")
    assert found.pop("kills") >= KILLS
    assert found.pop("clicked") > 2, "events were sent meanwhile"
    assert found.pop("acknowledged") > 2, "orders were placed meanwhile"
    assert found == {
        "acknowledged_but_lost": 0, "clicked_but_lost": 0, "clicked_twice": 0, "placed_agree": True,
        "paid_agree": True, "stock_agrees": True, "aside": 0,
    }  # fmt: skip


def test_told_after_the_transaction_orders_are_lost_under_the_same_kills(tmp_path: Path) -> None:
    found = run(tmp_path, "hasty")
    assert not (found["placed_agree"] and found["paid_agree"]), found
