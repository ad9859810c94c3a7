"""One look at what the portal shows; run it every two minutes."""

import time

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from yunying.kernel.errors import OperatorError
from yunying.portal.news.articles import home_page
from yunying.portal.watch.turn import is_begun, watch_begin, watch_turn


class Command(BaseCommand):
    help = "Compare what the portal shows with what its editors published, and raise an alarm where it differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with so many seconds between turns")
        parser.add_argument("--begin", action="store_true", help="if the watch was never begun, begin it now")

    def handle(self, *args: object, **options: object) -> None:
        every, begins = options.get("every"), bool(options.get("begin"))
        if not isinstance(every, int) or every <= 0:
            try:
                self._turn(begins=begins)
            except OperatorError as error:
                raise CommandError(str(error)) from error
            return
        while True:
            try:
                self._turn(begins=begins)
            except Exception as error:  # a watch that ends by an error is what somebody may have wanted
                self.stderr.write(f"This turn was cut off: {type(error).__name__}: {error}")
            close_old_connections()
            time.sleep(every)

    def _turn(self, *, begins: bool) -> None:
        if begins and home_page() is not None and not is_begun():
            watch_begin(timezone.now(), "system")
        done = watch_turn(timezone.now())
        self.stdout.write(f"Looked at {done.looked} of {done.pages} pages, {done.confirmed} new alarms.")
