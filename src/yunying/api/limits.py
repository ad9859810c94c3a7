"""How often somebody may call: counted in the database, so that every process counts the same."""

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from yunying.api.models import CallCount
from yunying.api.refusals import Refused

_KEPT_WINDOWS = 2


def call_count(caller: str, limit: int) -> None:
    """Count one call in this window; as many as the limit pass, by one conditional update each.

    Raises:
        Refused: the limit is reached; it says when the next window begins.
    """
    seconds = settings.API_WINDOW_SECONDS
    now = timezone.now().timestamp()
    window = int(now // seconds)
    rows = CallCount.objects.filter(caller=caller, window=window)
    below = rows.filter(count__lt=limit)
    if below.update(count=F("count") + 1):
        return
    if not rows.exists():
        # Of several first calls one makes the row; all of them then count on it.
        CallCount.objects.bulk_create([CallCount(caller=caller, window=window)], ignore_conflicts=True)
        CallCount.objects.filter(window__lt=window - _KEPT_WINDOWS).delete()
    # Asked again in every case: another process may have made the row between the two questions.
    if below.update(count=F("count") + 1):
        return
    wait = max(1, int((window + 1) * seconds - now + 0.999))
    raise Refused(
        "too-often", f"More than {limit} requests in {seconds} seconds.", f"Wait {wait} seconds.",
        headers={"Retry-After": str(wait)},
    )  # fmt: skip
