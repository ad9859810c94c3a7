"""Budgets: reserved at approval, spent at execution, released at the end, by one conditional update of each.

A spend passes every budget that covers it: the store's, the practice's, the channel's, the campaign's, the person's.
They are locked in one order at the start of the transaction, so that nested budgets cannot deadlock.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.interventions.checks import amount_check
from yunying.interventions.ledger import Ledger, store_row
from yunying.interventions.models import Budget, BudgetEntry, Intervention
from yunying.interventions.rights import deed_check
from yunying.kernel.errors import OperatorError
from yunying.org.scope import Piece


@dataclass(frozen=True)
class Purse:
    """What a budget is for; an empty name, or nobody, is no limit."""

    practice: str = ""
    channel: str = ""
    campaign: str = ""
    person: Person | None = None

    @property
    def fields(self) -> dict[str, object]:
        """As the columns of a budget."""
        return {
            "practice": self.practice, "channel": self.channel[:100], "campaign": self.campaign[:100],
            "person": self.person,
        }  # fmt: skip


def budgets_for(row: Intervention, day: date, person: int | None) -> list[Budget]:
    """Every budget that covers a row on a day, the narrowest one first.

    Args:
        person: number of the one who approves it.
    """
    campaign = str(row.params.get("campaign") or "")
    channel = row.channel or str(row.params.get("channel") or "")
    found = _running(row.store, day).filter(
        Q(person=None) | Q(person=person), practice__in=("", row.practice), channel__in=("", channel),
        campaign__in=("", campaign),
    )  # fmt: skip
    return sorted(found, key=lambda each: (-_narrowness(each), each.pk))


def budget_free(store: str, practice: str, day: date) -> int | None:
    """What the tightest budget that stops all of a practice has left in minor units; None where none does."""
    rows = _running(store, day).filter(
        practice__in=("", practice), channel="", campaign="", person=None, stops=True
    )  # fmt: skip
    return min((each.cap_minor - each.reserved_minor - each.spent_minor for each in rows), default=None)


def budget_set(
    store: str, practice: str, start_date: date, end_date: date, cap_minor: int, actor: Person | None, *,
    channel: str = "", campaign: str = "", person: Person | None = None, stops: bool = True,
) -> Budget:  # fmt: skip
    """Make or change the budget of a period.

    Args:
        stops: whether what does not fit is refused; else the budget only warns.

    Raises:
        OperatorError: the period is empty, another one overlaps it, or the cap is below what is committed already.
    """
    deed_check(actor, "budget", store, Piece(practice, "", channel))
    row = store_row(store)
    amount_check("cap", cap_minor)
    if end_date <= start_date:
        raise OperatorError("bad-budget", "The period is empty.", "Give a later end.")
    purse = Purse(practice, channel, campaign, person)
    now = timezone.now()
    with transaction.atomic():
        others = Budget.objects.filter(store=store, start_date__lt=end_date, end_date__gt=start_date, **purse.fields)
        if others.exclude(start_date=start_date).exists():
            raise OperatorError("budget-overlaps", "Another budget holds some of these days.", "Choose other days.")
        budget, is_new = Budget.objects.get_or_create(
            store=store, start_date=start_date, **purse.fields,
            defaults={"end_date": end_date, "cap_minor": cap_minor, "stops": stops},
        )  # fmt: skip
        before = {} if is_new else {
            "cap_minor": budget.cap_minor, "end_date": budget.end_date.isoformat(), "stops": budget.stops}  # fmt: skip
        room = Budget.objects.filter(pk=budget.pk)
        room = room.filter(reserved_minor__lte=cap_minor - F("spent_minor")) if stops else room
        if room.update(cap_minor=cap_minor, end_date=end_date, stops=stops) != 1:
            raise OperatorError(
                "budget-committed",
                "More than that is reserved or spent already.",
                "Give a larger cap, or cancel first.",
            )
        ledger = Ledger(store, actor, now, row.today_date or now.date())
        after = {"cap_minor": cap_minor, "end_date": end_date.isoformat(), "stops": stops}
        ledger.record("budget_set", f"budget/{budget.pk}", before=before, after=after)
        ledger.flush()
    budget.refresh_from_db()
    return budget


def budgets_locked(store: str, rows: Iterable[Intervention], day: date) -> None:
    """Lock every budget that the rows may touch, in one order, until the transaction ends."""
    held = BudgetEntry.objects.filter(intervention__in=[row.pk for row in rows if row.reserved_minor]).values("budget")
    running = Q(store=store, start_date__lte=day, end_date__gt=day)
    wanted = Budget.objects.filter(Q(pk__in=held) | running)
    list(wanted.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def budgets_reserve(ledger: Ledger, budgets: Sequence[Budget], row: Intervention, amount_minor: int) -> Budget | None:
    """Reserve in each if it fits in all; else nothing is reserved, and the budget that has no room is returned."""
    done: list[Budget] = []
    for budget in sorted(budgets, key=lambda each: each.pk):
        room = Budget.objects.filter(pk=budget.pk)
        if budget.stops:
            room = room.filter(cap_minor__gte=F("reserved_minor") + F("spent_minor") + amount_minor)
        if room.update(reserved_minor=F("reserved_minor") + amount_minor) != 1:
            for each in done:
                Budget.objects.filter(pk=each.pk).update(reserved_minor=F("reserved_minor") - amount_minor)
            budget.refresh_from_db()
            return budget
        done.append(budget)
    ledger.budget_entries += [_entry(ledger, each.pk, row, amount_minor, 0, "reserve") for each in done]
    return None


def budget_settle(ledger: Ledger, row: Intervention, spent_minor: int, reason: str) -> None:
    """Turn a row's whole reservation into what was spent, at most what was reserved; the rest is free again."""
    for budget, reserved in sorted(_held(ledger, row).items()):
        spent = min(spent_minor, reserved)
        Budget.objects.filter(pk=budget).update(
            reserved_minor=F("reserved_minor") - reserved, spent_minor=F("spent_minor") + spent
        )
        ledger.budget_entries.append(_entry(ledger, budget, row, -reserved, spent, reason))


