"""A portal to try out."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from yunying.portal.news.models import ArticlePage
from yunying.portal.news.sample import portal_sample


class Command(BaseCommand):
    help = "Open a portal with columns, sixty made-up articles in two languages, and drawn pictures."

    def handle(self, *args: object, **options: object) -> None:
        portal_sample("system", timezone.now())
        self.stdout.write(f"The portal has {ArticlePage.objects.live().count()} articles.")
