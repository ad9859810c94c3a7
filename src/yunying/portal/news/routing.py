"""Which page stands at an address, where it is one that everybody may read: by one query, in place of two a step."""

from django.http import HttpRequest
from wagtail.models import Page

from yunying.portal.news.models import ArticlePage
from yunying.portal.news.shared import Shared

_FIELDS = ", ".join(f"{field.model._meta.db_table}.{field.column}" for field in ArticlePage._meta.concrete_fields)
# Written out once: Django takes longer to write it each time than the database to answer it.
_ARTICLE = f"""
    SELECT {_FIELDS} FROM news_articlepage JOIN wagtailcore_page ON wagtailcore_page.id = news_articlepage.page_ptr_id
    WHERE wagtailcore_page.slug = %s AND wagtailcore_page.depth = %s AND wagtailcore_page.path LIKE %s
    AND wagtailcore_page.live
"""


def page_at(shared: Shared, request: HttpRequest, path: str) -> Page | None:
    """The home, a column or an article; none of what Wagtail has to look at itself, or is not there."""
    site, home = shared.site(request), shared.home
    if site is None or home is None or site.root_page_id != home.pk or "\0" in path:
        return None
    known = shared.kept("by-address", lambda: {each.url_path: each for each in [home, *shared.columns]})
    url_path = home.url_path + "".join(f"{part}/" for part in path.split("/") if part)
    page: Page | None = known.get(url_path)
    if page is None:
        above, slug = url_path[:-1].rsplit("/", 1)
        page = _article(known.get(f"{above}/"), slug)
    if page is None or page.alias_of_id or page.path.startswith(_asked(shared)):
        return None
    page.is_open = True
    return page


def _article(column: Page | None, slug: str) -> ArticlePage | None:
    if column is None:
        return None
    return next(iter(ArticlePage.objects.raw(_ARTICLE, [slug, column.depth + 1, f"{column.path}%"])), None)


def _asked(shared: Shared) -> tuple[str, ...]:
    """The paths of pages about whose readers Wagtail has to be asked; an alias is read by whom its source is."""
    return (*shared.private, *(each.path for each in shared.columns if each.alias_of_id))