def budget_problems(budget: Budget) -> list[str]:
    """Where a budget's counters are not the sums of its entries; nothing if they are."""
    sums = BudgetEntry.objects.filter(budget=budget).aggregate(
        reserved=Sum("reserved_minor", default=0), spent=Sum("spent_minor", default=0)
    )
    kept = {"reserved": budget.reserved_minor, "spent": budget.spent_minor}
    return [
        f"{budget}: {name} is {kept[name]}, its entries say {sums[name]}." for name in kept if kept[name] != sums[name]
    ]


def _running(store: str, day: date) -> QuerySet[Budget]:
    return Budget.objects.filter(store=store, start_date__lte=day, end_date__gt=day)


def _narrowness(budget: Budget) -> int:
    return sum(map(bool, (budget.practice, budget.channel, budget.campaign, budget.person_id)))


def _held(ledger: Ledger, row: Intervention) -> dict[int, int]:
    """What a row has reserved in each budget, with what this transaction has not written yet."""
    if not row.reserved_minor:
        return {}
    written = BudgetEntry.objects.filter(intervention=row).values("budget").annotate(held=Sum("reserved_minor"))
    held = Counter({each["budget"]: each["held"] for each in written})
    for entry in ledger.budget_entries:
        if entry.intervention_id == row.pk:
            held[entry.budget_id] += entry.reserved_minor
    return {budget: amount for budget, amount in held.items() if amount > 0}


def _entry(ledger: Ledger, budget: int, row: Intervention, reserved: int, spent: int, reason: str) -> BudgetEntry:
    return BudgetEntry(
        budget_id=budget, intervention=row, at=ledger.now, date=ledger.date, reserved_minor=reserved,
        spent_minor=spent, reason=reason,
    )  # fmt: skip
