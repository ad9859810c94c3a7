"""A member's life and erasure on the database that the environment names; tells what was found before and after.

Run as: member_erasure_child.py keep | delete
"""

import json
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.conf import settings

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.member_crowd import crowd
from tests.member_life import (
    BROWSER,
    MAIL,
    OTHER_MAIL,
    OTHER_NAME,
    WORDS,
    fact_values,
    found_in_facts,
    found_in_tables,
    lived,
)
from yunying.accounts.member_keys import member_stores
from yunying.accounts.people import Person
from yunying.audit.log import audit_chains, audit_problems
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inboxes_drain
from yunying.portal.community.models import Post
from yunying.portal.members import erasing
from yunying.portal.members.erasing import erasures_due
from yunying.portal.members.holdings import holdings_of
from yunying.portal.members.models import Erasure, OrderToStrip
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import Invoice, Message, Order, Return, Review

HOME = Path(settings.HOME)


def main(choice: str) -> dict:
    life = lived()
    pk, now = life.member.pk, timezone.now()
    inboxes_drain(Home(HOME), now=now)
    keys = set(member_stores(f"person:{pk}").values()) | set(member_stores("phone:8613912345678").values())
    told = {"before": found_in_tables(WORDS), "facts before": found_in_facts(HOME, [*keys, *WORDS]),
            "others before": found_in_tables([OTHER_MAIL, OTHER_NAME])}  # fmt: skip
    held = holdings_of(life.member, {})["facts"]
    told["facts told"] = sorted({row["table"] for row in held})
    told["orders told"] = sorted({row["order"] for row in held if "order" in row})
    told["own orders"] = sorted(Order.objects.filter(person=life.member).values_list("number", flat=True))
    tokens = list(Order.objects.filter(person=life.member).values_list("token", flat=True))
    # A process that dies in the middle of it leaves everything as it was, and a request that waits.
    died = subprocess.run([sys.executable, __file__, "die", str(pk)], capture_output=True)
    told |= {"died": died.returncode, "after death": found_in_tables(WORDS) == told["before"],
             "waits": list(Erasure.objects.values_list("state", flat=True))}  # fmt: skip
    answer = life.browser.post(
        "/members/teahouse/data/erase/", {"password": "a long enough password", "posts": choice, "when": "now"}
    )
    told["answer"] = answer.status_code
    told["open"] = found_in_tables(WORDS)
    # The one order that was under way comes through, and the turn takes its names off.
    Return.objects.filter(state="asked").update(state="refused")
    waited = OrderToStrip.objects.count()
    inboxes_drain(Home(HOME), now=now)
    erasures_due(now)
    told |= {
        "waited": waited, "after": found_in_tables(WORDS), "facts after": found_in_facts(HOME, WORDS),
        "keys": len(keys), "keys in facts": sum(key in fact_values(HOME) for key in keys),
        "keys in map": found_in_tables(keys).get("accounts_memberkey", []),
        "map": len(member_stores(f"person:{pk}")), "account": Person.objects.filter(pk=pk).exists(),
        "sessions": life.browser.get("/shop/teahouse/account/").status_code,
        "chains": [each for chain in audit_chains() for each in audit_problems(chain)],
        "others after": found_in_tables([OTHER_MAIL, OTHER_NAME]), "books": shop_problems(life.shop),
        "orders": Order.objects.count(), "invoices": Invoice.objects.count(),
        "posts": list(Post.objects.order_by("pk").values_list("kind", "name", "text")),
        "reviews": list(Review.objects.values_list("name", "text")), "again": erasures_due(now),
        "erasures": list(Erasure.objects.values_list("state", "person")),
        "mails": Message.objects.filter(to=MAIL).count(),
        "pages": [Client(**BROWSER).get(f"/shop/teahouse/order/{token}/{page}", follow=True).status_code
                  for token in tokens for page in ("", "invoice/")],
    }  # fmt: skip
    if connection.vendor == "postgresql":
        told["crowd"] = crowd(life.shop)
        told["chains"] += [each for chain in audit_chains() for each in audit_problems(chain)]
    return told


def die(number: str) -> None:
    """Erase somebody and be gone when all rooms have forgotten him, before his account goes."""
    erasing.person_erase = lambda *_: os._exit(9)
    person = Person.objects.get(pk=int(number))
    asked = erasing.erasure_ask(person, "teahouse", timezone.now(), keeps_posts=True)
    erasing.erasure_do(asked.pk, timezone.now())


if __name__ == "__main__":
    if sys.argv[1] == "die":
        die(sys.argv[2])
    sys.stdout.write(json.dumps(main(*sys.argv[1:]), default=str))
