"""Who works in a shop."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from yunying.accounts.people import person_named
from yunying.kernel.errors import OperatorError
from yunying.portal.policy import ROLES, role_set
from yunying.portal.shop.models import Shop


class Command(BaseCommand):
    help = "Give somebody a role in a shop, or take it away: shop_staff teahouse manager chen"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shop")
        parser.add_argument("role", choices=sorted(ROLES))
        parser.add_argument("person")
        parser.add_argument("--end", action="store_true", help="take the role away")

    def handle(self, *args: object, **options: object) -> None:
        shop = Shop.objects.filter(slug=options["shop"]).first()
        if shop is None:
            raise CommandError(f"There is no shop {options['shop']}.")
        try:
            role_set(person_named(str(options["person"])), str(options["role"]), shop, "system",
                     holds=not options["end"])  # fmt: skip
        except OperatorError as error:
            raise CommandError(str(error)) from error
