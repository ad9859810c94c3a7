"""Every address of the staff pages, by every role, on one's own shop and on another's: what is not declared fails."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from yunying.audit.models import AuditEntry
from yunying.portal.policy import ROLES
from yunying.portal.staff.tests.two_shops import CANARY, FOREIGN, OWN, World
from yunying.portal.staff.urls import urlpatterns

WHO = ("", "shopper", "clerk", "manager", "stranger")


@dataclass(frozen=True)
class Rule:
    """What an address takes: the deed of each method, ids of the shop by parameter, what is posted."""

    get: str = ""
    post: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    body_ids: dict[str, str] = field(default_factory=dict)
    done: int = 302


LATER = "2099-01-01T00:00"
RULES: dict[str, list[Rule]] = {
    "orders": [Rule("see")], "order": [Rule("see", ids={"number": "delivered"})],
    "order-act": [
        Rule(post="orders", ids={"number": "accepted"}, args={"action": "ship"},
             body={"carrier": "x", "tracking": "y"}),
        Rule(post="orders", ids={"number": "shipped"}, args={"action": "deliver"}),
        Rule(post="orders", ids={"number": "shipped"}, args={"action": "come-back"}),
        Rule(post="orders", ids={"number": "placed"}, args={"action": "cancel"}),
        *(Rule(post="orders", ids={"number": "delivered"}, args={"action": action}, body_ids={"return": "return"})
          for action in ("return-approve", "return-refuse", "return-receive")),
    ],
    "order-money": [
        Rule(post="money", ids={"number": "delivered"}, args={"action": "refund"},
             body={"line-1": "1.00", "key": "k", "reason": "dent"}),
        Rule(post="money", ids={"number": "placed"}, args={"action": "came"}, body={"amount": "206.00", "charge": "b"}),
    ],
    "money": [Rule("see")], "money-check": [Rule(post="money")],
    "money-refund": [Rule(post="money", ids={"id": "refund"})],
    "money-sent": [Rule(post="money", ids={"id": "charge"})],
    "products": [Rule("see")],
    "products-bulk": [Rule(post="catalogue", body={"brand": "B"}, body_ids={"product": "product_id"})],
    "product-new": [Rule("catalogue", "catalogue",
                         body={"slug": "new", "title": "New", "sku": "N-1", "price": "1", "on_hand": "3"})],
    "products-export": [Rule("catalogue")], "products-import": [Rule(post="catalogue", done=400)],
    "names": [Rule("catalogue", "catalogue", body={"slug": "a", "title": "A"})],
    "product": [Rule("see", ids={"product": "product"})],
    "product-act": [
        Rule(post="catalogue", ids={"product": "product"}, args={"action": "edit"}, body={"title": "Other"}),
        Rule(post="catalogue", ids={"product": "product"}, args={"action": "variant-new"},
             body={"sku": "M-1", "price": "1"}),
        Rule(post="catalogue", ids={"product": "product"}, args={"action": "price"}, body={"price": "2",
             "starts_at": LATER}, body_ids={"variant": "variant"}),
        Rule(post="catalogue", ids={"product": "product"}, args={"action": "price-drop"},
             body_ids={"price": "coming"}),
    ],
    "stock": [Rule("see")], "stock-item": [Rule("see", ids={"id": "variant"})],
    "stock-receive": [Rule(post="stock", ids={"id": "variant"}, body={"quantity": "1", "reference": "D1"})],
    "stock-adjust": [Rule(post="catalogue", ids={"id": "variant"},
                          body={"change": "-1", "reason": "lost", "key": "k"})],
    "counts": [Rule("see")], "counts-begin": [Rule(post="stock", body={"title": "x"})],
    "count": [Rule("see", ids={"id": "count"})],
    "count-act": [Rule(post="stock", ids={"id": "count"}, args={"action": action}) for action in ("book", "drop")],
    "members": [Rule("members")],
    "member-act": [Rule(post="members", args={"action": "erase"}, body_ids={"who": "writer_name"})],
    "customers": [Rule("see")], "conversations": [Rule("see")], "conversation": [Rule("see", ids={"id": "question"})],
    "conversation-act": [Rule(post="answer", ids={"id": "question"}, args={"action": "answer"}, body={"text": "x"}),
                         Rule(post="answer", ids={"id": "question"}, args={"action": "close"})],
    "reviews": [Rule("see")], "review-act": [Rule(post="reviews", ids={"id": "review"}, body={"show": "1"})],
    "talk": [Rule("talk")], "talk-rules": [Rule("rules")],
    "talk-decide": [Rule(post="talk", body={"decision": "show"}, body_ids={"submission": "submission"}),
                    Rule(post="talk", body={"decision": "hide", "reason": "spam"},
                         body_ids={"submission": "submission"})],
    "talk-trust": [Rule(post="talk", ids={"id": "writer"}, body={"level": "2"})],
    "talk-rules-set": [
        Rule(post="rules", args={"action": "rule"}, body={"kind": "comment", "mode": "before", "hold_from": "50"}),
        Rule(post="rules", args={"action": "words"}, body={"kind": "watched", "words": "a"}),
    ],
    "coupons": [Rule("see")], "coupon-end": [Rule(post="coupons", ids={"id": "coupon"})],
    "coupon-make": [Rule(post="coupons", body={"code": "NEW", "off": "1", "most_uses": "1", "ends_at": LATER})],
}  # fmt: skip


def test_every_address_is_declared_here() -> None:
    assert sorted(pattern.name for pattern in urlpatterns) == sorted(RULES)


def answer(world: World, client: Client, method: str, shop: str, of: str, name: str, rule: Rule) -> Any:
    """One request; what it did is taken back. ``of`` is the shop whose ids are named."""
    ids = world.ids[of]
    known = {"shop": shop, **rule.args, **{each: ids[key] for each, key in rule.ids.items()}}
    body = {**rule.body, **{each: ids[key] for each, key in rule.body_ids.items()}}
    with transaction.atomic():
        before = AuditEntry.objects.count()
        address = reverse(f"staff:{name}", kwargs=known)
        response = client.post(address, body) if method == "post" else client.get(address)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        response.told = content.decode() + str(dict(response.headers.items()))
        response.entries = AuditEntry.objects.count() - before
        transaction.set_rollback(True)
    return response


def expected(who: str, deed: str, rule: Rule, method: str, *, is_own: bool) -> int:
    if not deed:
        return 405
    if not who:
        return 302
    if who == "shopper" or not is_own:
        return 404
    if deed not in ROLES["clerk" if who == "clerk" else "manager"]:
        return 403
    return rule.done if method == "post" else 200


@pytest.mark.parametrize("who", WHO)
def test_each_role_does_what_is_its_own_and_what_is_foreign_is_not_there(world: World, who: str) -> None:
    client = Client(raise_request_exception=False, HTTP_ACCEPT_LANGUAGE="en")
    if who:
        client.force_login(world.people[who])
    own, wrong = FOREIGN if who == "stranger" else OWN, []
    for name, rules in RULES.items():
        for rule in rules:
            for method in ("get", "post"):
                deed = getattr(rule, method)
                for shop in (OWN, FOREIGN):
                    got = answer(world, client, method, shop, shop, name, rule)
                    wanted = expected(who, deed, rule, method, is_own=shop == own)
                    if got.status_code != wanted:
                        wrong.append((name, rule.args, method, shop, got.status_code, wanted))
                    if who != "stranger" and CANARY in got.told:
                        wrong.append((name, method, shop, "canary"))
                    is_done = method == "post" and wanted == 302 and bool(who)
                    if is_done != (got.entries > 0) and name != "count-act":
                        wrong.append((name, rule.args, method, shop, "entries", got.entries))
    assert wrong == [], wrong[:8]


def test_a_foreign_id_under_ones_own_shop_is_not_there(world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.people["manager"])
    wrong = []
    for name, rules in RULES.items():
        for rule in rules:
            for method in ("get", "post"):
                if not getattr(rule, method) or not (rule.ids or rule.body_ids):
                    continue
                got = answer(world, client, method, OWN, FOREIGN, name, rule)
                # A bulk edit of what is not there changes nothing.
                # Of a member who has nothing to do with the shop it says the same as of nobody.
                wanted = {"products-bulk": 302, "talk-decide": 302, "member-act": 400}.get(name, 404)
                if got.status_code != wanted or got.entries or CANARY in got.told:
                    wrong.append((name, rule.args, method, got.status_code, got.entries))
    assert wrong == [], wrong[:8]
