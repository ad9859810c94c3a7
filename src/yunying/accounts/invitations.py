"""Invitations as rows: made, read by their signed text, taken once by one conditional update, revoked."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from yunying.accounts.models import ExternalIdentity, Invitation
from yunying.accounts.people import CHAIN, Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError

HOLDS = timedelta(days=7)
_SALT = "yunying.invitation"

__all__ = [
    "Invitation", "identity_link", "identity_person", "invitation_held", "invitation_revoke", "invitation_take",
    "invitation_write", "invitations_list",
]  # fmt: skip


def invitation_write(email: str, grant: Mapping[str, Any], actor: Person | None, now: datetime) -> tuple[int, str]:
    """Keep an invitation; returns its number and the text of its link, which is shown this once.

    Raises:
        OperatorError: the address is none.
    """
    try:
        validate_email(email)
    except ValidationError as error:
        raise OperatorError("bad-email", f"{email!r} is no e-mail address.", "Give one such as a@b.example.") from error
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = Invitation.objects.create(
            email=email.strip(), grant=dict(grant), digest=_digest(secret), invited_by=actor, made_at=now,
            expires_at=now + HOLDS,
        )  # fmt: skip
        _tell(actor, now, "invitation_make", row.pk, {"email": row.email, "grant": row.grant})
    return row.pk, signing.dumps({"id": row.pk, "secret": secret}, salt=_SALT)


def invitation_held(text: str, now: datetime) -> Invitation:
    """The invitation of that text, if it can still be taken.

    Raises:
        OperatorError: it is unknown, too old, revoked, or was taken already; which of these is not told.
    """
    try:
        told = signing.loads(text, salt=_SALT)
        rows = Invitation.objects.select_related("invited_by").filter(pk=told["id"], digest=_digest(told["secret"]))
    except signing.BadSignature as error:
        raise _over() from error
    row = rows.filter(taken_at=None, revoked_at=None, expires_at__gt=now).first()
    if row is None:
        raise _over()
    return row


def invitation_take(row: Invitation, person: Person, now: datetime) -> None:
    """Use an invitation up, in the caller's transaction; of several that try, one does.

    Raises:
        OperatorError: it no longer holds.
    """
    held = Invitation.objects.filter(pk=row.pk, taken_at=None, revoked_at=None, expires_at__gt=now)
    if held.update(taken_at=now, taken_by=person) != 1:
        raise _over()
    _tell(person, now, "invitation_take", row.pk, {"email": row.email})


def invitation_revoke(number: int, actor: Person | None, now: datetime) -> bool:
    """End an invitation; says whether it still held."""
    with transaction.atomic():
        rows = Invitation.objects.filter(pk=number, taken_at=None, revoked_at=None)
        ended = rows.update(revoked_at=now) == 1
        if ended:
            _tell(actor, now, "invitation_revoke", number, {})
    return ended


def invitations_list(now: datetime) -> list[Invitation]:
    """What can still be taken, newest first."""
    rows = Invitation.objects.filter(taken_at=None, revoked_at=None, expires_at__gt=now)
    return list(rows.select_related("invited_by").order_by("-pk")[:500])


def identity_link(person: Person, issuer: str, subject: str, now: datetime) -> None:
    """Record who the person is at an identity provider, in the caller's transaction.

    Raises:
        OperatorError: that subject is another person's.
    """
    kept, is_new = ExternalIdentity.objects.get_or_create(
        issuer=issuer, subject=subject, defaults={"person": person, "linked_at": now}
    )
    if not is_new and kept.person_id != person.pk:
        raise OperatorError("identity-taken", "That sign-in belongs to another account.", "Use another one.")
    change = Change("identity_link", f"person/{person.pk}", after={"issuer": issuer, "subject": subject})
    audit_record(CHAIN, person.get_username(), now, [change])


def identity_person(issuer: str, subject: str) -> Person | None:
    """The open account of a verified subject; an e-mail address is never compared."""
    rows = ExternalIdentity.objects.filter(issuer=issuer, subject=subject, person__is_active=True)
    found = rows.select_related("person").first()
    return found.person if found is not None else None


def _over() -> OperatorError:
    return OperatorError("invitation-over", "This invitation does not hold.", "Ask for a new one.")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _tell(actor: Person | None, now: datetime, action: str, number: int, after: Mapping[str, Any]) -> None:
    name = actor.get_username() if actor else "system"
    audit_record(CHAIN, name, now, [Change(action, f"invitation/{number}", after=after)])
