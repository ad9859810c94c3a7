"""Where articles stand in lists, on rows so slim and so indexed that a list is read from one index, however long it is.

The rows follow from the pages themselves and are made anew at any time: see ``listings.py``.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

NEWEST = ("place", "language", "-published_at", "-article")


class ArticleQuerySet(PageQuerySet):
    """Articles; what changes many of them at once changes their places in lists too."""

    def update(self, **fields: Any) -> int:
        from yunying.portal.news.listings import LISTED_FIELDS, articles_list

        if not LISTED_FIELDS & fields.keys():
            return super().update(**fields)
        changed = list(self.order_by().values_list("pk", flat=True))
        count = super().update(**fields)
        articles_list(changed)
        return count


ArticleManager = PageManager.from_queryset(ArticleQuerySet)


class Listing(models.Model):
    """A live article in the lists of one place: the home, its own column, or a column above that."""

    article = models.ForeignKey("news.ArticlePage", on_delete=models.CASCADE, related_name="listings", db_index=False)
    place = models.ForeignKey(settings.WAGTAIL_PAGE_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    language = models.CharField(max_length=10)
    published_at = models.DateTimeField()
    expire_at = models.DateTimeField(null=True)
    is_own = models.BooleanField()
    """Whether the place is the column that the article stands in."""
    is_headline = models.BooleanField()
    is_recommended = models.BooleanField()
    is_picture_story = models.BooleanField()
    is_pictured = models.BooleanField()
    """Whether the article has a lead picture."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "place"], name="news_listed_once")]
        indexes: ClassVar = [
            models.Index(fields=NEWEST, name="news_listed", include=["expire_at"]),
            models.Index(fields=NEWEST, name="news_listed_own", condition=Q(is_own=True)),
            models.Index(fields=NEWEST, name="news_listed_headlines", condition=Q(is_headline=True)),
            models.Index(fields=NEWEST, name="news_listed_recommended", condition=Q(is_recommended=True)),
            models.Index(fields=NEWEST, name="news_listed_pictures", condition=Q(is_picture_story=True)),
            models.Index(
                fields=NEWEST, name="news_listed_picked", condition=Q(is_recommended=True) & Q(is_pictured=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_id}: {self.article_id}"


class MostRead(models.Model):
    """One of the articles of a place and language that were opened most, as the turn counted them."""

    place = models.ForeignKey(settings.WAGTAIL_PAGE_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    language = models.CharField(max_length=10)
    rank = models.PositiveSmallIntegerField()
    article = models.ForeignKey("news.ArticlePage", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "language", "rank"], name="news_most_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.place_id}/{self.language} {self.rank}: {self.article_id}"


class TurnDone(models.Model):
    """When the turn did something last that it does not do every minute."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at}"
