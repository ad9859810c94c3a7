"""Where a request comes from; what a header says of it counts only where our own proxy wrote it."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


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
