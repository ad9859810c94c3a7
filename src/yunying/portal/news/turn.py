"""The portal's own work of a minute: what is due comes, what has expired goes, lists and pictures are looked over."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from wagtail.models import Page, Revision

from yunying.portal.news.hits import hits_write
from yunying.portal.news.listings import listings_check
from yunying.portal.news.most_read import most_read_count
from yunying.portal.news.pictures import pictures_draw
from yunying.portal.news.site_version import changes_forget

_log = logging.getLogger("yunying.portal")


def news_turn(now: datetime) -> None:
    """Do it once."""
    expired = Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at")
    for page in list(expired.specific()):
        _tried(page, lambda page=page: page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled"))
    due = Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")
    for revision in list(due):
        _tried(revision, lambda revision=revision: revision.publish(log_action="wagtail.publish.scheduled"))
    hits_write(now)
    listings_check(now)
    most_read_count(now)
    pictures_draw()
    changes_forget(now)


def _tried(what: Page | Revision, do: Callable[[], object]) -> None:
    """One article that cannot be saved must not keep the others waiting; it is tried again by the next turn."""
    try:
        do()
    except ValidationError as error:
        _log.error("%s %s was neither published nor taken away: %s", type(what).__name__, what.pk, error)
