"""The version of what the catalogue's pages show, and until when a page of this version holds."""

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction

from yunying.portal.shop.models import CatalogueChange, Feature, ListPrice

KEPT = timedelta(seconds=60)
"""For what no change of a row tells, such as a crossed-out price whose days are over."""
AHEAD = 2 * KEPT
MOST = 2**53
_FORGOTTEN_AFTER = timedelta(minutes=10)


# Ids are given before they are committed, so the highest alone would miss one that comes late. Numbers are drawn at
# random, so that other rows have another sum.
VERSION_SQL = "SELECT count(*) || '-' || max(id) || '-' || sum(number) FROM shop_cataloguechange"
_last: dict[str, str] = {}


class CatalogueMoved(Exception):
    """The catalogue is at another version than a page supposed."""


def catalogue_version() -> str:
    """Another one after each change that was committed; read it before what is to be kept under it."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION_SQL)
        found = cursor.fetchone()[0] or ""
    _last[connection.alias] = found
    return found


def version_supposed() -> str:
    """The version that this process read last, without a query; whoever uses it must have it checked before answering.

    Empty where none was read.
    """
    return _last.get(connection.alias, "")


def holds_until(now: datetime) -> datetime:
    """When a price or a feature begins or ends by itself next, at most ``AHEAD`` from now; one query."""
    begin = Feature.objects.filter(starts_at__gt=now).order_by().values_list("starts_at")
    end = Feature.objects.filter(ends_at__gt=now).order_by().values_list("ends_at")
    price = ListPrice.objects.filter(starts_at__gt=now, starts_at__lt=now + AHEAD).order_by().values_list("starts_at")
    return min([now + AHEAD, *(at for (at,) in price.union(begin, end))])


def changes_forget(now: datetime) -> int:
    """Forget changes that no kept page is old enough to depend on; how many."""
    # On SQLite it is one row that counts.
    if connection.vendor == "sqlite":
        return 0
    with transaction.atomic():
        forgotten = int(CatalogueChange.objects.filter(at__lt=now - _FORGOTTEN_AFTER).delete()[0])
        # A change that took minutes to commit may go as soon as it comes; the version before it must not come again.
        if forgotten:
            CatalogueChange.objects.create(number=secrets.randbelow(MOST), at=now)
        return forgotten
