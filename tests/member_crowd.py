"""Members who are erased by two turns at once, while they write and others register by their links."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from tests.member_life import PASSWORD, wait
from yunying.accounts.people import Person
from yunying.portal.community.models import Post
from yunying.portal.community.posts import Sent, post_make
from yunying.portal.members.erasing import erasure_ask, erasure_do
from yunying.portal.members.inviting import invite_link
from yunying.portal.moderation.trust import trust_set
from yunying.portal.shop.members import Brought, member_join
from yunying.portal.shop.models import Shop

MANY = 10


def crowd(shop: Shop) -> dict[str, int]:
    """How many were erased and joined, what failed because two waited for each other, and what is left of them."""
    now, told = timezone.now(), Counter(erased=0, joined=0, deadlocks=0)
    members = [member_join(f"crowd-{at}", PASSWORD, now) for at in range(MANY)]
    links = [invite_link(each, now).code for each in members]
    for each in members:
        trust_set(shop.slug, each, 2, "boss", now)
    asked = [erasure_ask(each, shop.slug, now, keeps_posts=True, at_once=True).pk for each in members]

    def write(person: Person) -> None:
        wait(person)
        sent = Sent("comment", "article/1", f"text of {person.pk}", f"crowd-{person.pk}")
        post_make(shop, sent, person, f"10.0.1.{person.pk}", None, now)

    def join(code: str) -> bool:
        return bool(member_join(f"new-{code}", PASSWORD, now, brought=Brought(shop.slug, code)))

    def erase(number: int) -> bool:
        return erasure_do(number, now)

    at_once(
        (asked, erase, "erased"), (asked, erase, "erased"), (members, write, ""), (links, join, "joined"), told=told
    )
    posts, people = Post.objects.filter(name__startswith="crowd-"), Person.objects.filter(username__startswith="crowd-")
    return {**told, "left": posts.count() + people.count()}


def at_once(*jobs: tuple[Sequence[Any], Callable[[Any], object], str], told: Counter) -> None:
    """Do some jobs in a thread each; what a job says is done is counted."""
    lock = threading.Lock()

    def run(things: Sequence[Any], do: Callable[[Any], object], name: str) -> None:
        for each in things:
            word = ""
            try:
                word = name if do(each) else ""
            except OperationalError:
                word = "deadlocks"
            except (DatabaseError, ObjectDoesNotExist):
                # Who was erased a moment before writes nothing any more.
                continue
            with lock:
                told.update([word] if word else [])
        connection.close()

    threads = [threading.Thread(target=run, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
