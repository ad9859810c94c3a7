"""An append-only journal of what was done: one JSON line an entry, forced to the disk, chained by checksums.

A line's check covers the line and the check before it, so a changed, lost or moved line is noticed. A last line that
does not fit was being written when the process or the machine died: nobody was told of it, so it is left out, and the
next append writes over it.
"""

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yunying.connectors.site_lock import folder_make
from yunying.facts.durable import fsync_file
from yunying.kernel.errors import OperatorError

_HEAD = b'{"check":"'
_MIDDLE = b'","entry":'
_CHECK_CHARS = 16


@dataclass(frozen=True)
class Place:
    """The end of a line: the bytes up to it, the number of lines, and the line's check."""

    offset: int = 0
    lines: int = 0
    check: str = ""


START = Place()


class Journal:
    """One file; appending is for the holder of the site's lock, reading is for everybody at any time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, after: Place = START) -> list[tuple[Place, dict[str, Any]]]:
        """Each whole entry behind a place, with the place of its own end.

        Raises:
            OperatorError: a line before the last one is damaged, or the file is shorter than ``after``.
        """
        for patience_seconds in (0.05, 0.5, None):
            found = self._read(after)
            if not isinstance(found, int):
                return found
            if patience_seconds is None:
                raise OperatorError(
                    "journal-damaged",
                    f"{self.path} is damaged at line {found}.",
                    "Restore it from a backup; it is the only record of what was applied.",
                )
            # Who reads without the lock may have met a writer in the act; damage is what stays.
            time.sleep(patience_seconds)
        return []

    def _read(self, after: Place) -> list[tuple[Place, dict[str, Any]]] | int:
        """The entries, or the number of the first line that does not fit."""
        if not self.path.exists():
            return [] if after == START else 1
        found: list[tuple[Place, dict[str, Any]]] = []
        with self.path.open("rb") as handle:
            if handle.seek(0, os.SEEK_END) < after.offset:
                return after.lines
            handle.seek(after.offset)
            lines, place = handle.read().split(b"\n"), after
        # The last piece is what stands behind the last line end: nothing, or a line that was not finished.
        for number, line in enumerate(lines[:-1]):
            body = _body_of(line + b"\n", place.check)
            if body is None:
                is_last = number == len(lines) - 2 and not lines[-1]
                return found if is_last else place.lines + 1
            place = Place(place.offset + len(line) + 1, place.lines + 1, _check(place.check, body))
            found.append((place, json.loads(body)))
        return found

    def read_one(self, start: int) -> dict[str, Any]:
        """The entry whose line begins at a byte, known to be whole."""
        with self.path.open("rb") as handle:
            handle.seek(start)
            line = handle.readline()
        entry: dict[str, Any] = json.loads(line[len(_HEAD) + _CHECK_CHARS + len(_MIDDLE) : -2])
        return entry

    def append(self, after: Place, entry: Mapping[str, object]) -> Place:
        """Write one entry behind ``after``, the end of the last whole line, and force it to the disk."""
        body = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        check = _check(after.check, body)
        line = _HEAD + check.encode() + _MIDDLE + body + b"}\n"
        is_new = not self.path.exists()
        if is_new:
            folder_make(self.path.parent)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(descriptor, after.offset)
            _write_all(descriptor, line, after.offset)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            fsync_file(self.path.parent)
        return Place(after.offset + len(line), after.lines + 1, check)


def _write_all(descriptor: int, line: bytes, offset: int) -> None:
    written = 0
    while written < len(line):
        written += os.pwrite(descriptor, line[written:], offset + written)


def _check(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + body).hexdigest()[:_CHECK_CHARS]


def _body_of(line: bytes, before: str) -> bytes | None:
    """The entry's bytes if the line is whole and follows the check before it."""
    start = len(_HEAD) + _CHECK_CHARS + len(_MIDDLE)
    body = line[start:-2]
    whole = _HEAD + _check(before, body).encode() + _MIDDLE + body + b"}\n"
    return body if line == whole else None
