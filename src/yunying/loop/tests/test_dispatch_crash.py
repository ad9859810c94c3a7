"""Workers killed between outbox and receipt: each command is applied once; with forgetful hands it is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.databases import sqlite_environment

KILLS = int(os.environ.get("YUNYING_KILLS", "100"))
CHILD = Path(__file__).parent / "dispatch_child.py"


def run(home: Path, kills: int, hands: str) -> dict:
    told = subprocess.run(
        [sys.executable, str(CHILD), str(kills), hands],
        env=sqlite_environment(home), capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_workers_killed_a_hundred_times_apply_each_command_once(tmp_path: Path) -> None:
    found = run(tmp_path, KILLS, "careful")
    assert found["kills"] >= 0.6 * KILLS, found
    assert (found["effects"], found["distinct"], found["applied"], found["receipts"]) == (150, 150, 150, 150), found
    assert (found["not_one_receipt"], found["spent"], found["reserved"]) == (0, 150_000, 0), found
    assert found["problems"] == []


def test_hands_that_forget_their_keys_act_twice_under_the_same_kills(tmp_path: Path) -> None:
    found = run(tmp_path, KILLS, "forgetful")
    assert found["distinct"] == 150
    assert found["effects"] > 150, found
