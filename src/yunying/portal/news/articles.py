"""Which articles readers see, where they stand in the tree, and their pictures; few queries, however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.models import Page

from yunying.portal.news.models import ArticleDay, ArticlePage, ColumnPage, HomePage

CARD, LEAD = "fill-480x320|format-webp", "max-1280x960|format-webp"
MOST_READ_DAYS = 30
_DEFERRED = ("body",)


def home_page() -> HomePage | None:
    """The front of the portal, where there is one."""
    return HomePage.objects.live().first()


def address_of(page: Page) -> str:
    """Where a page of the tree is read; its address follows from its own row, without asking for another one."""
    below_home = page.url_path.split("/", 2)[2]
    return reverse("wagtail_serve", args=[below_home]) if below_home else reverse("front")


def articles_shown(now: datetime, language: str = "", below: Page | None = None) -> QuerySet[ArticlePage]:
    """The articles that everybody may read, in one language or all, of a column and those below it."""
    rows = ArticlePage.objects.live().public().filter(Q(expire_at=None) | Q(expire_at__gt=now), published_at__lte=now)
    if language:
        rows = rows.filter(language=language)
    if below is not None:
        rows = rows.filter(path__startswith=below.path)
    return rows.order_by("-published_at", "-pk")


def language_shown(language: str) -> str:
    """The reader's language, if anything is written in it; else none, so that he sees what there is."""
    known = set(ArticlePage.objects.live().order_by().values_list("language", flat=True).distinct())
    return language if language in known else ""


def columns_shown() -> list[ColumnPage]:
    """All columns that everybody may read, in the order of the tree."""
    return list(ColumnPage.objects.live().public().defer("layout").order_by("path"))


def column_of(article: Page, columns: Iterable[ColumnPage]) -> ColumnPage | None:
    """The column that an article stands in."""
    return next((each for each in columns if each.path == article.path[: -article.steplen]), None)


def articles_ready(rows: Iterable[ArticlePage], columns: Sequence[ColumnPage], spec: str = CARD) -> list[ArticlePage]:
    """Articles with their picture, column and address, by three queries however many they are."""
    articles = list(rows)
    pictures = _renditions({each.lead_picture_id for each in articles if each.lead_picture_id}, spec)
    by_path = {column.path: column for column in columns}
    for each in articles:
        each.picture = pictures.get(each.lead_picture_id)
        each.column = by_path.get(each.path[: -each.steplen])
        each.address = address_of(each)
    return articles


def most_read(rows: QuerySet[ArticlePage], now: datetime, count: int) -> list[int]:
    """Of some articles those that were opened most in the last days, by their numbers."""
    since = (now - timedelta(days=MOST_READ_DAYS)).date()
    days = ArticleDay.objects.filter(date__gte=since, article__in=rows.order_by().values("pk"))
    ordered = days.values("article").annotate(sum=Sum("hits")).order_by("-sum", "-article")
    return list(ordered.values_list("article", flat=True)[:count])


def neighbours(article: ArticlePage, now: datetime) -> tuple[ArticlePage | None, ArticlePage | None]:
    """The article before and the one after, in its own column and language."""
    rows = articles_shown(now, article.language).filter(
        path__startswith=article.path[: -article.steplen], depth=article.depth
    )
    at, pk = article.published_at, article.pk or 0
    older = rows.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk)).defer(*_DEFERRED).first()
    newer = rows.filter(Q(published_at__gt=at) | Q(published_at=at, pk__gt=pk)).defer(*_DEFERRED)
    return older, newer.order_by("published_at", "pk").first()


def listed(rows: QuerySet[ArticlePage]) -> QuerySet[ArticlePage]:
    """Rows for a list, which does not show bodies."""
    return rows.defer(*_DEFERRED)


def _renditions(pictures: set[int], spec: str) -> Mapping[int, object]:
    rows = Image.objects.filter(pk__in=pictures).prefetch_renditions(spec) if pictures else ()
    found = {}
    for image in rows:
        try:
            found[image.pk] = image.get_rendition(spec)
        except OSError:
            # The file is gone; an article is read without its picture rather than not at all.
            continue
    return found
