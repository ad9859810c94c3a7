"""One look at what the portal shows; run it every two minutes."""

import time

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from yunying.kernel.errors import OperatorError
from yunying.portal.watch.turn import is_begun, watch_begin, watch_turn


class Command(BaseCommand):
    help = "Compare what the portal shows with what its editors published, and raise an alarm where it differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with so many seconds between turns")
        parser.add_argument("--begin", action="store_true", help="if the watch was never begun, begin it now")

    def handle(self, *args: object, **options: object) -> None:
        every = options.get("every")
        try:
            if options.get("begin") and not is_begun():
                watch_begin(timezone.now(), "system")
            self._turn()
        except OperatorError as error:
            if not every:
                raise CommandError(str(error)) from error
            self.stderr.write(str(error))
        while isinstance(every, int) and every > 0:
            close_old_connections()
            time.sleep(every)
            try:
                self._turn()
            except (DatabaseError, OperatorError) as error:
                # A busy database is no reason to give up; the next turn looks at what this one did not.
                self.stderr.write(f"This turn was cut off: {error}")

    def _turn(self) -> None:
        done = watch_turn(timezone.now())
        self.stdout.write(f"Looked at {done.looked} of {done.pages} pages, {done.confirmed} new alarms.")
