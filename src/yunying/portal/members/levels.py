"""A member's level at a site, by a rule that anybody can reckon: days active, posts that were shown, orders paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from yunying.accounts.member_keys import member_key_known
from yunying.accounts.people import Person
from yunying.accounts.sessions import sessions_told
from yunying.audit.log import Change, audit_record
from yunying.portal.community.models import Post
from yunying.portal.members.inviting import CHANNEL
from yunying.portal.members.models import Invited, Standing
from yunying.portal.shop.facts.rows import day_of, facts_write
from yunying.portal.shop.members import member_of
from yunying.portal.shop.models import Member, Order, Shop

AT_ONCE, COUNTED_EVERY = 200, timedelta(days=1)


@dataclass(frozen=True)
class Counted:
    """What a level follows from."""

    days: int
    posts: int
    orders: int


def level_of(counted: Counted, rule: Sequence[tuple[int, int, int]]) -> int:
    """The highest level whose three figures are all reached; each level asks for those before it too.

    >>> level_of(Counted(6, 4, 0), [(1, 0, 0), (5, 3, 1)]), level_of(Counted(6, 4, 1), [(1, 0, 0), (5, 3, 1)])
    (1, 2)
    """
    level = 0
    for days, posts, orders in rule:
        if counted.days < days or counted.posts < posts or counted.orders < orders:
            break
        level += 1
    return level


def counted_of(person: Person, shop: Shop) -> Counted:
    """A member's figures: days on which he signed in, was seen, wrote or ordered, in the shop's own time."""
    zone = ZoneInfo(shop.time_zone)
    posts = Post.objects.filter(site=shop.slug, person=person, submission__state="shown")
    orders = Order.objects.filter(shop=shop, person=person).exclude(state="cancelled").exclude(paid_at=None)
    moments: set[object] = {each[name] for each in sessions_told(person) for name in ("started_at", "seen_at")}
    moments |= set(posts.values_list("made_at", flat=True)) | set(orders.values_list("placed_at", flat=True))
    days: set[date] = {each.astimezone(zone).date() for each in moments if isinstance(each, datetime)}
    return Counted(len(days), posts.count(), orders.count())


def standing_count(person: Person, shop: Shop, now: datetime) -> Standing:
    """Work a member's level out anew and tell the facts what changed."""
    counted = counted_of(person, shop)
    level = level_of(counted, settings.MEMBER_LEVELS)
    figures = {"level": level, "days": counted.days, "posts": counted.posts, "orders": counted.orders}
    with transaction.atomic():
        row, is_new = Standing.objects.get_or_create(
            site=shop.slug, person=person, defaults={**figures, "counted_at": now}
        )
        row = Standing.objects.select_for_update().get(pk=row.pk)
        before = 0 if is_new else row.level
        Standing.objects.filter(pk=row.pk).update(**figures, counted_at=now)
        row.refresh_from_db()
        _tell_facts(person, shop, row, now)
        if level != before:
            change = Change("member-level", f"person/{person.pk}", before={"level": before}, after={"level": level})
            audit_record(shop.slug, "system", now, [change])
    return row


def standings_count(shop: Shop, now: datetime) -> int:
    """Count the members of a site whose figures are a day old, the oldest first; how many."""
    mine = Standing.objects.filter(site=shop.slug, person=OuterRef("person"))
    rows = Member.objects.filter(person__is_active=True).annotate(counted=Subquery(mine.values("counted_at")[:1]))
    due = rows.filter(Q(counted=None) | Q(counted__lt=now - COUNTED_EVERY)).select_related("person")
    members = list(due.order_by(F("counted").asc(nulls_first=True), "pk")[:AT_ONCE])
    for member in members:
        standing_count(member.person, shop, now)
    return len(members)


def _tell_facts(person: Person, shop: Shop, row: Standing, now: datetime) -> None:
    """A row of ``member`` for whoever the facts know already; nobody gets a key only to be described.

    The region of the profile is the member's own words, and what is once a fact cannot be taken back: it is not told.
    """
    key, member = member_key_known(shop.slug, f"person:{person.pk}"), member_of(person)
    if key is None:
        return
    channel = CHANNEL if Invited.objects.filter(person=person).exists() else None
    mark = f"{row.level}/{channel or ''}"
    if mark == row.told:
        return
    Standing.objects.filter(pk=row.pk).update(told=mark)
    told = {
        "member": key, "date": day_of(shop, now).isoformat(), "level": str(row.level), "channel": channel,
        "joined_date": day_of(shop, member.joined_at).isoformat() if member else None,
    }  # fmt: skip
    facts_write(shop, "member", [told], now)
