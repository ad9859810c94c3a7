"""The commands: applied once, tried out without a trace, undone, and refused where they are wrong."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F, Sum
from django.test import override_settings

from yunying.audit.log import audit_problems
from yunying.audit.models import AuditEntry
from yunying.kernel.errors import OperatorError
from yunying.portal.facade import KINDS, command_apply, command_undo
from yunying.portal.news.models import HomePage
from yunying.portal.news.opening import portal_open
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.messages import messages_send
from yunying.portal.shop.models import (
    AppliedCommand,
    Coupon,
    Feature,
    Message,
    PurchaseOrderLine,
    Shop,
    SlotPlan,
    Stock,
    StockMovement,
)
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.tests.furnished import NOW, basket_with, check_out, variant

SOON = (NOW + timedelta(days=3)).isoformat()
GOOD = {
    "set-price": {"sku": "TEA", "price_minor": 8_800, "ends_at": SOON},
    "feature-product": {"product": "pot", "slot": "front", "position": 1},
    "issue-coupon": {"code": "SPRING", "off_rate": "0.2", "most_uses": 10, "ends_at": SOON},
    "unfeature-product": {"product": "longjing", "slot": "side"},
    "set-slot": {"slot": "front", "items": [{"product": "pot", "weight": 2}, {"sku": "TEA", "weight": 1}]},
    "clear-slot": {"slot": "side"},
    "withdraw-coupon": {"code": "TENTH"},
    "order-goods": {
        "number": "PO-1",
        "supplier": "S1",
        "promised_date": "2026-06-01",
        "lines": [{"sku": "TEA", "quantity": 50, "unit_cost": "29.5"}],
    },
    "receive-goods": {"sku": "TEA", "quantity": 40},
    "take-back-receipt": {"receipt": "r0"},
    "set-layout": {"page": "home", "parts": [{"kind": "newest", "count": 3}]},
    "send-message": {"to": "buyer@example.org", "subject": "新茶", "body": "到货了"},
}


def applied(kind: str, params: dict, key: str = "k1", **other: bool) -> object:
    return command_apply("teahouse", kind, params, key=key, actor="desk", now=NOW, **other)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """With something to take back of each kind."""
    now = NOW - timedelta(days=1)
    portal_open("Town", "镇", "test", now)
    feature = {"product": "longjing", "slot": "side", "position": 1}
    plan = {"slot": "side", "items": [{"product": "pot", "weight": 1}]}
    for key, kind, params in (
        ("f0", "feature-product", feature), ("s0", "set-slot", plan), ("r0", "receive-goods", GOOD["receive-goods"]),
    ):  # fmt: skip
        command_apply("teahouse", kind, params, key=key, actor="desk", now=now)
    AppliedCommand.objects.exclude(kind="receive-goods").delete()
    return shop


def world(shop: Shop) -> dict:
    """All that a command may change."""
    return {
        "price": prices_at([variant(shop, "TEA").pk], NOW),
        "later": prices_at([variant(shop, "TEA").pk], NOW + timedelta(days=9)),
        "layout": HomePage.objects.get().layout.get_prep_value(),
        "features": list(Feature.objects.values_list("product__slug", "slot")),
        "coupons": [row.code for row in Coupon.objects.order_by("code") if row.ends_at > NOW],
        "stock": list(Stock.objects.order_by("pk").values_list("on_hand", "reserved")),
        "messages": Message.objects.filter(state="waiting").count(),
        "plans": list(SlotPlan.objects.filter(cleared_at=None).values_list("slot", flat=True)),
        "open": PurchaseOrderLine.objects.aggregate(n=Sum(F("quantity") - F("cancelled")))["n"] or 0,
    }


@pytest.mark.parametrize("kind", KINDS)
class TestEachCommand:
    def test_twice_is_once_and_its_undo_brings_the_shop_back(self, shop: Shop, kind: str) -> None:
        before = world(shop)
        receipt = applied(kind, GOOD[kind])
        after = world(shop)
        assert after != before
        assert applied(kind, GOOD[kind]) == receipt
        assert (receipt.state, world(shop)) == ("applied", after)
        if kind == "take-back-receipt":
            with pytest.raises(OperatorError):
                command_undo("teahouse", "k1", actor="desk", now=NOW)
            return
        undone = command_undo("teahouse", "k1", actor="desk", now=NOW)
        assert undone.state == "undone"
        assert command_undo("teahouse", "k1", actor="desk", now=NOW) == undone == applied(kind, GOOD[kind])
        assert world(shop) == before
        told = AuditEntry.objects.filter(store="teahouse").order_by("number")
        assert [row.action for row in told][3:] == [f"shop-{kind}", f"shop-{kind}-undo"]
        assert audit_problems("teahouse") == shop_problems(shop) == []

    def test_a_dry_run_writes_nothing(self, shop: Shop, kind: str) -> None:
        before, told = world(shop), AuditEntry.objects.count()
        assert applied(kind, GOOD[kind], dry_run=True).state == "would-apply"
        assert (world(shop), AppliedCommand.objects.count(), AuditEntry.objects.count()) == (before, 1, told)
        applied(kind, GOOD[kind])
        after = world(shop)
        if kind == "take-back-receipt":
            return
        assert command_undo("teahouse", "k1", actor="desk", now=NOW, dry_run=True).state == "would-undo"
        assert world(shop) == after

    def test_a_key_stands_for_one_command(self, shop: Shop, kind: str) -> None:
        applied(kind, GOOD[kind])
        with pytest.raises(OperatorError) as caught:
            applied(kind, {**GOOD[kind], "more": 1})
        assert caught.value.code == "key-reused"


WRONG = [
    ("set-price", {"price_minor": 0}), ("set-price", {"price_minor": 1.5}), ("set-price", {"price_minor": True}),
    ("set-price", {"sku": "NONE"}), ("set-price", {"ends_at": "tomorrow"}), ("set-price", {"ends_at": "2026-05-09"}),
    ("set-price", {"starts_at": "2020-01-01T00:00:00Z"}), ("set-price", {"crossed_out_minor": 8_000}),
    ("set-price", {"ends_at": "2026-99-01T00:00:00Z"}), ("set-price", {"ends_at": NOW.isoformat()}),
    ("feature-product", {"product": "none"}), ("feature-product", {"slot": ""}), ("feature-product", {"position": -1}),
    ("issue-coupon", {"code": "x"}), ("issue-coupon", {"code": "TEN"}), ("issue-coupon", {"off_rate": "2"}),
    ("issue-coupon", {"off_rate": "NaN"}), ("issue-coupon", {"off_minor": 5}), ("issue-coupon", {"most_uses": 0}),
    ("issue-coupon", {"ends_at": NOW.isoformat()}), ("issue-coupon", {"off_rate": "much"}),
    ("issue-coupon", {"off_rate": "1e99"}), ("issue-coupon", {"off_rate": "0.12345"}),
    ("receive-goods", {"quantity": -5}), ("receive-goods", {"quantity": 10**9}), ("receive-goods", {"sku": "SET"}),
    ("send-message", {"to": "nobody"}), ("send-message", {"to": 7}), ("send-message", {"subject": "a\nBcc: b"}),
    ("send-message", {"body": ""}), ("drop-tables", {}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change"), WRONG, ids=str)
def test_a_wrong_command_is_refused_and_leaves_no_trace(shop: Shop, kind: str, change: dict) -> None:
    before, told = world(shop), AuditEntry.objects.count()
    for dry_run in (True, False):
        with pytest.raises(OperatorError):
            applied(kind, {**GOOD.get(kind, {}), **change}, dry_run=dry_run)
    assert (world(shop), AppliedCommand.objects.count(), AuditEntry.objects.count()) == (before, 1, told)


def test_goods_that_are_sold_cannot_be_taken_back(shop: Shop) -> None:
    applied("receive-goods", GOOD["receive-goods"])
    basket = basket_with(shop, TEA=160)
    order_place(basket, check_out(basket), NOW)
    for dry_run in (True, False):
        with pytest.raises(OperatorError) as caught:
            command_undo("teahouse", "k1", actor="desk", now=NOW, dry_run=dry_run)
        assert caught.value.code == "stock-is-sold"
    assert StockMovement.objects.filter(reason="receipt-undone").count() == 0
    assert shop_problems(shop) == []


def test_a_message_goes_once_and_then_cannot_be_taken_back(shop: Shop) -> None:
    applied("send-message", GOOD["send-message"])
    assert messages_send(NOW) == 0, "without a mail host nothing is sent, and it waits"
    with override_settings(EMAIL_HOST="localhost", EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        assert (messages_send(NOW), messages_send(NOW)) == (1, 0)
        assert [each.to for each in mail.outbox] == [["buyer@example.org"]]
    with pytest.raises(OperatorError) as caught:
        command_undo("teahouse", "k1", actor="desk", now=NOW)
    assert caught.value.code == "message-sent"


def test_what_was_never_applied_is_not_undone(shop: Shop) -> None:
    for name, key in (("teahouse", "never"), ("elsewhere", "k1")):
        with pytest.raises(OperatorError) as caught:
            command_undo(name, key, actor="desk", now=NOW)
        assert caught.value.code == "no-command"
