"""What the shop did is what the facts say: money and stock agree with its own rows, whatever happened to the orders."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import F, Sum
from django.test import override_settings

from yunying.inbox.box import inbox_state
from yunying.kernel.periods import Period
from yunying.loop.home import Home
from yunying.loop.inbox_drain import inbox_drain
from yunying.metrics.evaluate import evaluate
from yunying.portal.shop.catalogue import Goods
from yunying.portal.shop.catalogue_edit import product_edit, variant_edit, variant_new
from yunying.portal.shop.facts.stock import days_close
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import (
    Order,
    OrderLine,
    Payment,
    Refund,
    Return,
    ReturnLine,
    Shop,
    Stock,
    StockMovement,
    Variant,
)
from yunying.portal.shop.order_work import (
    work_come_back,
    work_refund,
    work_refund_ended,
    work_return_answer,
    work_return_receive,
    work_ship,
)
from yunying.portal.shop.payments import notice_apply, payments_sweep
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.prices import price_schedule, price_unschedule
from yunying.portal.shop.providers import PROVIDERS
from yunying.portal.shop.providers.contract import Notice
from yunying.portal.shop.purchases import Ordered, purchase_order
from yunying.portal.shop.refunds import refund_ask, refund_end
from yunying.portal.shop.returns import return_ask, return_receive
from yunying.portal.shop.states import order_cancel, order_deliver, order_ship
from yunying.portal.shop.stock_work import take_begin, take_book, take_count, work_adjust, work_receive
from yunying.portal.shop.tests.furnished import LONG_AGO, NOW, basket_with, check_out, shop_furnished, variant

WHOLE = Period(date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture
def shop(ledger_database: None) -> Iterator[Shop]:
    with override_settings(SHOP_PAYMENTS=sorted(PROVIDERS)):
        yield shop_furnished()


def placed(shop: Shop, key: str, coupon: str = "", provider: str = "bank-transfer", **quantities: int) -> Order:
    basket = basket_with(shop, coupon, **quantities)
    return order_place(basket, check_out(basket, f"key-{key:0>4}", provider), NOW)


def paid(order: Order) -> Order:
    payment = Payment.objects.get(order=order)
    charge = f"c-{order.pk}"
    told = Notice(charge, payment.reference, "paid", charge, payment.amount_minor, payment.currency)
    assert notice_apply(payment.provider, told, NOW) == "paid"
    return Order.objects.get(pk=order.pk)


def delivered(order: Order) -> Order:
    order_ship(order, "SF1", NOW + timedelta(hours=1))
    return order_deliver(order, NOW + timedelta(days=1))


def a_busy_week(shop: Shop) -> None:
    """Every way that an order may go: unpaid, cancelled, in parts refunded, sent back, refused refunds, on delivery."""
    later = NOW + timedelta(days=2)
    order_cancel(placed(shop, "1", TEA=2), "buyer", NOW)
    refund = order_cancel(paid(placed(shop, "2", SET=1, TEA=1)), "buyer", NOW)
    assert refund is not None
    refund_end(refund, "done", NOW)
    arrived = delivered(paid(placed(shop, "3", "TENTH", SET=2, POT=1)))
    refund_end(refund_ask(arrived, 1_234, "a-scratch", "goodwill", NOW), "done", later)
    sent_back = return_ask(arrived, {1: 1, 2: 1}, "r1", "too large", later)
    refund = return_receive(sent_back, later, is_sellable=True)
    assert refund is not None
    refund_end(refund, "done", later)
    failed = refund_ask(paid(placed(shop, "4", "TEN", TEA=3)), 500, "fails", "goodwill", NOW)
    refund_end(failed, "failed", NOW)
    refund_ask(Order.objects.get(key="key-0004"), 700, "waits", "goodwill", NOW)
    on_delivery = placed(shop, "5", provider="cash-on-delivery", TEA=1)
    delivered(on_delivery)
    paid(on_delivery)
    broken = return_ask(on_delivery, {1: 1}, "r2", "broken", later)
    return_receive(broken, later, is_sellable=False)
    placed(shop, "6", POT=1)


def the_staff_at_work(shop: Shop) -> None:
    """What the shop's people do: refunds by line, parcels refused at the door, returns, receipts, counts, edits."""
    later, actor = NOW + timedelta(days=2), "chen"
    scratched = delivered(paid(placed(shop, "20", TEA=1, POT=2)))
    work_refund_ended(
        work_refund(scratched, {2: 3_000}, 0, "by-line", "scratched", actor, NOW), actor, NOW, is_sent=True
    )
    late = paid(placed(shop, "21", TEA=1))
    work_refund_ended(work_refund(late, {}, 300, "postage", "late", actor, NOW), actor, NOW, is_sent=True)
    for number, provider, is_sellable in (("22", "cash-on-delivery", False), ("23", "bank-transfer", True)):
        order = placed(shop, number, provider=provider, POT=1)
        order = paid(order) if provider == "bank-transfer" else Order.objects.get(pk=order.pk)
        work_ship(order, "SF", f"SF{number}", actor, NOW)
        refund = work_come_back(order, actor, later, is_sellable=is_sellable)
        if refund:
            work_refund_ended(refund, actor, later, is_sent=True)
    arrived = delivered(paid(placed(shop, "24", SET=2)))
    sent_back = return_ask(arrived, {1: 1}, "r3", "chipped", later)
    work_return_answer(sent_back, "send it", actor, later, is_approved=True)
    refund = work_return_receive(sent_back, actor, later, is_sellable=False)
    assert refund is not None
    work_refund_ended(refund, actor, later, is_sent=True)
    payments_sweep(NOW + timedelta(days=8))
    assert Order.objects.get(key="key-0006").state == "cancelled"
    assert paid(Order.objects.get(key="key-0006")).state == "accepted", "late money fills its order"
    tea, pot = variant(shop, "TEA"), variant(shop, "POT")
    purchase_order(shop, "PO-1", [Ordered(tea, 20, Decimal(30))], NOW)
    work_receive(tea, 12, "DN-1", actor, later, purchase="PO-1")
    for each, units in ((tea, 5), (pot, 3)):
        work_receive(each, units, "DN-2", actor, later)
    work_adjust(tea, -2, "damaged", "wet", actor, later)
    take = take_begin(shop, "May", ["POT"], actor, later)
    take_count(take, {pot.pk: Stock.objects.get(variant=pot).on_hand - 1}, actor, later)
    assert take_book(take, actor, later) == 1
    product_edit(pot.product, {"brand": "Yixing", "title_zh": "宜兴紫砂壶"}, actor, later)
    variant_edit(pot, {"cost_minor": 8_500}, actor, later)
    variant_new(tea.product, Goods("TIN", 1_500, 500), actor, later)


