"""Tasks: given, handed over, done, and returned to whoever gave them when their owner no longer covers them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.interventions.rights import deed_check
from yunying.interventions.selectors.stores import Missing
from yunying.kernel.errors import OperatorError
from yunying.management.covering import people_offered, person_covering, piece_about, seen_row
from yunying.management.models import Task
from yunying.org.active import scope_of_the_program

MOST_OPEN = 2_000
"""Open tasks of one store; beyond that nobody reads them."""


def task_give(
    store: str,
    title: str,
    owner: int,
    actor: Person,
    *,
    intervention: int | None = None,
    due_date: date | None = None,
    note: str = "",
) -> Task:
    """Give somebody something to do.

    Raises:
        OperatorError: the actor may not, the title is empty, or the owner's scope does not cover it.
    """
    row = seen_row(store, intervention)
    deed_check(actor, "propose", store, None if row is None else piece_about(row))
    if not title.strip():
        raise OperatorError("no-title", "The task does not say what to do.", "Give it a title.")
    person, now = person_covering(store, row, owner), timezone.now()
    if Task.objects.filter(store=store, state="open").count() >= MOST_OPEN:
        raise OperatorError("too-many", f"The store has {MOST_OPEN} open tasks.", "Do or end some first.")
    with transaction.atomic():
        task = Task.objects.create(
            store=store, intervention=row, title=title.strip()[:200], owner=person, giver=actor, due_date=due_date,
            note=note.strip()[:500], is_seen=person.pk == actor.pk, given_at=now, changed_at=now,
        )  # fmt: skip
        _tell(task, actor, now, "task_give", {}, {"title": task.title, "owner": person.get_username(),
                                                  "due_date": str(due_date or "")}, task.note)  # fmt: skip
    return task


def task_hand_over(
    store: str, number: int, to: int, actor: Person, *, revision: int | None = None, note: str = ""
) -> Task:
    """Hand a task to somebody else; of several at once one is done.

    Args:
        revision: the one that was looked at; None for whatever it is.

    Raises:
        OperatorError: it is not there, done, changed meanwhile, not the actor's to hand over, or not the new owner's
            to see.
    """
    task = task_seen(store, number)
    _own_check(task, actor)
    person = person_covering(store, task.intervention, to)
    fields = {"owner": person, "is_seen": person.pk == actor.pk, "is_returned": False, "note": note.strip()[:500]}
    before, after = {"owner": task.owner.get_username()}, {"owner": person.get_username()}
    return _change(task, actor, "task_hand_over", fields, before, after, revision=revision, reason=note[:500])


def task_done(store: str, number: int, actor: Person, *, revision: int | None = None) -> Task:
    """Say that a task is done.

    Raises:
        OperatorError: it is not there, done already, changed meanwhile, or not the actor's.
    """
    task = task_seen(store, number)
    _own_check(task, actor)
    fields = {"state": "done", "done_at": timezone.now(), "is_seen": True}
    return _change(task, actor, "task_done", fields, {"state": "open"}, {"state": "done"}, revision=revision)


def task_seen(store: str, number: int) -> Task:
    """A task that the active scope covers.

    Raises:
        Missing: it is not in the store, or on an intervention that is not in the scope.
    """
    rows = Task.objects.select_related("intervention", "owner", "giver").filter(store=store, pk=number)
    task = rows.first()
    if task is None:
        raise Missing("task")
    seen_row(store, task.intervention_id)
    return task


def tasks_looked_at(store: str, person: Person) -> None:
    """The person has seen the tasks that wait for him."""
    Task.objects.filter(store=store, owner=person, state="open", is_seen=False).update(is_seen=True)


def tasks_return(store: str) -> int:
    """Give tasks back to their giver where the owner's scope no longer covers them; returns how many."""
    count = 0
    rows = Task.objects.select_related("intervention", "owner", "giver").filter(store=store, state="open")
    covering: dict[tuple[str, ...], set[int]] = {}
    with scope_of_the_program():
        for task in rows.order_by("pk"):
            about = None if task.intervention is None else piece_about(task.intervention)
            key = () if about is None else (about.practice, about.category, about.channel, about.style)
            if key not in covering:
                covering[key] = {each.pk for each in people_offered(store, task.intervention)}
            # Where the giver went too, it stays: somebody who leads the store sees it in the list of all.
            if task.owner_id in covering[key] or task.giver_id not in covering[key]:
                continue
            fields = {"owner": task.giver, "is_seen": False, "is_returned": True}
            before, after = {"owner": task.owner.get_username()}, {"owner": task.giver.get_username()}
            _change(task, None, "task_return", fields, before, after, revision=task.revision)
            count += 1
    return count


def _own_check(task: Task, actor: Person) -> None:
    """Whoever has it, gave it, or leads the people of the store; of what is about a part, of that part."""
    piece = None if task.intervention is None else piece_about(task.intervention)
    deed_check(actor, "propose" if actor.pk in (task.owner_id, task.giver_id) else "people", task.store, piece)


def _change(
    task: Task, actor: Person | None, action: str, fields: Mapping[str, Any], before: Mapping[str, Any],
    after: Mapping[str, Any], *, revision: int | None, reason: str = "",
) -> Task:  # fmt: skip
    """Change an open task as it was read, by one conditional update."""
    if task.state != "open":
        raise OperatorError("is-done", "The task is done already.", "Open the list again.")
    seen, now = task.revision if revision is None else revision, timezone.now()
    with transaction.atomic():
        rows = Task.objects.filter(pk=task.pk, state="open", revision=seen)
        if rows.update(revision=seen + 1, changed_at=now, **fields) != 1:
            raise OperatorError("changed", "The task changed while you were deciding.", "Look at it again.")
        _tell(task, actor, now, action, before, after, reason)
    for name, value in {**fields, "revision": seen + 1, "changed_at": now}.items():
        setattr(task, name, value)
    return task


def _tell(
    task: Task, actor: Person | None, now: datetime, action: str, before: Mapping[str, Any], after: Mapping[str, Any],
    reason: str = "",
) -> None:  # fmt: skip
    name = actor.get_username() if actor else "system"
    audit_record(task.store, name, now, [Change(action, f"task/{task.pk}", reason, before, after)])
