"""Whom to trust: levels that follow from what was decided of a member's posts, and how often each may write.

The figures are those of Discourse's defaults (config/site_settings.yml) where it has them; its levels by reading time
have no counterpart here, so levels follow from days and decided posts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yunying.accounts.people import Person
from yunying.audit.log import Change, audit_record
from yunying.kernel.errors import OperatorError
from yunying.portal.moderation.models import MemberTrust
from yunying.portal.moderation.rates import rate_take

FIRST_DAY = timedelta(days=1)
FIRST_DAY_THREADS, FIRST_DAY_REPLIES = 3, 10
MOST_ACCOUNTS_OF_AN_ADDRESS = 3
LEAST_TYPING = timedelta(milliseconds=3_000)
"""Who writes a first post faster than this is silenced until somebody has looked."""
SAME_HOST_POSTS = 3
REPORTS_THAT_SILENCE = 3
MOST_THREADS_A_DAY = 20


@dataclass(frozen=True)
class Pace:
    """How long a member waits between two posts, and between two threads."""

    post: timedelta
    thread: timedelta


NEW, KNOWN = Pace(timedelta(seconds=30), timedelta(seconds=120)), Pace(timedelta(seconds=5), timedelta(seconds=15))
LEVELS: Mapping[int, tuple[timedelta, int, int]] = {
    1: (timedelta(days=1), 2, 1),
    2: (timedelta(days=15), 15, 1),
    3: (timedelta(days=50), 60, 2),
}
"""For each level: how long ago the first post was, how many were shown, and at most how many hidden of 20 shown."""


def trust_level(trust: MemberTrust, now: datetime) -> int:
    """0 for who is new or silenced, up to 3; 4 is given by people only."""
    if trust.silenced_at is not None:
        return 0
    if trust.given_level is not None:
        return trust.given_level
    reached = 0
    for level, (age, shown, hidden) in LEVELS.items():
        if now - trust.since >= age and trust.shown >= shown and trust.hidden * 20 <= hidden * max(trust.shown, 20):
            reached = level
    return reached


def trust_of(site: str, person: Person, now: datetime) -> MemberTrust:
    """What is known of a member; who never wrote begins now."""
    past = now - timedelta(days=365)
    begun = {"since": now, "last_post_at": past, "last_thread_at": past}
    return MemberTrust.objects.get_or_create(site=site, person=person, defaults=begun)[0]


def turn_take(trust: MemberTrust, now: datetime, *, is_thread: bool, address: str) -> None:
    """Take the turn to write one post: a single conditional update, so that of posts at once one is first.

    Raises:
        OperatorError: the member is silenced, writes too fast, or has written enough for a first day.
    """
    if trust.silenced_at is not None:
        raise OperatorError("silenced", "You cannot write for now.", "Somebody will look at your posts; wait for it.")
    level = trust_level(trust, now)
    if level == 0 and trust.shown == 0:
        _accounts_bounded(trust, address, now)
    pace, told = NEW if level == 0 else KNOWN, {"last_post_at": now}
    rows = MemberTrust.objects.filter(pk=trust.pk, silenced_at=None, last_post_at__lte=now - pace.post)
    if is_thread:
        rows, told = rows.filter(last_thread_at__lte=now - pace.thread), {**told, "last_thread_at": now}
    field, most = ("first_day_threads", FIRST_DAY_THREADS) if is_thread else ("first_day_replies", FIRST_DAY_REPLIES)
    is_first_day = level == 0 and now - trust.since < FIRST_DAY
    if is_first_day:
        rows, told = rows.filter(**{f"{field}__lt": most}), {**told, field: F(field) + 1}
    if rows.update(**told) != 1:
        trust.refresh_from_db()
        if is_first_day and getattr(trust, field) >= most:
            raise OperatorError("first-day-over", "That is enough for a first day.", "Write on tomorrow.")
        raise OperatorError("too-fast", "You write too fast.", "Wait a moment, then send it again.")
    day = timedelta(days=1)
    if is_thread and not rate_take(f"threads/{trust.site}/{trust.person_id}", MOST_THREADS_A_DAY, day, now):
        raise OperatorError("first-day-over", "These are many threads for one day.", "Write on tomorrow.")


def trust_silence(trust: MemberTrust, why: str, now: datetime) -> None:
    """Let a member write nothing more until somebody has looked."""
    with transaction.atomic():
        if MemberTrust.objects.filter(pk=trust.pk, silenced_at=None).update(silenced_at=now, silenced_for=why):
            change = Change("member-silence", f"person/{trust.person_id}", after={"for": why})
            audit_record(trust.site, "system", now, [change])


def trust_set(site: str, person: Person, level: int | None, actor: str, now: datetime) -> None:
    """Give a member a level, or let it follow from his posts again; who was silenced may write again."""
    if level is not None and not 0 <= level <= 4:
        raise OperatorError("no-level", "There is no such level.", "Give 0 to 4, or none.")
    with transaction.atomic():
        trust_of(site, person, now)
        row = MemberTrust.objects.select_for_update().get(site=site, person=person)
        before = {"level": row.given_level, "silenced": row.silenced_for}
        MemberTrust.objects.filter(pk=row.pk).update(given_level=level, silenced_at=None, silenced_for="")
        change = Change("member-trust", f"person/{person.pk}", before=before, after={"level": level, "silenced": ""})
        audit_record(site, actor, now, [change])


def _accounts_bounded(trust: MemberTrust, address: str, now: datetime) -> None:
    """New members of one address: three may write, the others wait for somebody to be known."""
    key = f"member/{trust.site}/{address}/{trust.person_id}"
    day = timedelta(days=1)
    is_new_here = rate_take(key, 1, day, now)
    if is_new_here and not rate_take(f"members/{trust.site}/{address}", MOST_ACCOUNTS_OF_AN_ADDRESS, day, now):
        raise OperatorError(
            "many-accounts", "Many new members write from here.", "Wait a day, or write from elsewhere."
        )
