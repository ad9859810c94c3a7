"""Databases of their own for the tests, and processes that use them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.databases import Environment, postgres_environment, sqlite_environment

HERE = Path(__file__).parent


@pytest.fixture
def sqlite(tmp_path: Path) -> Environment:
    """A home of its own, its tables there and empty."""
    return sqlite_environment(tmp_path)


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Environment]:
    """A PostgreSQL database of its own, its tables there and empty; dropped afterwards."""
    with postgres_environment(tmp_path) as environment:
        yield environment


@pytest.fixture
def no_sqlite(tmp_path: Path) -> Environment:
    """A home without a database: SQLite makes its file there."""
    return sqlite_environment(tmp_path, migrated=False)


@pytest.fixture
def no_postgres(tmp_path: Path) -> Iterator[Environment]:
    """A PostgreSQL database without a table."""
    with postgres_environment(tmp_path, migrated=False) as environment:
        yield environment


Together = Callable[[str, Sequence[str], Environment, int], list[dict[str, Any]]]


@pytest.fixture
def together() -> Iterator[Together]:
    """Run a child several times at once, all from one starting line; what each printed last, as JSON."""
    started: list[subprocess.Popen] = []

    def run(child: str, arguments: Sequence[str], environment: Environment, times: int) -> list[dict[str, Any]]:
        command = [sys.executable, str(HERE / child), *arguments]
        for _ in range(times):
            started.append(
                subprocess.Popen(
                    command,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
        for process in started:
            line = process.stdout.readline()
            assert line == "ready\n", process.stderr.read()
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        found = []
        for process in started:
            out, err = process.communicate(timeout=180)
            assert process.returncode == 0, err
            found.append(json.loads(out))
        started.clear()
        return found

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def alone() -> Callable[[Environment], dict[str, Any]]:
    """Make the database ready in a process of its own; what it says of itself."""

    def run(environment: Environment) -> dict[str, Any]:
        told = subprocess.run(
            [sys.executable, str(HERE / "ready_child.py")], env=environment, capture_output=True, text=True, timeout=60
        )
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)

    return run
