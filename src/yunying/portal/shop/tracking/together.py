"""What requests write at the same moment is kept by one transaction, as databases commit in groups.

On SQLite a commit waits for the disk and one process writes at a time, so pages that each commit alone are bounded by
some fifty a second. Each request still waits until its own rows are kept.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from yunying.kernel.errors import InternalError

Item = TypeVar("Item")


@dataclass(eq=False)
class _Place(Generic[Item]):
    item: Item
    is_done: bool = False
    error: Exception | None = None


class Together(Generic[Item]):
    """Writes items of several threads by few calls; one thread at a time writes, for all who came meanwhile.

    Args:
        write: keeps items, all or none of them.
    """

    def __init__(self, write: Callable[[Sequence[Item]], None]) -> None:
        self._write = write
        self._change = threading.Condition()
        self._waiting: list[_Place[Item]] = []
        self._is_writing = False

    def keep(self, item: Item) -> None:
        """Return when the item is kept.

        Raises:
            Exception: what writing this item alone raised; what fails with others is tried alone.
        """
        mine = _Place(item)
        with self._change:
            self._waiting.append(mine)
            self._change.wait_for(lambda: mine.is_done or not self._is_writing)
            taken: list[_Place[Item]] = []
            if not mine.is_done:
                taken, self._waiting, self._is_writing = self._waiting, [], True
        if taken:
            try:
                self._write_all(taken)
            finally:
                with self._change:
                    for each in taken:
                        # Only where the thread itself was stopped in between.
                        each.error = each.error if each.is_done else InternalError("writing was broken off")
                        each.is_done = True
                    self._is_writing = False
                    self._change.notify_all()
        if mine.error is not None:
            raise mine.error

    def _write_all(self, taken: Sequence[_Place[Item]]) -> None:
        try:
            self._write([each.item for each in taken])
        except Exception as error:
            if len(taken) > 1:
                for each in taken:
                    self._write_all([each])
                return
            taken[0].error = error
        for each in taken:
            each.is_done = True
