"""The pages of the tree as readers see them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail.models import Page

from yunying.kernel.errors import OperatorError
from yunying.portal.news.articles import (
    address_of,
    articles_shown,
    column_of,
    lead_of,
)
from yunying.portal.news.hits import hits_of
from yunying.portal.news.layouts import Reader, layout_filled
from yunying.portal.news.list_pages import PlacePaginator, found_pages
from yunying.portal.news.models import ArticleFavourite, ArticlePage, ColumnPage, HomePage, InfoPage
from yunying.portal.news.models.pages import ShownPage
from yunying.portal.news.neighbours import neighbours
from yunying.portal.news.search import articles_found, keywords_of, words_offered
from yunying.portal.news.structured import article_data, trail_data
from yunying.portal.news.views.frame import NOTICE_COOKIE, Frame, Told, address_outside, is_chinese, reader_language
from yunying.portal.shop.refusals import refusal_words
from yunying.portal.shop.views.frame import text_given

SIDE, BESIDE = 8, 4


def page_shown(request: HttpRequest, page: Page) -> HttpResponse:
    """A page of the tree, by what it is."""
    views: Mapping[type[Page], Callable[[Frame, Any], HttpResponse]] = {
        HomePage: home, ColumnPage: column, ArticlePage: article, InfoPage: info,
    }  # fmt: skip
    return views[type(page)](Frame(request), page)


def home(frame: Frame, page: HomePage) -> HttpResponse:
    return _laid_out(frame, page, "home", "home", {})


def column(frame: Frame, page: ColumnPage) -> HttpResponse:
    words = text_given(frame.request.GET, "q", 100)
    if words:
        return article_list(frame, page, words)
    content = {
        "column": page,
        "trail": trail_of(frame, page),
        "below": [each for each in frame.columns if each.depth == page.depth + 1 and each.path.startswith(page.path)],
    }
    name = f"column/{page.slug}"
    if page.layout and "page" not in frame.request.GET:
        return _laid_out(frame, page, "column", name, content)
    return article_list(frame, page, "", content)


def article_list(
    frame: Frame, page: ColumnPage | None, words: str, content: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The articles of a column, or those with some words."""
    now, language = timezone.now(), frame.shared.language(reader_language())
    # Who searches finds what there is, in any language: the words say which one he means.
    found, is_cut = articles_found(articles_shown(now, below=page), words) if words else ([], False)
    top = page or frame.shared.home
    known = found_pages(found) if words else PlacePaginator(frame.shared, top.pk if top else 0, language, now)
    pages = known.get_page(frame.request.GET.get("page"))
    name = f"news-search?q={words}" if words else f"column/{page.slug if page else ''}"
    told = Told(name, frame.shop, searched=pages.paginator.count if words and pages.number == 1 else None,
                is_private=is_private(page))  # fmt: skip
    shown = {
        "column": page,
        "trail": trail_of(frame, page) if page else [],
        "pages": pages,
        "articles": frame.shared.ready(list(pages.object_list)),
        "words": words,
        "is_cut": is_cut,
        "offered": words_offered(articles_shown(now), words[: max(len(words) // 2, 1)]) if words and not found else (),
        "most_read": _most_read(frame, page, now, language),
        "canonical": address_outside(frame.request, address_of(page)) if page and not words else "",
        "not_indexed": bool(words),
    }
    return frame.shown("list", {**shown, **(content or {})}, told)


def article(frame: Frame, page: ArticlePage, problem: OperatorError | None = None, done: str = "") -> HttpResponse:
    now, request, shared = timezone.now(), frame.request, frame.shared
    in_column = column_of(page, frame.columns)
    place = in_column.pk if in_column else _place_of(page)
    beside, picked = (
        [each for each in shared.newest(now, where, page.language, kind, BESIDE + 1) if each.pk != page.pk][:BESIDE]
        for kind, where in (("pictures", place), ("picked", shared.home.pk if shared.home else 0))
    )
    shared.ready([*beside, *picked])
    older, newer = neighbours(page, place, now, shared.private)
    person = request.user if request.user.is_authenticated else None
    lead = lead_of(page)
    trail = trail_of(frame, page)
    outside = address_outside(request, address_of(page))
    picture = address_outside(request, lead.url) if lead else ""
    content = {
        "article": page,
        "column": in_column,
        "trail": trail,
        "lead": lead,
        "keywords": keywords_of(page.keywords),
        # One that was never saved has no number yet; only its preview is shown.
        "number": page.pk or 0,
        "hits": hits_of([page.pk]).get(page.pk, 0) if page.pk else 0,
        "same_kind": beside,
        "picked": picked,
        "older": older,
        "newer": newer,
        "is_favourite": person is not None and ArticleFavourite.objects.filter(person=person, article=page.pk).exists(),
        "has_comments": apps.is_installed("yunying.portal.community"),
        "comment_place": f"article/{page.pk}",
        "most_read": _most_read(frame, in_column, now, page.language),
        "canonical": outside,
        "picture_address": picture,
        "structured": [article_data(page, outside, picture, frame.portal.name), trail_data(request, trail)],
        "problem": refusal_words(problem) if problem else None,
        "done": done,
    }  # fmt: skip
    has_video = any(block.block_type == "video" for block in page.body)
    told = Told(f"article/{page.pk}", frame.shop, page.pk, has_video=has_video, is_private=is_private(page))
    return frame.shown("article", content, told)


def info(frame: Frame, page: InfoPage) -> HttpResponse:
    body = (is_chinese() and page.body_zh) or page.body or page.body_zh
    canonical = address_outside(frame.request, address_of(page))
    content = {"page": page, "body": body, "trail": trail_of(frame, page), "canonical": canonical}
    return frame.shown("info", content, Told(f"about/{page.slug}", frame.shop, is_private=is_private(page)))


def trail_of(frame: Frame, page: Page) -> list[tuple[Page, str]]:
    """The columns from the top down to a page, each with its address; the page itself last."""
    above = [each for each in frame.columns if page.path.startswith(each.path) and each.path != page.path]
    return [(each, address_of(each)) for each in [*above, page]]


def is_private(page: ShownPage | None) -> bool:
    """Whether not everybody may read a page."""
    return page is not None and not page.is_open and page.get_view_restrictions().exists()


def _laid_out(frame: Frame, page: Any, template: str, name: str, content: Mapping[str, Any]) -> HttpResponse:
    closed = frame.request.COOKIES.get(NOTICE_COOKIE, "")
    reader = Reader(
        timezone.now(), frame.shared.language(reader_language()), is_chinese(), frame.shared, frame.shop, closed
    )
    parts = layout_filled(page, reader)
    shown = [card for part in parts for card in part.cards]
    told = Told(name, frame.shop, shown=shown, is_private=is_private(page))
    canonical = address_outside(frame.request, address_of(page))
    return frame.shown(template, {"page": page, "parts": parts, "canonical": canonical, **content}, told)


def _most_read(frame: Frame, page: ColumnPage | None, now: datetime, language: str) -> list[ArticlePage]:
    """Those of a column that were opened most, without a column those of the whole portal."""
    top = page or frame.shared.home
    return frame.shared.most_read(now, top.pk, language)[:SIDE] if top else []


def _place_of(page: ArticlePage) -> int:
    """The number of the page above an article whose column is not shown to everybody."""
    above = Page.objects.filter(path=page.path[: -page.steplen]).values_list("pk", flat=True).first()
    return above or 0
