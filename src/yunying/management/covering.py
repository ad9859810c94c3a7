"""Who may be given something or be named in it: only people whose scope covers it."""

from typing import Any

from django.utils import timezone

from yunying.accounts.people import Person
from yunying.interventions.selectors.interventions import intervention_seen
from yunying.interventions.selectors.stores import Missing
from yunying.org.grants import people_covering
from yunying.org.scope import ANYTHING, Piece


def piece_about(row: Any | None) -> Piece:
    """What a task on an intervention is about, or one on the store as a whole."""
    return ANYTHING if row is None else Piece(row.practice, row.category, row.channel, row.style)


def seen_row(store: str, intervention: int | None) -> Any | None:
    """The intervention, as the active scope sees it.

    Raises:
        Missing: it is not in the store or not in the scope.
    """
    return None if intervention is None else intervention_seen(store, intervention)


def people_offered(store: str, row: Any | None) -> list[Person]:
    """Everybody whose scope covers an intervention, or a part of the store where there is none, by name."""
    return people_covering(store, timezone.now().date(), None if row is None else piece_about(row))


def person_covering(store: str, row: Any | None, number: int) -> Person:
    """The person of that number, if his scope covers it.

    Raises:
        Missing: there is none, or he does not see it; which of the two is nobody's business.
    """
    found = next((each for each in people_offered(store, row) if each.pk == number), None)
    if found is None:
        raise Missing("person")
    return found
