"""What readers leave: hits, favourites, shares, reports; and what is made of articles to find and to keep them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from yunying.portal.news.models.pages import ArticlePage


class ArticleDay(models.Model):
    """How often an article was opened on a day (UTC); each process adds what it counted, many hits at once."""

    article = models.ForeignKey(ArticlePage, on_delete=models.CASCADE, related_name="days")
    date = models.DateField()
    hits = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "date"], name="news_day_once")]
        indexes: ClassVar = [models.Index(fields=["date", "article", "hits"], name="news_hits_by_day")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.date}: {self.hits}"


class ArticleFavourite(models.Model):
    """An article that somebody keeps."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(ArticlePage, on_delete=models.CASCADE, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "article"], name="news_favourite_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.article_id}"


class Share(models.Model):
    """A link by which one person tells others of an article."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    article = models.ForeignKey(ArticlePage, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "article"], name="news_share_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.article_id}"


class ShareVisit(models.Model):
    """Somebody who came by a share's link; one browser counts once, and the sender's own does not."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="visits")
    reader = models.CharField(max_length=32)
    came_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["share", "reader"], name="news_share_visit_once")]

    def __str__(self) -> str:
        return f"{self.share_id}: {self.came_at}"


class Report(models.Model):
    """A reader's report that an article breaks a rule."""

    REASONS = ("untrue", "copyright", "unlawful", "advertising", "other")
    article = models.ForeignKey(ArticlePage, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=20)
    words = models.TextField(max_length=2000, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reported_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["is_open", "reported_at"], name="news_reports_open")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.reason}"


class ArticleGram(models.Model):
    """A piece of an article's words, as in the shop's search."""

    gram = models.CharField(max_length=3)
    article = models.ForeignKey(ArticlePage, on_delete=models.CASCADE, related_name="grams")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["gram", "article"], name="news_gram_once")]

    def __str__(self) -> str:
        return f"{self.gram}: {self.article_id}"


class ArticleText(models.Model):
    """The words of a published article, folded, by which a search is settled."""

    article = models.OneToOneField(ArticlePage, on_delete=models.CASCADE, related_name="text", primary_key=True)
    words = models.TextField()

    def __str__(self) -> str:
        return str(self.article_id)


class SiteChange(models.Model):
    """That something changed which the portal's pages show; kept pages hold for one state of these rows only."""

    number = models.BigIntegerField()
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.at}: {self.number}"
