"""The outbox: commands that wait for a hand. One worker at a time holds an entry; a lease ends with its worker."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yunying.interventions import states
from yunying.interventions.budgets import budget_settle
from yunying.interventions.ledger import Ledger, rows_locked, store_row
from yunying.interventions.models import Outbox, ReceiptRow, Store
from yunying.kernel.json_form import to_plain
from yunying.kernel.receipt import Receipt

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
_MOST_WAIT_MINUTES = 60


def outbox_claim(worker: str, *, store: str, ignore_wait: bool = False, lease: timedelta = LEASE) -> Outbox | None:
    """Take the oldest entry that waits, or whose holder died; None if there is none or the store is stopped.

    Args:
        ignore_wait: take also what still waits for a slip to be taken back.
    """
    now = timezone.now()
    free = Q(state="waiting") | Q(state="sending", lease_until__lt=now)
    if not ignore_wait:
        free &= Q(not_before__isnull=True) | Q(not_before__lte=now)
    else:
        free &= Q(attempts=0) | Q(not_before__isnull=True) | Q(not_before__lte=now)
    while True:
        entry = Outbox.objects.filter(free, store=store).order_by("id").first()
        if entry is None or Store.objects.filter(slug=store, is_stopped=True).exists():
            return None
        if _taken(entry, worker, now, lease):
            return Outbox.objects.select_related("intervention").get(pk=entry.pk)


def _taken(entry: Outbox, worker: str, now: datetime, lease: timedelta) -> bool:
    """Take the entry by a conditional update and mark its intervention as under way; False if another was faster."""
    with transaction.atomic():
        row = rows_locked([entry.intervention_id])[0]
        seen = Outbox.objects.filter(pk=entry.pk, state=entry.state, attempts=entry.attempts)
        stopped = Store.objects.filter(slug=entry.store, is_stopped=True).exists()
        taken = not stopped and seen.update(
            state="sending", worker=worker, lease_until=now + lease, attempts=entry.attempts + 1
        )
        if not taken:
            return False
        if entry.purpose == "apply" and row.state == states.APPROVED:
            ledger = Ledger(row.store, None, now, _today(row.store, now))
            ledger.step(row, "dispatch", states.DISPATCHED, detail={"key": entry.key})
            ledger.flush()
    return True


def outbox_done(entry: Outbox, receipt: Receipt) -> bool:
    """Record a receipt: the intervention is done or taken back, its money spent. False if it was recorded before."""
    now = timezone.now()
    with transaction.atomic():
        row = rows_locked([entry.intervention_id])[0]
        if Outbox.objects.filter(pk=entry.pk, state="sending").update(state="done", error="") != 1:
            return False
        ReceiptRow.objects.create(outbox=entry, at=now, content=to_plain(receipt))
        day = _today(row.store, now)
        ledger = Ledger(row.store, None, now, day)
        detail = {"reference": receipt.reference, "summary_en": receipt.summary_en, "summary_zh": receipt.summary_zh}
        if entry.purpose == "undo":
            ledger.step(row, "reverted", states.REVERTED, is_reverting=False, detail=detail)
        else:
            is_whole = receipt.status == "applied"
            budget_settle(ledger, row, row.reserved_minor, "spend")
            ledger.step(
                row, "apply", states.APPLIED if is_whole else states.PARTLY_APPLIED,
                reason="; ".join(receipt.problems)[:500], detail=detail, applied_date=day,
                reference=receipt.reference[:120], spent_minor=row.reserved_minor, reserved_minor=0,
            )  # fmt: skip
        ledger.flush()
    return True


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
    ReceiptRow.objects.filter(outbox_id__in=outbox_ids).update(is_published=True)


def store_stop(store: str, *, is_stopped: bool) -> None:
    """The kill switch: nothing is sent while a store is stopped."""
    Store.objects.filter(slug=store).update(is_stopped=is_stopped)


def _today(store: str, now: datetime) -> date:
    return store_row(store).today_date or now.date()
