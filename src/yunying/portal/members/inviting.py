"""A member's own link: who registers through it is credited, so many a day, and never the member himself."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from yunying.accounts.erasing import person_lock
from yunying.accounts.guesses import device_is_of
from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.portal.members.models import Invited, InviteLink
from yunying.portal.moderation.rates import rate_take

CHANNEL = "invitation"
"""What facts call the channel of a member who came by a link."""


def invite_link(person: Person, now: datetime) -> InviteLink:
    """A member's link; the same one each time."""
    known = InviteLink.objects.filter(person=person).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return InviteLink.objects.create(person=person, code=secrets.token_hex(6), made_at=now)
    except IntegrityError:
        # Another request of the same member came first.
        return InviteLink.objects.get(person=person)


def invite_find(code: str) -> InviteLink | None:
    """The link of a code, while its member's account is open."""
    return InviteLink.objects.filter(code=code, person__is_active=True).select_related("person").first()


def invited_by(person: Person) -> list[datetime]:
    """When those came whom a member invited, the newest first."""
    return list(Invited.objects.filter(inviter=person).order_by("-joined_at").values_list("joined_at", flat=True)[:100])


def invite_credit(
    sender: object, person: Person, site: str, code: str, device: str, now: datetime, **_: object
) -> bool:
    """Keep who invited a member who has just registered; whether somebody was credited.

    Nobody is where the link is unknown, its member brought as many as he may on a day, or the browser is one that he
    himself signs in with. The database refuses an inviter who came after whom he invited, so there are no circles.
    """
    link = invite_find(code) if code else None
    if link is None or link.person_id == person.pk or device_is_of(link.person.get_username(), device):
        return False
    if not rate_take(f"invite/{link.person_id}", settings.MEMBER_INVITES_A_DAY, timedelta(days=1), now):
        return False
    change = Change("member-invited", f"person/{person.pk}", after={"inviter": f"person/{link.person_id}"})
    # Not within the registration, which holds the log's chain, and his row before the chain, as whoever erases him
    # does: the database looks whether he is there only at the end of the transaction.
    with transaction.atomic():
        inviter = person_lock(link.person)
        if inviter is None:
            return False
        Invited.objects.create(inviter=inviter, person=person, joined_at=now)
        audit_record(site, "system", now, [change])
    return True
