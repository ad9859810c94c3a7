"""kill -9 at random moments while a store is worked: each key once, each day once, the facts as if nothing had been.

YUNYING_KILLS sets how many kills are tried; YUNYING_SEED their moments.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from yunying.connectors.sim.living_store import JOURNAL_NAME, LivingStore
from yunying.connectors.sim.tests.living_child import DAYS, begun, publish, work
from yunying.facts.schema import TABLES
from yunying.facts.store import FactStore

CHILD = "yunying.connectors.sim.tests.living_child"


def start(folder: Path, until: int, mode: str = "keys", crash_before_advance: int = -1) -> subprocess.Popen:
    command = [sys.executable, "-m", CHILD, str(folder), str(until), mode, str(crash_before_advance)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def published(folder: Path) -> dict[str, pa.Table]:
    """Every fact table that is published, in the order of its key."""
    found = {}
    with FactStore(folder / "facts").read() as reader:
        for name, table in TABLES.items():
            found[name] = reader.to_arrow(reader.table(name).order_by(list(table.key)))
    return found


def journalled(folder: Path) -> tuple[list[str], list[int]]:
    """The keys applied and the days lived, in their order."""
    lines = (folder / "living" / JOURNAL_NAME).read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line)["entry"] for line in lines]
    return [each["applied"] for each in entries if "applied" in each], [
        each["lived"] for each in entries if "lived" in each
    ]


def same_facts(one: Path, other: Path) -> bool:
    here, there = published(one), published(other)
    return all(here[name].equals(there[name]) for name in TABLES)


def test_killed_at_random_moments_a_store_is_as_if_it_had_never_been(tmp_path: Path) -> None:
    seed = int(os.environ.get("YUNYING_SEED", str(time.time_ns() % 100_000)))
    print("seed", seed)
    rng, killed = random.Random(seed), tmp_path / "killed"
    begun(killed)
    kills = int(os.environ.get("YUNYING_KILLS", "15"))
    for _ in range(kills):
        child = start(killed, 700)
        assert child.stdout is not None
        # Some die while they open, most while they work.
        if rng.random() < 0.85:
            assert child.stdout.readline()
        time.sleep(rng.random() * 0.3)
        child.kill()
        child.communicate()
        assert child.returncode == -9
    until = LivingStore.open(killed / "living").days + 1
    work(killed, until)
    undisturbed = tmp_path / "undisturbed"
    work(undisturbed, until)
    assert until > DAYS + 1
    keys, days = journalled(killed)
    assert len(keys) == len(set(keys))
    assert days == list(range(DAYS + 1, until + 1))
    assert (keys, days) == journalled(undisturbed)
    assert same_facts(killed, undisturbed)
    numbers = [batch.number for batch in LivingStore.open(killed / "living").batches()]
    assert numbers == [30, DAYS, *range(DAYS + 1, until + 1)]
    print("kills", kills, "days", until - DAYS, "keys", len(keys))


@pytest.mark.parametrize("mode", ["keys", "keyless"])
def test_killed_before_the_morning_only_recorded_keys_keep_a_command_from_being_doubled(
    tmp_path: Path, mode: str
) -> None:
    """The control: the same death, once with keys and once as if they were not recorded."""
    killed, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    begun(killed)
    dying = start(killed, DAYS + 3, mode, DAYS + 1)
    dying.communicate()
    assert dying.returncode == -9
    again = start(killed, DAYS + 3, mode)
    again.communicate()
    assert again.returncode == 0
    work(undisturbed, DAYS + 3)
    doubled = len(journalled(killed)[0]) - len(journalled(undisturbed)[0])
    if mode == "keys":
        assert doubled == 0
        assert same_facts(killed, undisturbed)
    else:
        assert doubled > 0
        assert not same_facts(killed, undisturbed)


def test_published_again_from_the_start_the_facts_do_not_change(tmp_path: Path) -> None:
    work(tmp_path, DAYS + 4)
    before = published(tmp_path)
    store = LivingStore.open(tmp_path / "living")
    for batch in store.batches(0):
        assert FactStore(tmp_path / "facts").write(batch).is_repeat
    publish(store, FactStore(tmp_path / "again"))
    assert all(rows.equals(before[name]) for name, rows in published(tmp_path).items())
