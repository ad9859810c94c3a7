"""Erasures that a member asks for by mail, and the shop's people start in his name."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from yunying.accounts.people import Person, person_find, person_is_member, person_numbered
from yunying.portal.members.erasing import email_of, erasure_ask
from yunying.portal.members.models import Erasure, Standing
from yunying.portal.moderation.models import Submission
from yunying.portal.shop.members import member_by_email
from yunying.portal.shop.models import Message, Order, Shop


def member_here(shop: Shop, who: str) -> Person | None:
    """The member of a proven address, a name to sign in by, or a number as ``#17``, if this shop has to do with him."""
    if who.startswith("#") and who[1:].isdecimal() and len(who) < 12:
        person = person_numbered(int(who[1:]))
    else:
        person = (member_by_email(who) if "@" in who else None) or person_find(who)
    if person is None or not person.is_active or not person_is_member(person):
        return None
    is_known = (
        Order.objects.filter(shop=shop, person=person).exists()
        or Submission.objects.filter(site=shop.slug, person=person).exists()
        or Standing.objects.filter(site=shop.slug, person=person).exists()
    )
    return person if is_known else None


def erasure_ask_for(person: Person, shop: Shop, actor: Person, now: datetime, *, keeps_posts: bool) -> Erasure:
    """Ask in a member's name, never at once: he is told by mail and has the same days to undo it.

    Raises:
        OperatorError: the account is not a member's alone.
    """
    with transaction.atomic():
        made = erasure_ask(person, shop.slug, now, keeps_posts=keeps_posts, actor=actor)
        email = email_of(person)
        if email and made.asked_at == now:
            link = f"{settings.SHOP_ADDRESS}{reverse('members:data', args=[shop.slug])}"
            body = _(
                "You asked us to erase your account. It will be done on %(day)s (UTC). If it was not you, sign in and "
                "keep your account: %(link)s"
            ) % {"day": f"{made.due_at:%Y-%m-%d %H:%M}", "link": link}
            subject = _("Your account at %(shop)s will be erased") % {"shop": shop.title}
            Message.objects.create(shop=shop, to=email, about="erasure", made_at=now, subject=subject, body=body)
    return made
