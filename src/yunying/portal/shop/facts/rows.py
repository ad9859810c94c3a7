"""Writing rows of fact tables into the inbox, in the caller's transaction."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from yunying.inbox.box import Incoming, inbox_receive
from yunying.kernel.money import to_major
from yunying.portal.shop.models import Shop

Row = Mapping[str, Any]


def facts_write(shop: Shop, table: str, rows: Iterable[Row], now: datetime) -> None:
    """Hand rows to the inbox: they become facts if the caller's transaction commits, else never were.

    The thing itself happens once by its own unique keys, so its rows need no id.
    """
    if settings.SHOP_FACTS and (incoming := [Incoming(row) for row in rows]):
        inbox_receive(shop.slug, table, incoming, now)


def day_of(shop: Shop, moment: datetime) -> date:
    """The shop's own day of a moment."""
    return moment.astimezone(ZoneInfo(shop.time_zone)).date()


def moment_text(moment: datetime) -> str:
    """A moment as facts take it."""
    return moment.astimezone(UTC).isoformat()


def price_text(amount_minor: int, currency: str, units: int = 1) -> str:
    """The price of one unit as decimal text, of an amount for some units."""
    exact = to_major(amount_minor, currency) / units
    return f"{exact.quantize(Decimal('0.000001')) if units > 1 else exact:f}"
