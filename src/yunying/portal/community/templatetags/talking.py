"""Comments under anything: ``{% include "community/comments.html" with place="article/12" %}``."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.portal.community.addresses import post_address
from yunying.portal.community.keys import form_key
from yunying.portal.community.models import Post
from yunying.portal.community.posts import FIRST_SHOWN, is_written_at, posts_seen, posts_shown
from yunying.portal.moderation.deciding import REASONS
from yunying.portal.moderation.links import text_shown
from yunying.portal.shop.models import Shop

register = template.Library()
WORDS = {
    "waiting": gettext_noop("Waiting"), "shown": gettext_noop("Shown"), "hidden": gettext_noop("Hidden"),
    "fine": gettext_noop("Nothing is wrong with it"), "spam": gettext_noop("Spam"),
    "offensive": gettext_noop("Offensive"), "off-topic": gettext_noop("Off topic"), "illegal": gettext_noop("Illegal"),
    "personal-data": gettext_noop("Personal data of others"), "advertising": gettext_noop("Advertising"),
    "copy": gettext_noop("A copy"), "other": gettext_noop("Another reason"), "comment": gettext_noop("Comment"),
    "reply": gettext_noop("Reply"), "thread": gettext_noop("Thread"), "guestbook": gettext_noop("Guestbook"),
    "before": gettext_noop("Somebody reads it first"), "after": gettext_noop("Shown at once, read later"),
    "new-member": gettext_noop("New member"), "guest": gettext_noop("Guest"), "watched": gettext_noop("Watched word"),
    "links": gettext_noop("Links"), "same-host": gettext_noop("The same site again"),
    "probability": gettext_noop("Looks like what was hidden"), "integrity": gettext_noop("Broken or tampered text"),
    "forbidden": gettext_noop("Forbidden word"), "typed-too-fast": gettext_noop("Typed too fast"),
    "reported": gettext_noop("Reported by several"),
}  # fmt: skip


@register.filter
def said(code: str) -> str:
    """A state, kind, reason or flag in the reader's language."""
    return _(WORDS[code]) if code in WORDS else code


@register.filter(name="post_address")
def where(post: Post) -> str:
    """The page on which a post stands."""
    return post_address(post.site, post)


@register.filter
def plain_text(text: str) -> SafeString:
    """What a member wrote, safe to show."""
    return text_shown(text)


@register.simple_tag(takes_context=True)
def talk_at(context: Mapping[str, Any], place: str) -> dict[str, Any]:
    """What the comments of a place need: the newest few in their order, the count, and a key for the form."""
    shop = context.get("shop") or Shop.objects.order_by("pk").first()
    if shop is None:
        return {}
    person, now = context["request"].user, timezone.now()
    # Most places have none, and to ask for them with all that is shown of each takes three times as long.
    seen = posts_seen(shop.slug, place, person).order_by("-pk")[:FIRST_SHOWN] if is_written_at(shop.slug, place) else ()
    newest = list(seen)
    shown = sum(each.submission.state == "shown" for each in newest)
    count = shown if len(newest) < FIRST_SHOWN else posts_shown(shop.slug, place).count()
    return {"shop": shop, "posts": newest[::-1], "count": count, "has_more": count > shown, "key": form_key(now),
            "reasons": REASONS[1:]}  # fmt: skip
