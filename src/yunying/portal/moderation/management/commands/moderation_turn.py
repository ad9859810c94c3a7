"""One turn of moderation's own work: learn from decisions, forget old counts; run it every few minutes."""

from django.utils import timezone

from yunying.portal.moderation.learning import model_refit
from yunying.portal.moderation.rates import rates_forget
from yunying.portal.shop.models import Shop
from yunying.portal.turns import TurnCommand


class Command(TurnCommand):
    help = "Learn from the decisions that people made, and forget counts that are over."

    def turn(self) -> None:
        now = timezone.now()
        slugs = Shop.objects.order_by("pk").values_list("slug", flat=True)
        learned = [slug for slug in slugs if model_refit(slug, now)]
        if learned:
            self.stdout.write(f"Learned for {', '.join(learned)}.")
        rates_forget(now)