def published(home: Home, shop: Shop) -> None:
    inbox_drain(home, shop.slug, now=NOW)
    assert inbox_state(shop.slug) == (0, 0), "nothing waits, nothing was refused"


def figures(home: Home, shop: Shop, *names: str) -> dict[str, object]:
    with home.facts.read() as facts:
        [row] = evaluate(facts, names, store=shop.slug, period=WHOLE).rows
    return {name: row.values[name].now for name in names}


def rows_of(home: Home, table: str) -> list[dict]:
    with home.facts.read() as facts:
        return facts.to_arrow(facts.table(table)).to_pylist()


def test_the_metrics_of_a_busy_week_are_the_shops_own_sums(shop: Shop, tmp_path: Path) -> None:
    home = Home(tmp_path)
    a_busy_week(shop)
    the_staff_at_work(shop)
    days_close(shop, NOW + timedelta(days=9))
    published(home, shop)
    orders = Order.objects.filter(shop=shop)
    got = figures(home, shop, "gmv", "paid_amount", "refund_amount", "orders", "paid_orders", "units_returned")
    parts = {"TEA": 1, "POT": 1, "SET": 3}
    received = ReturnLine.objects.filter(sent_back__state="received").select_related("line")
    units_back = sum(each.quantity * parts[each.line.sku] for each in received)
    assert got == {
        "gmv": orders.aggregate(n=Sum("total_minor"))["n"],
        "paid_amount": Payment.objects.filter(state="paid").aggregate(n=Sum("amount_minor"))["n"],
        "refund_amount": Refund.objects.filter(state="done").aggregate(n=Sum("amount_minor"))["n"],
        "orders": orders.count(),
        "paid_orders": orders.exclude(paid_at=None).count(),
        "units_returned": units_back,
    }
    assert got["refund_amount"] > 0
    assert units_back > 3
    cost = {each.sku: each.cost_minor for each in Variant.objects.filter(shop=shop)}
    stock = {row.variant.sku: row.on_hand for row in Stock.objects.select_related("variant")}
    totals = figures(home, shop, "stock_units", "stock_value")
    assert totals == {"stock_units": sum(stock.values()), "stock_value": sum(n * cost[sku] for sku, n in stock.items())}
    moved: dict[str, int] = {}
    for row in rows_of(home, "stock_movement"):
        moved[row["product"]] = moved.get(row["product"], 0) + row["quantity"] * (1 if row["direction"] == "in" else -1)
    assert moved == stock
    assert shop_problems(shop) == []


