"""The articles that were opened most in the last days: counted for everybody by the turn, a few for each list."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Sum

from yunying.portal.news.models import ArticleDay, Listing, MostRead, TurnDone

MOST_READ_DAYS = 30
MOST_RANKED = 40
"""As many as any list shows, and some for those that go meanwhile."""
EVERY, HOLDS = timedelta(minutes=10), timedelta(minutes=30)
"""How often the turn counts; where it does not run, older ranks are not shown and each list is counted when asked."""
_TURN = "most-read"
_COUNT = """
    INSERT INTO news_mostread (place_id, language, rank, article_id)
    SELECT place_id, language, rank, article_id FROM (
        SELECT l.place_id, l.language, l.article_id,
               row_number() OVER (PARTITION BY l.place_id, l.language ORDER BY d.hits DESC, l.article_id DESC) AS rank
        FROM (SELECT article_id, sum(hits) AS hits FROM news_articleday WHERE date >= %s GROUP BY article_id) d
        JOIN news_listing l ON l.article_id = d.article_id
    ) ranked WHERE rank <= %s
"""


def most_read(now: datetime, place: int, language: str) -> list[int]:
    """The numbers of a place's articles that were opened most in the last days; some may have gone meanwhile."""
    if TurnDone.objects.filter(name=_TURN, at__gt=now - HOLDS).exists():
        ranked = MostRead.objects.filter(place=place, language=language).order_by("rank")
        return list(ranked.values_list("article", flat=True))
    there = Listing.objects.filter(place=place, language=language).values("article")
    days = ArticleDay.objects.filter(date__gte=_since(now), article__in=there)
    ordered = days.values("article").annotate(sum=Sum("hits")).order_by("-sum", "-article")
    return list(ordered.values_list("article", flat=True)[:MOST_RANKED])


def most_read_count(now: datetime) -> bool:
    """Count all lists, if that is due; whether it was."""
    with transaction.atomic():
        done, is_new = TurnDone.objects.select_for_update().get_or_create(name=_TURN, defaults={"at": now})
        if not is_new and done.at > now - EVERY:
            return False
        MostRead.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [connection.ops.adapt_datefield_value(_since(now)), MOST_RANKED])
        TurnDone.objects.filter(name=_TURN).update(at=now)
    return True


def _since(now: datetime) -> date:
    return (now - timedelta(days=MOST_READ_DAYS)).date()
