"""The database comes up from nothing, alone and in a crowd, and is kept the way the settings say."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from yunying.accounts.tests.conftest import Environment, Together

Alone = Callable[[Environment], dict[str, Any]]


def test_an_empty_home_gets_a_ready_database_and_a_second_start_finds_nothing_to_do(
    no_sqlite: Environment, alone: Alone
) -> None:
    first, second = alone(no_sqlite), alone(no_sqlite)
    assert first["before"] > 0
    assert (first["after"], second["before"], second["after"]) == (0, 0, 0)
    with sqlite3.connect(Path(no_sqlite["YUNYING_HOME"]) / "yunying.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM accounts_memberkey").fetchone() == (0,)
    database.close()


def test_sqlite_reads_back_what_was_set(no_sqlite: Environment, alone: Alone) -> None:
    told = alone(no_sqlite)
    assert told["database"] == "SQLite"
    assert told["version"] == sqlite3.sqlite_version
    assert told["transaction_mode"] == "IMMEDIATE"
    assert told["synchronous"] == "2"  # FULL
    assert told["foreign_keys"] == "1"
    assert int(told["busy_timeout"]) == 20_000
    asked = settings.DATABASES["default"]["OPTIONS"]["init_command"]
    assert f"journal_mode={told['journal_mode'].upper()};" in asked


@pytest.mark.needs("postgres")
def test_postgres_gets_ready_and_says_what_it_is(no_postgres: Environment, alone: Alone) -> None:
    told = alone(no_postgres)
    assert told["before"] > 0
    assert told["after"] == 0
    assert told["database"].startswith("PostgreSQL")
    with psycopg.connect(no_postgres["YUNYING_DATABASE_URL"]) as database:
        assert database.execute("SELECT count(*) FROM accounts_memberkey").fetchone() == (0,)


def test_four_processes_that_start_on_an_empty_sqlite_home_all_get_ready(
    no_sqlite: Environment, together: Together
) -> None:
    assert {told["after"] for told in together("ready_child.py", ["--wait"], no_sqlite, 4)} == {0}


@pytest.mark.needs("postgres")
def test_four_processes_that_start_on_an_empty_postgres_database_all_get_ready(
    no_postgres: Environment, together: Together
) -> None:
    assert {told["after"] for told in together("ready_child.py", ["--wait"], no_postgres, 4)} == {0}
