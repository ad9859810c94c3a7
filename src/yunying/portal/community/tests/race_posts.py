"""A process of a race of posts; prints what became of each as JSON.

Run as: race_posts.py fill | sums | bots NAME COUNT SILENT | one-form COUNT | one-member NUMBER careful|careless
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.kernel.errors import OperatorError
from yunying.kernel.tests.meeting import met
from yunying.portal.community.models import Post
from yunying.portal.community.posts import Sent, post_make
from yunying.portal.moderation import judging, submitting
from yunying.portal.moderation.models import MemberTrust, Submission
from yunying.portal.moderation.trust import trust_of
from yunying.portal.shop.catalogue import shop_open
from yunying.portal.shop.members import member_join
from yunying.portal.shop.models import Shop

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PASSWORD = "a long enough password"


def fill() -> dict:
    shop = shop_open("town", "Town", "CNY", "Asia/Shanghai")
    trust_of(shop.slug, member_join("writer", PASSWORD, timezone.now()), timezone.now())
    return {}


def sums() -> dict:
    return {"posts": Post.objects.count(), "submissions": Submission.objects.count(),
            "shown": Submission.objects.filter(state="shown").count(),
            "members": MemberTrust.objects.count()}  # fmt: skip


def tried(deed: Callable[[], object]) -> str:
    try:
        deed()
    except OperatorError as error:
        return error.code
    except OperationalError as error:
        return f"error: {error}"
    return "posted"


def started() -> None:
    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def bots(name: str, count: str, is_trusting: str) -> dict:
    """Each bot registers and posts at once, from an address that 200 bots have between them."""
    shop, told = Shop.objects.get(), Counter()
    started()
    # The control trusts everybody at once, as a site does that looks at the text only.
    level = mock.patch.object(judging, "trust_level", return_value=1) if is_trusting == "1" else mock.MagicMock()
    with level:
        for number in range(int(count)):
            person = member_join(f"bot-{name}-{number}", PASSWORD, timezone.now())
            sent = Sent("comment", "article/12", f"Lovely article, thank you {name} {number}", f"{name}-{number}",
                        typed=timedelta(minutes=1))  # fmt: skip
            address = f"192.0.2.{number}"
            told[tried(lambda: post_make(shop, sent, person, address, None, timezone.now()))] += 1  # noqa: B023
    return dict(told)


def one_form(count: str) -> dict:
    """The same form, sent again and again by several at once."""
    shop, told = Shop.objects.get(), Counter()
    sent = Sent("guestbook", "guestbook", "Greetings from the sea", "the-only-key")
    started()
    for number in range(int(count)):
        address = f"198.51.100.{number}"
        told[tried(lambda: post_make(shop, sent, None, address, None, timezone.now()))] += 1  # noqa: B023
    return dict(told)


def careless_turn(trust: MemberTrust, now: object, *, is_thread: bool, address: str) -> None:
    """The control: reads when the last post was, compares, then writes."""
    row = MemberTrust.objects.get(pk=trust.pk)
    if row.last_post_at > now - timedelta(seconds=30):
        raise OperatorError("too-fast", "You write too fast.", "Wait.")
    # What may happen between any two statements of a process: another one looks as well.
    met("looked")
    row.last_post_at = now
    row.save(update_fields=["last_post_at"])


def one_member(number: str, deed: str) -> dict:
    """One member with several browsers, each with another text."""
    shop, person = Shop.objects.get(), MemberTrust.objects.select_related("person").get().person
    sent = Sent("comment", "article/12", f"Text of browser {number}", f"browser-{number}", typed=timedelta(minutes=1))
    change = mock.patch.object(submitting, "turn_take", careless_turn) if deed == "careless" else mock.MagicMock()
    started()
    with change:
        return {tried(lambda: post_make(shop, sent, person, "192.0.2.1", None, timezone.now())): 1}


if __name__ == "__main__":
    database_ready()
    deed, *arguments = sys.argv[1:]
    deeds = {"fill": fill, "sums": sums, "bots": bots, "one-form": one_form, "one-member": one_member}
    sys.stdout.write(json.dumps(deeds[deed](*arguments)) + "\n")
