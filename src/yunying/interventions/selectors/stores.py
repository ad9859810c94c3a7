"""Stores as the desk knows them, and the error for whatever is not in the one that was asked for."""

from datetime import date

from django.utils import timezone

from yunying.interventions.models import Store
from yunying.kernel.errors import OperatorError


class Missing(OperatorError):
    """It is not there, or belongs to another store; which of the two is nobody's business."""

    def __init__(self, what: str) -> None:
        super().__init__("not-found", f"There is no such {what} in this store.", "Open the list again.")


def stores_all() -> list[Store]:
    """Every store, by title."""
    return list(Store.objects.order_by("title", "slug"))


def store_day(store: Store) -> date:
    """The day on which the store's facts stand; before the first plan, the calendar's."""
    return store.today_date or timezone.now().date()
