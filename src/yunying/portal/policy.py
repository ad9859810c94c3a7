"""Who may do what in the portal: its own groups answer, and where ``config`` plugs one in, the organisation too."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import Shop

DEEDS: Mapping[str, str] = {
    "see": "look at orders, products, stock and customers",
    "orders": "ship, deliver, answer returns and take them in, cancel",
    "answer": "answer questions of customers",
    "stock": "receive goods and count",
    "reviews": "show, hide and answer reviews",
    "talk": "decide on what members write",
    "rules": "say how what members write is moderated",
    "catalogue": "put products up and change prices",
    "coupons": "make and end coupons",
    "members": "erase members who ask for it by mail, and clear profiles",
    "money": "refund, and say that money came or went",
}
ROLES: Mapping[str, frozenset[str]] = {
    "clerk": frozenset({"see", "orders", "answer", "stock", "reviews", "talk"}),
    "manager": frozenset(DEEDS),
}
"""The groups of a shop, named ``shop/<slug>/<role>``, and the deeds of each."""


def may(person: Person, deed: str, shop: str) -> bool:
    """Whether a person may do a deed in the shop of a slug; an unknown deed is nobody's."""
    return deed in deeds_of(person, shop)


def deeds_of(person: Person, shop: str) -> frozenset[str]:
    """All that a person may do in a shop."""
    if not (person.is_authenticated and person.is_active):
        return frozenset()
    if person.is_superuser:
        return frozenset(DEEDS)
    names = set(person.groups.values_list("name", flat=True))
    found = {deed for role, deeds in ROLES.items() if _group(shop, role) in names for deed in deeds}
    if settings.PORTAL_POLICY:
        allows = import_string(settings.PORTAL_POLICY)
        found |= {deed for deed in DEEDS if deed not in found and allows(person, deed, shop)}
    return frozenset(found)


def shops_of(person: Person) -> list[Shop]:
    """The shops that a person works in."""
    return [shop for shop in Shop.objects.order_by("title") if may(person, "see", shop.slug)]


def role_set(person: Person, role: str, shop: Shop, actor: str, *, holds: bool) -> None:
    """Give a person a role in a shop, or take it away."""
    if role not in ROLES:
        raise OperatorError("no-role", f"There is no role {role}.", f"Use one of: {', '.join(ROLES)}.")
    with transaction.atomic():
        group = Group.objects.get_or_create(name=_group(shop.slug, role))[0]
        if holds:
            person.groups.add(group)
        else:
            person.groups.remove(group)
        change = Change("shop-role", f"person/{person.pk}", after={"role": role, "holds": holds})
        audit_record(shop.slug, actor, timezone.now(), [change])


def _group(shop: str, role: str) -> str:
    return f"shop/{shop}/{role}"
