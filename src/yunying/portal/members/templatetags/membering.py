"""What templates ask of members: the author of a post with his level, and the titles of pages and sections."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from yunying.portal.community.models import Post
from yunying.portal.members.names import shown_name
from yunying.portal.members.views.frame import PAGES

register = template.Library()
SECTIONS = {
    "account": gettext_noop("Account"), "member": gettext_noop("Membership"), "profile": gettext_noop("Profile"),
    "levels": gettext_noop("Level"), "invite_link": gettext_noop("Invitation link"),
    "invited": gettext_noop("When somebody came by your link"), "addresses": gettext_noop("Address book"),
    "sign_ins": gettext_noop("Browsers that you signed in with"), "erasures": gettext_noop("Requests to be erased"),
    "this_browser": gettext_noop("What this browser keeps"), "orders": gettext_noop("Orders"),
    "order_lines": gettext_noop("Lines of orders"), "payments": gettext_noop("Payments"),
    "refunds": gettext_noop("Refunds"), "returns": gettext_noop("Returns"), "invoices": gettext_noop("Invoices"),
    "coupons": gettext_noop("Coupons used"), "reviews": gettext_noop("Reviews"), "basket": gettext_noop("Basket"),
    "product_favourites": gettext_noop("Products kept"), "article_favourites": gettext_noop("Articles kept"),
    "shares": gettext_noop("Links to articles that you passed on"), "posts": gettext_noop("Posts"),
    "moderation": gettext_noop("How your posts were judged"), "trust": gettext_noop("Trust in your posts"),
    "reports_of_posts": gettext_noop("Posts that you reported"),
    "reports_of_articles": gettext_noop("Articles that you reported"),
    "conversations": gettext_noop("Conversations with the shop"), "mails": gettext_noop("Mails that we sent you"),
    "facts": gettext_noop("What our figures know under your random key"),
    "log": gettext_noop("What the log keeps of your deeds"),
}  # fmt: skip


@register.simple_tag
def own_pages() -> list[tuple[str, str]]:
    """The pages of one's own, with their names in the reader's language."""
    return [(name, _(words)) for name, words in PAGES]


@register.filter
def section_title(name: str) -> str:
    """What a section of an export holds."""
    return _(SECTIONS[name]) if name in SECTIONS else name


@register.inclusion_tag("members/author.html")
def author(post: Post) -> dict[str, Any]:
    """Who wrote a post, under the name that he has now; nobody's post keeps the name it was sent under."""
    if post.person_id is None:
        nameless = _("Guest") if post.kind == "guestbook" else _("A former member")
        return {"name": post.name or nameless}
    profile = getattr(post.person, "profile", None)
    if post.is_by_staff:
        # Who works here stands under his post's label, and has no page among the members.
        return {"name": shown_name(post.person, profile)}
    standing = next(iter(getattr(post.person, "standing_here", ())), None)
    return {
        "name": shown_name(post.person, profile), "number": post.person_id, "site": post.site,
        "digest": profile.picture_digest if profile else "", "level": standing.level if standing else 0,
    }  # fmt: skip