def test_costs_are_those_of_what_left_the_stock_and_did_not_come_back(shop: Shop, tmp_path: Path) -> None:
    """What nobody paid costs nothing, unless it came back spoilt: then it is a loss."""
    home = Home(tmp_path)
    a_busy_week(shop)
    the_staff_at_work(shop)
    published(home, shop)
    cost = {"TEA": 3_000, "POT": 8_000}
    gone = {"sold": 0, "lost": 0}
    kinds = {"sale": "sold", "cancellation": "sold", "return": "sold", "write-off": "lost", "damaged": "lost"}
    for row in StockMovement.objects.filter(reason__in=kinds).select_related("variant"):
        gone[kinds[row.reason]] -= row.change * cost[row.variant.sku]
    assert figures(home, shop, "cogs", "write_downs") == {"cogs": gone["sold"], "write_downs": gone["lost"]}
    assert gone["lost"] == 2 * 3_000 + 8_000


def test_what_staff_do_is_told_of_the_very_lines_and_goods(shop: Shop, tmp_path: Path) -> None:
    home = Home(tmp_path)
    a_busy_week(shop)
    the_staff_at_work(shop)
    published(home, shop)
    back: dict[str, list[tuple]] = {}
    for row in rows_of(home, "order_line"):
        if row["state"] == "refunded" and row["amount_minor"]:
            back.setdefault(row["order"], []).append((row["line"], row["amount_minor"]))
    assert back[Order.objects.get(key="key-0020").number] == [("2", 3_000)]
    assert back[Order.objects.get(key="key-0021").number] == [("shipping", 300)]
    purchases = [row for row in rows_of(home, "purchase_line") if "first" not in row["purchase"]]
    assert sorted((row["purchase"], row["state"], row["product"], row["quantity"]) for row in purchases) == [
        ("PO-1", "ordered", "TEA", 20), ("PO-1", "received", "TEA", 12), ("receipt-DN-2", "received", "POT", 3),
        ("receipt-DN-2", "received", "TEA", 5),
    ]  # fmt: skip
    now = {row["product"]: row for row in sorted(rows_of(home, "product"), key=lambda row: row["date"])}
    assert (now["POT"]["brand"], now["POT"]["title"], now["POT"]["unit_cost"]) == ("Yixing", "宜兴紫砂壶", 85)
    assert now["TIN"]["list_price"] == 15
    reasons = {row["reason"] for row in rows_of(home, "stock_movement")}
    assert reasons == {"receipt", "sale", "return", "write_off", "stock_take"}


def test_a_line_that_is_left_out_breaks_the_identity(shop: Shop, tmp_path: Path) -> None:
    """The control: the sums notice one order that was not told."""
    home = Home(tmp_path)
    with override_settings(SHOP_FACTS=False):
        paid(placed(shop, "0", TEA=1))
    a_busy_week(shop)
    published(home, shop)
    whole = Payment.objects.filter(state="paid").aggregate(n=Sum("amount_minor"))["n"]
    assert figures(home, shop, "paid_amount")["paid_amount"] == whole - Order.objects.get(key="key-0000").total_minor


