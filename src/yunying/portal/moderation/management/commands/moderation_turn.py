"""One turn of moderation's own work: learn from decisions, forget old counts; run it every few minutes."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from yunying.portal.moderation.learning import model_refit
from yunying.portal.moderation.rates import rates_forget
from yunying.portal.shop.models import Shop


class Command(BaseCommand):
    help = "Learn from the decisions that people made, and forget counts that are over."

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        learned = [
            slug for slug in Shop.objects.order_by("pk").values_list("slug", flat=True) if model_refit(slug, now)
        ]
        self.stdout.write(f"Learned for {', '.join(learned) or 'none'}; {rates_forget(now)} counts forgotten.")
