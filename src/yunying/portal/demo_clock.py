"""A clock that stands in the past, for making a shop's past; only the process that makes it has such a clock.

There is no setting for it: a shop that is served to people has the clock of its machine, always.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils import timezone


class PastClock:
    """A moment that only goes forward."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move(self, to: datetime) -> None:
        """Go on to a moment; an earlier one changes nothing."""
        self.moment = max(self.moment, to)


@contextmanager
def past_clock(clock: PastClock) -> Iterator[None]:
    """Let every service of this process that asks Django for the moment be told this one."""
    # All of the portal asks by this one name, so pages, sessions and rows of one request agree.
    module: Any = timezone
    real = module.now
    module.now = clock
    try:
        yield
    finally:
        module.now = real
