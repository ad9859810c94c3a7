"""The outbox: commands that wait for a hand. One worker at a time holds an entry; a lease ends with its worker."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from yunying.interventions import states
from yunying.interventions.budgets import budget_settle
from yunying.interventions.ledger import Ledger, rows_locked, store_row
from yunying.interventions.models import Intervention, Outbox, ReceiptRow, Store
from yunying.kernel.json_form import to_plain
from yunying.kernel.receipt import Receipt

LEASE = timedelta(minutes=5)
MOST_AT_ONCE = 50
MOST_ATTEMPTS = 8
_MOST_WAIT_MINUTES = 60


def outbox_claim(
    worker: str, *, store: str, ignore_wait: bool = False, lease: timedelta = LEASE, most: int = MOST_AT_ONCE
) -> list[Outbox]:
    """Take the oldest entries that wait, or whose holder died; none while the store is stopped.

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
        found = list(Outbox.objects.filter(free, store=store).order_by("id")[:most])
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


def outbox_done(received: Sequence[tuple[Outbox, Receipt]]) -> int:
    """Record receipts: interventions are done or taken back, their money is spent.

    A receipt that was recorded before is passed over. Returns how many were new.
    """
    if not received:
        return 0
    now, store = timezone.now(), received[0][0].store
    count = 0
    with transaction.atomic():
        rows = {row.pk: row for row in rows_locked(entry.intervention_id for entry, _ in received)}
        ledger = Ledger(store, None, now, _today(store, now))
        for entry, receipt in received:
            if Outbox.objects.filter(pk=entry.pk, state="sending").update(state="done", error="") == 1:
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
    gives_up = not is_retryable or entry.attempts >= MOST_ATTEMPTS
    with transaction.atomic():
        row = rows_locked([entry.intervention_id])[0]
        mine = Outbox.objects.filter(pk=entry.pk, state="sending", worker=entry.worker, attempts=entry.attempts)
        if not gives_up:
            wait = timedelta(minutes=min(2 ** (entry.attempts - 1), _MOST_WAIT_MINUTES))
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
    """Receipts whose own facts are not published yet: (outbox id, day, content), oldest first."""
    rows = ReceiptRow.objects.filter(is_published=False, outbox__store=store).select_related("outbox__intervention")
    found = []
    for row in rows.order_by("outbox_id"):
        day = row.outbox.intervention.applied_date or row.at.date()
        found.append((row.outbox_id, day, row.content))
    return found


def receipts_published(outbox_ids: list[int]) -> None:
    """Say that the facts of these receipts are published."""
    for at in range(0, len(outbox_ids), 500):
        ReceiptRow.objects.filter(outbox_id__in=outbox_ids[at : at + 500]).update(is_published=True)


def store_stop(store: str, *, is_stopped: bool) -> None:
    """The kill switch: nothing is sent while a store is stopped."""
    Store.objects.filter(slug=store).update(is_stopped=is_stopped)


def _taken(entry: Outbox, worker: str, lease_until: datetime) -> bool:
    seen = Outbox.objects.filter(pk=entry.pk, state=entry.state, attempts=entry.attempts)
    if seen.update(state="sending", worker=worker, lease_until=lease_until, attempts=F("attempts") + 1) != 1:
        return False
    entry.state, entry.worker, entry.attempts = "sending", worker, entry.attempts + 1
    return True


def _finish(ledger: Ledger, row: Intervention, purpose: str, receipt: Receipt) -> None:
    detail = {"reference": receipt.reference, "summary_en": receipt.summary_en, "summary_zh": receipt.summary_zh}
    if purpose == "undo":
        ledger.step(row, "reverted", states.REVERTED, is_reverting=False, detail=detail)
        return
    is_whole = receipt.status == "applied"
    budget_settle(ledger, row, row.reserved_minor, "spend")
    ledger.step(
        row, "apply", states.APPLIED if is_whole else states.PARTLY_APPLIED,
        reason="; ".join(receipt.problems)[:500], detail=detail, applied_date=ledger.date,
        reference=receipt.reference[:120], spent_minor=row.reserved_minor, reserved_minor=0,
    )  # fmt: skip


def _today(store: str, now: datetime) -> date:
    return store_row(store).today_date or now.date()
