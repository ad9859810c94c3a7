"""Telling friends of an article: a link that credits its sender, and a mail within limits."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from yunying.accounts.addresses import address_of
from yunying.accounts.people import Person
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest
from yunying.portal.moderation.rates import rate_take
from yunying.portal.news.models import ArticlePage, Share, ShareVisit
from yunying.portal.shop.tracking.visits import wants_no_tracking

MOST_MAILS_A_DAY, MOST_MAILS_TO_ONE_A_DAY, MOST_REPORTS_A_DAY = 10, 3, 10
CODE_CHARS = 12


def share_make(person: Person, article: ArticlePage, now: datetime) -> Share:
    """The link by which a person tells of an article; the same one each time."""
    known = Share.objects.filter(person=person, article=article).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Share.objects.create(person=person, article=article, code=secrets.token_hex(6), made_at=now)
    except IntegrityError:
        # Another request of the same person came first.
        return Share.objects.get(person=person, article=article)


def share_came(request: HttpRequest, article: int, now: datetime) -> None:
    """Credit a share with the reader that it brought, once for each; nobody who wants nothing recorded is counted."""
    code = request.GET.get("via", "")
    if not (code.isalnum() and code.isascii() and len(code) == CODE_CHARS) or wants_no_tracking(request):
        return
    share = Share.objects.filter(code=code, article=article).first()
    if share is None or (request.user.is_authenticated and request.user.pk == share.person_id):
        return
    # What is kept follows from the address, this share and the site's secret, so it tells of no reader and no other
    # share.
    parts = (settings.SECRET_KEY, share.code, address_of(request), request.headers.get("User-Agent", ""))
    ShareVisit.objects.bulk_create(
        [ShareVisit(share=share, reader=digest("/".join(parts), 32), came_at=now)], ignore_conflicts=True
    )


def sending_take(key: str, most: int, now: datetime) -> None:
    """Count one sending of a sender or to an address.

    Raises:
        OperatorError: it is as many as there may be on a day.
    """
    if not rate_take(f"news/{key}", most, timedelta(days=1), now):
        raise OperatorError(
            "too-many", gettext_noop("This was sent too often today."), gettext_noop("Send it again tomorrow.")
        )
