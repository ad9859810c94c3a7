"""Bringing the database up to the code, and what it says of itself."""

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

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
            _apps_migrate()
            # Nothing is left to apply; it makes the content types and permissions of all that is there now.
            call_command("migrate", interactive=False, verbosity=0)


def _apps_migrate() -> None:
    """Bring one app after another up to date, each among the tables only that it has to do with.

    Django draws every model of its state anew at most steps of a migration. With all apps in it, Wagtail's 140 steps
    would draw the shop's 55 models each time, and an empty home would take four times as long.
    """
    executor = MigrationExecutor(connection)
    for target in executor.loader.graph.leaf_nodes():
        plan = executor.migration_plan([target])
        if plan:
            executor.migrate([target], plan, state=_state_around(executor, [step for step, _ in plan]))
            executor = MigrationExecutor(connection)


def _state_around(executor: MigrationExecutor, plan: Sequence[Migration]) -> ProjectState:
    """What is applied of the apps that a plan's migrations depend on, and of those that depend on their apps."""
    graph, applied = executor.loader.graph, executor.loader.applied_migrations
    apps = {step.app_label for step in plan}
    needed = {(step.app_label, step.name) for step in plan}
    for node in graph.nodes:
        if node[0] in apps:
            needed.update(applied.keys() & graph.backwards_plan(node))
    near = {each for node in needed for each in graph.forwards_plan(node)}
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    for step, _ in executor.migration_plan(graph.leaf_nodes(), clean_start=True):
        node = (step.app_label, step.name)
        if node in applied and node in near:
            step.mutate_state(state, preserve=False)
    return state


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
