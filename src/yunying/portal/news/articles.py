"""Which articles readers see, where they stand in the tree, and their pictures; few queries, however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from wagtail.images.models import Filter, Image, Rendition
from wagtail.models import Page, PageViewRestriction

from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage, Listing

CARD, LEAD = "fill-480x320|format-webp", "max-1280x960|format-webp"
KINDS: Mapping[str, Mapping[str, bool]] = {
    "newest": {}, "own": {"is_own": True}, "headlines": {"is_headline": True},
    "recommended": {"is_recommended": True}, "pictures": {"is_picture_story": True},
    "picked": {"is_recommended": True, "is_pictured": True},
}  # fmt: skip
"""Kinds of lists, each read from an index of its own."""
_DEFERRED = ("body",)
_LISTED = (
    "title", "url_path", "path", "language", "published_at", "expire_at", "last_published_at", "summary", "author",
    "lead_picture",
)  # fmt: skip
_DRAWN = (
    "file", "width", "height", "filter_spec", "focal_point_key", "image__title",
    *(f"image__focal_point_{name}" for name in ("x", "y", "width", "height")),
)  # fmt: skip


def home_page() -> HomePage | None:
    """The front of the portal, where there is one."""
    return HomePage.objects.live().first()


def address_of(page: Page) -> str:
    """Where a page of the tree is read; its address follows from its own row, without asking for another one."""
    return address_below(page.url_path)


def address_below(url_path: str) -> str:
    """The same by the path that Wagtail keeps of a page."""
    below_home = url_path.split("/", 2)[2]
    return reverse("wagtail_serve", args=[below_home]) if below_home else reverse("front")


def articles_shown(now: datetime, language: str = "", below: Page | None = None) -> QuerySet[ArticlePage]:
    """The articles that everybody may read, in one language or all, of a column and those below it."""
    rows = ArticlePage.objects.live().public().filter(_not_over(now), published_at__lte=now)
    if language:
        rows = rows.filter(language=language)
    if below is not None:
        rows = rows.filter(path__startswith=below.path)
    return rows.order_by("-published_at", "-pk")


def listing(now: datetime, place: int, language: str, kind: str, private: Sequence[str]) -> QuerySet[Listing]:
    """A list of one of the ``KINDS``, newest first, as rows to be cut to what is shown.

    Args:
        place: the number of the home or of a column; what stands below it belongs to its lists.
        private: the paths of pages that not everybody may read.
    """
    rows = Listing.objects.filter(place=place, language=language, published_at__lte=now, **KINDS[kind])
    for path in private:
        rows = rows.exclude(article__path__startswith=path)
    return rows.filter(_not_over(now)).order_by("-published_at", "-article")


def articles_in(rows: QuerySet[Listing], now: datetime) -> QuerySet[ArticlePage]:
    """The articles of a list that was cut, with what lists and feeds show of them."""
    # Who is asked whether an article is shown is the article itself.
    shown = ArticlePage.objects.live().filter(_not_over(now), published_at__lte=now)
    return shown.filter(pk__in=rows.values("article")).only(*_LISTED).order_by("-published_at", "-pk")


def _not_over(now: datetime) -> Q:
    return Q(expire_at=None) | Q(expire_at__gt=now)


def private_paths() -> list[str]:
    """The paths of the pages that not everybody may read, nor what is below them."""
    return list(PageViewRestriction.objects.values_list("page__path", flat=True))


def columns_shown(private: Sequence[str] | None = None) -> list[ColumnPage]:
    """All columns that everybody may read, in the order of the tree.

    Args:
        private: as ``private_paths`` gives them, where they are known already.
    """
    closed = tuple(private_paths() if private is None else private)
    return [each for each in ColumnPage.objects.live().order_by("path") if not each.path.startswith(closed)]


def column_of(article: Page, columns: Iterable[ColumnPage]) -> ColumnPage | None:
    """The column that an article stands in."""
    return next((each for each in columns if each.path == article.path[: -article.steplen]), None)


def articles_ready(rows: Iterable[ArticlePage], columns: Sequence[ColumnPage]) -> list[ArticlePage]:
    """Articles with their picture, column and address, by one query however many they are."""
    articles = list(rows)
    begun = [each for each in articles if not hasattr(each, "address")]
    pictures = pictures_of({each.lead_picture_id for each in begun if each.lead_picture_id}, CARD)
    by_path = {column.path: column for column in columns}
    for each in begun:
        each.picture = pictures.get(each.lead_picture_id)
        each.column = by_path.get(each.path[: -each.steplen])
        each.address = address_of(each)
    return articles


def newest_of(articles: Iterable[ArticlePage], count: int) -> list[ArticlePage]:
    """The newest of the articles of several lists."""
    return sorted(articles, key=lambda each: (each.published_at, each.pk), reverse=True)[:count]


def listed(rows: QuerySet[ArticlePage]) -> QuerySet[ArticlePage]:
    """Rows for a list, which does not show bodies."""
    return rows.defer(*_DEFERRED)


def lead_of(article: ArticlePage) -> Rendition | None:
    """The picture at the head of an article, which has its image then."""
    found = pictures_of({article.lead_picture_id}, LEAD) if article.lead_picture_id else {}
    picture = found.get(article.lead_picture_id)
    if picture is not None:
        article.lead_picture = picture.image
    return picture


def pictures_of(numbers: set[int], spec: str) -> Mapping[int, Rendition]:
    """Pictures in one of their sizes, by one query where each was drawn in it before."""
    if not numbers:
        return {}
    cut = Filter(spec=spec)
    drawn = Rendition.objects.filter(image__in=numbers, filter_spec=spec).select_related("image").only(*_DRAWN)
    found = {each.image_id: each for each in drawn if each.focal_point_key == cut.get_cache_key(each.image)}
    for image in Image.objects.filter(pk__in=numbers - found.keys()) if numbers - found.keys() else ():
        try:
            found[image.pk] = image.get_rendition(spec)
        except OSError:
            # The file is gone; an article is read without its picture rather than not at all.
            continue
    return found
