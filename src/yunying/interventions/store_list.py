"""The stores that the desk knows."""

from yunying.interventions.models import Store


def stores_of_the_desk() -> list[Store]:
    """All of them, by id."""
    return list(Store.objects.order_by("slug"))
