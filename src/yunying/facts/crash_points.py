"""Named points at which a test may kill the writer, to show that nothing is lost, doubled or half seen.

A test sets ``YUNYING_DEBUG=1`` and ``YUNYING_CRASH_AT=<point>`` or ``<point>:<table>``; the process then dies there by
SIGKILL. Without ``YUNYING_DEBUG`` the points do nothing.
"""

import os
import signal

CRASH_POINTS = (
    "files-written",
    "journal-written",
    "before-append",
    "after-append",
    "after-append-synced",
    "before-publish",
    "after-publish",
    "journal-cleared",
)


def reach(point: str, table: str = "") -> None:
    """Die here if a test asked for it.

    Raises:
        ValueError: the point is not in CRASH_POINTS.
    """
    if point not in CRASH_POINTS:
        raise ValueError(f"unknown crash point {point!r}")
    if os.environ.get("YUNYING_DEBUG") != "1":
        return
    if os.environ.get("YUNYING_CRASH_AT") in (point, f"{point}:{table}"):
        os.kill(os.getpid(), signal.SIGKILL)
