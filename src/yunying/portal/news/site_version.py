"""The version of what the portal's pages show: another one after each change that was committed."""

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction

from yunying.portal.news.models import SiteChange

KEPT_SECONDS = 60
"""For what no change tells: an article that comes or goes by its date, and the most read."""
_MOST = 2**53
_FORGOTTEN_AFTER = timedelta(minutes=10)


def site_version() -> str:
    """The state of the portal and of the shop's catalogue, whose products stand on its pages; one query."""
    with connection.cursor() as cursor:
        # Random numbers, so that other rows have another sum; a row that commits late changes it too.
        cursor.execute(
            "SELECT (SELECT count(*) FROM news_sitechange), (SELECT max(id) FROM news_sitechange), "
            "(SELECT sum(number) FROM news_sitechange), (SELECT count(*) FROM shop_cataloguechange), "
            "(SELECT max(id) FROM shop_cataloguechange), (SELECT sum(number) FROM shop_cataloguechange)"
        )
        return "-".join(map(str, cursor.fetchone()))


def site_changed(now: datetime) -> None:
    """Say, in the caller's transaction, that pages made until now are old."""
    SiteChange.objects.create(number=secrets.randbelow(_MOST), at=now)


def changes_forget(now: datetime) -> int:
    """Forget changes that no kept page is old enough to depend on; how many."""
    with transaction.atomic():
        forgotten = int(SiteChange.objects.filter(at__lt=now - _FORGOTTEN_AFTER).delete()[0])
        # A change that took minutes to commit may go as soon as it comes; no version must come again.
        if forgotten:
            site_changed(now)
        return forgotten
