"""Prepares and reads the store that races are run on: race_store.py fill COUNT COST CAP | sums | unprotect."""

import json
import os
import sys
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import connection
from django.db.models import Sum

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make
from yunying.audit.log import audit_problems
from yunying.interventions.budgets import budget_problems, budget_set
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Budget, BudgetEntry, Intervention, Outbox, Transition
from yunying.interventions.proposing import Drawn, proposals_record
from yunying.interventions.tests.conftest import TODAY, proposal


def fill(count: int, cost: int, cap: int) -> dict:
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
    buyer = person_make("buyer", "a long enough password")
    end: date = TODAY + timedelta(days=30)
    budget_set("shop", "purchasing", TODAY, end, cap, buyer)
    drawn = [Drawn(proposal(f"P{number}", cost_minor=cost)) for number in range(count)]
    proposals_record("shop", "purchasing", drawn, None, as_of=TODAY, proofs={})
    return {"ids": list(Intervention.objects.order_by("pk").values_list("pk", flat=True))}


def sums() -> dict:
    budget = Budget.objects.get(store="shop")
    entries = BudgetEntry.objects.filter(budget=budget).aggregate(total=Sum("reserved_minor", default=0))["total"]
    return {
        "reserved": budget.reserved_minor,
        "entries": entries,
        "approved": Intervention.objects.filter(state="approved").count(),
        "outbox": Outbox.objects.count(),
        "transitions": Transition.objects.filter(action="approve").count(),
        "problems": [*budget_problems(budget), *audit_problems("shop")],
    }


def unprotect() -> dict:
    """Take the constraint away, so that only the code stands between the budget and its cap."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE interventions_budget DROP CONSTRAINT no_budget_passes_its_cap")
    return {}


if __name__ == "__main__":
    database_ready()
    deed, *numbers = sys.argv[1:]
    told = {"fill": fill, "sums": sums, "unprotect": unprotect}[deed](*map(int, numbers))
    sys.stdout.write(json.dumps(told))
