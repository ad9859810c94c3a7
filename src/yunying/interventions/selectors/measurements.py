"""What was measured, and who is credited for it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, QuerySet, Sum

from yunying.accounts.people import Person
from yunying.interventions.models import Credit, Measurement
from yunying.interventions.selectors.seen import looks_seen


@dataclass(frozen=True)
class PersonCredit:
    """What a person is credited with in a store."""

    name: str
    measurements: int
    interventions: int
    low_minor: int
    mid_minor: int
    high_minor: int


def measurements_of(store: str) -> QuerySet[Measurement]:
    """Every look at a trial or a single intervention, newest first, with its credits."""
    people = Prefetch("credits", Credit.objects.select_related("person"))
    rows = looks_seen(store).select_related("trial", "intervention")
    return rows.prefetch_related(people).order_by("-as_of", "-id")


def measured_since(store: str, day: date) -> int:
    """How many final measurements were made since a day."""
    return looks_seen(store).filter(is_final=True, as_of__gte=day).count()


def credits_by_person(store: str) -> list[PersonCredit]:
    """Everything that people are credited with, the most first."""
    seen = looks_seen(store).filter(is_final=True)
    rows = Credit.objects.filter(measurement__in=seen).values("person").annotate(
        measurements=Count("measurement"), number=Sum("interventions"), low=Sum("low_minor"), mid=Sum("mid_minor"),
        high=Sum("high_minor"),
    )  # fmt: skip
    rows = list(rows.order_by("-mid"))
    names = {each.pk: each.get_full_name() or each.username for each in Person.objects.filter(
        pk__in=[row["person"] for row in rows])}  # fmt: skip
    return [
        PersonCredit(names[row["person"]], row["measurements"], row["number"], row["low"], row["mid"], row["high"])
        for row in rows
    ]
