"""Where processes of a race wait for each other, so that an unlucky order of their steps is certain.

A control that only sleeps between its look and its write makes the order likely; on a busy machine the others may come
late all the same, and the control finds nothing. Processes that share ``YUNYING_HOME`` meet in a folder of it.
"""

import os
import time
from pathlib import Path

PATIENCE_SECONDS = 60.0
NEAR = 10
"""So many places before an end, of eight processes at least one sees that it is near."""


def came(name: str) -> None:
    """Tell the others that this process has come to a point."""
    folder = _folder(name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(os.getpid())).touch()


def awaited(name: str, count: int = 1, patience_seconds: float = PATIENCE_SECONDS) -> bool:
    """Wait until so many processes came to a point; whether they did before the patience ended."""
    until = time.monotonic() + patience_seconds
    while not has_come(name, count):
        if time.monotonic() > until:
            return False
        time.sleep(0.002)
    return True


def has_come(name: str, count: int = 1) -> bool:
    """Whether so many processes have come to a point."""
    folder = _folder(name)
    return folder.is_dir() and sum(1 for _ in folder.iterdir()) >= count


def met(name: str, count: int = 2) -> bool:
    """Come to a point, and wait there for others; whether so many came."""
    came(name)
    return awaited(name, count)


def late_at(name: str, gone: str) -> None:
    """Hold the first process that comes to a point until another one has come to ``gone``.

    A control's first process that sees the end of something near so writes when the others have used it up.
    """
    folder = _folder(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        return
    awaited(gone)


def _folder(name: str) -> Path:
    return Path(os.environ["YUNYING_HOME"]) / "meetings" / name
