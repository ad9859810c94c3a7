"""The pages of a long list: which articles stand on one of them, and how many pages there are, without counting all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from yunying.portal.news.articles import articles_in, listed, listing
from yunying.portal.news.models import ArticlePage
from yunying.portal.news.shared import Shared

PER_PAGE, MOST_PAGES = 20, 500
MOST_LISTED = PER_PAGE * MOST_PAGES
"""A list shows its newest only, so that neither its count nor its last page grows with it."""


class PlacePaginator(Paginator):
    """The newest articles of the home or a column, in one language."""

    def __init__(self, shared: Shared, place: int, language: str, now: datetime) -> None:
        super().__init__(listing(now, place, language, "newest", shared.private), PER_PAGE)
        self.shared, self.name, self.now = shared, ("count", place, language), now

    @cached_property
    def count(self) -> int:
        """How many articles the list shows, at most ``MOST_LISTED``."""
        return self.shared.kept(self.name, self.object_list[:MOST_LISTED].count)

    def _get_page(self, *args: Any, **kwargs: Any) -> ListPage:
        rows, *others = args
        return super()._get_page(articles_in(rows, self.now), *others, **kwargs)


def found_pages(numbers: Sequence[int]) -> Paginator:
    """Articles that were found, by their numbers, newest first."""
    return Paginator(listed(ArticlePage.objects.filter(pk__in=numbers)).order_by("-published_at", "-pk"), PER_PAGE)
