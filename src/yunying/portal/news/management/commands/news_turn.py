"""One turn of the portal's own work; run it every minute."""

from django.utils import timezone

from yunying.portal.news.turn import news_turn
from yunying.portal.turns import TurnCommand


class Command(TurnCommand):
    help = "Publish articles that are due, take expired ones away, and forget marks of old changes."

    def turn(self) -> None:
        news_turn(timezone.now())
