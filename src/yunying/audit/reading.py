"""Reading the log."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from yunying.audit.models import AuditEntry


def audit_of(store: str, subjects: Iterable[str], most: int = 50) -> list[AuditEntry]:
    """The newest entries about these subjects, such as ``setting/purchasing.review_days``."""
    entries = AuditEntry.objects.filter(store=store, subject__in=list(subjects))
    return list(entries.order_by("-number")[:most])


def audit_found(
    store: str,
    *,
    actor: str = "",
    action: str = "",
    words: Iterable[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[AuditEntry]:
    """A chain's entries, the newest first.

    Args:
        words: each stands in the subject, the reason, the actor or the action.
        since, until: a half-open span of moments.
    """
    rows = AuditEntry.objects.filter(store=store)
    rows = rows.filter(actor=actor) if actor else rows
    rows = rows.filter(action=action) if action else rows
    rows = rows.filter(at__gte=since) if since else rows
    rows = rows.filter(at__lt=until) if until else rows
    for word in words:
        rows = rows.filter(
            Q(subject__icontains=word)
            | Q(reason__icontains=word)
            | Q(actor__icontains=word)
            | Q(action__icontains=word)
        )
    return rows.order_by("-number")


def audit_values(store: str, field: str, most: int = 200) -> list[str]:
    """The actors, or the actions, that a chain tells of; its index answers."""
    rows = AuditEntry.objects.filter(store=store).order_by(field).values_list(field, flat=True)
    return list(rows.distinct()[:most])
