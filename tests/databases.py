"""A database of a test's own, for the processes that it starts.

Its tables are copied from a template that is made once for each state of the migrations: making them anew takes longer
than most tests do.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django

from tests.requirements import POSTGRES_URL

Environment = dict[str, str]

SOURCES = Path(__file__).parents[1] / "src" / "yunying"
UNUSED_DAYS = 3
FILE_NAME = "yunying.sqlite3"
MIGRATE = "import django; django.setup(); from yunying.accounts.database import database_ready; database_ready()"


def sqlite_environment(home: Path, *, migrated: bool = True) -> Environment:
    """A home whose database holds every table and no row, or, not ``migrated``, no database yet."""
    if migrated:
        sqlite_copied(home)
    return _sqlite_environment(home)


def _sqlite_environment(home: Path) -> Environment:
    environment = {name: value for name, value in os.environ.items() if name != "YUNYING_DATABASE_URL"}
    return {**environment, "YUNYING_HOME": str(home)}


def sqlite_copied(home: Path) -> Path:
    """Put the template into a home that has no database yet; the home."""
    home.mkdir(parents=True, exist_ok=True)
    if not (home / FILE_NAME).exists():
        shutil.copyfile(_sqlite_template(), home / FILE_NAME)
    return home


@contextmanager
def postgres_environment(home: Path, *, migrated: bool = True) -> Iterator[Environment]:
    """A PostgreSQL database of every table and no row, or, not ``migrated``, an empty one; dropped afterwards."""
    name = f"yunying_test_{secrets.token_hex(6)}"
    _on_server("CREATE DATABASE {} TEMPLATE {}", name, _postgres_template() if migrated else "template0")
    try:
        yield {**_sqlite_environment(home), "YUNYING_DATABASE_URL": _url_of(name)}
    finally:
        _on_server("DROP DATABASE {} WITH (FORCE)", name)


def kept_environment(home: Path, name: str, *, migrated: bool = True) -> Environment:
    """A home that stays, with a PostgreSQL database of that name where one is given; made if it is not there."""
    home.mkdir(parents=True, exist_ok=True)
    if not name:
        return sqlite_environment(home, migrated=migrated)
    if not _on_server("SELECT datname FROM pg_database WHERE datname = {}", value=name):
        _on_server("CREATE DATABASE {} TEMPLATE {}", name, _postgres_template() if migrated else "template0")
    return {**_sqlite_environment(home), "YUNYING_DATABASE_URL": _url_of(name)}


@contextmanager
def own_environment(kind: str, home: Path, *, migrated: bool = True) -> Iterator[Environment]:
    """The environment of one kind of database, ``sqlite`` or ``postgres``."""
    if kind == "sqlite":
        yield sqlite_environment(home, migrated=migrated)
        return
    with postgres_environment(home, migrated=migrated) as found:
        yield found


@cache
def _state_of_migrations() -> str:
    """A digest that changes with every migration and with Django."""
    digest = hashlib.sha256(django.get_version().encode())
    for path in sorted([*SOURCES.rglob("migrations/*.py"), SOURCES / "config" / "settings.py"]):
        digest.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@contextmanager
def _one_maker() -> Iterator[Path]:
    """The folder of templates, held by one process of the tests at a time."""
    folder = Path(tempfile.gettempdir()) / f"yunying-templates-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder


@cache
def _sqlite_template() -> Path:
    with _one_maker() as folder:
        made = folder / f"{_state_of_migrations()}.sqlite3"
        if not made.exists():
            with tempfile.TemporaryDirectory(dir=folder) as home:
                _migrate(_sqlite_environment(Path(home)))
                (Path(home) / FILE_NAME).rename(made)
            for older in _unused(folder, "sqlite3"):
                older.unlink()
        made.touch()
    return made


@cache
def _postgres_template() -> str:
    name = f"yunying_template_{_state_of_migrations()}"
    with _one_maker() as folder:
        if not _on_server("SELECT datname FROM pg_database WHERE datname = {}", value=name):
            for older in _unused(folder, "postgres"):
                _on_server("DROP DATABASE IF EXISTS {}", older.stem)
                older.unlink()
            making = f"yunying_making_{secrets.token_hex(6)}"
            _on_server("CREATE DATABASE {} TEMPLATE template0", making)
            _migrate({**_sqlite_environment(folder), "YUNYING_DATABASE_URL": _url_of(making)})
            _on_server("ALTER DATABASE {} RENAME TO {}", making, name)
        (folder / f"{name}.postgres").touch()
    return name


def _unused(folder: Path, kind: str) -> list[Path]:
    """Templates that nobody used for some days; other states of the code may be tested beside this one."""
    old = time.time() - UNUSED_DAYS * 86_400
    return [each for each in folder.glob(f"*.{kind}") if each.stat().st_mtime < old]


def _migrate(environment: Environment) -> None:
    subprocess.run(
        [sys.executable, "-c", MIGRATE], check=True,
        env={**environment, "DJANGO_SETTINGS_MODULE": "yunying.config.settings"},
    )  # fmt: skip


def _url_of(name: str) -> str:
    return urlunsplit(urlsplit(POSTGRES_URL)._replace(path=f"/{name}"))


def _on_server(statement: str, *names: str, value: str | None = None) -> list[tuple[str, ...]]:
    import psycopg
    from psycopg import sql

    parts = [sql.Identifier(name) for name in names] if value is None else [sql.Literal(value)]
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        cursor = server.execute(sql.SQL(statement).format(*parts))
        return cursor.fetchall() if cursor.description else []
