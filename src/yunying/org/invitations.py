"""Inviting people to a role that one may give oneself, and taking such an invitation."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yunying.accounts.invitations import (
    Invitation,
    identity_link,
    invitation_held,
    invitation_revoke,
    invitation_take,
    invitation_write,
    invitations_list,
)
from yunying.accounts.people import Person, person_join
from yunying.kernel.errors import OperatorError
from yunying.org.grants import grant_give, grant_offer_check, scope_of
from yunying.org.models import Company, Grant

__all__ = ["invitation_accept", "invitation_end", "invitation_held", "invitation_make", "invitations_of"]


def invitation_make(
    email: str,
    role: str,
    actor: Person | None,
    *,
    now: datetime,
    company: str = "",
    brand: str = "",
    store: str = "",
    functions: Collection[str] = (),
    categories: Collection[str] = (),
    channels: Collection[str] = (),
    styles: Collection[str] = (),
) -> tuple[int, str]:
    """Invite whoever reads that e-mail to a role; returns the invitation's number and the text of its link.

    Raises:
        OperatorError: the address is none, or the actor may not give that role there.
    """
    place = {"company": company, "brand": brand, "store": store}
    grant_offer_check(role, actor, functions=functions, **place)
    parts = {"functions": functions, "categories": categories, "channels": channels, "styles": styles}
    grant = {"role": role, **place, **{name: list(value) for name, value in parts.items()}}
    grant |= {"by_program": True} if actor is None else {}
    return invitation_write(email, grant, actor, now)


def invitation_accept(
    text: str,
    *,
    now: datetime,
    username: str,
    password: str | None = None,
    name: str = "",
    identity: tuple[str, str] | None = None,
) -> Person:
    """Take an invitation: an account is made and the role given, by whoever invited and may give it still.

    Args:
        identity: issuer and subject that an identity provider has verified, in place of a password.

    Raises:
        OperatorError: it does not hold, the inviter's own role ended, or the account cannot be made.
    """
    if (password is None) == (identity is None):
        raise OperatorError("no-password", "There is neither a password nor a sign-in.", "Give one.")
    row = invitation_held(text, now)
    with transaction.atomic():
        person = person_join(username, password, name=name, email=row.email, now=now)
        invitation_take(row, person, now)
        if identity is not None:
            identity_link(person, *identity, now)
        grant = {name: value for name, value in row.grant.items() if name != "by_program"}
        inviter = _inviter(row)
        _first_role(inviter)
        grant_give(person, grant.pop("role"), inviter, **grant)
    return person


def invitations_of(actor: Person, now: datetime) -> list[Invitation]:
    """The invitations that the actor might have made himself."""
    return [each for each in invitations_list(now) if _may_give(actor, each.grant)]


def invitation_end(number: int, actor: Person | None, now: datetime) -> bool:
    """Revoke an invitation that the actor might have made himself; says whether it still held."""
    if actor is not None and number not in {each.pk for each in invitations_of(actor, now)}:
        return False
    return invitation_revoke(number, actor, now)


def _first_role(inviter: Person | None) -> None:
    """The first role that is given ends the rule of everybody over everything; who gives it keeps the highest."""
    if inviter is None or inviter.is_superuser or Grant.objects.exists():
        return
    if not scope_of(inviter, timezone.now().date()).may_open_store:
        return
    for company in Company.objects.order_by("pk").values_list("slug", flat=True):
        grant_give(inviter, "coo", None, company=company)


def _inviter(row: Invitation) -> Person | None:
    # Made by the program itself is not the same as made by somebody whose account is gone.
    gone = row.invited_by is None or not row.invited_by.is_active
    if gone and not row.grant.get("by_program"):
        raise OperatorError("invitation-over", "This invitation does not hold.", "Ask for a new one.")
    return row.invited_by


def _may_give(actor: Person, grant: dict[str, Any]) -> bool:
    place = {name: grant[name] for name in ("company", "brand", "store")}
    try:
        grant_offer_check(grant["role"], actor, functions=grant["functions"], **place)
    except OperatorError:
        return False
    return True
