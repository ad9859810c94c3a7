"""Telling other programs: the ledger's steps become notices, and notices are sent until they are taken.

Each delivery is a POST of JSON. ``Yunying-Delivery`` is its id, the same in every try; ``Yunying-Event`` its event;
``Yunying-Timestamp`` the second of this try; ``Yunying-Signature`` is ``v1=`` and the hexadecimal HMAC-SHA256 of
``<timestamp>.<body>`` under the endpoint's secret. Any status from 200 to 299 says that it was taken.
"""

import hashlib
import hmac
import http.client
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from yunying.accounts.people import Person
from yunying.inbox.hooks import (
    EVENTS,
    Notice,
    deliveries_due,
    deliveries_write,
    delivery_claim,
    delivery_done,
    delivery_failed,
    endpoint_secret,
    endpoints_due,
    endpoints_of,
    stores_told,
)
from yunying.interventions.steps import steps_told, steps_untold
from yunying.loop.outgoing_http import Forbidden, post
from yunying.org.grants import scope_of

_log = logging.getLogger("yunying.loop")
Send = Callable[[str, bytes, Mapping[str, str]], int]
MOST_STEPS = 2000
MOST_AT_ONCE = 10
MOST_FAILURES = 3
"""So many tries without an answer in one turn, and the rest waits: the stores' own commands come first."""


def notices_of_steps(store: str, ids: Sequence[int], *, now: datetime) -> None:
    """Write the deliveries of these steps; those that were written before are passed over."""
    _write(store, steps_told(store, ids), now)


def notices_write(*, now: datetime) -> None:
    """Write the deliveries of the steps that are not published yet, so that nobody waits for the next run."""
    for store in stores_told():
        _write(store, steps_untold(store, MOST_STEPS), now)


def deliveries_send(*, now: datetime, send: Send | None = None) -> int:
    """Send what is due; returns how many were taken. An endpoint that does not answer waits for the next turn."""
    taken, failures = 0, 0
    for endpoint in endpoints_due(now):
        for delivery in deliveries_due(endpoint, now, MOST_AT_ONCE):
            if not delivery_claim(delivery, now):
                continue
            if not _send(delivery, now, send or _post):
                failures += 1
                break
            taken += 1
        if failures >= MOST_FAILURES:
            break
    return taken


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What ``Yunying-Signature`` holds.

    >>> signature("whsec_1", "1764057600", b"{}")[:11]
    'v1=2235cd16'
    """
    return f"v1={hmac.new(secret.encode(), timestamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def _write(store: str, steps: Sequence[Mapping[str, Any]], now: datetime) -> None:
    notices = [each for step in steps if (each := _notice(store, step)) is not None]
    if not notices:
        return
    for endpoint in endpoints_of(store):
        # Whoever had it made may have lost his role since; then nothing more is told.
        person = Person.objects.filter(pk=endpoint.made_by).first()
        if scope_of(person, now.date()).may("see", store):
            deliveries_write(endpoint, notices, now)


def _notice(store: str, step: Mapping[str, Any]) -> Notice | None:
    if step["from_state"] == step["to_state"]:
        return None
    event = "applied" if step["to_state"] == "partly_applied" else step["to_state"]
    if event not in EVENTS:
        return None
    told = {"event": event, "store": store, **{name: value for name, value in step.items() if name != "id"}}
    body = json.dumps({"step": step["id"], **told}, ensure_ascii=False, sort_keys=True, default=_plain)
    return Notice(step["id"], event, step["at"], body)


def _send(delivery: Any, now: datetime, send: Send) -> bool:
    body, timestamp = delivery.body.encode(), str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Yunying-Webhook",
        "Yunying-Delivery": delivery.key,
        "Yunying-Event": delivery.event,
        "Yunying-Timestamp": timestamp,
        "Yunying-Signature": signature(endpoint_secret(delivery.endpoint), timestamp, body),
    }
    status: int | None = None
    try:
        status = send(delivery.endpoint.url, body, headers)
        what = f"It answered {status}."
    except Forbidden as error:
        what = f"Not sent: {error}."
    except (OSError, http.client.HTTPException) as error:
        what = f"It did not answer: {type(error).__name__}."
    if status is not None and 200 <= status < 300:
        delivery_done(delivery, status, now)
        return True
    delivery_failed(delivery, status, what, now)
    return False


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    return post(url, body, headers, allow=settings.WEBHOOK_ALLOW)


def _plain(value: Any) -> str:
    return str(value.isoformat())
