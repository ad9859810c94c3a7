"""Check: is this installation sound? Configuration, database, audit log, journal, and every file of the facts."""

import sqlite3
from typing import Any

from yunying.accounts.database import database_facts, migrations_waiting
from yunying.facts.journal import journal_read
from yunying.facts.stores import stores_known
from yunying.kernel.errors import OperatorError
from yunying.loop.audit_heads import audit_check
from yunying.loop.home import Home
from yunying.practices.manifest import practices_found
from yunying.practices.settings import policy_from


def check_home(home: Home) -> dict[str, Any]:
    """What is there and what is wrong: {"facts": {...}, "problems": [...]}; each problem names its remedy."""
    database = database_facts()
    facts, problems = _facts_checked(home)
    found = {"home": str(home.path), **database, "sqlite_library": sqlite3.sqlite_version, **facts}
    if migrations_waiting():
        problems.append("The database lacks migrations. Run any import, which applies them.")
    elif problems:
        problems.append("The audit log was not held against the facts, which are not whole. Mend them and check again.")
    else:
        problems += audit_check(home)
    problems += _database_problems(dict(database)) + _settings_problems(home)
    return {"facts": found, "problems": problems}


def _facts_checked(home: Home) -> tuple[dict[str, Any], list[str]]:
    store = home.facts
    problems: list[str] = []
    try:
        if journal_read(store.root) is not None:
            problems.append("An import was cut off. The next import finishes it; nothing is lost.")
    except OperatorError as error:
        problems.append(str(error))
    latest = store.snapshots.latest()
    files = size = 0
    for name in latest.versions:
        for file in store.files(name, latest, None):
            files, size = files + 1, size + file.size
            path = store.root / name / file.path
            if not path.exists() or path.stat().st_size != file.size:
                problems.append(f"{path} is missing or has another size. Restore it from a backup.")
    found: dict[str, Any] = {"snapshot": latest.number, "files": files, "bytes": size}
    if not problems:
        with store.read() as reader:
            found["stores"] = ", ".join(sorted(stores_known(reader))) or "none"
    return found, problems


def _database_problems(database: dict[str, str]) -> list[str]:
    if database["database"] != "SQLite":
        return []
    problems = []
    if database["transaction_mode"] != "IMMEDIATE":
        problems.append("SQLite transactions do not start as IMMEDIATE. Use the settings that the program ships.")
    safe = tuple(int(part) for part in database["version"].split(".")) >= (3, 44, 6)
    if database["journal_mode"].upper() == "WAL" and not safe:
        problems.append(f"SQLite {database['version']} can corrupt a WAL file. Use the program's own journal mode.")
    if database["foreign_keys"] != "1":
        problems.append("SQLite does not enforce foreign keys. Use the settings that the program ships.")
    return problems


def _settings_problems(home: Home) -> list[str]:
    problems = []
    for path in sorted((home.path / "settings").glob("*.yaml")):
        for slug, practice in practices_found().items():
            try:
                policy_from(practice.policy, home.practice_settings(path.stem, slug), str(path))
            except OperatorError as error:
                problems.append(str(error))
    return problems
