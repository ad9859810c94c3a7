"""Budgets: reserved at approval, spent at execution, released at the end, by one conditional update each."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.interventions.checks import amount_check
from yunying.interventions.ledger import Ledger, store_row
from yunying.interventions.models import Budget, BudgetEntry, Intervention
from yunying.interventions.rights import deed_check
from yunying.kernel.errors import OperatorError
from yunying.org.scope import Piece


def budget_for(store: str, practice: str, day: date) -> Budget | None:
    """The budget that a command of that practice is paid from: the practice's own, else the store's, else none."""
    running = Budget.objects.filter(store=store, practice__in=(practice, ""), start_date__lte=day, end_date__gt=day)
    return running.order_by("-practice", "-start_date").first()


def budget_set(
    store: str, practice: str, start_date: date, end_date: date, cap_minor: int, actor: Person | None
) -> Budget:
    """Make or change the budget of a period.

    Raises:
        OperatorError: the period is empty, another one overlaps it, or the cap is below what is committed already.
    """
    deed_check(actor, "budget", store, Piece(practice))
    row = store_row(store)
    amount_check("cap", cap_minor)
    if end_date <= start_date:
        raise OperatorError("bad-budget", "The period is empty.", "Give a later end.")
    now = timezone.now()
    with transaction.atomic():
        others = Budget.objects.filter(store=store, practice=practice, start_date__lt=end_date, end_date__gt=start_date)
        if others.exclude(start_date=start_date).exists():
            raise OperatorError("budget-overlaps", "Another budget holds some of these days.", "Choose other days.")
        budget, is_new = Budget.objects.get_or_create(
            store=store, practice=practice, start_date=start_date,
            defaults={"end_date": end_date, "cap_minor": cap_minor},
        )  # fmt: skip
        before = {} if is_new else {"cap_minor": budget.cap_minor, "end_date": budget.end_date.isoformat()}
        room = Budget.objects.filter(pk=budget.pk, reserved_minor__lte=cap_minor - F("spent_minor"))
        if room.update(cap_minor=cap_minor, end_date=end_date) != 1:
            raise OperatorError(
                "budget-committed",
                "More than that is reserved or spent already.",
                "Give a larger cap, or cancel first.",
            )
        ledger = Ledger(store, actor, now, row.today_date or now.date())
        after = {"cap_minor": cap_minor, "end_date": end_date.isoformat()}
        ledger.record("budget_set", f"budget/{budget.pk}", before=before, after=after)
        ledger.flush()
    budget.refresh_from_db()
    return budget


def budgets_locked(store: str, rows: Iterable[Intervention], day: date) -> None:
    """Lock every budget that the rows may touch, in one order, until the transaction ends."""
    held = Q(pk__in={row.budget_id for row in rows if row.budget_id is not None})
    running = Q(store=store, start_date__lte=day, end_date__gt=day)
    list(Budget.objects.select_for_update(no_key=True).filter(held | running).order_by("pk").values_list("pk"))


def budget_reserve(ledger: Ledger, budget: Budget, row: Intervention, amount_minor: int) -> bool:
    """Reserve if it fits, by one conditional update; says whether it did."""
    fits = Budget.objects.filter(pk=budget.pk, cap_minor__gte=F("reserved_minor") + F("spent_minor") + amount_minor)
    if fits.update(reserved_minor=F("reserved_minor") + amount_minor) != 1:
        return False
    ledger.budget_entries.append(_entry(budget.pk, row, ledger.now, amount_minor, 0, "reserve"))
    return True


def budget_settle(ledger: Ledger, row: Intervention, spent_minor: int, reason: str) -> None:
    """Turn a row's whole reservation into what was spent, at most what was reserved; the rest is free again."""
    if row.budget_id is None:
        return
    reserved = row.reserved_minor
    spent = min(spent_minor, reserved)
    Budget.objects.filter(pk=row.budget_id).update(
        reserved_minor=F("reserved_minor") - reserved, spent_minor=F("spent_minor") + spent
    )
    ledger.budget_entries.append(_entry(row.budget_id, row, ledger.now, -reserved, spent, reason))


def budget_problems(budget: Budget) -> list[str]:
    """Where a budget's counters are not the sums of its entries; nothing if they are."""
    sums = BudgetEntry.objects.filter(budget=budget).aggregate(
        reserved=Sum("reserved_minor", default=0), spent=Sum("spent_minor", default=0)
    )
    kept = {"reserved": budget.reserved_minor, "spent": budget.spent_minor}
    return [
        f"{budget}: {name} is {kept[name]}, its entries say {sums[name]}." for name in kept if kept[name] != sums[name]
    ]


def _entry(budget: int, row: Intervention, at: datetime, reserved: int, spent: int, reason: str) -> BudgetEntry:
    return BudgetEntry(
        budget_id=budget, intervention=row, at=at, reserved_minor=reserved, spent_minor=spent, reason=reason
    )
