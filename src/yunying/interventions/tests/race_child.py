"""A process that decides on many proposals at once with others; prints what became of them as JSON.

Run as: race_child.py approve|naive|looking|crossed STORE PERSON ID...
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import OperationalError, transaction
from django.db.models import F, Sum

from yunying.accounts.people import person_named
from yunying.interventions.deciding import proposals_approve
from yunying.interventions.models import Budget, BudgetEntry, Intervention
from yunying.kernel.tests.meeting import NEAR, came, late_at, met


def naive(store: str, pk: int) -> str:
    """The control: sum, compare, then reserve, as everybody writes it first; the constraint is off."""
    with transaction.atomic():
        row = Intervention.objects.get(pk=pk)
        budget = Budget.objects.get(store=store)
        used = BudgetEntry.objects.filter(budget=budget).aggregate(total=Sum("reserved_minor", default=0))["total"]
        if used + row.cost_minor > budget.cap_minor:
            came("refused")
            return "over-budget"
        if used + NEAR * row.cost_minor > budget.cap_minor:
            late_at("near", gone="refused")
        BudgetEntry.objects.create(
            budget=budget, intervention=row, at=row.created_at, reserved_minor=row.cost_minor, reason="reserve"
        )
        Budget.objects.filter(pk=budget.pk).update(reserved_minor=F("reserved_minor") + row.cost_minor)
    return ""


def looking(store: str, pk: int) -> str:
    """A control for nested budgets: looks at each of them, then reserves in each; nothing is conditional or locked."""
    with transaction.atomic():
        row = Intervention.objects.get(pk=pk)
        budgets = list(Budget.objects.filter(store=store, practice__in=("", row.practice)).order_by("pk"))
        if any(each.reserved_minor + row.cost_minor > each.cap_minor for each in budgets):
            came(f"refused-{row.practice}")
            return "over-budget"
        if any(each.reserved_minor + NEAR * row.cost_minor > each.cap_minor for each in budgets):
            late_at("near", gone=f"refused-{row.practice}")
        for budget in budgets:
            Budget.objects.filter(pk=budget.pk).update(reserved_minor=F("reserved_minor") + row.cost_minor)
    return ""


def crossed(store: str, pk: int) -> str:
    """The other control: each update is conditional, but the budgets are not locked before and come in any order.

    The proposals of one process have numbers of one parity, so that two processes meet with opposite orders.
    """
    with transaction.atomic():
        row = Intervention.objects.get(pk=pk)
        for budget in Budget.objects.filter(store=store, practice="").order_by("pk" if pk % 2 else "-pk"):
            room = Budget.objects.filter(
                pk=budget.pk, cap_minor__gte=F("reserved_minor") + F("spent_minor") + row.cost_minor
            )
            room.update(reserved_minor=F("reserved_minor") + row.cost_minor)
            met("holding-one")
    return ""


CONTROLS = {"naive": naive, "looking": looking, "crossed": crossed}


def main() -> None:
    """Wait for the word, then act."""
    deed, store, username, *ids = sys.argv[1:]
    person = person_named(username)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    told: dict[str, int] = {}
    for pk in map(int, ids):
        try:
            if deed == "approve":
                code = proposals_approve(store, [pk], person)[0].code
            else:
                code = CONTROLS[deed](store, pk)
        except OperationalError as error:
            code = "deadlock" if "deadlock" in str(error) else f"error: {error}"
        told[code] = told.get(code, 0) + 1
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
