"""One writer at a time: an advisory lock on a file, which the system releases when its holder dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yunying.kernel.errors import OperatorError


@contextmanager
def writer_lock(root: Path, *, patience_seconds: float = 600.0) -> Iterator[None]:
    """Hold the facts' writer lock, waiting for another writer at most ``patience_seconds``.

    Raises:
        OperatorError: another writer held the lock all that time.
    """
    root.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + patience_seconds
    with (root / ".writer.lock").open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise OperatorError(
                        "facts-busy",
                        f"Another import has been writing to {root} for {patience_seconds:.0f} seconds.",
                        "Wait until it has finished, then try again.",
                    ) from None
                time.sleep(0.05)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
