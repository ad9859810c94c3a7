"""The shop as a channel: what is approved at the desk is done in the shop, and what the shop did is soon a fact."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from yunying.accounts.people import Person, person_make
from yunying.interventions.deciding import intervention_revert, proposals_approve
from yunying.interventions.ledger import store_row
from yunying.interventions.listing import ledger_rows
from yunying.interventions.proposing import intervention_compose
from yunying.kernel.command import Command
from yunying.loop.dispatch import dispatch_store
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inbox_drain
from yunying.loop.sites import desk_tell
from yunying.loop.worker import Worker
from yunying.portal.shop.facts.stock import days_close
from yunying.portal.shop.models import Coupon, Message, Order, PurchaseOrder, Shop, Stock
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.providers import PROVIDERS
from yunying.portal.shop.tests.furnished import basket_with, check_out, shop_furnished, variant
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.read import read

STORE = "teahouse"


@pytest.fixture
def shop(ledger_database: None) -> Iterator[Shop]:
    with override_settings(SHOP_PAYMENTS=sorted(PROVIDERS)):
        yield shop_furnished()


@pytest.fixture
def home(shop: Shop, tmp_path: Path) -> Home:
    place = Home(tmp_path / "home")
    days_close(shop, timezone.now())
    published(place)
    return place


@pytest.fixture
def manager(ledger_database: None) -> Person:
    return person_make("manager", "a long enough password")


def published(home: Home) -> None:
    inbox_drain(home, STORE, now=timezone.now())
    desk_tell(home, STORE)


def approved(home: Home, manager: Person, kind: str, **params: object) -> int:
    row = intervention_compose(STORE, manager, Command(kind, 1, params))
    assert all(each.is_done for each in proposals_approve(STORE, [row.pk], manager))
    assert dispatch_store(home, STORE, "w", ignore_wait=True) == {"applied": 1, "failed": 0, "later": 0}
    published(home)
    return int(row.pk)


def price_minor(shop: Shop) -> int:
    return prices_at([variant(shop, "TEA").pk], timezone.now())[variant(shop, "TEA").pk].price_minor


def test_a_shop_is_a_store_whose_hands_are_the_portals(home: Home) -> None:
    row = store_row(STORE)
    assert (row.connector, row.currency, row.time_zone) == ("portal", "CNY", "Asia/Shanghai")


def test_an_approved_price_holds_in_the_shop_until_it_is_reverted(shop: Shop, home: Home, manager: Person) -> None:
    done = approved(home, manager, "set_price", product="TEA", list_price="88.00")
    assert price_minor(shop) == 8_800
    with home.facts.read() as facts:
        rows = facts.to_arrow(facts.table("price")).to_pylist()
    newest = max((row for row in rows if row["product"] == "TEA"), key=lambda row: row["date"])
    assert newest["list_price"] == 88
    intervention_revert(STORE, done, manager, reason="too cheap")
    dispatch_store(home, STORE, "w", ignore_wait=True)
    assert price_minor(shop) == 9_900
    assert [row["id"] for row in ledger_rows(STORE, "reverted", 10)] == [done]


def test_what_the_shop_refuses_fails_with_its_reason(shop: Shop, home: Home, manager: Person) -> None:
    row = intervention_compose(STORE, manager, Command("set_price", 1, {"product": "TEA", "list_price": "88.005"}))
    proposals_approve(STORE, [row.pk], manager)
    assert dispatch_store(home, STORE, "w", ignore_wait=True)["failed"] == 1
    assert price_minor(shop) == 9_900


def test_an_approved_purchase_is_on_its_way_until_it_is_received(shop: Shop, home: Home, manager: Person) -> None:
    lines = ({"product": "TEA", "quantity": 60, "unit_cost": "29.50"},)
    approved(home, manager, "purchase_order", supplier="S1", lines=lines)
    number = PurchaseOrder.objects.get().number
    tomorrow = timezone.now().date() + timedelta(days=2)

    def inbound(as_of: date) -> int:
        with home.facts.read() as facts:
            found = read(facts, STORE, as_of, PurchasingPolicy())
        return int(found.inbound.quantity.sum())

    assert inbound(tomorrow) == 60, "the next buy list counts it in"
    approved(home, manager, "receive_goods", product="TEA", quantity=45, purchase=number)
    assert Stock.objects.get(variant__sku="TEA").on_hand == 145
    assert inbound(tomorrow) == 15


def test_a_coupon_and_a_message_to_the_buyer_of_an_order(shop: Shop, home: Home, manager: Person) -> None:
    period = {"start_date": "2026-01-01", "end_date": "2099-01-01"}
    approved(home, manager, "issue_coupon", code="SPRING", off_minor=500, most_uses=10, **period)
    assert Coupon.objects.get(code="SPRING").off_minor == 500
    basket = basket_with(shop, "SPRING", TEA=1)
    order = order_place(basket, check_out(basket, now=timezone.now()), timezone.now())
    assert order.discount_minor == 500
    Order.objects.get(pk=order.pk).address.__class__.objects.update(email="buyer@example.org")
    approved(
        home, manager, "message", segment=f"order:{order.number}", channel="mail", subject="Tea", body="It is new."
    )
    assert Message.objects.get().to == "buyer@example.org"


def test_an_order_is_a_fact_within_a_minute(shop: Shop, home: Home) -> None:
    now = timezone.now()
    worker = Worker(home, lambda: clock[0])
    clock: list[datetime] = [now]
    worker.turn()
    basket = basket_with(shop, TEA=1)
    order = order_place(basket, check_out(basket, now=now), now)

    def told() -> bool:
        with home.facts.read() as facts:
            return order.number in facts.to_arrow(facts.table("order_line").order).to_pylist()

    clock[0] = now + timedelta(seconds=4)
    worker.turn()
    assert not told(), "rows are gathered for a moment, so that this test can fail"
    clock[0] = now + timedelta(seconds=6)
    worker.turn()
    assert told()
