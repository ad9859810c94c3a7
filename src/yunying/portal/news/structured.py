"""What pages tell search engines of themselves, as JSON-LD (schema.org)."""

from typing import Any

from django.http import HttpRequest
from wagtail.models import Page

from yunying.portal.news.models import ArticlePage
from yunying.portal.news.search import keywords_of
from yunying.portal.news.views.frame import address_outside, is_chinese

_CONTEXT = "https://schema.org"
_LICENCES = {
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


def article_data(article: ArticlePage, address: str, picture: str, portal: str) -> dict[str, Any]:
    """An article as ``NewsArticle``."""
    changed_at = article.last_published_at or article.published_at
    told = {
        "@context": _CONTEXT,
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.summary,
        "inLanguage": "zh-CN" if article.language == "zh-hans" else "en",
        "datePublished": article.published_at.isoformat(),
        "dateModified": max(changed_at, article.published_at).isoformat(),
        "mainEntityOfPage": address,
        "image": picture and [picture],
        "keywords": keywords_of(article.keywords),
        "license": _LICENCES.get(article.licence, ""),
        "author": article.author and {"@type": "Person", "name": article.author},
        "publisher": portal and {"@type": "Organization", "name": portal},
    }
    return {name: value for name, value in told.items() if value}


def trail_data(request: HttpRequest, trail: list[tuple[Page, str]]) -> dict[str, Any]:
    """Where a page stands, as ``BreadcrumbList``."""
    items = [
        {"@type": "ListItem", "position": place, "name": (is_chinese() and getattr(page, "title_zh", "")) or page.title,
         "item": address_outside(request, address)}
        for place, (page, address) in enumerate(trail, start=1)
    ]  # fmt: skip
    return {"@context": _CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}
