"""The portal of a site."""

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from yunying.portal.news.opening import portal_open


class Command(BaseCommand):
    help = "Open the portal: news_open 'Our Town' --chinese 我们镇"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--chinese", default="", metavar="NAME")

    def handle(self, *args: object, **options: object) -> None:
        portal_open(str(options["name"]), str(options["chinese"]), "system", timezone.now())
        self.stdout.write("The portal stands at / and its editors' desk at /cms/.")
