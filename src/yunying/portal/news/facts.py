"""An article as a row of ``content_item``, each time that it is published or taken away."""

from datetime import datetime

from django.db import transaction
from wagtail.models import Page

from yunying.portal.news.models import ArticlePage, PortalSettings
from yunying.portal.news.search import article_words
from yunying.portal.shop.facts.rows import day_of, facts_write, moment_text
from yunying.portal.shop.models import Shop


def site_shop(portal: PortalSettings) -> Shop | None:
    """The shop that belongs to the portal: the one that is named, or the only one."""
    found = list(Shop.objects.filter(**({"slug": portal.shop} if portal.shop else {})).order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def article_tell(article: ArticlePage, now: datetime, *, is_shown: bool) -> None:
    """Write how an article stands now; nothing where the portal belongs to no store."""
    shop = site_shop(PortalSettings.objects.first() or PortalSettings())
    if shop is None:
        return
    column = Page.objects.filter(path=article.path[: -Page.steplen]).values_list("slug", flat=True).first()
    row = {
        "item": f"article/{article.pk}", "date": day_of(shop, now).isoformat(), "kind": "article",
        "state": "shown" if is_shown else "gone", "place": f"column/{column}" if column else None,
        "language": article.language, "author_kind": "editor",
        "published_at": moment_text(article.published_at or now), "characters": len(article_words(article)),
    }  # fmt: skip
    # Wagtail publishes without a transaction of its own where a program asks it to.
    with transaction.atomic():
        facts_write(shop, "content_item", [row], now)
