"""Checkpoints: where a world stood after some day, so that opening it need not live its past again.

A checkpoint counts only if it was written by the same code and libraries, for the same beginning, behind the same
journal; otherwise it is as if it were not there. It is a shortcut and never the record.
"""

import hashlib
import json
import pickle
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import yunying
from yunying.connectors.site_lock import folder_make
from yunying.facts.durable import fsync_file
from yunying.sim.book import Book
from yunying.sim.ledger import Ledger
from yunying.sim.state import State

Standing = tuple[State, Book]

_KEPT = 2
_LAW_FOLDERS = ("sim", "kernel", "methods/calendars", "connectors/sim")
_LIBRARIES = ("numpy", "scipy")


class Checkpoints:
    """The checkpoints of one folder.

    Args:
        folder: where they lie, one file for each day; the newest two are kept.
        birth: the digest of how the store began.
    """

    def __init__(self, folder: Path, birth: str) -> None:
        self._folder = folder
        self._birth = birth

    def days(self) -> list[int]:
        """The days after which a checkpoint was written, newest first; whether each counts is not looked at."""
        if not self._folder.is_dir():
            return []
        return sorted((int(path.stem) for path in self._folder.glob("*.standing")), reverse=True)

    def save(self, day: int, check: str, standing: Standing) -> None:
        """Keep where the world stands after ``day`` days, ``check`` being the journal's check of that day."""
        state, book = standing
        body = pickle.dumps((_packed(state), book), protocol=5)
        head = json.dumps({**self._marks(day, check), "body": hashlib.sha256(body).hexdigest()})
        folder_make(self._folder)
        path = self._path(day)
        passing = path.with_suffix(".passing")
        with passing.open("wb") as handle:
            handle.write(head.encode() + b"\n")
            handle.write(body)
        fsync_file(passing)
        passing.replace(path)
        fsync_file(self._folder)
        # One of a later day than now was written behind a journal that is gone.
        kept = [each for each in self.days() if each <= day][:_KEPT]
        for other in set(self.days()) - set(kept):
            self._path(other).unlink(missing_ok=True)

    def load(self, day: int, check: str) -> Standing | None:
        """Where the world stood, or None where no checkpoint of that day counts."""
        try:
            head, _, body = self._path(day).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        marks = {**self._marks(day, check), "body": hashlib.sha256(body).hexdigest()}
        try:
            if json.loads(head) != marks:
                return None
        except ValueError:
            return None
        # The bytes are those that this program wrote, as the digest in the same private folder says.
        state, book = pickle.loads(body)  # noqa: S301
        return _unpacked(state), book

    def _path(self, day: int) -> Path:
        return self._folder / f"{day:06d}.standing"

    def _marks(self, day: int, check: str) -> dict[str, Any]:
        return {"code": law_digest(), "birth": self._birth, "day": day, "check": check}


@cache
def law_digest() -> str:
    """A digest of every source file and library that a simulated day follows from."""
    root = Path(yunying.__file__).parent
    total = hashlib.sha256()
    for folder in _LAW_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".yaml", ".csv") and "tests" not in path.parts:
                total.update(str(path.relative_to(root)).encode())
                total.update(path.read_bytes())
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    total.update(repr([libraries, platform.python_version(), platform.machine()]).encode())
    return total.hexdigest()[:16]


def _packed(state: State) -> State:
    """The same state with each column of the ledger in one array: thousands of small ones are slow to read back."""
    ledger = state.ledger
    packed = Ledger(
        {name: [np.array(days)] for name, days in ledger.columns.items()},
        [np.array(ledger.ad_spend)],
        [np.array(ledger.ad_lift)],
    )
    return _with_ledger(state, packed)


def _unpacked(state: State) -> State:
    ledger = state.ledger
    return _with_ledger(
        state,
        Ledger(
            {name: list(days[0]) for name, days in ledger.columns.items()},
            list(ledger.ad_spend[0]),
            list(ledger.ad_lift[0]),
        ),
    )


def _with_ledger(state: State, ledger: Ledger) -> State:
    twin = object.__new__(State)
    twin.__dict__.update({**state.__dict__, "ledger": ledger})
    return twin
