"""Bringing the database up to the code, and what it says of itself."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_ADVISORY_LOCK = 7_305_000_001
"""Any number that no other program locks in the same PostgreSQL database."""


def migrations_waiting() -> int:
    """How many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def database_ready() -> None:
    """Apply the migrations that are waiting; of several processes that start at once, one does and the others wait."""
    if not migrations_waiting():
        return
    with _one_at_a_time():
        if migrations_waiting():
            call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Neither database keeps two processes from making the same table: the slower one fails half way through."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])
        return
    with Path(f"{connection.settings_dict['NAME']}.migrating").open("w") as handle:
        # The lock goes with the handle, also when the process is killed.
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def database_facts() -> Mapping[str, str]:
    """Which database this is and how it keeps its journal, read back from the connection itself."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SELECT version()")
            return {"database": str(cursor.fetchone()[0]).split(" on ")[0]}
        read = {"database": "SQLite"}
        for name, query in (
            ("version", "SELECT sqlite_version()"),
            ("journal_mode", "PRAGMA journal_mode"),
            ("synchronous", "PRAGMA synchronous"),
            ("foreign_keys", "PRAGMA foreign_keys"),
            ("busy_timeout", "PRAGMA busy_timeout"),
        ):
            cursor.execute(query)
            read[name] = str(cursor.fetchone()[0])
        return {**read, "transaction_mode": str(connection.transaction_mode)}
