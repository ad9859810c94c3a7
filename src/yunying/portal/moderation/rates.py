"""Counts in windows of time, bounded by one conditional update each, so that no burst passes a limit."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from yunying.kernel.ids import digest
from yunying.portal.moderation.models import RateCount

FORGOTTEN = timedelta(days=2)


def rate_take(key: str, most: int, span: timedelta, now: datetime) -> bool:
    """Count one more in the window of a key; whether it was among the first ``most``."""
    seconds = int(span.total_seconds())
    window = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)
    # Addresses and names are kept nowhere as they are.
    rows = RateCount.objects.filter(key=digest(f"{seconds}/{key}", 32), window=window)
    if rows.filter(count__lt=most).update(count=F("count") + 1):
        return True
    if rows.exists():
        return False
    try:
        with transaction.atomic():
            RateCount.objects.create(key=digest(f"{seconds}/{key}", 32), window=window, count=1)
    except IntegrityError:
        return rate_take(key, most, span, now)
    return most > 0


def rates_forget(now: datetime) -> int:
    """Forget windows that are over; how many."""
    return RateCount.objects.filter(window__lt=now - FORGOTTEN).delete()[0]
