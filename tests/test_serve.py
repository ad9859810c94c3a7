"""serve and worker as whoever runs them meets them: they start, answer, stop together, and refuse what cannot be."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import sqlite_environment
from tests.test_command_line import NEW_STORE, answer, write_shop

PATIENCE_SECONDS = 120.0
Start = Callable[..., subprocess.Popen]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command of its own on the test's home; whatever of it is left in the end is killed."""
    started: list[subprocess.Popen] = []

    def run(*arguments: str) -> subprocess.Popen:
        environment = {**sqlite_environment(tmp_path / "home"), "YUNYING_LANG": "en"}
        process = subprocess.Popen(
            [sys.executable, "-m", "yunying", *arguments], env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def by_day() -> str:
    """A time zone where it is about noon: at night a worker leaves a store alone."""
    hours = (12 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what: Callable[[], object], process: subprocess.Popen) -> object:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[1]
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come to pass")


def log_in_page(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/desk/login/", timeout=10) as page:
            return page.status
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return 0


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(line) for line in found.stdout.split()]


def named(pid: int, word: str) -> int:
    """The child whose command line holds a word; 0 while there is none."""
    for child in children_of(pid):
        with suppress(OSError):
            if word in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8").split("\0"):
                return child
    return 0


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    return False


def ended(process: subprocess.Popen, patience_seconds: float) -> tuple[int, str]:
    err = process.communicate(timeout=patience_seconds)[1]
    return process.returncode, err


@pytest.mark.parametrize("how", ["--worker", "--no-worker"])
def test_the_desk_answers_and_a_stop_ends_all_children_within_fifteen_seconds(start: Start, how: str) -> None:
    port = free_port()
    serving = start("serve", "--address", f"127.0.0.1:{port}", how, "--processes", "1")
    assert until(lambda: log_in_page(port), serving) in (200, 302)
    children = children_of(serving.pid)
    assert len(children) == (2 if how == "--worker" else 1)
    serving.send_signal(signal.SIGTERM)
    code, err = ended(serving, 15)
    assert code == 0, err
    assert f"http://127.0.0.1:{port}/desk/" in err
    assert not any(is_alive(child) for child in children)


@pytest.mark.parametrize("child", ["worker", "gunicorn"])
def test_when_one_child_dies_all_ends_and_says_which(start: Start, child: str) -> None:
    port = free_port()
    serving = start("serve", "--address", f"127.0.0.1:{port}", "--processes", "1")
    until(lambda: log_in_page(port), serving)
    other = {"worker": "gunicorn", "gunicorn": "worker"}[child]
    left = until(lambda: named(serving.pid, other), serving)
    os.kill(until(lambda: named(serving.pid, child), serving), signal.SIGKILL)
    code, err = ended(serving, 30)
    assert code == 1
    assert f"the {'desk' if child == 'gunicorn' else 'worker'} ended by itself (killed by signal 9)" in err
    assert not is_alive(left)


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:0", "127.0.0.1:99999", "8000", "no.such.host.invalid:80"])
def test_an_address_that_is_none_is_refused_in_words(start: Start, address: str) -> None:
    code, err = ended(start("serve", "--address", address), 60)
    assert code == 2
    assert address in err
    assert "Traceback" not in err


def test_an_address_that_is_taken_is_refused_in_words(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, err = ended(start("serve", "--address", f"127.0.0.1:{taken.getsockname()[1]}"), 60)
    assert code == 2
    assert "Address already in use" in err


def test_a_worker_finishes_what_is_under_way_and_then_stops(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    write_shop(tmp_path)
    answer(home, "import", str(tmp_path / "orders.csv"), *NEW_STORE[:-1], by_day())
    answer(home, "import", str(tmp_path / "stock.csv"), str(tmp_path / "suppliers.csv"), "--store", "corner")
    turning = start("worker")
    # The worker asks for the day of every store by itself; a day kept is a run under way or over.
    until(lambda: _runs(home, "running") or _runs(home, "done"), turning)
    turning.send_signal(signal.SIGTERM)
    assert ended(turning, 60)[0] == 0
    assert _runs(home, "running") == 0, "nothing is left half done"
    assert _runs(home, "failed") == 0


def test_two_that_serve_one_home_do_its_runs_once_and_leave_it_sound(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    write_shop(tmp_path)
    answer(home, "import", str(tmp_path / "orders.csv"), *NEW_STORE)
    answer(home, "import", str(tmp_path / "stock.csv"), str(tmp_path / "suppliers.csv"), "--store", "corner")
    ports = [free_port(), free_port()]
    both = [start("serve", "--address", f"127.0.0.1:{port}", "--processes", "1") for port in ports]
    for port, serving in zip(ports, both, strict=True):
        until(lambda port=port: log_in_page(port), serving)
    ran = answer(home, "run", "--store", "corner")
    assert ran["failed_practices"] == {}
    until(lambda: _runs(home, "requested") + _runs(home, "running") == 0, both[0])
    for serving in both:
        serving.send_signal(signal.SIGTERM)
    for serving in both:
        assert ended(serving, 30)[0] == 0
    assert answer(home, "check")["problems"] == []
    assert _runs(home, "failed") == 0
    listed = answer(home, "proposals", "--store", "corner")["proposals"]
    assert len({each["subject"] for each in listed}) == len(listed) > 0


def _runs(home: Path, state: str) -> int:
    try:
        with closing(sqlite3.connect(f"file:{home / 'yunying.sqlite3'}?mode=ro", uri=True)) as database:
            return database.execute("SELECT count(*) FROM interventions_run WHERE state = ?", [state]).fetchone()[0]
    except sqlite3.OperationalError:
        return 0
