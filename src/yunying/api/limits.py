"""How often somebody may call: counted in the database, so that every process counts the same."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest
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


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; what a header says of it counts only where our own proxy wrote it.

    Every proxy appends whom it heard from, so the last address that is none of our proxies is the caller's. Of an IPv6
    address the network of 64 bits counts, for one caller has all of it.
    """
    here = request.META.get("REMOTE_ADDR", "")
    chain = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    while chain and _is_ours(here):
        here = chain.pop()
    try:
        parsed = ip_address(here)
    except ValueError:
        return "unknown"
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return str(ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)


def _is_ours(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in ip_network(each, strict=False) for each in settings.TRUSTED_PROXIES)
