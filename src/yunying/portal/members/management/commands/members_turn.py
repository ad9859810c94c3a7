"""One turn of the work for members: erase who asked for it and whose days are over, and count levels anew."""

import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from yunying.portal.members.erasing import erasures_due
from yunying.portal.members.levels import standings_count
from yunying.portal.shop.models import Shop


class Command(BaseCommand):
    help = "Erase members whose days are over, strip orders that came through, and count levels."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with so many seconds between turns")

    def handle(self, *args: object, **options: object) -> None:
        every = options.get("every")
        self._turn()
        while isinstance(every, int) and every > 0:
            close_old_connections()
            time.sleep(every)
            try:
                self._turn()
            except DatabaseError as error:
                # Each erasure is whole or not at all, so what was not done now is done by the next turn.
                self.stderr.write(f"This turn was cut off: {error}")

    def _turn(self) -> None:
        now = timezone.now()
        erased = erasures_due(now)
        counted = sum(standings_count(shop, now) for shop in Shop.objects.order_by("pk"))
        if erased or counted:
            self.stdout.write(f"{erased} members erased, {counted} levels counted.")
