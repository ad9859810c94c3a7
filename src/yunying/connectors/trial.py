"""How a connector is tried out: each folder brings ``trial.py`` with a ``TRIAL``, and the contract does the rest."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from yunying import connectors
from yunying.connectors.manifest import Site
from yunying.kernel.command import Command
from yunying.kernel.errors import InternalError


def folder_tree(folder: Path) -> Mapping[str, bytes | None]:
    """Every file below a folder with its bytes, every folder with None; what is no folder has nothing."""
    if not folder.is_dir():
        return {"": folder.read_bytes()} if folder.exists() else {}
    found = {path: None if path.is_dir() else path.read_bytes() for path in sorted(folder.rglob("*"))}
    return {"": None, **{str(path.relative_to(folder)): content for path, content in found.items()}}


@contextmanager
def folder_outage(site: Site) -> Iterator[None]:
    """While it lasts the site's folder is a plain file, so nothing can be read or written there."""
    aside = site.folder.with_name(site.folder.name + ".aside")
    was_there = site.folder.exists()
    if was_there:
        site.folder.rename(aside)
    site.folder.parent.mkdir(parents=True, exist_ok=True)
    site.folder.write_bytes(b"out of order")
    try:
        yield
    finally:
        site.folder.unlink()
        if was_there:
            aside.rename(site.folder)


def _nothing_happens(site: Site) -> None:
    pass


def _leave_it(folder: Path) -> None:
    pass


def _whole_tree(site: Site) -> object:
    return folder_tree(site.folder)


@dataclass(frozen=True)
class Trial:
    """An outside system that can be made, looked at and put out of order.

    Args:
        prepare: makes the system for an empty folder; made twice alike, it behaves alike.
        samples: commands that can be applied one after the other; every declared kind, and each that can be taken back
            so that at least once its receipt names the undo.
        refused: commands that fit their schema and that the system refuses after all samples were applied.
        condition: what the system holds of a command's subject: two calls are equal if nothing of it changed.
        observe: all that the system holds: equal for two systems in which the same was done.
        outage: while it lasts the system does not answer.
        pass_time: lets something happen that a pull will tell.
        clean: takes the system away again, where it is not all in the site's folder.
        secrets: names of the environment variables from which the connector takes secrets.
    """

    prepare: Callable[[Path], Site]
    samples: Callable[[Site], tuple[Command, ...]]
    refused: Callable[[Site], tuple[Command, ...]]
    condition: Callable[[Site, Command], object]
    observe: Callable[[Site], object] = _whole_tree
    outage: Callable[[Site], AbstractContextManager[None]] = folder_outage
    pass_time: Callable[[Site], None] = _nothing_happens
    clean: Callable[[Path], None] = _leave_it
    secrets: tuple[str, ...] = ()


def trial_of(slug: str) -> Trial:
    """The trial of a connector's folder.

    Raises:
        InternalError: the folder brings none.
    """
    try:
        trial = importlib.import_module(f"{connectors.__name__}.{slug}.trial").TRIAL
    except (ModuleNotFoundError, AttributeError) as error:
        raise InternalError(f"connectors/{slug} has no trial.py that sets TRIAL: {error}") from error
    if not isinstance(trial, Trial):
        raise InternalError(f"connectors/{slug}: TRIAL is a {type(trial).__name__}, not a Trial")
    return trial
