"""Reading the log."""

from collections.abc import Iterable

from yunying.audit.models import AuditEntry


def audit_of(store: str, subjects: Iterable[str], most: int = 50) -> list[AuditEntry]:
    """The newest entries about these subjects, such as ``setting/purchasing.review_days``."""
    entries = AuditEntry.objects.filter(store=store, subject__in=list(subjects))
    return list(entries.order_by("-number")[:most])
