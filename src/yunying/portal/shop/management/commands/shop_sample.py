"""A small shop to try out, with made-up goods."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.portal.shop.models import Shop
from yunying.portal.shop.sample import COUPON, sample_open


class Command(BaseCommand):
    help = f"Open a shop named teahouse with made-up goods, two ways to ship and the coupon {COUPON}."

    def handle(self, *args: object, **options: object) -> None:
        database_ready()
        if Shop.objects.filter(slug="teahouse").exists():
            raise CommandError("There is a shop named teahouse already.")
        sample_open("teahouse", timezone.now())
        self.stdout.write("The shop is at /shop/teahouse/")
