"""After an erasure neither a table nor a fact file holds a word about the person; before it, many do."""

from pathlib import Path
from typing import Any

import pytest

from tests.databases import own_environment
from tests.starting_line import asked

CHILD = Path(__file__).parent / "member_erasure_child.py"
PLACES = {
    "accounts_user", "accounts_memberkey", "audit_auditentry", "community_post", "members_profile",
    "moderation_submission", "news_report", "shop_address", "shop_appliedcommand", "shop_conversation",
    "shop_couponuse", "shop_invoice", "shop_member", "shop_message", "shop_order", "shop_refund", "shop_remark",
    "shop_return", "shop_review", "shop_savedaddress",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "choice"),
    [("sqlite", "keep"), pytest.param("postgres", "delete", marks=pytest.mark.needs("postgres"))],
)
def test_nothing_is_left_that_names_or_reaches_the_person(kind: str, choice: str, tmp_path: Path) -> None:
    with own_environment(kind, tmp_path / "home") as environment:
        told = asked({**environment, "PYTHONPATH": str(CHILD.parents[1])}, CHILD, choice)
    # The control: the same look finds the person in every one of these tables before.
    assert PLACES - set(told["before"]) == set()
    # Before, the copy of a member's data tells what was published of him, also of the order that he placed as a guest.
    assert told["facts told"] == ["event", "order_line"]
    assert told["orders told"] == told["own orders"]
    assert len(told["own orders"]) == 2
    assert (told["died"], told["after death"], told["waits"]) == (9, True, ["waiting"])
    assert told["answer"] == 302
    assert (told["waited"], set(told["open"]) - OPEN) == (1, set()), told["open"]
    assert told["after"] == {}
    assert told["facts after"] == {}
    # Facts know the person by random keys only, which are still there and lead nowhere.
    assert told["keys"] >= 2
    assert told["keys in facts"] >= 1
    assert (told["keys in map"], told["map"], told["account"], told["sessions"]) == ([], 0, False, 302)
    assert (told["again"], told["erasures"], told["mails"]) == (0, [["done", None]], 0)
    # The books are whole, the log's chains are sound, and others keep what is theirs.
    assert (told["orders"], told["invoices"], told["books"], told["chains"]) == (3, 2, [], [])
    assert set(told["pages"]) == {200}, "an order and its invoice are still read by who has their address"
    assert told["others after"] == told["others before"] != {}
    posts_fit(told, choice)
    if kind == "postgres":
        # Two turns at once, while the same members write and others register by their links.
        assert told["crowd"] == {"erased": 10, "joined": 10, "deadlocks": 0, "left": 0}


OPEN = {"shop_address", "shop_order", "shop_return", "shop_couponuse", "shop_invoice", "shop_message",
        "accounts_memberkey", "audit_auditentry"}  # fmt: skip
"""Where words about a person stand while an order of his is under way."""


def posts_fit(told: dict[str, Any], choice: str) -> None:
    kinds = {kind: (name, text) for kind, name, text in told["posts"]}
    assert kinds["reply"] == ("bystander", "An answer of somebody else")
    if choice == "keep":
        assert kinds["thread"] == ("", "Write to … or call …, says … (…), …")
        assert set(kinds) == {"thread", "reply", "comment", "guestbook"}
        assert [name for name, _text in told["reviews"]] == [""]
    else:
        assert kinds["thread"] == ("", "…"), "a thread that somebody answered stays as an empty head"
        assert set(kinds) == {"thread", "reply"}
        assert told["reviews"] == []
