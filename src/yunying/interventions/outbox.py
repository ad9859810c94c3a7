"""The outbox: commands that wait for a hand. One worker at a time holds an entry; a lease ends with its worker."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.interventions import states
from yunying.interventions.budgets import budget_settle, budgets_for, budgets_locked, budgets_reserve
from yunying.interventions.ledger import SYSTEM, Ledger, rows_locked, store_row
from yunying.interventions.models import Intervention, Outbox, ReceiptRow, Store
from yunying.interventions.rights import deed_check
from yunying.kernel.command_schema import COMMANDS
from yunying.kernel.json_form import to_plain
from yunying.kernel.receipt import Receipt
from yunying.org.scope import ANYTHING

LEASE = timedelta(minutes=5)
MOST_AT_ONCE = 50
MOST_ATTEMPTS = 8
_MOST_WAIT_MINUTES = 60
_LIVE = ("waiting", "sending")
_IN_ORDER = frozenset(each.kind for each in COMMANDS.values() if each.undo)
"""Kinds that set something: of two on one subject the later approval must be the one that lasts."""


def outbox_claim(
    worker: str, *, store: str, ignore_wait: bool = False, lease: timedelta = LEASE, most: int = MOST_AT_ONCE
) -> list[Outbox]:
    """Take the oldest entries that wait, or whose holder died; none while the store is stopped.

    Those that were tried least come first, so that one which kills its workers does not hold up the others; of those
    that set the same thing only the oldest is taken, and the next ones wait for it.

    Args:
        ignore_wait: take also what still waits for a slip to be taken back.
        most: so many at once, in one transaction.
    """
    now = timezone.now()
    due = Q(not_before__isnull=True) | Q(not_before__lte=now)
    # What failed before waits for its time in any case.
    due = due | Q(attempts=0) if ignore_wait else due
    free = (Q(state="waiting") & due) | Q(state="sending", lease_until__lt=now)
    if not Outbox.objects.filter(free, store=store).exists():
        return []
    with transaction.atomic():
        # The row of the store is locked, so that a stop either comes before this claim or waits for it.
        if Store.objects.select_for_update().get(slug=store).is_stopped:
            return []
        ready = Outbox.objects.filter(free, store=store).exclude(pk__in=_behind_others(store))
        found = list(ready.order_by("attempts", "id")[:most])
        rows = {row.pk: row for row in rows_locked(entry.intervention_id for entry in found)}
        ledger = Ledger(store, None, now, _today(store, now))
        taken = [entry for entry in found if _taken(entry, worker, now + lease)]
        for entry in taken:
            row = rows[entry.intervention_id]
            if entry.purpose == "apply" and row.state == states.APPROVED:
                ledger.step(row, "dispatch", states.DISPATCHED, detail={"key": entry.key})
        ledger.flush()
    return taken


def outbox_waits(store: str) -> bool:
    """Whether anything is not sent yet, or a receipt is not published: a cheap look before the hands are called."""
    unsent = Outbox.objects.filter(store=store, state__in=("waiting", "sending")).exists()
    return unsent or ReceiptRow.objects.filter(is_published=False, outbox__store=store).exists()


def outbox_begin(entry: Outbox, *, lease: timedelta = LEASE) -> bool:
    """Asked just before a command is sent: whether it still may be. It is then held for another lease.

    No send begins after the commit of a stop: either this sees it, or it waits for this to commit.
    """
    now = timezone.now()
    with transaction.atomic():
        if Store.objects.select_for_update().get(slug=entry.store).is_stopped:
            return False
        return _mine(entry).update(lease_until=now + lease) == 1


def outbox_release(entries: Sequence[Outbox]) -> int:
    """Give back what was claimed and not begun: it waits again, and can be cancelled. Returns how many there were."""
    if not entries:
        return 0
    now, store = timezone.now(), entries[0].store
    count = 0
    with transaction.atomic():
        rows = {row.pk: row for row in rows_locked(entry.intervention_id for entry in entries)}
        ledger = Ledger(store, None, now, _today(store, now))
        for entry in entries:
            fields = {"state": "waiting", "worker": "", "lease_until": None, "attempts": F("attempts") - 1}
            if _mine(entry).update(**fields) == 1:
                count += 1
                row = rows[entry.intervention_id]
                if entry.attempts == 1 and row.state == states.DISPATCHED:
                    ledger.step(row, "hold", states.APPROVED, detail={"key": entry.key})
        ledger.flush()
    return count


def outbox_done(received: Sequence[tuple[Outbox, Receipt]]) -> int:
    """Record receipts: interventions are done or taken back, their money is spent.

    An answer is true however late it comes: also when another worker holds the entry, or gave it up. One that was
    recorded before is passed over. Returns how many were new.
    """
    if not received:
        return 0
    now, store = timezone.now(), received[0][0].store
    count = 0
    with transaction.atomic():
        rows = {row.pk: row for row in rows_locked(entry.intervention_id for entry, _ in received)}
        today = _today(store, now)
        budgets_locked(store, rows.values(), today)
        ledger = Ledger(store, None, now, today)
        for entry, receipt in received:
            open_entry = Outbox.objects.filter(pk=entry.pk, state__in=(*_LIVE, "failed"))
            if open_entry.update(state="done", error="", lease_until=None) == 1:
                ReceiptRow.objects.create(outbox=entry, at=now, content=to_plain(receipt))
                _finish(ledger, rows[entry.intervention_id], entry.purpose, receipt)
                count += 1
        ledger.flush()
    return count


def outbox_failed(entry: Outbox, what: str, *, is_retryable: bool) -> bool:
    """Record a failure: tried again later, longer each time, or given up and its money free again.

    Returns whether it was given up.
    """
    now = timezone.now()
    gives_up = not is_retryable or entry.attempts % MOST_ATTEMPTS == 0
    with transaction.atomic():
        row = rows_locked([entry.intervention_id])[0]
        budgets_locked(row.store, [row], _today(row.store, now))
        mine = _mine(entry)
        if not gives_up:
            tries = (entry.attempts - 1) % MOST_ATTEMPTS
            wait = timedelta(minutes=min(2**tries, _MOST_WAIT_MINUTES))
            mine.update(state="waiting", error=what[:1000], not_before=now + wait, lease_until=None)
            return False
        if mine.update(state="failed", error=what[:1000]) != 1:
            return False
        ledger = Ledger(row.store, None, now, _today(row.store, now))
        if entry.purpose == "undo":
            Outbox.objects.filter(pk=entry.pk).update(key=f"{entry.key}-failed-{entry.pk}")
            ledger.step(row, "revert_failed", row.state, reason=what, is_reverting=False)
        else:
            budget_settle(ledger, row, 0, "release")
            ledger.step(row, "fail", states.FAILED, reason=what, reserved_minor=0, budget=None)
        ledger.flush()
    return True


def receipts_unpublished(store: str) -> list[tuple[int, date, Mapping[str, Any]]]:
    """Receipts whose own facts are not published yet: (outbox id, day, content), in the order of the answers."""
    rows = ReceiptRow.objects.filter(is_published=False, outbox__store=store).select_related("outbox__intervention")
    found = []
    for row in rows.order_by("id"):
        day = row.outbox.intervention.applied_date or row.at.date()
        found.append((row.outbox_id, day, row.content))
    return found


def receipts_published(outbox_ids: list[int]) -> None:
    """Say that the facts of these receipts are published."""
    for at in range(0, len(outbox_ids), 500):
        ReceiptRow.objects.filter(outbox_id__in=outbox_ids[at : at + 500]).update(is_published=True)


def receipt_refused(outbox_id: int, why: str) -> None:
    """Say that what a receipt says cannot be a fact, so that it is not asked of it again; the receipt tells why."""
    row = ReceiptRow.objects.get(outbox_id=outbox_id)
    content = {**row.content, "facts_refused": why[:2000]}
    ReceiptRow.objects.filter(pk=row.pk).update(content=content, is_published=True)


def store_stop(store: str, *, is_stopped: bool, actor: Person | None = None, reason: str = "") -> None:
    """The kill switch: nothing is sent while a store is stopped.

    Raises:
        OperatorError: the actor may not stop the store.
    """
    deed_check(actor, "stop", store, ANYTHING)
    with transaction.atomic():
        before = store_row(store).is_stopped
        Store.objects.filter(slug=store).update(is_stopped=is_stopped)
        change = Change(
            "stop" if is_stopped else "go", f"store/{store}", reason[:300], {"is_stopped": before},
            {"is_stopped": is_stopped},
        )  # fmt: skip
        audit_record(store, actor.get_username() if actor else SYSTEM, timezone.now(), [change])


def _taken(entry: Outbox, worker: str, lease_until: datetime) -> bool:
    seen = Outbox.objects.filter(pk=entry.pk, state=entry.state, attempts=entry.attempts)
    if seen.update(state="sending", worker=worker, lease_until=lease_until, attempts=F("attempts") + 1) != 1:
        return False
    entry.state, entry.worker, entry.attempts = "sending", worker, entry.attempts + 1
    return True


def _mine(entry: Outbox) -> QuerySet[Outbox]:
    """The entry, if it is still held by the claim that gave it."""
    return Outbox.objects.filter(pk=entry.pk, state="sending", worker=entry.worker, attempts=entry.attempts)


def _behind_others(store: str) -> list[int]:
    """Entries that set what an older one, not done yet, sets as well."""
    live = Outbox.objects.filter(store=store, state__in=_LIVE, intervention__kind__in=_IN_ORDER).order_by("pk")
    seen: set[tuple[str, str]] = set()
    behind = []
    for pk, kind, subject in live.values_list("pk", "intervention__kind", "intervention__subject"):
        if (kind, subject) in seen:
            behind.append(pk)
        seen.add((kind, subject))
    return behind


def _finish(ledger: Ledger, row: Intervention, purpose: str, receipt: Receipt) -> None:
    detail = {"reference": receipt.reference, "summary_en": receipt.summary_en, "summary_zh": receipt.summary_zh}
    to_state = states.APPLIED if receipt.status == "applied" else states.PARTLY_APPLIED
    to_state = states.REVERTED if purpose == "undo" else to_state
    if to_state not in states.FOLLOWS[row.state]:
        # A second answer to the same question: kept, and nothing follows from it.
        ledger.record("late_receipt", f"intervention/{row.pk}", after=detail)
        return
    if purpose == "undo":
        Outbox.objects.filter(intervention=row, purpose="undo", state="waiting").update(state="cancelled")
        ledger.step(row, "reverted", to_state, is_reverting=False, detail=detail)
        return
    problems, spent, money = list(receipt.problems), row.reserved_minor, {}
    if row.state == states.FAILED:
        spent = row.cost_minor
        problems += _paid_late(ledger, row)
        money = {"budget": row.budget}
    else:
        budget_settle(ledger, row, row.reserved_minor, "spend")
    ledger.step(
        row, "apply", to_state, reason="; ".join(problems)[:500], detail=detail, applied_date=ledger.date,
        reference=receipt.reference[:120], spent_minor=spent, reserved_minor=0, **money,
    )  # fmt: skip


def _paid_late(ledger: Ledger, row: Intervention) -> list[str]:
    """Spend what was given up as failed and had been done all the same; says so where no budget can bear it."""
    budgets = budgets_for(row, ledger.date, row.owner_id)
    if not budgets:
        return []
    if budgets_reserve(ledger, budgets, row, row.cost_minor) is not None:
        return [f"It had been done, and its {row.cost_minor} minor units no longer fit the budget."]
    row.budget, row.reserved_minor = budgets[0], row.cost_minor
    budget_settle(ledger, row, row.cost_minor, "spend")
    return []


def _today(store: str, now: datetime) -> date:
    return store_row(store).today_date or now.date()
