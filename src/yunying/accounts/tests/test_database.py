"""The database comes up from nothing, alone and in a crowd, and is kept the way the settings say."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from yunying.accounts.tests.conftest import Environment, Together
from yunying.config.sqlite import journal_mode

Alone = Callable[[Environment], dict[str, Any]]


def test_an_empty_home_gets_a_ready_database_and_a_second_start_finds_nothing_to_do(
    sqlite: Environment, alone: Alone
) -> None:
    first, second = alone(sqlite), alone(sqlite)
    assert first["before"] > 0
    assert (first["after"], second["before"], second["after"]) == (0, 0, 0)
    with sqlite3.connect(Path(sqlite["YUNYING_HOME"]) / "yunying.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM accounts_memberkey").fetchone() == (0,)
    database.close()


def test_sqlite_reads_back_what_was_set(sqlite: Environment, alone: Alone) -> None:
    told = alone(sqlite)
    assert told["database"] == "SQLite"
    assert told["version"] == sqlite3.sqlite_version
    assert told["transaction_mode"] == "IMMEDIATE"
    assert told["synchronous"] == "2"  # FULL
    assert told["foreign_keys"] == "1"
    assert int(told["busy_timeout"]) == 20_000
    assert told["journal_mode"].upper() == journal_mode(sqlite3.sqlite_version_info)


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 51, 3), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 45, 9), "TRUNCATE"),
        ((3, 49, 9), "TRUNCATE"),
        ((3, 40, 1), "TRUNCATE"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_the_journal_follows_the_library(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version) == mode


@pytest.mark.needs("postgres")
def test_postgres_gets_ready_and_says_what_it_is(postgres: Environment, alone: Alone) -> None:
    told = alone(postgres)
    assert told["before"] > 0
    assert told["after"] == 0
    assert told["database"].startswith("PostgreSQL")
    with psycopg.connect(postgres["YUNYING_DATABASE_URL"]) as database:
        assert database.execute("SELECT count(*) FROM accounts_memberkey").fetchone() == (0,)


def test_four_processes_that_start_on_an_empty_sqlite_home_all_get_ready(
    sqlite: Environment, together: Together
) -> None:
    assert {told["after"] for told in together("ready_child.py", ["--wait"], sqlite, 4)} == {0}


@pytest.mark.needs("postgres")
def test_four_processes_that_start_on_an_empty_postgres_database_all_get_ready(
    postgres: Environment, together: Together
) -> None:
    assert {told["after"] for told in together("ready_child.py", ["--wait"], postgres, 4)} == {0}
