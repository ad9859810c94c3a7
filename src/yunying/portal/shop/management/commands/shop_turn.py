"""One turn of the shop's own work; run it every minute."""

from datetime import timedelta

from django.utils import timezone

from yunying.portal.shop.catalogue_edit import lowest_sweep
from yunying.portal.shop.catalogue_version import changes_forget
from yunying.portal.shop.facts.stock import days_close
from yunying.portal.shop.holds import books_check
from yunying.portal.shop.invoices import invoices_sweep
from yunying.portal.shop.list_counts import lists_count
from yunying.portal.shop.messages import messages_send
from yunying.portal.shop.models import Shop
from yunying.portal.shop.payments import payments_sweep
from yunying.portal.shop.refunds import refunds_sweep
from yunying.portal.turns import TurnCommand

LOOK_BACK = timedelta(hours=1)
"""Prices that began within this span are taken into lists; a turn that comes late misses none."""


class Command(TurnCommand):
    help = "End orders whose time is over, send refunds and messages, close days, and check that the books agree."

    def turn(self) -> bool:
        """Do it once; whether the books of any shop disagree."""
        now = timezone.now()
        shops = list(Shop.objects.order_by("pk"))
        # First of all, so that nothing is sent on the word of books that disagree.
        problems = [f"{shop.slug}: {problem}" for shop in shops for problem in books_check(shop, now)]
        self.stdout.write(
            f"{payments_sweep(now)} orders ended, {refunds_sweep(now)} refunds and {messages_send(now)} messages sent, "
            f"{invoices_sweep(now)} invoices written, {lowest_sweep(now, now - LOOK_BACK)} products priced."
        )
        for shop in shops:
            days_close(shop, now)
            lists_count(shop, now)
        changes_forget(now)
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            self.stderr.write("Money is held in these shops until their books agree.")
        return bool(problems)

    def handled(self, first: bool) -> None:
        if first:
            raise SystemExit(1)
