"""The command of a room's own work, done once or every so many seconds."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections


class TurnCommand(BaseCommand):
    """A turn that is done once, or again and again; what a turn leaves undone, the next one does."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with so many seconds between turns")

    def turn(self) -> Any:
        """Do it once; what it returns of the first turn is ``handled``."""
        raise NotImplementedError

    def handle(self, *args: object, **options: object) -> None:
        every = options.get("every")
        first = self.turn()
        while isinstance(every, int) and every > 0:
            close_old_connections()
            time.sleep(every)
            try:
                self.turn()
            except DatabaseError as error:
                # A busy database is no reason to give up.
                self.stderr.write(f"This turn was cut off: {error}")
        self.handled(first)

    def handled(self, first: Any) -> None:
        """Called at the end with what the first turn returned."""
