"""One turn of the portal's own work; run it every minute."""

import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from yunying.portal.news.turn import news_turn


class Command(BaseCommand):
    help = "Publish articles that are due, take expired ones away, and forget marks of old changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with so many seconds between turns")

    def handle(self, *args: object, **options: object) -> None:
        every = options.get("every")
        news_turn(timezone.now())
        while isinstance(every, int) and every > 0:
            close_old_connections()
            time.sleep(every)
            try:
                news_turn(timezone.now())
            except DatabaseError as error:
                # A busy database is no reason to give up; whatever was left is done by the next turn.
                self.stderr.write(f"This turn was cut off: {error}")
