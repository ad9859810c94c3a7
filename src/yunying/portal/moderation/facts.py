"""What members and guests write as rows of ``content_item``: no word of it and nobody's key, only how it stands."""

from collections.abc import Iterable
from datetime import datetime

from yunying.portal.moderation.models import Submission
from yunying.portal.shop.facts.rows import day_of, facts_write, moment_text
from yunying.portal.shop.models import Shop

TOLD = ("comment", "guestbook", "thread", "reply")


def submissions_tell(
    site: str, numbers: Iterable[int], now: datetime, *, is_gone: bool = False, is_by_staff: bool | None = None
) -> None:
    """Write how submissions stand now, in the transaction of what changed them; nothing at a site without a store.

    Args:
        is_gone: they are about to be deleted.
        is_by_staff: known when something is written; None leaves what was told then.
    """
    shop = Shop.objects.filter(slug=site).first()
    rows = Submission.objects.filter(site=site, pk__in=list(numbers), kind__in=TOLD).order_by("pk")
    if shop is None:
        return
    day = day_of(shop, now).isoformat()
    facts_write(shop, "content_item", [
        {
            "item": f"{row.kind}/{row.pk}", "date": day, "kind": row.kind, "state": "gone" if is_gone else row.state,
            "place": row.place, "author_kind": _author(row, is_by_staff),
            "published_at": moment_text(row.decided_at) if row.state == "shown" and row.decided_at else None,
            "characters": len(row.text),
        }
        for row in rows
    ], now)  # fmt: skip


def _author(row: Submission, is_by_staff: bool | None) -> str | None:
    if is_by_staff is None:
        return None
    return "staff" if is_by_staff else "member" if row.person_id else "guest"
