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


def page_of(rows: QuerySet[Any], wanted: str | None, *, one_pass: bool = False) -> Page:
    """The page that was asked for; a number beyond the end gives the last one.

    The ids of the page are found first, which an index answers alone, and their rows then: a page far down the list
    does not read all the rows before it.

    Args:
        one_pass: read the ids of everything once instead of counting first, where no index answers the filter.
    """
    ids = rows.values_list("pk", flat=True)
    every = list(ids) if one_pass else None
    count = rows.order_by().count() if every is None else len(every)
    last = max(1, -(-count // SIZE))
    number = int(wanted) if wanted and wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 1
    number = min(max(number, 1), last)
    span = slice((number - 1) * SIZE, number * SIZE)
    chosen = list(ids[span]) if every is None else every[span]
    found = rows.model._default_manager.none() if not chosen else rows.order_by().filter(pk__in=chosen)
    by_id = {row.pk: row for row in found}
    return Page([by_id[pk] for pk in chosen if pk in by_id], number, count)
