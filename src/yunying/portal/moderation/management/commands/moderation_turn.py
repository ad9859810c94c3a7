"""One turn of moderation's own work: learn from decisions, forget old counts; run it every few minutes."""

import time

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from yunying.portal.moderation.learning import model_refit
from yunying.portal.moderation.rates import rates_forget
from yunying.portal.shop.models import Shop


class Command(BaseCommand):
    help = "Learn from the decisions that people made, and forget counts that are over."

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
                # What was not learned now is learned by the next turn.
                self.stderr.write(f"This turn was cut off: {error}")

    def _turn(self) -> None:
        now = timezone.now()
        slugs = Shop.objects.order_by("pk").values_list("slug", flat=True)
        learned = [slug for slug in slugs if model_refit(slug, now)]
        if learned:
            self.stdout.write(f"Learned for {', '.join(learned)}.")
        rates_forget(now)
