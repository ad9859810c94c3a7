"""Erasing a member: asked for, undone within seven days or carried out, whole or not at all.

One transaction holds all of it, so a process that dies leaves a request that waits, and the next turn does it again.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from yunying.accounts.erasing import Traces, person_erase, person_lock, words_strike
from yunying.accounts.people import MEMBERS, Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.community.erasing import posts_forget
from yunying.portal.members.models import Erasure, OrderToStrip
from yunying.portal.members.words import order_words, without, words_of
from yunying.portal.moderation.models import MemberTrust, Submission
from yunying.portal.news.erasing import reader_forget
from yunying.portal.news.following import CHAIN as PORTAL_CHAIN
from yunying.portal.news.site_version import site_changed
from yunying.portal.shop.erasing import (
    conversations_of,
    order_is_open,
    order_strip,
    order_traces,
    orders_of,
    person_forget,
)
from yunying.portal.shop.members import member_of
from yunying.portal.shop.models import Basket, Conversation, Order, Shop

_log = logging.getLogger("yunying.portal")
UNDO_WITHIN = timedelta(days=7)


def email_of(person: Person) -> str:
    """The address that a member has proven; empty where there is none."""
    member = member_of(person)
    return member.email or "" if member else ""


def may_be_erased(person: Person) -> bool:
    """Whether the account is a member's alone: who works here is let go by whoever gave him the account."""
    groups = set(person.groups.values_list("name", flat=True))
    return groups == {MEMBERS} and not person.is_staff and not person.is_superuser


def erasure_waiting(person: Person) -> Erasure | None:
    """What a member asked for and what is still to be done."""
    return Erasure.objects.filter(person=person, state="waiting").first()


def erasure_ask(
    person: Person, site: str, now: datetime, *, keeps_posts: bool, actor: Person | None = None, at_once: bool = False
) -> Erasure:
    """Ask for a member to be erased in seven days, or now; asking again keeps the first day unless it is now.

    Args:
        actor: who of the shop's people asks, where it is not the member himself.

    Raises:
        OperatorError: the account is not a member's alone.
    """
    if not may_be_erased(person):
        raise OperatorError("works-here", "This account works here.", "Ask whoever gave you the account.")
    due_at = now if at_once else now + UNDO_WITHIN
    try:
        with transaction.atomic():
            made = Erasure.objects.create(
                person=person, site=site, keeps_posts=keeps_posts, asked_by="staff" if actor else "member",
                asked_at=now, due_at=due_at,
            )  # fmt: skip
            _tell(site, actor or person, now, "member-erasure-ask", made, {"keeps_posts": keeps_posts})
    except IntegrityError:
        made = Erasure.objects.get(person=person, state="waiting")
        if at_once:
            with transaction.atomic():
                Erasure.objects.filter(pk=made.pk, state="waiting").update(due_at=now, keeps_posts=keeps_posts)
                _tell(site, actor or person, now, "member-erasure-hasten", made, {"keeps_posts": keeps_posts})
    return made


def erasure_undo(person: Person, now: datetime, actor: Person | None = None) -> bool:
    """Let the account stay; whether anything was to be undone."""
    with transaction.atomic():
        found = erasure_waiting(person)
        rows = Erasure.objects.filter(pk=found.pk if found else None, state="waiting")
        undone = rows.update(state="undone", ended_at=now) == 1
        if found and undone:
            _tell(found.site, actor or person, now, "member-erasure-undo", found, {})
    return undone


def erasures_due(now: datetime) -> int:
    """Carry out what is due, and strip orders that came through; how many members were erased."""
    due = Erasure.objects.filter(state="waiting", due_at__lte=now).order_by("due_at", "pk")
    orders = OrderToStrip.objects.order_by("pk")
    count = sum(_tried(erasure_do, number, now) for number in list(due.values_list("pk", flat=True)))
    for number in list(orders.values_list("order", flat=True)):
        _tried(_strip_later, number, now)
    return count


