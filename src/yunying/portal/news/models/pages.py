"""The pages of the tree: the portal's home, columns of any depth, articles, and pages about the site."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction

from yunying.portal.news.models.blocks import BodyBlock, LayoutBlock
from yunying.portal.news.models.listing import ArticleManager
from yunying.portal.news.text_checks import fields_check

LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LICENCES = [
    ("reserved", _("All rights reserved")),
    ("permitted", _("Reprinted with the author's permission")),
    ("cc-by-4.0", "CC BY 4.0"),
    ("cc-by-sa-4.0", "CC BY-SA 4.0"),
    ("cc0-1.0", "CC0 1.0"),
    ("public", _("Public domain")),
]
_WEB = URLValidator(schemes=["http", "https"])


class ShownPage(Page):
    """How a page of the portal is served: by its own view, in the portal's frame."""

    READ: ClassVar[tuple[str, ...]] = ("title", "seo_title", "search_description")
    """The fields whose words stand on the page or in its head."""

    takes_odd_text = models.BooleanField(
        _("let odd text pass"), default=False,
        help_text=_("Tick it if the check for broken characters is wrong about this page."),
    )  # fmt: skip
    is_open = False
    """Whether it is known already that nobody is kept from reading it."""

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        fields_check(self, self.READ)

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        return PageViewRestriction.objects.none() if self.is_open else super().get_view_restrictions()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from yunying.portal.news.views.pages import page_shown

        return page_shown(request, self)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from yunying.portal.news.views.pages import page_shown

        return page_shown(request, self)


class HomePage(ShownPage):
    """The front of the portal."""

    title_zh = models.CharField(_("title in Chinese"), max_length=255, blank=True)
    layout = StreamField(LayoutBlock(), blank=True, verbose_name=_("layout"))

    READ: ClassVar = (*ShownPage.READ, "title_zh", "layout")
    content_panels: ClassVar = [
        *Page.content_panels, FieldPanel("title_zh"), FieldPanel("layout"), FieldPanel("takes_odd_text"),
    ]  # fmt: skip
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["news.ColumnPage", "news.InfoPage"]
    max_count = 1

    class Meta:
        verbose_name = _("home page")


class ColumnPage(ShownPage):
    """A column; it may have columns below it."""

    title_zh = models.CharField(_("title in Chinese"), max_length=255, blank=True)
    summary = models.CharField(_("what it is about"), max_length=300, blank=True)
    summary_zh = models.CharField(_("what it is about, in Chinese"), max_length=300, blank=True)
    layout = StreamField(LayoutBlock(), blank=True, verbose_name=_("layout"))

    READ: ClassVar = (*ShownPage.READ, "title_zh", "summary", "summary_zh", "layout")
    content_panels: ClassVar = [
        *Page.content_panels, FieldPanel("title_zh"), FieldPanel("summary"), FieldPanel("summary_zh"),
        FieldPanel("layout"), FieldPanel("takes_odd_text"),
    ]  # fmt: skip
    parent_page_types: ClassVar = ["news.HomePage", "news.ColumnPage"]
    subpage_types: ClassVar = ["news.ColumnPage", "news.ArticlePage"]

    class Meta:
        verbose_name = _("column")


class ArticlePage(ShownPage):
    """An article, in one language."""

    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, default="zh-hans")
    published_at = models.DateTimeField(_("publication time"), default=timezone.now)
    summary = models.TextField(_("key summary"), max_length=500, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))
    source = models.CharField(_("source"), max_length=120, blank=True)
    source_address = models.CharField(_("address of the source"), max_length=500, blank=True, validators=[_WEB])
    author = models.CharField(_("author"), max_length=120, blank=True)
    licence = models.CharField(_("licence"), max_length=20, choices=LICENCES, default="reserved")
    keywords = models.CharField(_("keywords"), max_length=200, blank=True, help_text=_("Separated by commas."))
    lead_picture = models.ForeignKey(
        "wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        verbose_name=_("lead picture"),
    )  # fmt: skip
    is_headline = models.BooleanField(_("a head line"), default=False)
    is_recommended = models.BooleanField(_("recommended"), default=False)
    is_picture_story = models.BooleanField(_("a picture story"), default=False)

    READ: ClassVar = (*ShownPage.READ, "summary", "source", "author", "keywords", "body")
    content_panels: ClassVar = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("language"), FieldPanel("published_at"), FieldPanel("summary")], _("Head")),
        FieldPanel("lead_picture"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("source", "source_address", "author", "licence", "keywords")], _("Origin")
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("is_headline", "is_recommended", "is_picture_story", "takes_odd_text")],
            _("Where it stands"),
        ),
    ]
    parent_page_types: ClassVar = ["news.ColumnPage"]
    subpage_types: ClassVar = []
    objects = ArticleManager()

    class Meta:
        verbose_name = _("article")
        indexes: ClassVar = [
            models.Index(fields=["language", "-published_at"], name="news_articles_newest"),
        ]

    def clean(self) -> None:
        super().clean()
        if self.is_picture_story and self.lead_picture_id is None:
            if not self._has_lost_its_picture():
                raise ValidationError({"lead_picture": _("A picture story needs a lead picture.")})
            self.is_picture_story = False

    def _has_lost_its_picture(self) -> bool:
        """Whether somebody deleted the picture of this story; that must not keep it from being saved."""
        stored = type(self).objects.filter(pk=self.pk, is_picture_story=True, lead_picture=None)
        return self.pk is not None and stored.exists()


class InfoPage(ShownPage):
    """A page about the site: who we are, contact, terms, privacy, copyright."""

    title_zh = models.CharField(_("title in Chinese"), max_length=255, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))
    body_zh = StreamField(BodyBlock(), blank=True, verbose_name=_("body in Chinese"))

    READ: ClassVar = (*ShownPage.READ, "title_zh", "body", "body_zh")
    content_panels: ClassVar = [
        *Page.content_panels, FieldPanel("title_zh"), FieldPanel("body"), FieldPanel("body_zh"),
        FieldPanel("takes_odd_text"),
    ]  # fmt: skip
    parent_page_types: ClassVar = ["news.HomePage"]
    subpage_types: ClassVar = []

    class Meta:
        verbose_name = _("page about the site")
