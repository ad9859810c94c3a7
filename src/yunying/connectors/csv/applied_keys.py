"""The record of what was applied: which key, which command, which receipt, onto which sheet. The sheets follow from it.

The journal is the truth; here stands what must be found quickly in it. One index is kept for each folder and read on
from where it stood, so that the thousandth command costs as much as the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from yunying.connectors.csv.subjects import released_by, subject_of
from yunying.connectors.journal import START, Journal
from yunying.connectors.receipt_form import receipt_from
from yunying.kernel.command import Command, Value
from yunying.kernel.errors import OperatorError
from yunying.kernel.json_form import from_plain, to_plain
from yunying.kernel.receipt import Receipt

Params = dict[str, Value | tuple[Mapping[str, Value], ...]]
JOURNAL_NAME = "applied.jsonl"
_ENTRIES_AT_HAND = 512


@dataclass(frozen=True)
class Applied:
    """One applied command.

    Args:
        sheet: the path of its sheet below the site's folder, without an ending.
        date: the store-local day, as ISO text; ``first_line``: of a purchase order, the number of its first line.
        titles: names of its products, as far as they were known.
        before: what was in force for the same subject until then, None where the record knows nothing.
    """

    key: str
    command: Command
    receipt: Receipt
    sheet: str
    date: str
    currency: str
    language: str
    first_line: int
    titles: Mapping[str, str]
    before: Params | None


@dataclass
class _Index:
    """Where things stand in the journal, by the byte at which a line begins."""

    by_key: dict[str, int] = field(default_factory=dict)
    by_sheet: dict[str, list[int]] = field(default_factory=dict)
    sheet_names: dict[str, str] = field(default_factory=dict)
    in_force: dict[str, Params] = field(default_factory=dict)
    purchases: dict[str, tuple[str, int]] = field(default_factory=dict)


class AppliedKeys:
    """The record of one folder; only the holder of the site's lock may add to it."""

    def __init__(self, folder: Path) -> None:
        self._journal = Journal(folder / JOURNAL_NAME)
        self._place, self._index = START, _Index()
        self._inode = 0
        # A day's sheet is written anew with each of its commands; those of the day before last are not asked for again.
        self._at = lru_cache(maxsize=_ENTRIES_AT_HAND)(self._read_at)

    def catch_up(self) -> None:
        """Read what was added since; from the start if the file is another one."""
        inode = self._journal.path.stat().st_ino if self._journal.path.exists() else 0
        if inode != self._inode:
            self._place, self._index, self._inode = START, _Index(), inode
            self._at.cache_clear()
        for place, entry in self._journal.read(self._place):
            self._enter(self._place.offset, _applied_from(entry))
            self._place = place

    def find(self, key: str) -> Applied | None:
        """What was applied under a key."""
        start = self._index.by_key.get(key)
        return None if start is None else self._at(start)

    def add(self, applied: Applied) -> None:
        """Record one command for good."""
        start = self._place.offset
        self._place = self._journal.append(self._place, to_plain(applied))
        self._inode = self._journal.path.stat().st_ino
        # Entered as it will be read, so that an index that grows equals one that is read.
        self._enter(start, self._at(start))

    def of_sheet(self, sheet: str) -> list[Applied]:
        """All that belongs onto a sheet, in the order in which it was applied."""
        return [self._at(start) for start in self._index.by_sheet.get(sheet, ())]

    def sheet_owner(self, sheet: str) -> str | None:
        """Whose sheet has that name, letters large or small: a supplier's key; None while nobody has it."""
        return self._index.sheet_names.get(sheet.casefold())

    def in_force(self, command: Command) -> Params | None:
        """The parameters last applied to the command's subject and not taken back; None where nothing is known."""
        return self._index.in_force.get(subject_of(command))

    def purchase(self, reference: str) -> tuple[str, int] | None:
        """The supplier of a purchase order's number and how many lines it has so far."""
        return self._index.purchases.get(reference)

    def _read_at(self, start: int) -> Applied:
        return _applied_from(self._journal.read_one(start))

    def _enter(self, start: int, applied: Applied) -> None:
        index, command = self._index, applied.command
        if applied.key in index.by_key:
            raise OperatorError(
                "journal-damaged",
                f"{self._journal.path} holds the key {applied.key!r} twice.",
                "Restore it from a backup; it is the only record of what was applied.",
            )
        index.by_key[applied.key] = start
        index.by_sheet.setdefault(applied.sheet, []).append(start)
        index.sheet_names.setdefault(applied.sheet.casefold(), sheet_owner_of(command))
        if command.kind == "purchase_order":
            rows = command.params["lines"]
            count = len(rows) if isinstance(rows, tuple) else 0
            supplier = str(command.params.get("supplier") or "")
            index.purchases[applied.receipt.reference] = (supplier, applied.first_line + count - 1)
        elif released_by(command):
            index.in_force.pop(subject_of(command), None)
        elif subject_of(command):
            index.in_force[subject_of(command)] = _without_long_texts(command.params)


def sheet_owner_of(command: Command) -> str:
    """The supplier of a purchase order; empty for what shares a sheet with all of its kind."""
    return str(command.params.get("supplier") or "") if command.kind == "purchase_order" else ""


@lru_cache(maxsize=16)
def applied_keys(folder: Path) -> AppliedKeys:
    """The record of a folder, one for the whole process."""
    return AppliedKeys(folder)


def _applied_from(plain: Mapping[str, Any]) -> Applied:
    read: dict[str, Any] = {**plain, "receipt": receipt_from(plain["receipt"])}
    return Applied(**{**read, "command": from_plain(Command, plain["command"])})


def _without_long_texts(params: Mapping[str, Any]) -> Params:
    # Products of a promotion are not needed to stop it either.
    return {name: value for name, value in params.items() if name not in ("body", "products")}
