"""Prepares and reads the store that races are run on.

Run as: race_store.py fill, fill_two or fill_nested with COUNT COST CAP; nested | sums | laws | unprotect
"""

import json
import os
import sys
from dataclasses import replace
from datetime import date, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import connection
from django.db.models import Count, Sum

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make
from yunying.audit.log import audit_problems
from yunying.interventions import states
from yunying.interventions.budgets import budget_problems, budget_set
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Budget, BudgetEntry, Intervention, Outbox, Transition
from yunying.interventions.proposing import Drawn, proposals_record
from yunying.interventions.tests.conftest import TODAY, proposal
from yunying.interventions.tests.invariants import ledger_problems


def fill(count: int, cost: int, cap: int) -> dict:
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
    buyer = person_make("buyer", "a long enough password")
    end: date = TODAY + timedelta(days=30)
    budget_set("shop", "purchasing", TODAY, end, cap, buyer)
    drawn = [Drawn(proposal(f"P{number}", cost_minor=cost)) for number in range(count)]
    proposals_record("shop", "purchasing", drawn, None, as_of=TODAY, proofs={})
    return {"ids": list(Intervention.objects.order_by("pk").values_list("pk", flat=True))}


def fill_two(count: int, cost: int, cap: int) -> dict:
    """Rows of two practices with a budget each: half begins with the one practice, half with the other."""
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
    buyer = person_make("buyer", "a long enough password")
    mine: list[list[int]] = []
    for practice in ("purchasing", "marketing"):
        budget_set("shop", practice, TODAY, TODAY + timedelta(days=30), cap, buyer)
        drawn = [
            Drawn(replace(proposal(f"P{number}", cost_minor=cost), practice=practice, id=f"{practice}-{number}"))
            for number in range(count)
        ]
        proposals_record("shop", practice, drawn, None, as_of=TODAY, proofs={})
        rows = Intervention.objects.filter(practice=practice).order_by("pk")
        mine.append(list(rows.values_list("pk", flat=True)))
    first, second = mine
    # Rows are locked by rising number, so the other half is given rows whose practices stand the other way round.
    half = count // 2
    Intervention.objects.filter(pk__in=[*first[half:]]).update(practice="marketing")
    Intervention.objects.filter(pk__in=[*second[half:]]).update(practice="purchasing")
    return {"one": first[:half] + second[:half], "other": first[half:] + second[half:]}


def fill_nested(count: int, cost: int, cap: int) -> dict:
    """Rows of two practices; the store, each practice and the buyer have a budget, and the buyer's is the tightest."""
    told = fill_two(count, cost, cap * 2 // 3)
    buyer = person_make("buyer", "a long enough password")
    end: date = TODAY + timedelta(days=30)
    budget_set("shop", "", TODAY, end, cap, buyer)
    budget_set("shop", "", TODAY, end, cap * 5 // 6, buyer, person=buyer)
    return {"ids": told["one"] + told["other"]}


def nested() -> dict:
    """Each budget: its cap, what it holds by its counter and by its entries; and what was approved."""
    budgets = {
        f"{budget.practice or 'store'}{'-buyer' if budget.person_id else ''}": [
            budget.cap_minor, budget.reserved_minor,
            BudgetEntry.objects.filter(budget=budget).aggregate(total=Sum("reserved_minor", default=0))["total"],
        ] for budget in Budget.objects.filter(store="shop")
    }  # fmt: skip
    return {"budgets": budgets, "approved": Intervention.objects.filter(state="approved").count(),
            "outbox": Outbox.objects.count(), "problems": ledger_problems("shop")}  # fmt: skip


def laws() -> dict:
    rows = Intervention.objects.filter(store="shop")
    alive = rows.filter(state__in=(*states.OPEN, *states.RUNNING)).values("subject").annotate(n=Count("pk"))
    return {
        "problems": ledger_problems("shop"),
        "begun": sorted(Outbox.objects.exclude(error="").values_list("pk", flat=True))
        + sorted(Outbox.objects.filter(state="done").values_list("pk", flat=True)),
        "twice": [each["subject"] for each in alive if each["n"] > 1],
    }


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
    deeds = {
        "fill": fill,
        "fill_two": fill_two,
        "fill_nested": fill_nested,
        "nested": nested,
        "sums": sums,
        "laws": laws,
        "unprotect": unprotect,
    }
    told = deeds[deed](*map(int, numbers))
    sys.stdout.write(json.dumps(told))
