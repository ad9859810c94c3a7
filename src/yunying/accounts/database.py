"""Bringing the database up to the code, and what it says of itself."""

from collections.abc import Mapping

from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor


def migrations_waiting() -> int:
    """How many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def database_ready() -> None:
    """Apply the migrations that are waiting; a second process doing the same at once is no error."""
    if not migrations_waiting():
        return
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except (OperationalError, ProgrammingError):
        # Another process may have created the tables a moment earlier; only a database still behind is a failure.
        if migrations_waiting():
            raise


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
