"""Who edits the portal."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from yunying.accounts.people import person_named
from yunying.kernel.errors import OperatorError
from yunying.portal.news.opening import ROLES, editor_set


class Command(BaseCommand):
    help = "Let somebody edit the portal, or not any more: news_staff editor chen"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", choices=sorted(ROLES))
        parser.add_argument("person")
        parser.add_argument("--end", action="store_true", help="take the role away")

    def handle(self, *args: object, **options: object) -> None:
        try:
            editor_set(person_named(str(options["person"])), str(options["role"]), "system", timezone.now(),
                       holds=not options["end"])  # fmt: skip
        except OperatorError as error:
            raise CommandError(str(error)) from error
