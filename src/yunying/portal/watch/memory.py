"""What the watch keeps outside the database: the digests of files, and how far each seal had come.

A database that is put back to an older state, or from which a seal was deleted with its row, looks sound by itself.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from yunying.kernel.errors import OperatorError
from yunying.portal.watch.seals import code_of

NAME = "memory.json"


@dataclass(frozen=True)
class Memory:
    """Digests of the program's files by their path, and of each seal its number and code."""

    files: Mapping[str, str] = field(default_factory=dict)
    seals: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def memory_read() -> Memory | None:
    """What was kept; None where nothing was ever.

    Raises:
        OperatorError: it was altered by somebody who does not have the site's key.
    """
    try:
        kept = json.loads((Path(settings.WATCH_HOME) / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise _altered() from error
    if kept.get("code") != code_of("memory", kept.get("files"), kept.get("seals")):
        raise _altered()
    return Memory(kept["files"], {subject: (number, code) for subject, (number, code) in kept["seals"].items()})


def memory_is_kept() -> bool:
    """Whether there is a memory, sound or not."""
    return (Path(settings.WATCH_HOME) / NAME).exists()


def memory_write(memory: Memory) -> None:
    """Keep it, whole or not at all."""
    files, seals = dict(memory.files), {subject: list(each) for subject, each in memory.seals.items()}
    text = json.dumps({"files": files, "seals": seals, "code": code_of("memory", files, seals)})
    folder = Path(settings.WATCH_HOME)
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f"{NAME}.{os.getpid()}"
    with beside.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(folder / NAME)


def _altered() -> OperatorError:
    return OperatorError("watch-memory", "What the watch kept was altered.", "Look at the site, then run watch_begin.")
