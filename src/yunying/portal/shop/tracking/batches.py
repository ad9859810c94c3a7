"""What a browser's script sends: read within limits, refused whole and with the reason where it does not fit."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest
from yunying.portal.shop.models import EventCount, Shop
from yunying.portal.shop.tracking.events import MOST_PAGE_CHARS, Happened

MOST_BYTES, MOST_EVENTS = 32_000, 50
MOST_A_MINUTE = 600
"""Events that one address may send in a minute."""
TYPES = ("click", "impression", "favourite", "share")
_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_FIELDS = {"id", "type", "page", "slot", "position", "product"}


def batch_read(body: bytes) -> list[tuple[str, Happened]]:
    """The events of a body, each with its id.

    Raises:
        OperatorError: it is no such batch; the message names the event and what is wrong with it.
    """
    try:
        events = json.loads(body)["events"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _bad("The body is no JSON object with events.") from error
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        raise _bad(f"events must be a list of 1 to {MOST_EVENTS}.")
    return [_read(place, each) for place, each in enumerate(events, start=1)]


def rate_take(shop: Shop, address: str, count: int, now: datetime) -> None:
    """Count what an address sends in a minute.

    Raises:
        OperatorError: it is too much; the events may be sent again in a minute.
    """
    minute = now.replace(second=0, microsecond=0)
    # The address itself is kept nowhere, and what follows from it for a minute only.
    key = digest(f"{shop.slug}/{address}", 32)
    mine = EventCount.objects.filter(key=key, minute=minute)
    if mine.filter(count__lte=MOST_A_MINUTE - count).update(count=F("count") + count):
        return
    if mine.exists():
        raise OperatorError("too-many", "Too many events came from here.", "Send them again in a minute.")
    try:
        with transaction.atomic():
            EventCount.objects.filter(minute__lt=minute).delete()
            EventCount.objects.create(key=key, minute=minute, count=count)
    except IntegrityError:
        # Another request came first.
        rate_take(shop, address, count, now)


def _read(place: int, given: Any) -> tuple[str, Happened]:
    if not isinstance(given, Mapping):
        raise _bad(f"Event {place} is no object.")
    unknown = set(given) - _FIELDS
    if unknown:
        raise _bad(f"Event {place} has a field {min(unknown)[:40]!r} that is not known.")
    own, kind = given.get("id"), given.get("type")
    if not isinstance(own, str) or not _ID.fullmatch(own):
        raise _bad(f"Event {place} has no id of 8 to 64 letters, digits, - and _.")
    if kind not in TYPES:
        raise _bad(f"Event {place} must be one of {', '.join(TYPES)}.")
    position = given.get("position")
    if position is not None and (type(position) is not int or not 1 <= position <= 1_000):
        raise _bad(f"Event {place}: position must be a whole number from 1 to 1000.")
    fields = {name: _text(place, given, name, 60) or None for name in ("slot", "product")}
    return own, Happened(kind, _text(place, given, "page", MOST_PAGE_CHARS), {**fields, "position": position})


def _text(place: int, given: Mapping[str, Any], name: str, most: int) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > most or not (value.isprintable() or not value):
        raise _bad(f"Event {place}: {name} must be a text of at most {most} characters.")
    return value


def _bad(what: str) -> OperatorError:
    return OperatorError("bad-events", what, "Send them as the shop's own script does.")
