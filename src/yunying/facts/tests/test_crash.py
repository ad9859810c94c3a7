"""kill -9 at named points and at random moments: nothing lost, nothing twice, nothing half seen.

YUNYING_KILLS sets how many random kills are tried; YUNYING_SEED their moments.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable

from yunying.facts.crash_points import CRASH_POINTS, reach
from yunying.facts.store import FactStore

CHILD = Path(__file__).with_name("crash_child.py")
ROWS = 50
BOTH = ("stock_level", "stock_movement")
POINTS = [point for point in CRASH_POINTS if "append" not in point] + [
    f"{point}:{table}" for point in CRASH_POINTS if "append" in point for table in BOTH
]


def start(root: Path, first: int, last: int, mode: str = "store", crash_at: str = "") -> subprocess.Popen:
    environment = {**os.environ, "YUNYING_DEBUG": "1", "YUNYING_CRASH_AT": crash_at}
    command = [sys.executable, str(CHILD), str(root), str(first), str(last), mode]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def seen(root: Path) -> dict[str, dict[int, int]]:
    """Rows by batch number that a reader sees, per table; reading must never fail."""
    answer = {}
    with FactStore(root).read() as reader:
        for name, column in (("stock_level", "on_hand"), ("stock_movement", "quantity")):
            table = reader.table(name)
            rows = reader.to_arrow(table.group_by(column).agg(rows=table.count())).to_pylist()
            answer[name] = {row[column]: row["rows"] for row in rows}
    return answer


def whole(numbers: range) -> dict[str, dict[int, int]]:
    return {name: dict.fromkeys(numbers, ROWS) for name in BOTH}


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point_a_batch_is_whole_or_absent_and_then_whole(tmp_path: Path, point: str) -> None:
    first = start(tmp_path, 1, 1)
    assert first.communicate()[0] == "1\n"
    killed = start(tmp_path, 2, 2, crash_at=point)
    assert killed.communicate()[0] == ""
    assert killed.returncode == -9
    assert seen(tmp_path) in (whole(range(1, 2)), whole(range(1, 3)))
    FactStore(tmp_path).recover()
    journalled = point != "files-written"
    assert seen(tmp_path) == whole(range(1, 3 if journalled else 2))
    again = start(tmp_path, 2, 3)
    assert again.communicate()[0] == "2\n3\n"
    assert seen(tmp_path) == whole(range(1, 4))


def test_the_control_without_journal_shows_half_an_import_and_doubles_it(tmp_path: Path) -> None:
    killed = start(tmp_path, 1, 1, mode="naive", crash_at="before-append:stock_movement")
    assert killed.communicate() == ("", None)
    assert killed.returncode == -9
    assert not (tmp_path / "stock_movement").exists()
    assert start(tmp_path, 1, 1, mode="naive").communicate()[0] == "1\n"
    files = DeltaTable(str(tmp_path / "stock_level")).file_uris()
    assert duckdb.sql(f"SELECT count(*) FROM read_parquet({files})").fetchall() == [(2 * ROWS,)]


def test_killed_at_random_moments_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    seed = int(os.environ.get("YUNYING_SEED", str(time.time_ns() % 100_000)))
    print("seed", seed)
    rng = random.Random(seed)
    acknowledged = 0
    for _ in range(int(os.environ.get("YUNYING_KILLS", "4"))):
        child = start(tmp_path, max(1, acknowledged - 2), acknowledged + 500)
        assert child.stdout is not None
        waited = [child.stdout.readline()] if rng.random() < 0.8 else []
        end = time.monotonic() + rng.random() * 0.5
        while time.monotonic() < end:
            state = seen(tmp_path)
            assert state["stock_level"] == state["stock_movement"]
        child.kill()
        numbers = [int(line) for line in [*waited, *child.stdout.read().split()] if line.strip()]
        child.stdout.close()
        child.wait()
        acknowledged = max([acknowledged, *numbers])
    FactStore(tmp_path).recover()
    state = seen(tmp_path)
    assert state["stock_level"] == state["stock_movement"]
    assert set(state["stock_level"].values()) <= {ROWS}
    assert set(range(1, acknowledged + 1)) <= set(state["stock_level"])


def test_crash_points_do_nothing_without_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNYING_CRASH_AT", "before-publish")
    monkeypatch.delenv("YUNYING_DEBUG", raising=False)
    reach("before-publish")
    with pytest.raises(ValueError, match="unknown crash point"):
        reach("nowhere")
