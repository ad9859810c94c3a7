"""A post as an event of the facts, under what its writer agreed to."""

from datetime import datetime

from yunying.accounts.member_keys import member_keys
from yunying.portal.community.models import Post
from yunying.portal.shop.facts.rows import day_of, facts_write, moment_text
from yunying.portal.shop.models import Shop
from yunying.portal.shop.tracking.visits import Visit

MOST_PAGE_CHARS = 200


def post_tell(shop: Shop, post: Post, visit: Visit | None, now: datetime) -> None:
    """Write the event in the transaction of the post; nothing where the visitor wants nothing recorded."""
    if visit is None:
        return
    member = f"person:{post.person_id}"
    is_known = visit.has_consent and post.person_id is not None
    facts_write(shop, "event", [{
        "event": f"post-{post.pk}", "type": "message" if post.kind == "guestbook" else "comment",
        "date": day_of(shop, now).isoformat(), "at": moment_text(now), "visitor": visit.visitor,
        "session": visit.session or None, "page": f"{post.place}#{post.kind}-{post.pk}"[:MOST_PAGE_CHARS],
        "member": member_keys(shop.slug, [member])[member] if is_known else None,
        "channel": visit.channel or None, "campaign": visit.campaign or None,
    }], now)  # fmt: skip
