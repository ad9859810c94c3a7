"""One turn of the work for members: erase who asked for it and whose days are over, and count levels anew."""

from django.utils import timezone

from yunying.portal.members.erasing import erasures_due
from yunying.portal.members.levels import standings_count
from yunying.portal.shop.models import Shop
from yunying.portal.turns import TurnCommand


class Command(TurnCommand):
    help = "Erase members whose days are over, strip orders that came through, and count levels."

    def turn(self) -> None:
        now = timezone.now()
        erased = erasures_due(now)
        counted = sum(standings_count(shop, now) for shop in Shop.objects.order_by("pk"))
        if erased or counted:
            self.stdout.write(f"{erased} members erased, {counted} levels counted.")
