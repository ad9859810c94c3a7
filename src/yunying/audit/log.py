"""Writing to the log, and checking that nobody altered it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from yunying.audit.models import AuditEntry, AuditHead

STRIKE = "audit_strike"
"""The action of a link that says which links lost words about a person; see ``striking.py``."""


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

    The head's row is locked last of all rows (see ``interventions/ledger.py``), so that writers cannot deadlock.
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
        head.digest = entry.digest = content_digest(entry)
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    head.save(update_fields=["count", "digest"])


def audit_chains() -> list[str]:
    """The chains that there are: those that have links, and those that a head says had some."""
    heads = set(AuditHead.objects.values_list("store", flat=True))
    return sorted(heads | set(AuditEntry.objects.order_by().values_list("store", flat=True).distinct()))


def audit_tip(store: str) -> tuple[int, str]:
    """The number and digest of a chain's newest link; 0 and nothing if it has none."""
    found = AuditEntry.objects.filter(store=store).order_by("-number").values_list("number", "digest").first()
    return found or (0, "")


def audit_problems(store: str, published: Mapping[int, str] | None = None) -> list[str]:
    """What is wrong with a store's chain: altered, missing or swapped links, a head that does not fit.

    Args:
        published: digests of links by number, kept where whoever writes this database does not write. Without them a
            chain whose end was cut off, or that was hashed anew, looks sound.
    """
    marks = dict(published or {})
    problems, number, previous, sound = [], 0, "", 0
    with transaction.atomic():
        head = AuditHead.objects.filter(store=store).first()
        struck = _struck(store)
        for entry in AuditEntry.objects.filter(store=store).order_by("number", "pk").iterator(chunk_size=2000):
            problems += _link_problems(entry, number, previous, struck)
            number, previous = entry.number, entry.digest
            mark = marks.pop(number, None)
            if mark is not None and mark != entry.digest:
                problems.append(f"Links {sound + 1} to {number} of {store}: at least one was altered and hashed anew.")
            sound = number if mark is not None else sound
    if marks:
        # What stands behind the last link that fits cannot be told from what was written in its place.
        span = f"Links {sound + 1} to {max(marks)}" if max(marks) > number else f"Link {min(marks)}"
        problems.append(
            f"{span} of {store}: at least one is gone; {max(marks)} was recorded, the chain ends at {number}."
        )
    known = (head.count, head.digest) if head else (0, "")
    if known != (number, previous):
        problems.append(f"The chain of {store} ends at {number}, but its head says {known[0]}.")
    return problems


def _struck(store: str) -> dict[int, str]:
    """The digest of what each struck link of a chain holds now, by the last link that says so."""
    told = AuditEntry.objects.filter(store=store, action=STRIKE).order_by("number").values_list("after", flat=True)
    return {int(number): str(digest) for after in told for number, digest in after.get("links", {}).items()}


def _link_problems(entry: AuditEntry, number: int, previous: str, struck: Mapping[int, str]) -> list[str]:
    """What is wrong with one link behind the one of a number and digest."""
    problems = []
    if entry.number != number + 1:
        missing = f"Link {number + 1}" if entry.number > number else f"Link {entry.number}"
        problems.append(f"{missing} of {entry.store} is missing or not in its place; the next one is {entry.number}.")
    elif entry.previous_digest != previous:
        problems.append(f"Link {entry.number} of {entry.store} does not follow the one before it.")
    if content_digest(entry) not in (entry.digest, struck.get(entry.number)):
        problems.append(f"Link {entry.number} of {entry.store} was altered.")
    return problems


def content_digest(entry: AuditEntry) -> str:
    """SHA-256 over what a link holds and the digest of the one before it."""
    content = [
        entry.store, entry.number, entry.at.astimezone(UTC).isoformat(), entry.actor, entry.action, entry.subject,
        entry.reason, entry.before, entry.after, entry.previous_digest,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
