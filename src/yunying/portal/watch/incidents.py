"""Incidents: what was found is opened, what is found again is confirmed, and somebody says what became of it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from yunying.audit.log import Change, audit_record
from yunying.kernel.ids import digest
from yunying.portal.news.following import CHAIN
from yunying.portal.watch.findings import Finding, joined
from yunying.portal.watch.models import Incident, Seal
from yunying.portal.watch.seals import seal_holds

SYSTEM = "system"


def incidents_record(first: Iterable[Finding], again: Iterable[Finding], now: datetime) -> list[Incident]:
    """Keep what a turn found.

    Args:
        first: all that was seen.
        again: what was seen when it was looked at a second time, which confirms it.

    Returns:
        The incidents that were confirmed now.
    """
    accepted = _accepted()
    seen = [each for each in joined([*first, *again]) if (each.key, seen_digest(each.seen)) not in accepted]
    twice = {each.key for each in again}
    confirmed = []
    with transaction.atomic():
        known = {(row.subject, row.kind): row for row in Incident.objects.select_for_update().exclude(state="closed")}
        changes = []
        for each in seen:
            row = known.pop(each.key, None) or Incident(subject=each.subject, kind=each.kind, opened_at=now)
            row.address, row.readers = each.address[:500], ", ".join(each.readers)[:200]
            row.expected, row.seen, row.seen_at = each.expected, each.seen, now
            if each.key in twice and row.state == "opened":
                row.state, row.confirmed_at = "confirmed", now
                confirmed.append(row)
            changes += [] if row.pk else [_change("watch-opened", row)]
            row.save()
        for row in known.values():
            # What was seen once and not again was a page between two publications; nobody has to be told.
            if row.state == "opened":
                _close(row, "passed", SYSTEM, "", now)
        audit_record(CHAIN, SYSTEM, now, [*changes, *(_change("watch-confirmed", row) for row in confirmed)])
    return confirmed


def incident_close(incident: Incident, closing: str, actor: str, reason: str, now: datetime) -> None:
    """Say, in the caller's transaction, what became of an incident."""
    _close(incident, closing, actor, reason, now)
    audit_record(CHAIN, actor, now, [_change(f"watch-{closing}", incident, reason)])


def acceptance_subject(subject: str, kind: str) -> str:
    """The seal under which it stands that what was seen is ours."""
    return f"ours/{digest(f'{subject} {kind}', 32)}"


def seen_digest(seen: str) -> str:
    """What was seen, as far as it is told apart: another change of the same thing is another incident."""
    return digest(seen, 32)


def _accepted() -> Collection[tuple[tuple[str, str], str]]:
    seals = (each for each in Seal.objects.filter(subject__startswith="ours/") if seal_holds(each))
    return {((each.content["subject"], each.content["kind"]), each.content["seen"]) for each in seals}


def _close(incident: Incident, closing: str, actor: str, reason: str, now: datetime) -> None:
    incident.state, incident.closing, incident.closed_at = "closed", closing, now
    incident.closed_by, incident.reason = actor[:150], reason[:500]
    incident.save()


def _change(action: str, incident: Incident, reason: str = "") -> Change:
    after = {"kind": incident.kind, "address": incident.address, "seen": incident.seen[:500]}
    return Change(action, incident.subject, reason=reason, after=after)
