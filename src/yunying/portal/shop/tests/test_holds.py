"""Books that disagree stop what moves money, say so, and let it go on once they agree."""

import pytest

from yunying.audit.models import AuditEntry
from yunying.kernel.errors import OperatorError
from yunying.portal.facade import command_apply
from yunying.portal.shop.catalogue import shop_open
from yunying.portal.shop.catalogue_edit import price_plan
from yunying.portal.shop.coupon_work import coupon_new
from yunying.portal.shop.holds import books_check, hold_open, work_books_check
from yunying.portal.shop.models import Order, Payment, Shop, Stock
from yunying.portal.shop.order_work import work_refund
from yunying.portal.shop.payments import notices_receive, payment_start
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.providers import PROVIDERS
from yunying.portal.shop.providers.gateway_simulator import GatewaySimulator
from yunying.portal.shop.refunds import refund_send, refunds_sweep
from yunying.portal.shop.states import order_cancel
from yunying.portal.shop.tests.furnished import NOW, basket_with, check_out, variant

PRICE = {"sku": "TEA", "price_minor": 8_800}


def placed(shop: Shop, key: str) -> Order:
    basket = basket_with(shop, TEA=1)
    return order_place(basket, check_out(basket, key), NOW)


def begun(order: Order) -> str:
    payment_start(order)
    return Payment.objects.get(order=order).reference


def paid(reference: str) -> list[str]:
    """The buyer pays at the gateway, which tells us."""
    gateway = PROVIDERS["gateway-simulator"]
    assert isinstance(gateway, GatewaySimulator)
    return [each for body, signature in gateway.pay(reference)
            for each in notices_receive(gateway.slug, body, signature, NOW)]  # fmt: skip


def spoil(shop: Shop, change: int) -> None:
    stock = Stock.objects.get(variant__sku="TEA")
    Stock.objects.filter(pk=stock.pk).update(on_hand=stock.on_hand + change)


def everything(shop: Shop, turn: str) -> list[str]:
    """What each deed that moves money answers."""
    told = []
    waiting = Order.objects.get(key="key-wait")
    for deed in (
        lambda: placed(shop, f"key-new-{turn}"),
        lambda: payment_start(waiting),
        lambda: command_apply("teahouse", "set-price", PRICE, key=f"p{turn}", actor="desk", now=NOW),
    ):
        try:
            deed()
            told.append("done")
        except OperatorError as error:
            told.append(error.code)
    return told


def test_books_that_disagree_hold_the_money_until_they_agree(shop: Shop) -> None:
    sent_back = placed(shop, "key-back")
    assert paid(begun(sent_back)) == ["paid"]
    waiting = begun(placed(shop, "key-wait"))
    assert books_check(shop, NOW) == []
    assert hold_open(shop) is None
    spoil(shop, 1)
    assert len(books_check(shop, NOW)) == len(books_check(shop, NOW)) == 1
    held = hold_open(shop)
    assert held is not None
    assert "TEA: 100 on hand" in held.problems[0]
    assert everything(shop, "held") == ["books-disagree"] * 3
    refund = order_cancel(Order.objects.get(pk=sent_back.pk), "buyer", NOW)
    assert refund is not None
    assert refund_send(refund, NOW).state == "asked"
    assert refunds_sweep(NOW) == 0
    assert paid(waiting) == ["paid"], "money that has come is written down all the same"
    spoil(shop, -1)
    assert books_check(shop, NOW) == []
    assert hold_open(shop) is None
    assert refunds_sweep(NOW) == 1
    told = AuditEntry.objects.filter(store="teahouse", action__startswith="shop-money").order_by("number")
    assert [row.action for row in told] == ["shop-money-held", "shop-money-released"]


def test_staff_are_held_too_and_end_it_only_when_the_books_agree(shop: Shop) -> None:
    order = placed(shop, "key-staff")
    assert paid(begun(order)) == ["paid"]
    spoil(shop, 1)
    books_check(shop, NOW)
    tea = variant(shop, "TEA")
    for deed in (
        lambda: work_refund(order, {1: 100}, 0, "r", "dent", "chen", NOW),
        lambda: price_plan(tea, 5_000, NOW, None, None, "chen", NOW),
        lambda: coupon_new(shop, {"code": "NEW"}, "chen", NOW),
        lambda: work_books_check(shop, "chen", NOW),
    ):
        with pytest.raises(OperatorError) as caught:
            deed()
        assert "disagree" in caught.value.code
    spoil(shop, -1)
    work_books_check(shop, "chen", NOW)
    assert hold_open(shop) is None
    assert work_refund(order, {1: 100}, 0, "r", "dent", "chen", NOW).state == "asked"


def test_books_that_agree_hold_nothing(shop: Shop) -> None:
    """The control: the same deeds, without the disagreement."""
    placed(shop, "key-wait")
    assert books_check(shop, NOW) == []
    assert everything(shop, "free") == ["done"] * 3


def test_what_is_held_is_held_in_that_shop_only(shop: Shop) -> None:
    other = shop_open("other", "Other", "CNY", "Asia/Shanghai")
    spoil(shop, 1)
    books_check(shop, NOW)
    books_check(other, NOW)
    assert hold_open(other) is None
    with pytest.raises(OperatorError) as caught:
        placed(shop, "key-0001")
    assert caught.value.code == "books-disagree"
