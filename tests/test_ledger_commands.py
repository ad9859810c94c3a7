"""The loop by the command line, one process a command, on both databases: exit codes and the shape of JSON."""

import json
import subprocess
import sys
from pathlib import Path

from yunying.interventions.tests.test_races import Environment, environment

__all__ = ["environment"]
CHILD = Path(__file__).parent / "shop_child.py"


def yunying(environment: Environment, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "yunying", *arguments], env={**environment, "YUNYING_LANG": "en", "COLUMNS": "200"},
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip


def answer(environment: Environment, *arguments: str, code: int = 0) -> dict:
    told = yunying(environment, *arguments, "--json")
    assert told.returncode == code, told.stdout + told.stderr
    return json.loads(told.stdout)


def build(environment: Environment) -> None:
    told = subprocess.run(
        [sys.executable, str(CHILD)], env=environment, capture_output=True, text=True, timeout=240
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def test_a_day_is_lived_decided_sent_taken_back_and_measured_by_commands(environment: Environment) -> None:
    build(environment)
    store = ("--store", "small")
    ran = answer(environment, "run", *store)
    assert set(ran) >= {
        "id",
        "as_of",
        "snapshot",
        "run",
        "proposed",
        "applied",
        "failed",
        "measured",
        "failed_practices",
    }
    assert ran["proposed"] > 2
    assert ran["failed_practices"] == {}

    listed = answer(environment, "proposals", *store, "--most", "1000")["proposals"]
    listed = [each for each in listed if each["origin"] == "practice"]
    assert len(listed) == ran["proposed"]
    assert set(listed[0]) >= {"id", "state", "title_en", "title_zh", "cost_minor", "delay_loss_minor", "expires_date"}
    first, second, third = (str(each["id"]) for each in listed[:3])
    mine = (*store, "--as", "manager")
    done = answer(environment, "approve", first, second, *mine)["outcomes"]
    assert [(each["id"], each["is_done"]) for each in done] == [(int(first), True), (int(second), True)]
    again = answer(environment, "approve", first, *mine, code=2)["outcomes"]
    assert [each["code"] for each in again] == ["already-approved"]
    assert answer(environment, "reject", third, *mine, "--reason", "no room")["outcomes"][0]["is_done"]
    assert answer(environment, "revert", second, *mine)["outcomes"][0]["is_done"], "what is not sent yet is cancelled"

    assert answer(environment, "worker", "--once")["turns"] >= 1
    assert [each["id"] for each in answer(environment, "proposals", *store, "--state", "applied")["proposals"]] == [
        int(first)
    ]
    cannot = answer(environment, "revert", first, *mine, code=2)["outcomes"]
    assert cannot[0]["code"] == "is-applied", "nothing takes a purchase back"
    price = json.loads((Path(environment["YUNYING_HOME"]) / "price.json").read_text(encoding="utf-8"))["id"]
    assert answer(environment, "approve", str(price), *mine)["outcomes"][0]["is_done"]
    lived = answer(environment, "run", *store, "--days", "1")
    assert lived["applied"] == 1
    assert answer(environment, "revert", str(price), *mine)["outcomes"][0]["is_done"]
    answer(environment, "worker", "--once")
    taken = answer(environment, "proposals", *store, "--state", "reverted")["proposals"]
    assert [each["id"] for each in taken] == [price]

    measured = answer(environment, "measure", *store)
    assert set(measured) == {"store", "looks", "measurements"}
    assert answer(environment, "check")["problems"] == []


def test_what_cannot_be_done_says_why_and_what_to_do(environment: Environment) -> None:
    for arguments in (
        ("run", "--store", "nowhere"),
        ("proposals", "--store", "nowhere"),
        ("measure", "--store", "nowhere"),
        ("approve", "1", "--store", "nowhere", "--as", "nobody"),
    ):
        error = answer(environment, *arguments, code=2)["error"]
        assert error["code"].startswith("unknown-"), arguments
        assert error["what"]
        assert error["remedy"]
    assert answer(environment, "worker", "--once") == {"turns": 0}
