"""How often articles are opened: counted in the process, and written many at once.

No reader waits for a write. A process writes when it holds a hundred hits, or at the first hit after twenty seconds,
and when it ends; one that is killed loses what it held.
"""

import atexit
import logging
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from yunying.portal.news.models import ArticleDay, ArticlePage

MOST_HELD, MOST_SECONDS = 100, 20
MOST_AT_ONCE = 300
_ADD = """
    INSERT INTO news_articleday (article_id, date, hits) VALUES {rows}
    ON CONFLICT (article_id, date) DO UPDATE SET hits = news_articleday.hits + EXCLUDED.hits
"""
_log = logging.getLogger("yunying.portal")
_held: Counter[tuple[int, date]] = Counter()
_lock = threading.Lock()
_written_at: list[datetime] = []


def hit_count(article: int, now: datetime) -> None:
    """Count that an article was opened."""
    with _lock:
        _held[article, now.date()] += 1
        if not _written_at:
            _written_at.append(now)
        is_due = _held.total() >= MOST_HELD or now - _written_at[0] >= timedelta(seconds=MOST_SECONDS)
    if is_due:
        hits_write(now)


def hits_write(now: datetime) -> int:
    """Add what this process counted to the days of its articles; how many hits."""
    with _lock:
        taken = dict(_held)
        _held.clear()
        _written_at[:] = [now]
    if not taken:
        return 0
    try:
        hits_add(taken)
    except DatabaseError:
        _log.exception("hits could not be written")
        with _lock:
            _held.update(taken)
        return 0
    return sum(taken.values())


def hits_of(articles: list[int], since: date | None = None) -> Mapping[int, int]:
    """How often each of some articles was opened."""
    rows = ArticleDay.objects.filter(article__in=articles)
    if since is not None:
        rows = rows.filter(date__gte=since)
    return dict(rows.values_list("article").annotate(hits=Sum("hits")))


def hits_add(taken: Mapping[tuple[int, date], int]) -> None:
    """Add hits to days of articles; articles that are gone are passed over."""
    with transaction.atomic():
        there = set(
            ArticlePage.objects.filter(pk__in={article for article, _day in taken}).values_list("pk", flat=True)
        )
        # Always in one order, so that two processes never wait for each other.
        rows = [(*key, hits) for key, hits in sorted(taken.items()) if key[0] in there]
        for at in range(0, len(rows), MOST_AT_ONCE):
            some = rows[at : at + MOST_AT_ONCE]
            values = [
                value for article, day, hits in some
                for value in (article, connection.ops.adapt_datefield_value(day), hits)
            ]  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s)"] * len(some))), values)


def _last_write() -> None:
    if _held and connection.connection is not None:
        hits_write(timezone.now())


atexit.register(_last_write)
