"""Posting, and what is shown of a place."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Prefetch, Q, QuerySet

from yunying.accounts.people import Person
from yunying.kernel.errors import OperatorError
from yunying.portal.community.facts import post_tell
from yunying.portal.community.models import Post
from yunying.portal.members.models import Standing
from yunying.portal.members.names import name_of
from yunying.portal.moderation.submitting import Written, submission_make
from yunying.portal.policy import may
from yunying.portal.shop.models import Shop
from yunying.portal.shop.tracking.visits import Visit

PLACE = re.compile(r"[a-z]{2,20}/[0-9a-z-]{1,60}")
GUESTBOOK, FORUM = "guestbook", "forum"
FIRST_SHOWN = 10
"""How many posts stand under an article before "show all"."""


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: what kind of post, where, the form's own key, and how long it took."""

    kind: str
    place: str
    text: str
    key: str
    title: str = ""
    name: str = ""
    typed: timedelta | None = None


def post_make(
    shop: Shop, sent: Sent, person: Person | None, address: str, visit: Visit | None, now: datetime
) -> Post:  # fmt: skip
    """Post what a form sent; the same form again is the same post.

    Raises:
        OperatorError: what moderation refuses, a place where nothing is written, a form sent with another text.
    """
    if known := _known(sent):
        return known
    _place_checked(shop, sent, person)
    is_by_staff = person is not None and may(person, "talk", shop.slug)
    name = name_of(person) if person else sent.name.strip()[:40]
    written = Written(
        shop.slug, sent.kind, sent.place, sent.text.strip(), sent.title.strip(), person, name, address, sent.typed,
        is_thread=sent.kind == "thread", is_by_staff=is_by_staff,
    )  # fmt: skip
    try:
        with transaction.atomic():
            submission = submission_make(written, now)
            post = Post.objects.create(
                site=shop.slug, kind=sent.kind, place=sent.place, submission=submission, person=person, name=name,
                is_by_staff=is_by_staff, title=written.title, text=written.text, key=sent.key, made_at=now,
            )  # fmt: skip
            post_tell(shop, post, visit, now)
    except (IntegrityError, OperatorError):
        # Of the same form sent twice at once, the other one came first, and what refuses this one is its own twin.
        if known := _known(sent):
            return known
        raise
    return post


def is_written_at(site: str, place: str) -> bool:
    """Whether there is any post at a place, whoever sees it."""
    return Post.objects.filter(site=site, place=place).exists()


def posts_shown(site: str, place: str) -> QuerySet[Post]:
    """What everybody sees at a place, oldest first."""
    return Post.objects.filter(site=site, place=place, submission__state="shown").order_by("pk")


def posts_seen(site: str, place: str, person: Person | None) -> QuerySet[Post]:
    """What one visitor sees: what is shown, and his own posts that wait."""
    seen = Q(submission__state="shown")
    if person is not None and person.is_authenticated:
        seen |= Q(submission__state="waiting", person=person)
    return with_authors(Post.objects.filter(seen, site=site, place=place), site).order_by("pk")


def with_authors(posts: QuerySet[Post], site: str) -> QuerySet[Post]:
    """Posts with their submission, and their authors' profile and level at a site; one more query for all of them."""
    levels = Prefetch("person__standings", Standing.objects.filter(site=site), to_attr="standing_here")
    return posts.select_related("submission", "person__profile").prefetch_related(levels)


def threads_seen(site: str, person: Person | None) -> QuerySet[Post]:
    """Threads, newest first."""
    return posts_seen(site, FORUM, person).order_by("-pk")


def replies_counted(site: str, numbers: list[int]) -> dict[int, int]:
    """How many replies each of some threads shows."""
    places = {f"thread/{number}": number for number in numbers}
    rows = Post.objects.filter(site=site, place__in=places, submission__state="shown").values("place")
    return {places[each["place"]]: each["count"] for each in rows.order_by("place").annotate(count=Count("pk"))}


def post_find(site: str, number: int) -> Post | None:
    """A post that everybody sees."""
    rows = Post.objects.filter(site=site, pk=min(number, 2**62), submission__state="shown")
    return with_authors(rows, site).first()


def _known(sent: Sent) -> Post | None:
    found = Post.objects.filter(key=sent.key).select_related("submission").first()
    if found is not None and (found.text, found.place) != (sent.text.strip(), sent.place):
        raise OperatorError("key-reused", "This was sent before, with other details.", "Open the page again.")
    return found


def _place_checked(shop: Shop, sent: Sent, person: Person | None) -> None:
    """Where each kind stands, and that only the guestbook is open to guests."""
    if person is None and sent.kind != "guestbook":
        raise OperatorError("members-only", "Only members write here.", "Sign in or register first.")
    fits = {
        "guestbook": sent.place == GUESTBOOK, "thread": sent.place == FORUM,
        "comment": bool(PLACE.fullmatch(sent.place)) and not sent.place.startswith("thread/"),
        "reply": sent.place.startswith("thread/") and sent.place[7:].isdecimal() and len(sent.place) < 20,
    }  # fmt: skip
    is_there = fits.get(sent.kind, False)
    if is_there and sent.kind == "reply":
        thread = post_find(shop.slug, int(sent.place[7:]))
        is_there = thread is not None and thread.kind == "thread"
    if not is_there:
        raise OperatorError("no-place", "Nothing is written here.", "Open the page again.")
    if sent.kind == "thread" and not sent.title.strip():
        raise OperatorError("no-title", "The title is missing.", "Give one.")
