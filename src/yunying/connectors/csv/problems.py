"""Collecting what is wrong with rows while whole columns are read at once."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from yunying.connectors.csv.records import TextColumn
from yunying.kernel.errors import FactError, RowProblem

LISTED = 100
"""An error lists this many problems at most and counts the rest."""


class Problems:
    """The bad rows of one table of records.

    Args:
        row_numbers: int64, shape (rows,): the record number of each row, from 1.
    """

    def __init__(self, row_numbers: NDArray[np.int64]) -> None:
        self._row_numbers = row_numbers
        self._found: dict[int, RowProblem] = {}

    def refuse(self, index: int, column: str, what: str, remedy: str) -> None:
        """Mark the row at this index (from 0) as bad; the first problem of a row is the one that is told."""
        self._found.setdefault(int(index), RowProblem(int(self._row_numbers[index]), column, what, remedy))

    def refuse_all(self, indices: NDArray[np.int64] | Sequence[int], column: str, what: str, remedy: str) -> None:
        """Mark several rows as bad for one reason."""
        for index in indices:
            self.refuse(int(index), column, what, remedy)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def indices(self) -> NDArray[np.int64]:
        """The bad rows' indices, rising."""
        return np.array(sorted(self._found), dtype=np.int64)

    def reason(self, index: int) -> RowProblem | None:
        """What is wrong with the row at this index, if anything."""
        return self._found.get(index)

    def listed(self) -> tuple[RowProblem, ...]:
        """The problems in the order of the rows, at most ``LISTED``, then one that counts the rest."""
        ordered = [self._found[index] for index in sorted(self._found)]
        if len(ordered) <= LISTED:
            return tuple(ordered)
        rest = RowProblem(
            0, "(any)", f"{len(ordered) - LISTED:,} more rows are bad.", "Mend the file, or set bad rows aside."
        )
        return (*ordered[:LISTED], rest)

    def error(self, table: str) -> FactError:
        """The error that refuses the file."""
        return FactError(table, self.listed())


def shown(text: str) -> str:
    """A text as an error quotes it, shortened.

    >>> shown("abc")
    "'abc'"
    """
    return repr(text if len(text) <= 40 else text[:37] + "...")


def refuse_texts(column: TextColumn, complaint: Callable[[str], str], problems: Problems, remedy: str) -> None:
    """Mark the rows whose text gives a complaint (an empty one means none); each distinct text is asked once."""
    bad = {place: found for place, text in enumerate(column.texts) if (found := complaint(text))}
    refuse_places(column, bad, problems, remedy)


def refuse_places(column: TextColumn, bad: Mapping[int, str], problems: Problems, remedy: str) -> None:
    """Mark the rows that hold one of the bad distinct texts, given by their places in ``column.texts``."""
    if not bad:
        return
    flags = np.zeros(len(column.texts), dtype=bool)
    flags[list(bad)] = True
    for index in np.flatnonzero(column.flags(flags)):
        problems.refuse(int(index), column.header, bad[int(column.codes[index])], remedy)
