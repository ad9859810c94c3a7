"""One of several that hand one task over at once: hand_over_child.py fill | sums | [naive] hand TASK FIRST."""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import connection
from django.db.models import QuerySet

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make, person_named
from yunying.audit.models import AuditEntry
from yunying.interventions.desk_facts import store_save
from yunying.kernel.errors import OperatorError
from yunying.kernel.tests.meeting import met
from yunying.management import tasks
from yunying.management.models import Task
from yunying.org.active import scope_of_the_program

GOOD = "a long enough phrase"


def fill() -> dict:
    database_ready()
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai")
    lead = person_make("lead", GOOD)
    people = [person_make(f"p{number}", GOOD) for number in range(6)]
    with scope_of_the_program():
        task = tasks.task_give("shop", "look", lead.pk, lead)
    return {"task": task.pk, "people": [each.pk for each in people]}


def hand(number: str, to: str) -> dict:
    with scope_of_the_program():
        try:
            tasks.task_hand_over("shop", int(number), int(to) + os.getpid() % 6, person_named("lead"), revision=1)
        except OperatorError as error:
            return {"done": False, "code": error.code}
    return {"done": True}


def sums() -> dict:
    return {"told": AuditEntry.objects.filter(action="task_hand_over").count(), "revision": Task.objects.get().revision}


def protection_off() -> None:
    """Read what is there, think, write it: the update does not ask again what the row says."""
    plain = QuerySet.update

    def update(self: QuerySet, **fields: object) -> int:
        found = list(self.values_list("pk", flat=True))
        if self.model is Task:
            met("updating")
        return plain(self.model.objects.filter(pk__in=found), **fields)

    QuerySet.update = update  # type: ignore[method-assign]


def main() -> None:
    deed, *arguments = sys.argv[1:]
    if deed in ("fill", "sums"):
        print(json.dumps({"fill": fill, "sums": sums}[deed]()))
        return
    connection.ensure_connection()
    if deed == "naive":
        protection_off()
        arguments = arguments[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(hand(*arguments)), flush=True)


if __name__ == "__main__":
    main()
