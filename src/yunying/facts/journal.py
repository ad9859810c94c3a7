"""The journal: what a writer has written to disk and is about to publish. After a crash the next writer finishes it.

Rolling forward, never back: the files that a journal names are whole and on the disk before the journal exists, and
every later step can be repeated, so finishing is always possible and needs no choice.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from yunying.facts.delta import DataFile
from yunying.facts.durable import fsync_file, write_durably
from yunying.kernel.errors import OperatorError


@dataclass(frozen=True)
class TableChange:
    """The files that one table gains and loses."""

    add: tuple[DataFile, ...]
    remove: tuple[DataFile, ...]


@dataclass(frozen=True)
class JournalEntry:
    """One batch on its way: enough to append it to every table, publish it, and say what it did."""

    source: str
    number: int
    store: str
    at_ms: int
    data_change: bool
    changes: Mapping[str, TableChange]
    outcome: Mapping[str, object]


def journal_write(root: Path, entry: JournalEntry) -> None:
    """Record the batch so that it survives a power cut; from here on it will be published."""
    write_durably(_path(root), json.dumps(asdict(entry), ensure_ascii=False))


def journal_read(root: Path) -> JournalEntry | None:
    """The batch that a writer left unfinished, if any.

    Raises:
        OperatorError: the journal is damaged.
    """
    path = _path(root)
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        changes = {
            name: TableChange(
                tuple(DataFile(**file) for file in change["add"]), tuple(DataFile(**file) for file in change["remove"])
            )
            for name, change in data.pop("changes").items()
        }
        return JournalEntry(changes=changes, **data)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # It is written whole or not at all, so this is a damaged disk or a hand that edited it.
        raise OperatorError(
            "facts-damaged",
            f"{path} is damaged: {error}.",
            "Restore it from a backup; or delete it, then import the last file again.",
        ) from error


def journal_clear(root: Path) -> None:
    """Forget the batch: it is published."""
    _path(root).unlink()
    fsync_file(root)


def _path(root: Path) -> Path:
    return root / "journal.json"
