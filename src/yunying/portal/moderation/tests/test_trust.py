"""Each limit at its exact figure, one below and at it."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from yunying.accounts.people import Person
from yunying.audit.models import AuditEntry
from yunying.kernel.errors import OperatorError
from yunying.portal.moderation.models import MemberTrust, Submission
from yunying.portal.moderation.submitting import Written, submission_make
from yunying.portal.moderation.tests.conftest import NOW
from yunying.portal.moderation.trust import trust_level, trust_of, trust_set
from yunying.portal.shop.members import member_join
from yunying.portal.shop.models import Shop

SECOND = timedelta(seconds=1)


def write(person: Person | None, now: datetime, text: str = "", **other: object) -> Submission:
    thread = bool(other.get("is_thread"))
    fields = {"site": "town", "kind": "thread" if thread else "comment", "place": "article/1", "person": person,
              "text": text or f"text at {now}", **other}  # fmt: skip
    return submission_make(Written(**fields), now)


def refusal(person: Person | None, now: datetime, text: str = "", **other: object) -> str:
    """The code by which a post is refused; empty where it is taken."""
    try:
        with transaction.atomic():
            write(person, now, text, **other)
    except OperatorError as error:
        return error.code
    return ""


def known(person: Person, level: int) -> None:
    trust_of("town", person, NOW)
    MemberTrust.objects.filter(person=person).update(given_level=level)


@pytest.mark.parametrize(
    ("level", "is_thread", "least"), [(0, False, 30), (0, True, 120), (1, False, 5), (1, True, 15), (4, False, 5)]
)
def test_between_two_posts_lies_the_level_s_pace(person: Person, level: int, is_thread: bool, least: int) -> None:
    known(person, level)
    assert refusal(person, NOW, is_thread=is_thread) == ""
    assert refusal(person, NOW + (least - 1) * SECOND, is_thread=is_thread) == "too-fast"
    assert refusal(person, NOW + least * SECOND, is_thread=is_thread) == ""


@pytest.mark.parametrize(("is_thread", "most"), [(True, 3), (False, 10)])
def test_a_first_day_holds_three_threads_and_ten_replies(person: Person, is_thread: bool, most: int) -> None:
    step = timedelta(minutes=10)
    codes = [refusal(person, NOW + number * step, is_thread=is_thread) for number in range(most + 1)]
    assert codes == [""] * most + ["first-day-over"]
    assert refusal(person, NOW + timedelta(days=1), is_thread=is_thread) == ""


def test_a_day_holds_twenty_threads_of_a_known_member(person: Person) -> None:
    known(person, 2)
    begin = NOW.replace(hour=0, minute=0)
    codes = [refusal(person, begin + number * timedelta(minutes=5), is_thread=True) for number in range(21)]
    assert codes == [""] * 20 + ["first-day-over"]


def test_three_new_members_of_one_address_may_write_and_a_fourth_may_not(shop: Shop) -> None:
    people = [member_join(f"bot{number}", "a long enough password", NOW) for number in range(4)]
    assert [refusal(each, NOW, f"hello {each.pk}", address="192.0.2.1") for each in people] == [
        "",
        "",
        "",
        "many-accounts",
    ]
    assert refusal(people[3], NOW, "hello from elsewhere", address="192.0.2.2") == ""
    assert refusal(people[0], NOW + 30 * SECOND, "the first ones go on", address="192.0.2.1") == ""


def test_the_same_text_is_refused_for_five_minutes(person: Person) -> None:
    known(person, 1)
    write(person, NOW, "the same text")
    assert refusal(person, NOW + timedelta(minutes=5) - SECOND, "the same text") == "same-again"
    assert refusal(person, NOW + timedelta(minutes=5) + SECOND, "the same text") == ""


@pytest.mark.parametrize(("typed", "is_silenced"), [(2_999, True), (3_000, False)])
def test_a_first_post_typed_faster_than_three_seconds_silences(person: Person, typed: int, is_silenced: bool) -> None:
    written = write(person, NOW, typed=timedelta(milliseconds=typed))
    assert written.state == "waiting"
    assert refusal(person, NOW + timedelta(hours=1)) == ("silenced" if is_silenced else "")
    assert AuditEntry.objects.filter(store="town", action="member-silence").count() == is_silenced


def test_the_third_post_that_links_to_one_host_waits(person: Person) -> None:
    known(person, 2)
    states = [write(person, NOW + number * timedelta(hours=1), f"nr {number}: https://same.example.com/{number}").state
              for number in range(3)]  # fmt: skip
    assert states == ["shown", "shown", "waiting"]


def test_a_guest_writes_three_times_in_ten_minutes_and_always_waits(shop: Shop) -> None:
    begin = NOW.replace(minute=0)
    guest = {"kind": "guestbook", "place": "guestbook", "address": "192.0.2.9"}
    states = [write(None, begin, f"guest {number}", **guest).state for number in range(3)]
    assert states == ["waiting"] * 3
    assert refusal(None, begin, "guest 4", **guest) == "too-fast"
    assert refusal(None, begin + timedelta(minutes=10), "guest 5", **guest) == ""


@pytest.mark.parametrize(
    ("days", "shown", "hidden", "level"),
    [(0, 50, 0, 0), (1, 1, 0, 0), (1, 2, 0, 1), (1, 2, 1, 1), (1, 2, 2, 0), (14, 60, 0, 1), (15, 14, 0, 1),
     (15, 15, 0, 2), (50, 60, 0, 3), (50, 60, 7, 0), (50, 60, 6, 3), (50, 59, 0, 2)],
)  # fmt: skip
def test_levels_follow_from_days_and_decided_posts(
    person: Person, days: int, shown: int, hidden: int, level: int
) -> None:
    trust = trust_of("town", person, NOW)
    trust.shown, trust.hidden = shown, hidden
    assert trust_level(trust, NOW + timedelta(days=days)) == level


def test_staff_give_a_level_and_end_a_silence(person: Person) -> None:
    write(person, NOW, typed=timedelta())
    trust_set("town", person, 4, "boss", NOW)
    assert trust_level(trust_of("town", person, NOW), NOW) == 4
    assert write(person, NOW + timedelta(minutes=1)).state == "shown"
    entry = AuditEntry.objects.filter(store="town", action="member-trust").get()
    assert (entry.actor, entry.before["silenced"], entry.after["level"]) == ("boss", "typed-too-fast", 4)
    with pytest.raises(OperatorError, match="no such level"):
        trust_set("town", person, 5, "boss", NOW)
