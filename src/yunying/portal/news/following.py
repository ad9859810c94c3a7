"""What follows each change of a page: another version, the words that search finds, an entry in the audit log."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.models import BaseLogEntry, Collection, Page, Site
from wagtail.models.view_restrictions import BaseViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from yunying.audit.log import Change, audit_record
from yunying.portal.news.facts import article_tell
from yunying.portal.news.listings import articles_list, below_list
from yunying.portal.news.models import ArticlePage, PortalSettings
from yunying.portal.news.search import article_forget, article_index
from yunying.portal.news.site_version import site_changed

CHAIN = "portal"
"""The chain of the audit log that tells of pages, pictures and settings of the portal."""
SHOWN = (Page, Image, Site, PortalSettings, Collection, BaseViewRestriction)


def connect() -> None:
    """Listen to what Wagtail and its pages say."""
    for signal in (post_save, post_delete):
        signal.connect(_shown_changed, dispatch_uid="news-shown")
    post_save.connect(_saved, dispatch_uid="news-listed")
    pre_delete.connect(_picture_goes, sender=Image, dispatch_uid="news-picture-goes")
    post_delete.connect(_picture_gone, sender=Image, dispatch_uid="news-picture-gone")
    post_save.connect(_logged, dispatch_uid="news-logged")
    page_published.connect(_published, dispatch_uid="news-published")
    page_unpublished.connect(_unpublished, dispatch_uid="news-unpublished")
    post_page_move.connect(_moved, dispatch_uid="news-moved")


def _shown_changed(sender: type[Model], **_other: Any) -> None:
    if issubclass(sender, SHOWN):
        site_changed(timezone.now())


def _saved(sender: type[Model], instance: Any, **_other: Any) -> None:
    # Wagtail also saves an article as a page of no kind.
    if sender is ArticlePage or sender is Page:
        articles_list([instance.pk])


def _picture_goes(instance: Image, **_other: Any) -> None:
    instance.leads = list(ArticlePage.objects.filter(lead_picture=instance).values_list("pk", flat=True))


def _picture_gone(instance: Image, **_other: Any) -> None:
    # Django takes it from its articles past their own manager, and tells nobody.
    articles_list(instance.leads)


def _moved(instance: Page, **_other: Any) -> None:
    site_changed(timezone.now())
    below_list(instance.path)


def _logged(sender: type[Model], instance: Any, created: bool, raw: bool = False, **_other: Any) -> None:
    """Each entry of Wagtail's own log becomes a link of the audit chain, which nobody can edit unseen."""
    if not created or raw or not issubclass(sender, BaseLogEntry):
        return
    actor = instance.user.get_username() if instance.user_id and instance.user else "program"
    subject = f"{instance.content_type.model if instance.content_type_id else 'page'}/{instance.object_id}"
    data = json.loads(json.dumps(instance.data or {}, cls=DjangoJSONEncoder))
    after = {"label": instance.label[:200], "data": data}
    with transaction.atomic():
        audit_record(CHAIN, actor, timezone.now(), [Change(f"news-{instance.action}"[:60], subject, after=after)])


def _published(instance: Page, **_other: Any) -> None:
    site_changed(timezone.now())
    if isinstance(instance, ArticlePage):
        article_index(instance)
        article_tell(instance, timezone.now(), is_shown=True)


def _unpublished(instance: Page, **_other: Any) -> None:
    site_changed(timezone.now())
    if isinstance(instance, ArticlePage):
        article_forget(instance)
        article_tell(instance, timezone.now(), is_shown=False)
