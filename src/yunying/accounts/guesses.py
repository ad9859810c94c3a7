"""Guesses at passwords and codes are counted in the database, and each one too many waits longer.

A guess is counted before it is looked at, so that N guesses at once are N. What has to wait is not counted: nobody can
keep somebody else waiting for ever. A browser that has signed in before has a count of its own.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from yunying.accounts.models import GuessCount
from yunying.kernel.errors import OperatorError

FREE = {"account": 5, "address": 20, "device": 5, "code": 5, "reset": 3}
"""How many guesses in a row wait for nothing."""
MOST_WAIT = timedelta(minutes=15)
FORGOTTEN = timedelta(hours=24)
DEVICE_DAYS = 180
_SALT = "yunying.device"


def guess_keys(name: str, address: str, device: str = "") -> list[str]:
    """What a sign-in is counted on: the name and the address, or the known device of that name alone."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    known = _device_of(folded, device)
    return [f"device/{known}"] if known else [f"account/{folded}", f"address/{address}"]


def guess_begin(keys: Sequence[str], now: datetime) -> int:
    """Count one guess on every key; returns how many seconds to wait instead, 0 where it may be made."""
    by_digest = {_digest(key): key for key in keys}
    with transaction.atomic():
        made = [GuessCount(key=digest, blocked_until=now - FORGOTTEN, last_at=now) for digest in by_digest]
        GuessCount.objects.bulk_create(made, ignore_conflicts=True)
        # Locked in one order, so that two guesses on the same keys cannot wait for each other.
        rows = list(GuessCount.objects.select_for_update().filter(key__in=by_digest).order_by("key"))
        wait = max((row.blocked_until - now for row in rows), default=timedelta())
        if wait > timedelta():
            return int(wait.total_seconds()) + 1
        for row in rows:
            row.count = 1 if now - row.last_at > FORGOTTEN else row.count + 1
            delay = _delay(by_digest[row.key], row.count)
            # A guess that read the clock earlier may come later: a free one moves nothing that it would stumble over.
            row.blocked_until = now + delay if delay else row.blocked_until
            row.last_at = now
        GuessCount.objects.bulk_update(rows, ["count", "blocked_until", "last_at"])
    return 0


def guess_right(keys: Sequence[str], now: datetime) -> None:
    """A guess was right: its name, device or code begins anew; of its address only this one is forgiven."""
    with transaction.atomic():
        for key in sorted(keys, key=_digest):
            row = GuessCount.objects.select_for_update().filter(key=_digest(key)).first()
            if row is None:
                continue
            row.count = max(row.count - 1, 0) if key.startswith("address/") else 0
            row.blocked_until = now - FORGOTTEN
            row.save(update_fields=["count", "blocked_until"])
        GuessCount.objects.filter(last_at__lt=now - 2 * FORGOTTEN).delete()


def guesses_forget(names: Sequence[str]) -> None:
    """Forget what was counted on names and addresses of somebody who is erased."""
    folded = [unicodedata.normalize("NFKC", name).casefold() for name in names]
    keys = [_digest(f"{kind}/{name}") for name in folded for kind in ("account", "reset")]
    GuessCount.objects.filter(key__in=keys).delete()


def guess_refused(seconds: int) -> OperatorError:
    """The refusal of a guess that has to wait."""
    return OperatorError("too-many-guesses", "Too many attempts.", f"Wait {seconds} seconds, then try again.")


def device_text(name: str) -> str:
    """What a browser keeps to be known again as one that this name has signed in with."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return signing.dumps({"name": folded, "id": secrets.token_hex(8)}, salt=_SALT)


def device_is_of(name: str, device: str) -> bool:
    """Whether a browser is one that has signed in by that name."""
    return bool(device and _device_of(unicodedata.normalize("NFKC", name).casefold(), device))


def _device_of(folded: str, device: str) -> str:
    try:
        told = signing.loads(device, salt=_SALT, max_age=timedelta(days=DEVICE_DAYS))
    except signing.BadSignature:
        return ""
    return str(told["id"]) if told["name"] == folded else ""


def _delay(key: str, count: int) -> timedelta:
    beyond = count - FREE[key.partition("/")[0]]
    # Beyond 2^10 seconds the longest wait is reached anyway.
    return min(timedelta(seconds=2 ** min(beyond, 10)), MOST_WAIT) if beyond >= 0 else timedelta()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
