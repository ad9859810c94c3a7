"""Keeps the rows of ``Listing`` what pages say: after a change of some articles, and of all where rows strayed."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from wagtail.models import Page

from yunying.portal.news.models import ArticlePage, TurnDone
from yunying.portal.news.site_version import site_changed

CHECK_EVERY = timedelta(hours=1)
_TURN = "listings"
_log = logging.getLogger("yunying.portal")

LISTED_FIELDS = frozenset(
    ("live", "path", "depth", "expire_at", "language", "published_at", "is_headline", "is_recommended",
     "is_picture_story", "lead_picture", "lead_picture_id")
)  # fmt: skip
"""The fields of an article that its places in lists follow from."""
_COLUMNS = (
    "article_id", "place_id", "language", "published_at", "expire_at", "is_own", "is_headline", "is_recommended",
    "is_picture_story", "is_pictured",
)  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_PLACES = """places AS (
    SELECT id, path, depth FROM wagtailcore_page
    WHERE id IN (SELECT page_ptr_id FROM news_columnpage UNION ALL SELECT page_ptr_id FROM news_homepage)
)"""
_TRUTH = f"""truth AS (
    SELECT a.page_ptr_id AS article_id, places.id AS place_id, a.language, a.published_at, p.expire_at,
           places.depth = p.depth - 1 AS is_own, a.is_headline, a.is_recommended, a.is_picture_story,
           a.lead_picture_id IS NOT NULL AS is_pictured
    FROM news_articlepage a
    JOIN wagtailcore_page p ON p.id = a.page_ptr_id
    JOIN (SELECT DISTINCT depth FROM places) level ON level.depth < p.depth
    JOIN places ON places.depth = level.depth AND places.path = substr(p.path, 1, level.depth * {Page.steplen})
    WHERE p.live AND {{narrow}}
)"""
_DIFFERS = " OR ".join(
    ["(l.expire_at IS NULL) <> (t.expire_at IS NULL)", *(f"l.{name} <> t.{name}" for name in _COLUMNS[2:])]
)
_DROP = f"""DELETE FROM news_listing WHERE id IN (
    WITH {_PLACES}, {_TRUTH}
    SELECT l.id FROM news_listing l LEFT JOIN truth t ON t.article_id = l.article_id AND t.place_id = l.place_id
    WHERE l.article_id IN (SELECT p.id FROM wagtailcore_page p WHERE {{narrow}})
    AND (t.article_id IS NULL OR {_DIFFERS})
)"""
_ADD = f"""INSERT INTO news_listing ({_NAMES})
    WITH {_PLACES}, {_TRUTH}
    SELECT {_NAMES} FROM truth t WHERE NOT EXISTS (
        SELECT 1 FROM news_listing l WHERE l.article_id = t.article_id AND l.place_id = t.place_id
    ) ON CONFLICT DO NOTHING"""


def articles_list(articles: Iterable[int]) -> None:
    """List some articles, by their numbers, where they stand now and nowhere else."""
    numbers = sorted(set(articles))
    with transaction.atomic():
        # Two changes of one article at once: the later one reads what the earlier one wrote.
        for at in range(0, len(numbers), 500):
            some = numbers[at : at + 500]
            list(
                ArticlePage.objects.select_for_update(of=("self",)).filter(pk__in=some).order_by("pk").values_list("pk")
            )
            _mend(f"p.id IN ({', '.join(['%s'] * len(some))})", some)


def below_list(path: str) -> None:
    """List all articles at or below a path of the tree."""
    with transaction.atomic():
        _mend("p.path LIKE %s", [f"{path}%"])


def listings_mend() -> int:
    """Drop and add whatever rows differ from what the pages say; how many did.

    It reads all articles: some seconds for a million.
    """
    with transaction.atomic():
        return _mend("1 = 1", [])


def listings_check(now: datetime) -> int:
    """Mend all rows, if that is due; how many differed.

    Whatever writes to the tables past the program, such as a script or a backup that was put back in part, is told of
    by nobody.
    """
    with transaction.atomic():
        done, is_new = TurnDone.objects.select_for_update().get_or_create(name=_TURN, defaults={"at": now})
        if not is_new and done.at > now - CHECK_EVERY:
            return 0
        TurnDone.objects.filter(name=_TURN).update(at=now)
        mended = listings_mend()
        if mended:
            site_changed(now)
    if mended:
        _log.warning("%s places of articles in lists were not what the articles say; they are now", mended)
    return mended


def _mend(narrow: str, values: Sequence[object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DROP.format(narrow=narrow), [*values, *values])
        dropped = cursor.rowcount
        cursor.execute(_ADD.format(narrow=narrow), list(values))
        return int(dropped + cursor.rowcount)
