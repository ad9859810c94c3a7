"""Notices to other programs: where they go, what waits, what became of them. The loop writes and sends them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db.models import F, Min
from django.utils.crypto import salted_hmac

from yunying.inbox.models import Delivery, Endpoint
from yunying.kernel.errors import OperatorError

EVENTS = ("proposed", "approved", "applied", "failed", "measured", "credited", "reverted")
MOST_ENDPOINTS = 20
GIVE_UP = timedelta(days=3)
"""How long a notice is tried."""
_FIRST_WAIT, _MOST_WAIT = timedelta(minutes=1), timedelta(hours=6)
LEASE = timedelta(minutes=2)
_CHUNK = 400


@dataclass(frozen=True)
class Notice:
    """One step of an intervention as it is told: its id in the ledger, its event, and the JSON text that is sent."""

    step: int
    event: str
    at: datetime
    body: str


def endpoint_make(store: str, url: str, events: Sequence[str], person: int, now: datetime) -> Endpoint:
    """Have an address told of a store's events.

    Raises:
        OperatorError: the address or an event cannot be used, or there are too many.
    """
    url_check(url)
    unknown = sorted(set(events) - set(EVENTS))
    if unknown or not events:
        what = f"There is no event {unknown[0]!r}." if unknown else "No event was named."
        raise OperatorError("unknown-event", what, f"Use: {', '.join(EVENTS)}.")
    if Endpoint.objects.filter(store=store, ended_at=None).count() >= MOST_ENDPOINTS:
        raise OperatorError("too-many", f"The store has {MOST_ENDPOINTS} endpoints.", "End one first.")
    chosen = [event for event in EVENTS if event in events]
    return Endpoint.objects.create(
        store=store, url=url, events=chosen, salt=secrets.token_hex(16), made_by=person, made_at=now
    )


def endpoint_secret(endpoint: Endpoint) -> str:
    """The secret that signs what goes to an endpoint; it follows from the installation's key and stands nowhere."""
    return f"whsec_{salted_hmac('yunying.webhook', f'{endpoint.pk}/{endpoint.salt}', algorithm='sha256').hexdigest()}"


def endpoint_secret_of(store: str, id: int) -> str:
    """The secret of an endpoint by its id; KeyError if the store has none such."""
    found = Endpoint.objects.filter(store=store, pk=id).first()
    if found is None:
        raise KeyError(id)
    return endpoint_secret(found)


def endpoint_end(store: str, id: int, now: datetime) -> bool:
    """Tell an address nothing more, also not what waits; says whether it was told before."""
    ended = Endpoint.objects.filter(store=store, pk=id, ended_at=None).update(ended_at=now) == 1
    if ended:
        Delivery.objects.filter(endpoint=id, state="waiting").update(state="ended", done_at=now)
    return ended


def endpoints_of(store: str) -> list[Endpoint]:
    """The addresses that are told of a store."""
    return list(Endpoint.objects.filter(store=store, ended_at=None).order_by("pk"))


def deliveries_of(store: str, endpoint: int, before: int | None, most: int) -> list[Delivery]:
    """What went to an endpoint, newest first."""
    rows = Delivery.objects.filter(endpoint=endpoint, endpoint__store=store).order_by("-pk")
    return list((rows if before is None else rows.filter(pk__lt=before))[:most])


def stores_told() -> list[str]:
    """The stores of which anybody is told."""
    return list(Endpoint.objects.filter(ended_at=None).order_by("store").values_list("store", flat=True).distinct())


def deliveries_write(endpoint: Endpoint, notices: Sequence[Notice], now: datetime) -> None:
    """Write what an endpoint is to be told; what was written for it before is passed over."""
    wanted = [each for each in notices if each.event in endpoint.events and each.at >= endpoint.made_at]
    Delivery.objects.bulk_create(
        [Delivery(endpoint=endpoint, step=each.step, key=str(uuid4()), event=each.event, body=each.body,
                  not_before=now, made_at=now) for each in wanted],
        batch_size=_CHUNK, ignore_conflicts=True,
    )  # fmt: skip


def endpoints_due(now: datetime) -> list[int]:
    """The endpoints for which something is due, the one that waits longest first."""
    rows = Delivery.objects.filter(state="waiting", not_before__lte=now).order_by()
    found = rows.values("endpoint").annotate(since=Min("not_before")).order_by("since")
    return [int(each["endpoint"]) for each in found]


def deliveries_due(endpoint: int, now: datetime, most: int) -> list[Delivery]:
    """What is due for an endpoint, oldest first."""
    rows = Delivery.objects.filter(endpoint=endpoint, state="waiting", not_before__lte=now).select_related("endpoint")
    return list(rows.order_by("id")[:most])


def delivery_claim(delivery: Delivery, now: datetime) -> bool:
    """Take a notice for one try; it is due again when the lease is over, should this process die."""
    seen = Delivery.objects.filter(pk=delivery.pk, state="waiting", attempts=delivery.attempts)
    if seen.update(attempts=F("attempts") + 1, not_before=now + LEASE) != 1:
        return False
    delivery.attempts += 1
    return True


def delivery_done(delivery: Delivery, status: int, now: datetime) -> None:
    """The endpoint took it."""
    Delivery.objects.filter(pk=delivery.pk).update(state="done", status=status, error="", done_at=now)


def delivery_failed(delivery: Delivery, status: int | None, what: str, now: datetime) -> None:
    """It was not taken: tried again later, twice as long each time, until three days are over.

    What else is due for the endpoint waits as long, so that one that is down costs one try at a time.
    """
    mine = Delivery.objects.filter(pk=delivery.pk, state="waiting", attempts=delivery.attempts)
    fields: Mapping[str, object] = {"status": status, "error": what[:300]}
    if now - delivery.made_at >= GIVE_UP:
        mine.update(state="given_up", done_at=now, **fields)
        return
    wait = min(_FIRST_WAIT * 2 ** min(delivery.attempts - 1, 20), _MOST_WAIT)
    mine.update(not_before=min(now + wait, delivery.made_at + GIVE_UP), **fields)
    others = Delivery.objects.filter(endpoint=delivery.endpoint_id, state="waiting", not_before__lte=now)
    others.update(not_before=now + wait)


def url_check(url: str) -> str:
    """The address if it has the shape of one; whether it may be reached is asked when it is connected to.

    Raises:
        OperatorError: it is no https address of a host without a log-in.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    place = f"{host}:{port or (443 if parts.scheme == 'https' else 80)}"
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and place in settings.WEBHOOK_ALLOW)
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url and len(url) <= 500
    if not (is_secure and host and is_plain and parts.username is None and parts.password is None):
        raise OperatorError("bad-url", "The address cannot be used.", "Give an https:// address without a log-in.")
    return url
