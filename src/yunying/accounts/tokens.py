"""Tokens: a program acts for one person, within that person's scope or a part of it."""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from yunying.accounts.models import ApiToken
from yunying.accounts.people import CHAIN, Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError

_TEXT = re.compile(r"yy_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NOBODYS_DIGEST = "0" * 64
_USED_EVERY = timedelta(minutes=1)

__all__ = ["ApiToken", "token_make", "token_of", "token_revoke", "tokens_list"]


def token_make(
    person: Person,
    title: str,
    *,
    now: datetime,
    stores: Collection[str] = (),
    deeds: Collection[str] = (),
    days: int | None = 365,
    actor: Person | None = None,
) -> str:
    """Make a token and return its text, which is shown this once and kept nowhere.

    Args:
        stores, deeds: what it is limited to beside the person's own scope; none named is no further limit.
        days: how long it holds; None for ever.

    Raises:
        OperatorError: it has no title, the account is closed, or it would hold no day.
    """
    if not title.strip():
        raise OperatorError("no-title", "The token has no title.", "Say what it is for, such as till or ERP.")
    if not person.is_active:
        raise OperatorError("closed-account", f"{person.get_username()}'s account is closed.", "Open it first.")
    if days is not None and not 1 <= days <= 3650:
        raise OperatorError("bad-days", f"A token cannot hold {days} days.", "Give 1 to 3650 days.")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    with transaction.atomic():
        ApiToken.objects.create(
            person=person, title=title.strip()[:100], prefix=prefix, digest=_digest(secret), stores=sorted(stores),
            deeds=sorted(deeds), created_at=now, expires_at=None if days is None else now + timedelta(days=days),
        )  # fmt: skip
        after = {"person": person.get_username(), "stores": sorted(stores), "deeds": sorted(deeds), "days": days}
        _tell(actor, now, Change("token_make", f"token/{prefix}", after=after))
    return f"yy_{prefix}_{secret}"


def token_of(text: str, now: datetime) -> ApiToken | None:
    """The token of that text with its person; None if it is unknown, over, revoked, or the account is closed."""
    match = _TEXT.fullmatch(text)
    prefix, secret = match.groups() if match else ("", "")
    found = ApiToken.objects.select_related("person").filter(prefix=prefix).first() if prefix else None
    # An unknown prefix takes the same path as a wrong secret.
    is_right = secrets.compare_digest(_digest(secret), found.digest if found else _NOBODYS_DIGEST)
    if found is None or not is_right or found.revoked_at is not None or not found.person.is_active:
        return None
    if found.expires_at is not None and found.expires_at <= now:
        return None
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_EVERY)
    if found.last_used_at is None or found.last_used_at < now - _USED_EVERY:
        ApiToken.objects.filter(stale, pk=found.pk).update(last_used_at=now)
    return found


def token_revoke(prefix: str, *, now: datetime, actor: Person | None = None) -> bool:
    """End a token at once; says whether it still held."""
    with transaction.atomic():
        ended = ApiToken.objects.filter(prefix=prefix, revoked_at=None).update(revoked_at=now) == 1
        if ended:
            _tell(actor, now, Change("token_revoke", f"token/{prefix}"))
    return ended


def tokens_list(person: Person | None = None) -> list[ApiToken]:
    """Every token, or those of one person, newest first."""
    rows = ApiToken.objects.select_related("person").order_by("-pk")
    return list(rows if person is None else rows.filter(person=person))


def _digest(secret: str) -> str:
    # A random secret of 256 bits needs no slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()


def _tell(actor: Person | None, now: datetime, change: Change) -> None:
    audit_record(CHAIN, actor.get_username() if actor else "system", now, [change])
