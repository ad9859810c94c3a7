"""One hand at a time on a site's folder: an advisory lock on a file, which the system releases when its holder dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yunying.facts.durable import fsync_file
from yunying.kernel.errors import ConnectorError

LOCK_NAME = ".lock"


@contextmanager
def site_lock(folder: Path, *, patience_seconds: float = 120.0) -> Iterator[None]:
    """Hold the folder's lock, making the folder where it is missing.

    Raises:
        ConnectorError: another process held the lock all that time; the same call may work later.
        OSError: the folder cannot be made.
    """
    folder_make(folder)
    end = time.monotonic() + patience_seconds
    with (folder / LOCK_NAME).open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise ConnectorError(
                        f"Another process has been working on {folder} for {patience_seconds:.0f} seconds.",
                        retryable=True,
                    ) from None
                time.sleep(0.005)
        # Closing the file releases the lock, and so does the death of this process.
        yield


def folder_make(folder: Path) -> None:
    """Make the folder and those above it, each forced to the disk, so that what is later written there stays."""
    if folder.is_dir():
        return
    folder_make(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_file(folder.parent)
