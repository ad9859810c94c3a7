"""Writing to the log, and checking that nobody altered it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from yunying.audit.models import AuditEntry, AuditHead


@dataclass(frozen=True)
class Change:
    """One change to be written: what was done to what, and its content before and after."""

    action: str
    subject: str
    reason: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def audit_record(store: str, actor: str, at: datetime, changes: Sequence[Change]) -> None:
    """Append changes to a store's chain, in the caller's transaction, which must be open.

    The head's row is locked last of all rows (see ``interventions/transition.py``), so that writers cannot deadlock.
    """
    if not changes:
        return
    AuditHead.objects.get_or_create(store=store)
    head = AuditHead.objects.select_for_update().get(store=store)
    entries = []
    for change in changes:
        head.count += 1
        entry = AuditEntry(
            store=store,
            number=head.count,
            at=at,
            actor=actor,
            action=change.action,
            subject=change.subject,
            reason=change.reason,
            before=dict(change.before),
            after=dict(change.after),
            previous_digest=head.digest,
        )
        head.digest = entry.digest = _digest(entry)
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    head.save(update_fields=["count", "digest"])


def audit_problems(store: str) -> list[str]:
    """What is wrong with a store's chain: altered, missing or swapped links, a head that does not fit."""
    with transaction.atomic():
        head = AuditHead.objects.filter(store=store).first()
        entries = AuditEntry.objects.filter(store=store).order_by("number")
        problems, number, previous = [], 0, ""
        for entry in entries.iterator(chunk_size=2000):
            number += 1
            if entry.number != number:
                problems.append(f"Link {number} of {store} is missing; the next one is {entry.number}.")
                number = entry.number
            elif entry.previous_digest != previous:
                problems.append(f"Link {number} of {store} does not follow the one before it.")
            if entry.digest != _digest(entry):
                problems.append(f"Link {number} of {store} was altered.")
            previous = entry.digest
    known = (head.count, head.digest) if head else (0, "")
    if known != (number, previous):
        problems.append(f"The chain of {store} ends at {number}, but its head says {known[0]}.")
    return problems


def _digest(entry: AuditEntry) -> str:
    content = [
        entry.store, entry.number, entry.at.astimezone(UTC).isoformat(), entry.actor, entry.action, entry.subject,
        entry.reason, entry.before, entry.after, entry.previous_digest,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
