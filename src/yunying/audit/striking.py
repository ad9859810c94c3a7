"""Striking words about a person out of the log, where the law asks for it, without breaking its chains.

A struck link keeps its number and its digest, so what follows it still follows it, and digests that were recorded
elsewhere still fit. A later link of the same chain says which links were struck and the digest of what they hold now;
only with that word is a link that differs from its digest sound.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from yunying.audit.log import STRIKE, Change, audit_chains, audit_record, content_digest
from yunying.audit.models import AuditEntry, AuditHead
from yunying.kernel.errors import InternalError

_AT_ONCE = 100
_SUBJECTS_AT_ONCE = 400


@dataclass(frozen=True)
class Struck:
    """Whose words go.

    Args:
        actor: the name under which the person acted; ``alias`` takes its place.
        subjects: what the person's links are about, such as ``person/17``, by chain; the chains are locked in this
            order.
        fields: names in a link's content whose values go whole, such as an address.
        without: a text without the person's words.
    """

    actor: str
    alias: str
    subjects: Mapping[str, Collection[str]]
    fields: frozenset[str]
    without: Callable[[str], str]


def audit_strike(struck: Struck, now: datetime) -> int:
    """Strike a person's words out of all chains, in the caller's transaction; how many links were changed."""
    changed: dict[str, dict[str, str]] = {}
    if not transaction.get_connection().in_atomic_block:
        raise InternalError("words are struck in the transaction of the erasure itself")
    # Every writer of these chains waits here, so that no link can be added under the old name meanwhile.
    named = list(struck.subjects)
    for store in [*named, *(chain for chain in _chains_of(struck.actor) if chain not in struck.subjects)]:
        AuditHead.objects.select_for_update().filter(store=store).first()
    found = _found(struck)
    for entry in found:
        if _strike(entry, struck):
            changed.setdefault(entry.store, {})[str(entry.number)] = content_digest(entry)
    for store, links in sorted(changed.items()):
        numbers = sorted(links, key=int)
        for at in range(0, len(numbers), _AT_ONCE):
            part = {number: links[number] for number in numbers[at : at + _AT_ONCE]}
            audit_record(store, "system", now, [Change(STRIKE, f"chain/{store}", after={"links": part})])
    return sum(map(len, changed.values()))


def _chains_of(actor: str) -> list[str]:
    """The chains that tell of an actor's deeds."""
    if not actor:
        return []
    mine = AuditEntry.objects.filter(store__in=audit_chains(), actor=actor).order_by()
    return sorted(mine.values_list("store", flat=True).distinct())


def _found(struck: Struck) -> list[AuditEntry]:
    mine = AuditEntry.objects.filter(store__in=audit_chains(), actor=struck.actor) if struck.actor else ()
    rows = {entry.pk: entry for entry in mine}
    for store, subjects in struck.subjects.items():
        names = sorted(subjects)
        for at in range(0, len(names), _SUBJECTS_AT_ONCE):
            part = AuditEntry.objects.filter(store=store, subject__in=names[at : at + _SUBJECTS_AT_ONCE])
            rows |= {entry.pk: entry for entry in part}
    return [rows[pk] for pk in sorted(rows) if rows[pk].action != STRIKE]


def _strike(entry: AuditEntry, struck: Struck) -> bool:
    told = {
        "actor": struck.alias if entry.actor == struck.actor else entry.actor,
        "reason": struck.without(entry.reason),
        "before": _without(entry.before, struck),
        "after": _without(entry.after, struck),
    }
    if all(getattr(entry, name) == value for name, value in told.items()):
        return False
    for name, value in told.items():
        setattr(entry, name, value)
    entry.save(update_fields=list(told))
    return True


def _without(content: Any, struck: Struck) -> Any:
    if isinstance(content, str):
        return struck.without(content)
    if isinstance(content, Mapping):
        return {name: "" if name in struck.fields and value else _without(value, struck)
                for name, value in content.items()}  # fmt: skip
    return [_without(each, struck) for each in content] if isinstance(content, list) else content