def _tried(do: Callable[[int, datetime], bool], number: int, now: datetime) -> bool:
    """One that cannot be done must not stop the others: it waits, and is tried again by the next turn."""
    try:
        return do(number, now)
    except Exception:
        _log.exception("%s %s was not done", do.__name__, number)
        return False


def erasure_do(number: int, now: datetime) -> bool:
    """Carry out one erasure, all of it in one transaction; whether it was still to be done."""
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().filter(pk=number, state="waiting").first()
        if erasure is None:
            return False
        person = _held(erasure.person) if erasure.person else None
        if person is not None and not may_be_erased(person):
            # Somebody who began to work here meanwhile is let go by whoever gave him that.
            Erasure.objects.filter(pk=number).update(state="undone", ended_at=now)
            change = Change("member-erasure-refuse", f"erasure/{number}", reason="works here")
            audit_record(erasure.site, "system", now, [change])
            return False
        Erasure.objects.filter(pk=number).update(state="done", ended_at=now, person=None)
        if person is not None:
            _forget(person, erasure.keeps_posts, now)
        audit_record(erasure.site, "system", now, [Change("member-erasure-done", f"erasure/{number}")])
    return True


def _held(person: Person) -> Person | None:
    """The member's row, and before it those that others hold when they come to it, in their order.

    So nobody waits for us while we wait for him: who orders holds the basket, who writes the trust, and who decides on
    a text holds that first and then the trust.
    """
    for rows in (
        Basket.objects.filter(person=person), Submission.objects.filter(person=person),
        MemberTrust.objects.filter(person=person),
    ):  # fmt: skip
        list(rows.select_for_update().order_by("pk").values_list("pk"))
    return person_lock(person)


def _forget(person: Person, keeps_posts: bool, now: datetime) -> None:
    email = email_of(person)
    orders = list(orders_of(person, email).select_for_update(of=("self",)))
    gone = without(words_of(person, email, orders))
    subjects, keys = _subjects(person, email, orders), []
    person_forget(person, email, orders, gone, keeps_posts=keeps_posts)
    posts_forget(person, gone, now, keeps_posts=keeps_posts)
    reader_forget(person, email, gone)
    for order in orders:
        if order_is_open(order):
            OrderToStrip.objects.get_or_create(order=order, defaults={"since": now})
        else:
            keys += order_strip(order, gone)
    person_erase(person, Traces(tuple({email} - {""}), subjects, gone, keys), now)
    # What is kept ready for visitors may show a name that is gone.
    site_changed(now)


def _subjects(person: Person, email: str, orders: list[Order]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {slug: set() for slug in Shop.objects.values_list("slug", flat=True)}
    found[PORTAL_CHAIN] = set()
    for store, names in order_traces(orders).items():
        found[store] |= names
    for site, number in Submission.objects.filter(person=person).values_list("site", "pk"):
        found.setdefault(site, set()).add(f"submission/{number}")
    talks = conversations_of(person, email, orders)
    for site, number in Conversation.objects.filter(pk__in=talks).values_list("shop__slug", "pk"):
        found[site].add(f"conversation/{number}")
    return found


def _strip_later(number: int, now: datetime) -> bool:
    """Strip an order once it is through; whether it was."""
    with transaction.atomic():
        waiting = OrderToStrip.objects.select_for_update().filter(order=number).first()
        if waiting is None:
            return False
        order = Order.objects.select_for_update(of=("self",)).select_related("address", "shop").get(pk=number)
        if order_is_open(order):
            return False
        gone = without(order_words([order]))
        traces = order_traces([order])
        keys = order_strip(order, gone)
        words_strike(traces, gone, now)
        waiting.delete()
        told = [Change("member_forget", f"member/{key}") for _store, key in keys]
        audit_record(order.shop.slug, "system", now, [*told, Change("member-order-strip", f"order/{order.number}")])
    return True


def _tell(
    site: str, actor: Person, now: datetime, action: str, erasure: Erasure, after: dict[str, object]
) -> None:  # fmt: skip
    change = Change(action, f"erasure/{erasure.pk}", after={**after, "person": f"person/{erasure.person_id}"})
    audit_record(site, actor.get_username(), now, [change])
