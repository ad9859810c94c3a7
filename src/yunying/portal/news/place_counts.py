"""How many articles stand in each column, up to a number above which nobody cares."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

MOST_COUNTED = 1_000
_COUNT = f"""
    SELECT c.page_ptr_id, (
        SELECT count(*) FROM (
            SELECT 1 FROM news_listing l
            WHERE l.place_id = c.page_ptr_id AND l.published_at <= %s AND (l.expire_at IS NULL OR l.expire_at > %s)
            {{narrow}} LIMIT {MOST_COUNTED}
        ) few
    ) FROM news_columnpage c
"""
_OPEN = "AND NOT EXISTS (SELECT 1 FROM wagtailcore_page p WHERE p.id = l.article_id AND p.path LIKE %s)"


def places_count(now: datetime, private: Sequence[str]) -> Mapping[int, int]:
    """The number of articles in each column and those below it, in all languages, at most ``MOST_COUNTED``."""
    with connection.cursor() as cursor:
        paths, at = [f"{path}%" for path in private], connection.ops.adapt_datetimefield_value(now)
        cursor.execute(_COUNT.format(narrow=" ".join([_OPEN] * len(paths))), [at, at, *paths])
        return dict(cursor.fetchall())
