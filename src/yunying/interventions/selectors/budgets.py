"""Budgets with how fast they go: planned, reserved, spent, and where they would end at this pace."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce, TruncDate

from yunying.interventions.models import Budget, BudgetEntry, BudgetMove
from yunying.interventions.selectors.rules import budgets_seen
from yunying.org.active import active_scope
from yunying.org.scope import Piece

LEAST_DAYS = 3
"""A pace is told of so many days at least."""


@dataclass(frozen=True)
class Pace:
    """One budget on a day.

    Args:
        committed: by day of the period so far, what was reserved or spent up to its end, in minor units.
        forecast_minor: what would be committed at the end if it went on as so far; None before there is a pace.
    """

    budget: Budget
    committed: Sequence[int]
    days: int
    passed: int
    forecast_minor: int | None

    @property
    def used_minor(self) -> int:
        """Reserved and spent."""
        return int(self.budget.reserved_minor + self.budget.spent_minor)

    @property
    def planned_minor(self) -> int:
        """What an even pace would have committed by now."""
        return int(self.budget.cap_minor * self.passed // self.days)

    @property
    def is_over(self) -> bool:
        """Whether it is passed already, or would be at this pace."""
        return self.used_minor > self.budget.cap_minor or (self.forecast_minor or 0) > self.budget.cap_minor


def paces_of(store: str, today: date) -> list[Pace]:
    """Every budget that the scope sees with its pace, those that run first, the widest on top."""
    budgets = budgets_seen(store, Budget.objects.filter(store=store).select_related("person"))
    entries = _by_day([each.pk for each in budgets])
    found = [_pace(each, entries.get(each.pk, {}), today) for each in budgets]
    return sorted(found, key=lambda each: (
        not each.budget.start_date <= today < each.budget.end_date, -each.budget.start_date.toordinal(),
        each.budget.practice, each.budget.channel, each.budget.campaign, each.budget.person_id or 0))  # fmt: skip


def moves_of(store: str, most: int = 30) -> list[BudgetMove]:
    """The newest moves between budgets that the scope sees, those that wait for somebody first."""
    scope, related = active_scope(), ("source", "target", "asked_by", "decided_by", "source__person", "target__person")
    rows = BudgetMove.objects.filter(store=store).select_related(*related).order_by("-id")[:most]
    seen = [
        row
        for row in rows
        if all(scope.may("see", store, Piece(each.practice, "", each.channel)) for each in (row.source, row.target))
    ]
    return sorted(seen, key=lambda row: row.state != "asked")


def _by_day(budgets: list[int]) -> Mapping[int, Mapping[date, int]]:
    rows: Any = BudgetEntry.objects.filter(budget__in=budgets).annotate(day=Coalesce("date", TruncDate("at")))
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for row in rows.values("budget", "day").annotate(reserved=Sum("reserved_minor"), spent=Sum("spent_minor")):
        found[row["budget"]][row["day"]] = row["reserved"] + row["spent"]
    return found


def _pace(budget: Budget, by_day: Mapping[date, int], today: date) -> Pace:
    days = (budget.end_date - budget.start_date).days
    passed = min(max((today - budget.start_date).days + 1, 0), days)
    committed = [sum(amount for day, amount in by_day.items() if (day - budget.start_date).days <= number)
                 for number in range(passed)]  # fmt: skip
    used = budget.reserved_minor + budget.spent_minor
    forecast = None
    if today >= budget.end_date:
        forecast = used
    elif passed >= LEAST_DAYS:
        forecast = round(used / passed * days)
    return Pace(budget, committed, days, passed, forecast)
