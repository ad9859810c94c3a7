"""The hands on a simulated store: commands are felt from its next morning on, its days come back as facts."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from yunying.connectors.manifest import Connector, Site, application_check
from yunying.connectors.sim.birth import WORLD_NAME
from yunying.connectors.sim.desk_work import DECLARED
from yunying.connectors.sim.living_store import LivingStore
from yunying.facts.batch import FactBatch
from yunying.kernel.command import Command
from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.kernel.receipt import Receipt


def living_store(site: Site) -> LivingStore:
    """The store of a site, one for the whole process, so that its world need not be read again for each command.

    Raises:
        OperatorError: no store lives there, or another one.
        OSError: the folder cannot be read just now.
    """
    path = site.folder / WORLD_NAME
    # Another file is another store, even in the same folder.
    mark = (path.stat().st_ino, path.stat().st_mtime_ns) if path.exists() else (0, 0)
    if not path.exists() and site.folder.exists() and not site.folder.is_dir():
        raise NotADirectoryError(f"{site.folder} is no folder")
    store = _opened(site.folder, mark)
    if store.store != site.store:
        raise OperatorError(
            "wrong-store",
            f"In {site.folder} lives {store.store!r}, not {site.store!r}.",
            "Name the store's own folder.",
        )
    return store


def apply(site: Site, command: Command, key: str, dry_run: bool) -> Receipt:
    """Take the command for the store's next morning, once for each key.

    Raises:
        OperatorError: the store refuses it, or the key belongs to another command.
        ConnectorError: the store's folder cannot be used just now.
    """
    command = application_check("sim", DECLARED, command, key)
    try:
        return living_store(site).apply(command, key, dry_run)
    except OSError as error:
        raise _unreachable(site, error) from error


def pull(site: Site, cursor: int) -> Iterator[FactBatch]:
    """The days that the store has lived since the cursor.

    Raises:
        OperatorError: no store lives there, or another one.
        ConnectorError: the store's folder cannot be used just now.
    """
    try:
        yield from living_store(site).batches(cursor)
    except OSError as error:
        raise _unreachable(site, error) from error


def source(store: str) -> str:
    """The source of the store's batches."""
    return f"sim/{store}"


CONNECTOR = Connector(
    slug="sim",
    title_en="Simulated store",
    title_zh="模拟店铺",
    commands=DECLARED,
    apply=apply,
    pull=pull,
    source=source,
)


@lru_cache(maxsize=4)
def _opened(folder: Path, mark: tuple[int, int]) -> LivingStore:
    return LivingStore.open(folder)


def _unreachable(site: Site, error: OSError) -> ConnectorError:
    return ConnectorError(f"{site.folder} cannot be used: {error.strerror or error}.", retryable=True)
