"""A database of a test's own, for the processes that it starts."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.requirements import POSTGRES_URL

Environment = dict[str, str]


def sqlite_environment(home: Path) -> Environment:
    """An empty home: SQLite makes its file there."""
    environment = {name: value for name, value in os.environ.items() if name != "YUNYING_DATABASE_URL"}
    return {**environment, "YUNYING_HOME": str(home)}


@contextmanager
def postgres_environment(home: Path) -> Iterator[Environment]:
    """An empty PostgreSQL database that is dropped afterwards."""
    import psycopg
    from psycopg import sql

    name = f"yunying_test_{secrets.token_hex(6)}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = urlunsplit(urlsplit(POSTGRES_URL)._replace(path=f"/{name}"))
    try:
        yield {**sqlite_environment(home), "YUNYING_DATABASE_URL": url}
    finally:
        with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def own_environment(kind: str, home: Path) -> Iterator[Environment]:
    """The environment of one kind of database, ``sqlite`` or ``postgres``."""
    if kind == "sqlite":
        yield sqlite_environment(home)
        return
    with postgres_environment(home) as found:
        yield found