def test_lines_name_no_person_and_one_buyer_has_one_key(shop: Shop, tmp_path: Path) -> None:
    home = Home(tmp_path)
    a_busy_week(shop)
    published(home, shop)
    rows = rows_of(home, "order_line")
    assert len({row["member"] for row in rows}) == 1, "all was bought from one telephone"
    assert "13800000000" not in str(rows)
    assert "王小明" not in str(rows)
    assert {row["region"] for row in rows} == {"浙江省"}
    assert {row["product"] for row in rows} == {"TEA", "POT", "shipping"}, "a set is told as what is in it"


def test_no_part_is_refunded_above_what_it_brought(shop: Shop, tmp_path: Path) -> None:
    home = Home(tmp_path)
    a_busy_week(shop)
    published(home, shop)
    paid_for: dict[tuple, int] = {}
    back: dict[tuple, int] = {}
    for row in rows_of(home, "order_line"):
        into = paid_for if row["state"] == "paid" else back if row["state"] == "refunded" else {}
        into[row["order"], row["line"]] = into.get((row["order"], row["line"]), 0) + row["amount_minor"]
    assert back
    assert all(amount <= paid_for.get(line, 0) for line, amount in back.items())


def test_discounts_and_list_prices_are_those_of_the_order(shop: Shop, tmp_path: Path) -> None:
    home = Home(tmp_path)
    a_busy_week(shop)
    published(home, shop)
    rows = [row for row in rows_of(home, "order_line") if row["state"] == "placed" and row["line_kind"] == "goods"]
    assert sum(row["discount_minor"] for row in rows) == Order.objects.aggregate(n=Sum("discount_minor"))["n"] > 0
    goods = OrderLine.objects.aggregate(n=Sum(F("quantity") * F("unit_price_minor")))["n"]
    assert sum(round(row["list_price"] * row["quantity"] * 100) for row in rows) == goods


def test_a_day_closes_once_at_the_level_of_its_midnight(shop: Shop, tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert days_close(shop, LONG_AGO + timedelta(days=2)) == 2
    a_busy_week(shop)
    assert days_close(shop, NOW + timedelta(days=5)) == 93
    assert days_close(shop, NOW + timedelta(days=5)) == 0
    published(home, shop)
    levels = {(row["product"], row["date"]): row["on_hand"] for row in rows_of(home, "stock_level")}
    today = NOW.date()
    # Five of a week's seven orders were claimed today, and one that was paid came back before the night.
    assert levels["TEA", today - timedelta(days=1)] == 100
    assert levels["TEA", today] == 100 - 2 * 2 - 3 - 1
    assert levels["TEA", today + timedelta(days=2)] == levels["TEA", today] + 2


def test_prices_are_told_by_the_day_and_corrected_when_they_are_taken_away(shop: Shop, tmp_path: Path) -> None:
    home, soon = Home(tmp_path), NOW + timedelta(days=10)
    tea = variant(shop, "TEA")
    made = price_schedule(tea, 7_700, soon, soon + timedelta(days=3))
    published(home, shop)
    told = {row["date"]: row for row in rows_of(home, "price") if row["product"] == "TEA"}
    assert [told[day]["list_price"] for day in sorted(told)] == [99, 77, 99]
    price_unschedule(made)
    published(home, shop)
    told = {row["date"]: row for row in rows_of(home, "price") if row["product"] == "TEA"}
    assert [told[day]["list_price"] for day in sorted(told)] == [99, 99, 99]


def test_every_return_that_was_received_is_told(shop: Shop, tmp_path: Path) -> None:
    home = Home(tmp_path)
    a_busy_week(shop)
    published(home, shop)
    told = {row["occurrence"] for row in rows_of(home, "order_line") if row["occurrence"].startswith("return-")}
    assert told == {f"return-{pk}" for pk in Return.objects.filter(state="received").values_list("pk", flat=True)}
