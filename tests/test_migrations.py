"""Every model has its migration; a home that ran the shop's first steps comes to the same tables as a new home."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.databases import own_environment

CHILD = """
import json, sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

def tables():
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.get_table_list(cursor):
            if not table.name.startswith("shop_"):
                continue
            columns = connection.introspection.get_table_description(cursor, table.name)
            rules = connection.introspection.get_constraints(cursor, table.name)
            found[table.name] = {
                "columns": sorted([c.name, str(c.type_code), bool(c.null_ok)] for c in columns),
                "rules": sorted(
                                ["" if name[:2] == "__" else name, rule["columns"] or [], rule["unique"], rule["check"]]
                                for name, rule in rules.items() if not rule["foreign_key"] and not rule["primary_key"]),
                "points_to": sorted([rule["columns"], rule["foreign_key"]]
                                    for rule in rules.values() if rule["foreign_key"]),
            }
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'shop_%'")
        else:
            cursor.execute("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'shop_%'")
        found["triggers"] = sorted(map(list, cursor.fetchall()))
    return found

if sys.argv[1] == "steps":
    executor = MigrationExecutor(connection)
    executor.loader.replace_migrations = False
    executor.loader.build_graph()
    executor.migrate([("shop", "0002_commands")])
    call_command("migrate", "shop", interactive=False, verbosity=0)
print(json.dumps(tables(), sort_keys=True))
"""


def schema(kind: str, how: str, home: Path) -> str:
    """The shop's tables, rules and triggers as one text, after ``at_once`` or after old ``steps``."""
    home.mkdir()
    with own_environment(kind, home, migrated=how == "at_once") as environment:
        found = subprocess.run(
            [sys.executable, "-c", CHILD, how],
            env={**environment, "DJANGO_SETTINGS_MODULE": "yunying.config.settings"},
            cwd=os.getcwd(), capture_output=True, text=True,
        )  # fmt: skip
    assert found.returncode == 0, found.stderr[-2000:]
    return found.stdout


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def test_old_steps_and_the_one_step_make_the_same_shop(kind: str, tmp_path: Path) -> None:
    at_once = schema(kind, "at_once", tmp_path / "new")
    assert at_once.count('"shop_') > 100
    assert schema(kind, "steps", tmp_path / "old") == at_once


def test_every_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
