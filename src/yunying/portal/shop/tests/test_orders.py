"""An order from the basket to its end: what holds, what is refused, and that the books agree after each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.baskets import basket_add, basket_coupon, basket_open, basket_refill, basket_set
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import Basket, Coupon, ListPrice, Order, OrderLine, Payment, Refund, Shop, Stock
from yunying.portal.shop.payments import notice_apply, payments_sweep
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.prices import price_schedule, price_unschedule, prices_at
from yunying.portal.shop.providers.contract import Notice
from yunying.portal.shop.refunds import refund_ask, refund_send
from yunying.portal.shop.returns import return_ask, return_receive
from yunying.portal.shop.states import order_cancel, order_deliver, order_ship
from yunying.portal.shop.stock import stock_available
from yunying.portal.shop.tests.furnished import NOW, basket_with, check_out, variant


def stock(shop: Shop, sku: str) -> tuple[int, int]:
    row = Stock.objects.get(variant=variant(shop, sku))
    return row.on_hand, row.reserved


def paid(order: Order, **other: object) -> str:
    payment = Payment.objects.get(order=order)
    notice = Notice("n1", payment.reference, "paid", "c1", payment.amount_minor, payment.currency)
    return notice_apply(payment.provider, replace(notice, **other), NOW)


def placed(shop: Shop, coupon: str = "", provider: str = "gateway-simulator", **quantities: int) -> Order:
    basket = basket_with(shop, coupon, **quantities)
    return order_place(basket, check_out(basket, key=f"key-{basket.pk:04d}", provider=provider), NOW)


def arrived(shop: Shop, coupon: str = "", **quantities: int) -> Order:
    order = placed(shop, coupon, **quantities)
    assert paid(order) == "paid"
    order_ship(order, "SF1", NOW)
    return order_deliver(order, NOW)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(OperatorError) as caught:
        yield
    assert caught.value.code == code


def test_lines_and_bundles_that_share_an_item_are_held_together(shop: Shop) -> None:
    order = placed(shop, TEA=3, SET=2)
    assert stock(shop, "TEA") == (100, 7)
    assert stock(shop, "POT") == (50, 2)
    assert (order.goods_minor, order.shipping_minor, order.total_minor) == (101_700, 0, 101_700)
    assert shop_problems(shop) == []


def test_an_order_that_needs_more_than_there_is_changes_nothing(shop: Shop) -> None:
    basket = basket_with(shop, "TEN", TEA=99, SET=1)
    with refused("out-of-stock"):
        order_place(basket, check_out(basket), NOW)
    assert stock(shop, "TEA") == (100, 0)
    assert Coupon.objects.get(code="TEN").used == 0
    assert not Order.objects.filter(shop=shop).exists()
    basket.refresh_from_db()
    assert basket.is_open


def test_a_bundle_is_there_as_often_as_its_parts_make_it(shop: Shop) -> None:
    pk = variant(shop, "SET").pk
    assert stock_available([pk]) == {pk: 50}
    placed(shop, TEA=80)
    assert stock_available([pk]) == {pk: 10}


def test_the_same_key_is_the_same_order_and_another_basket_is_refused(shop: Shop) -> None:
    basket = basket_with(shop, TEA=1)
    sent = check_out(basket)
    order = order_place(basket, sent, NOW)
    assert order_place(basket, sent, NOW).pk == order.pk
    with refused("key-reused"):
        order_place(basket, replace(sent, note="changed"), NOW)
    with refused("basket-ordered"):
        order_place(basket, replace(sent, key="key-other"), NOW)
    other = basket_with(shop, TEA=1)
    with refused("key-reused"):
        order_place(other, check_out(other), NOW)
    assert stock(shop, "TEA") == (100, 1)


@pytest.mark.parametrize("is_last", [False, True])
def test_a_send_that_read_its_basket_before_the_other_ordered_it_finds_that_order(shop: Shop, is_last: bool) -> None:
    if is_last:
        Stock.objects.filter(variant__sku="TEA").update(on_hand=1)
    basket, other = basket_with(shop, TEA=1), basket_with(shop, TEA=1)
    before, sent = Basket.objects.get(pk=basket.pk), check_out(basket, key="key-once")
    late = check_out(other, key="key-once")
    order = order_place(basket, sent, NOW)
    assert before.is_open, "as this send read it"
    for known in (before, Basket.objects.get(pk=basket.pk)):
        assert order_place(known, sent, NOW).pk == order.pk
    with refused("key-reused"):
        order_place(other, late, NOW)
    assert Order.objects.count() == 1


@pytest.mark.parametrize("change", ["price", "line", "coupon-gone", "delisted", "no-shipping", "no-provider", "empty"])
def test_what_is_not_as_the_buyer_saw_it_is_refused(shop: Shop, change: str) -> None:
    basket = basket_with(shop, "TEN", TEA=1)
    sent = check_out(basket)
    expected = {"price": "basket-changed", "line": "basket-changed", "coupon-gone": "coupon-used-up",
                "delisted": "not-for-sale", "empty": "basket-empty"}.get(change, change)  # fmt: skip
    if change == "price":
        price_schedule(variant(shop, "TEA"), 8_000, NOW)
    elif change == "line":
        basket_add(basket, variant(shop, "POT"), 1, NOW)
    elif change == "coupon-gone":
        Coupon.objects.filter(code="TEN").update(used=3)
    elif change == "delisted":
        product = variant(shop, "TEA").product
        product.is_listed = False
        product.save()
    elif change == "empty":
        basket_set(basket, variant(shop, "TEA"), 0, NOW)
    else:
        sent = replace(sent, **{"shipping_method" if change == "no-shipping" else "provider": 0})
    with refused(expected):
        order_place(basket, sent, NOW)
    assert stock(shop, "TEA") == (100, 0)


def test_a_scheduled_price_begins_and_the_old_one_comes_back(shop: Shop) -> None:
    tea = variant(shop, "TEA")
    made = price_schedule(tea, 7_900, NOW, NOW + timedelta(days=2))
    at = [prices_at([tea.pk], NOW + timedelta(days=days))[tea.pk].price_minor for days in (-1, 0, 1, 2)]
    assert at == [9_900, 7_900, 7_900, 9_900]
    with refused("prices-overlap"):
        price_schedule(tea, 6_000, NOW - timedelta(days=1), NOW + timedelta(days=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        ListPrice.objects.create(variant=tea, price_minor=1, starts_at=NOW)
    assert price_unschedule(made) == 2
    assert prices_at([tea.pk], NOW)[tea.pk].price_minor == 9_900


def test_a_crossed_out_price_is_shown_only_where_it_was_charged_in_the_last_days(shop: Shop) -> None:
    tea = variant(shop, "TEA")
    order = placed(shop, TEA=1)
    price_schedule(tea, 7_900, NOW, crossed_out_minor=9_900)
    assert prices_at([tea.pk], NOW)[tea.pk].crossed_out_minor is None, "nobody has paid it yet"
    paid(order)
    assert prices_at([tea.pk], NOW)[tea.pk].crossed_out_minor == 9_900
    assert prices_at([tea.pk], NOW + timedelta(days=29))[tea.pk].crossed_out_minor == 9_900
    assert prices_at([tea.pk], NOW + timedelta(days=30))[tea.pk].crossed_out_minor is None
    price_schedule(tea, 7_000, NOW + timedelta(hours=1), crossed_out_minor=19_900)
    assert prices_at([tea.pk], NOW + timedelta(hours=1))[tea.pk].crossed_out_minor is None, "never charged"


def test_a_coupon_takes_its_share_off_and_is_given_back_when_nothing_is_paid(shop: Shop) -> None:
    order = placed(shop, "TENTH", TEA=3, POT=1)
    assert (order.goods_minor, order.discount_minor, order.shipping_minor) == (49_700, 4_970, 800)
    assert sum(order.lines.values_list("due_minor", flat=True)) == 44_730
    assert Coupon.objects.get(code="TENTH").used == 1
    order_cancel(order, "buyer", NOW)
    assert Coupon.objects.get(code="TENTH").used == 0
    assert stock(shop, "TEA") == (100, 0)
    assert shop_problems(shop) == []


def test_a_coupon_ends_with_its_last_use_and_is_known_in_any_case(shop: Shop) -> None:
    for _ in range(3):
        placed(shop, "TEN", TEA=1)
    basket = basket_with(shop, TEA=1)
    with refused("coupon-used-up"):
        basket_coupon(basket, "ten", NOW)
    with refused("coupon-unknown"):
        basket_coupon(basket, "nothing", NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Coupon.objects.filter(code="TEN").update(used=4)


def test_the_time_is_over_and_what_was_held_is_free(shop: Shop) -> None:
    order = placed(shop, "TEN", TEA=2)
    assert payments_sweep(NOW + timedelta(minutes=29)) == 0
    assert payments_sweep(NOW + timedelta(minutes=30)) == 1
    order.refresh_from_db()
    assert (order.state, order.cancel_reason) == ("cancelled", "expired")
    assert stock(shop, "TEA") == (100, 0)
    assert paid(order) == "paid", "money that comes late fills its order while all is there"
    assert stock(shop, "TEA") == (98, 0)
    assert shop_problems(shop) == []


def test_a_paid_order_that_is_cancelled_gives_everything_back(shop: Shop) -> None:
    order = placed(shop, TEA=2)
    paid(order)
    assert stock(shop, "TEA") == (98, 0)
    refund = order_cancel(order, "buyer", NOW)
    assert (refund.amount_minor, stock(shop, "TEA")) == (order.total_minor, (100, 0))
    with refused("wrong-state"):
        order_cancel(order, "buyer", NOW)
    assert shop_problems(shop) == []


def test_cash_on_delivery_is_shipped_unpaid_and_paid_later(shop: Shop) -> None:
    order = placed(shop, TEA=1, provider="cash-on-delivery")
    assert (order.state, order.paid_at, stock(shop, "TEA")) == ("accepted", None, (99, 0))
    order_ship(order, "SF1", NOW)
    assert paid(order) == "paid"
    order.refresh_from_db()
    assert (order.state, order.paid_minor) == ("shipped", order.total_minor)
    assert shop_problems(shop) == []


def test_an_order_that_costs_nothing_is_paid_at_once(shop: Shop) -> None:
    Coupon.objects.filter(code="TEN").update(off_minor=60_000)
    order = placed(shop, "TEN", TEA=6)
    assert (order.total_minor, order.state) == (800, "placed"), "the goods are free, the courier is not"
    shop.shipping_methods.update(fee_minor=0)
    free = placed(shop, "TEN", TEA=6)
    assert (free.total_minor, free.state) == (0, "accepted")
    assert shop_problems(shop) == []


def test_refunds_in_parts_never_pass_what_was_paid(shop: Shop) -> None:
    order = arrived(shop, TEA=2)
    first = refund_ask(order, 10_000, "refund-1", "late", NOW)
    assert refund_ask(order, 10_000, "refund-1", "late", NOW).pk == first.pk
    with refused("key-reused"):
        refund_ask(order, 9_000, "refund-1", "late", NOW)
    with refused("refund-above-paid"):
        refund_ask(order, order.total_minor - 9_999, "refund-2", "more", NOW)
    refund_ask(order, order.total_minor - 10_000, "refund-3", "rest", NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(refunded_minor=order.total_minor + 1)
    assert shop_problems(shop) == []


def test_a_refund_that_the_provider_refuses_may_be_made_again(shop: Shop) -> None:
    order = arrived(shop, TEA=1)
    refund = refund_send(refund_ask(order, 500, "refund-1", "", NOW), NOW)
    order.refresh_from_db()
    assert (refund.state, order.refunded_minor) == ("failed", 0), "the gateway never saw this charge"
    assert shop_problems(shop) == []


def test_a_return_within_seven_days_is_refunded_by_its_share_to_the_last_cent(shop: Shop) -> None:
    order = arrived(shop, "TENTH", TEA=3)
    due = order.lines.get().due_minor
    amounts = []
    for number in range(3):
        sent_back = return_ask(order, {1: 1}, f"return-{number}", "", NOW + timedelta(days=6, hours=23))
        assert return_ask(order, {1: 1}, f"return-{number}", "", NOW).pk == sent_back.pk
        amounts.append(return_receive(sent_back, NOW, is_sellable=number < 2).amount_minor)
        assert return_receive(sent_back, NOW, is_sellable=True).amount_minor == amounts[-1]
    assert sum(amounts) == due == 26_730
    assert stock(shop, "TEA") == (99, 0)
    with refused("returned-already"):
        return_ask(order, {1: 1}, "return-9", "", NOW)
    assert Refund.objects.filter(payment__order=order).count() == 3
    assert shop_problems(shop) == []


def test_a_return_of_a_bundle_brings_its_parts_back(shop: Shop) -> None:
    order = arrived(shop, SET=1)
    return_receive(return_ask(order, {1: 1}, "return-1", "", NOW), NOW, is_sellable=True)
    assert (stock(shop, "TEA"), stock(shop, "POT")) == ((100, 0), (50, 0))


def test_returns_close_after_seven_days_and_need_a_delivery(shop: Shop) -> None:
    order = arrived(shop, TEA=1)
    with refused("return-closed"):
        return_ask(order, {1: 1}, "return-1", "", NOW + timedelta(days=7))
    with refused("nothing-returned"):
        return_ask(order, {1: 0}, "return-1", "", NOW)
    with refused("return-closed"):
        return_ask(placed(shop, TEA=1), {1: 1}, "return-1", "", NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.filter(order=order).update(returned=2)


@pytest.mark.parametrize("prices_hold_tax", [True, False])
def test_tax_is_in_the_price_or_on_top_of_it(shop: Shop, prices_hold_tax: bool) -> None:
    Shop.objects.filter(pk=shop.pk).update(tax_rate="0.13", prices_hold_tax=prices_hold_tax)
    order = placed(shop, TEA=1)
    assert (order.total_minor, order.tax_minor) == ((10_700, 1_231) if prices_hold_tax else (12_091, 1_391))
    assert order.lines.get().due_minor == (9_900 if prices_hold_tax else 9_900 + 1_287)
    assert shop_problems(shop) == []


def test_an_order_fills_a_new_basket_with_its_lines(shop: Shop) -> None:
    order = placed(shop, TEA=2, POT=1)
    order_cancel(order, "payment-failed", NOW)
    basket = basket_open(shop, order.basket.token, NOW)
    assert basket.pk != order.basket_id
    basket_refill(basket, order, NOW)
    assert sorted(basket.lines.values_list("variant__sku", "quantity")) == [("POT", 1), ("TEA", 2)]


@pytest.mark.parametrize("quantity", [-1, 1000])
def test_a_basket_takes_sensible_quantities_only(shop: Shop, quantity: int) -> None:
    with refused("bad-quantity"):
        basket_set(basket_open(shop, "", NOW), variant(shop, "TEA"), quantity, NOW)


def test_the_database_itself_keeps_stock_above_zero(shop: Shop) -> None:
    row = Stock.objects.filter(variant=variant(shop, "TEA"))
    for wrong in ({"on_hand": -1}, {"reserved": 101}, {"reserved": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)


def test_the_books_that_do_not_agree_are_told(shop: Shop) -> None:
    """The control of every check above: a unit, a use and a cent that are off are found."""
    order = placed(shop, "TEN", TEA=1)
    paid(order)
    assert shop_problems(shop) == []
    Stock.objects.filter(variant=variant(shop, "TEA")).update(on_hand=50)
    Coupon.objects.filter(code="TEN").update(used=2)
    Payment.objects.filter(order=order).update(amount_minor=1)
    Order.objects.filter(pk=order.pk).update(state="placed")
    assert len(shop_problems(shop)) == 4
