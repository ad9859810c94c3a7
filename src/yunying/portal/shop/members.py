"""Shoppers with an account: how they come in, what they keep, and which orders are theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils.translation import gettext as _

from yunying.accounts.people import Person, password_change, person_find, person_is_member, person_join
from yunying.accounts.sessions import sessions_end
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import Favourite, Member, Message, Order, Product, SavedAddress, Shop

PROOF_SECONDS = 24 * 3600
MOST_ADDRESSES, MOST_FAVOURITES = 20, 500
_SALT = "yunying.shop.proof"
member_joined = Signal()
"""Sent once somebody has registered, with ``person``, ``site``, ``code``, ``device`` and ``now``."""


@dataclass(frozen=True)
class Brought:
    """What brought somebody who registers: the site, the code of a member's link, and the browser's own mark."""

    site: str = ""
    code: str = ""
    device: str = ""


def proof_send(shop: Shop, email: str, now: datetime, person: Person | None = None, code: str = "") -> None:
    """Let a link wait to be sent that proves an address: to register, to set a new password, or for an account.

    Args:
        code: of the link of a member who invited, which the browser that opens the mail may not know.
    """
    told = {"email": email.casefold(), "person": person.pk if person else None, **({"code": code} if code else {})}
    path = reverse("shop:proof", args=[shop.slug, signing.dumps(told, salt=_SALT, compress=True)])
    Message.objects.create(
        shop=shop, to=email, subject=_("Your link to %(shop)s") % {"shop": shop.title}, about="proof", made_at=now,
        body=_("Open this within a day: %(link)s\n\nIf you did not ask for it, do nothing.")
        % {"link": f"{settings.SHOP_ADDRESS}{path}"},
    )  # fmt: skip


def proof_read(text: str) -> tuple[str, int | None]:
    """The address that a link proves, and the account that it was asked for."""
    try:
        told = signing.loads(text, salt=_SALT, max_age=PROOF_SECONDS)
    except signing.BadSignature as error:
        raise OperatorError("bad-proof", "This link does not hold any more.", "Ask for another one.") from error
    return str(told["email"]), told["person"]


def proof_code(text: str) -> str:
    """The code of an invitation that a link remembers; empty where there is none."""
    try:
        return str(signing.loads(text, salt=_SALT, max_age=PROOF_SECONDS).get("code", ""))
    except signing.BadSignature:
        return ""


def member_join(
    username: str, password: str, now: datetime, *, email: str = "", brought: Brought | None = None
) -> Person:
    """Register; an address that is given is proven, and the orders that went to it are the member's."""
    with transaction.atomic():
        person = person_join(username, password, name="", email=email, now=now, is_member=True)
        Member.objects.create(person=person, email=email or None, proven_at=now if email else None, joined_at=now)
        if email:
            orders_join(person, email)
    told = brought or Brought()
    member_joined.send(Member, person=person, site=told.site, code=told.code, device=told.device, now=now)
    return person


def member_of(person: Person) -> Member | None:
    """What is known of a member; nothing of who works here and never bought."""
    return Member.objects.filter(person=person).first()


def member_by_email(email: str) -> Person | None:
    """The account of a proven address."""
    row = Member.objects.filter(email=email.casefold()).select_related("person").first()
    return row.person if row else None


def member_prove(person: Person, email: str, now: datetime) -> int:
    """An address is proven for an account; how many orders of guests are the member's now."""
    email = email.casefold()
    with transaction.atomic():
        if Member.objects.filter(email=email).exclude(person=person).exists():
            raise OperatorError("known-already", "This address belongs to another account.", "Sign in with that one.")
        Member.objects.update_or_create(
            person=person, defaults={"email": email, "proven_at": now}, create_defaults={
                "person": person, "email": email, "proven_at": now, "joined_at": now})  # fmt: skip
        return orders_join(person, email)


def member_renew(person: Person, password: str, now: datetime) -> None:
    """Set a new password after its owner's address was proven; what was signed in is signed out."""
    if not person_is_member(person):
        raise OperatorError("not-a-member", "This account works here.", "Ask whoever gave you the account.")
    with transaction.atomic():
        password_change(person, password, now)
        sessions_end(person, now, actor=person)


def orders_join(person: Person, email: str) -> int:
    """Make a guest's orders the account's, whose address is proven."""
    return Order.objects.filter(person=None, address__email__iexact=email).update(person=person)


def name_is_free(username: str) -> bool:
    """Whether nobody signs in by that name."""
    return person_find(username) is None


def address_keep(person: Person, fields: Mapping[str, str]) -> SavedAddress:
    """Keep an address in the book; the same one is kept once."""
    found = SavedAddress.objects.filter(person=person, **fields).first()
    if found is not None:
        return found
    if SavedAddress.objects.filter(person=person).count() >= MOST_ADDRESSES:
        raise OperatorError("book-full", "The address book is full.", "Remove one first.")
    return SavedAddress.objects.create(person=person, **fields)


def address_drop(person: Person, number: int) -> None:
    SavedAddress.objects.filter(person=person, pk=number).delete()


def favourite_set(person: Person, product: Product, now: datetime, *, is_kept: bool) -> None:
    """Keep a product in mind, or no longer."""
    rows = Favourite.objects.filter(person=person, product=product)
    if not is_kept:
        rows.delete()
    elif Favourite.objects.filter(person=person).count() < MOST_FAVOURITES:
        Favourite.objects.get_or_create(
            person=person, product=product, defaults={"shop_id": product.shop_id, "kept_at": now}
        )
