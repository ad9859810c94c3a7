"""The article before another one and the one after it, by one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from yunying.portal.news.articles import address_below
from yunying.portal.news.models import ArticlePage

# Written out, because Django takes longer to write it than the database to answer it.
_ONE = """
    SELECT * FROM (
        SELECT {side} AS side, p.title, p.url_path FROM news_listing l JOIN wagtailcore_page p ON p.id = l.article_id
        WHERE l.is_own AND l.place_id = %s AND l.language = %s AND l.published_at {than}= %s AND l.published_at <= %s
        AND (l.published_at {than} %s OR l.article_id {than} %s)
        AND p.live AND (p.expire_at IS NULL OR p.expire_at > %s) {open}
        ORDER BY l.published_at {order}, l.article_id {order} LIMIT 1
    ) near{side}
"""
_OPEN = "AND NOT p.path LIKE %s"


@dataclass(frozen=True)
class Neighbour:
    """What the link to an article says and where it leads."""

    title: str
    address: str


def neighbours(
    article: ArticlePage, place: int, now: datetime, private: Sequence[str]
) -> tuple[Neighbour | None, Neighbour | None]:
    """The article before and the one after, in the same language and column.

    Args:
        place: the number of the column.
        private: the paths of pages that not everybody may read.
    """
    at, until = (connection.ops.adapt_datetimefield_value(each) for each in (article.published_at, now))
    values = [place, article.language, at, until, at, article.pk or 0, until, *(f"{path}%" for path in private)]
    closed = " ".join([_OPEN] * len(private))
    older = _ONE.format(side=0, than="<", order="DESC", open=closed)
    newer = _ONE.format(side=1, than=">", order="ASC", open=closed)
    with connection.cursor() as cursor:
        cursor.execute(f"{older} UNION ALL {newer}", [*values, *values])
        found = {side: Neighbour(title, address_below(url_path)) for side, title, url_path in cursor.fetchall()}
    return found.get(0), found.get(1)
