"""Pages of a long list: one count, one slice."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

SIZE = 50


@dataclass(frozen=True)
class Page:
    """One page of rows; pages count from 1."""

    rows: list[Any]
    number: int
    count: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.count // SIZE))

    @property
    def previous(self) -> int:
        """The page before, 0 if there is none."""
        return self.number - 1

    @property
    def following(self) -> int:
        """The page after, 0 if there is none."""
        return self.number + 1 if self.number < self.pages else 0

    @property
    def first_row(self) -> int:
        """The number of the first row shown, 0 if there is none."""
        return (self.number - 1) * SIZE + 1 if self.rows else 0

    @property
    def last_row(self) -> int:
        """The number of the last row shown."""
        return (self.number - 1) * SIZE + len(self.rows)


def page_of(rows: QuerySet[Any], wanted: str | None) -> Page:
    """The page that was asked for; a number beyond the end gives the last one."""
    count = rows.count()
    last = max(1, -(-count // SIZE))
    number = int(wanted) if wanted and wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 1
    number = min(max(number, 1), last)
    return Page(list(rows[(number - 1) * SIZE : number * SIZE]), number, count)
