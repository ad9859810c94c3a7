"""Errors say who can act: the operator, nobody but the data's owner, the outside system, or us."""

from collections.abc import Sequence
from dataclasses import dataclass


class YunyingError(Exception):
    """Root of every error that this program raises on purpose."""


class OperatorError(YunyingError):
    """Something the person at the desk can mend.

    Args:
        code: a stable word for programs, such as ``unknown-store``.
        what: one sentence that says what is wrong.
        remedy: one sentence that says what to do about it.
    """

    def __init__(self, code: str, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.code = code
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True)
class RowProblem:
    """One thing wrong with one row: where it is, what is wrong, and what to do.

    ``row`` counts the records of the file from 1, the header not counted; 0 means the file as a whole.
    """

    row: int
    column: str
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"row {self.row}, column {self.column}" if self.row else f"column {self.column}"
        return f"{where}: {self.what} {self.remedy}"


class FactError(YunyingError):
    """Rows that may not become facts.

    Args:
        table: the fact table, or the file, that the rows were meant for.
        problems: every problem found, in the order of the rows; the message shows the first five.
    """

    def __init__(self, table: str, problems: Sequence[RowProblem]) -> None:
        shown = "; ".join(str(problem) for problem in problems[:5])
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        super().__init__(f"{table}: {shown}{more}")
        self.table = table
        self.problems = tuple(problems)


class ConnectorError(YunyingError):
    """An outside system refused or did not answer; ``retryable`` says whether the same call may work later."""

    def __init__(self, what: str, *, retryable: bool) -> None:
        super().__init__(what)
        self.retryable = retryable


class InternalError(YunyingError):
    """A bug of ours: nobody outside can act on it."""
