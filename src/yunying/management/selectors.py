"""What waits for somebody, and what is said about an intervention; all of it within the active scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from yunying.accounts.people import Person
from yunying.interventions.selectors.interventions import RANK, decidable_of
from yunying.interventions.selectors.seen import seen_of
from yunying.management.models import Comment, Mention, Task

MOST_ROWS = 100


@dataclass(frozen=True)
class Waiting:
    """One person's inbox in a store."""

    tasks: Sequence[Task]
    given: Sequence[Task]
    mentions: Sequence[Mention]
    proposals: Sequence[Any]
    proposals_count: int


def waiting_for(store: str, person: Person) -> Waiting:
    """The tasks that he has and that he gave, where he is named, and what he may decide."""
    tasks = tasks_of(store).filter(state="open")
    mine = tasks.filter(owner=person).order_by("due_date", "id")
    given = tasks.filter(giver=person).exclude(owner=person).order_by("due_date", "id")
    mentions = Mention.objects.filter(person=person, comment__store=store, comment__intervention__in=seen_of(store))
    mentions = mentions.select_related("comment__author", "comment__intervention").order_by("-pk")
    proposals = decidable_of(store)
    return Waiting(
        list(mine[:MOST_ROWS]), list(given[:MOST_ROWS]), list(mentions[:30]),
        list(proposals.order_by(*RANK)[:10]), proposals.count(),
    )  # fmt: skip


def unread_count(store: str, person: Person) -> int:
    """How many tasks and mentions the person has not seen yet: one query."""
    tasks = Task.objects.filter(store=store, owner=person, state="open", is_seen=False)
    mentions = Mention.objects.filter(person=person, read_at=None, comment__store=store)
    counts = tasks.order_by().values("store").annotate(n=Count("pk")).values_list("n")
    other = mentions.order_by().values("comment__store").annotate(n=Count("pk")).values_list("n")
    return sum(row[0] for row in counts.union(other, all=True))


def tasks_of(store: str) -> QuerySet[Task]:
    """A store's tasks, as far as the scope sees what they are about."""
    seen = Q(intervention__isnull=True) | Q(intervention__in=seen_of(store))
    return Task.objects.filter(seen, store=store).select_related("intervention", "owner", "giver")


def said_about(store: str, intervention: int) -> Mapping[str, Any]:
    """Tasks and comments on an intervention that was found within the scope already."""
    tasks = Task.objects.filter(store=store, intervention=intervention).select_related("owner", "giver", "intervention")
    comments = Comment.objects.filter(store=store, intervention=intervention).select_related("author")
    return {"tasks": list(tasks.order_by("-pk")[:50]), "comments": list(comments.order_by("-pk")[:100])[::-1]}
