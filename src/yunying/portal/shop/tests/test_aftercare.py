"""What follows an order: money that comes late, parcels that come back, refunds, reviews, invoices, mails, coupons."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.invoices import credit_note_of, invoice_of, invoices_sweep
from yunying.portal.shop.members import member_join, member_prove, orders_join, proof_read
from yunying.portal.shop.models import (
    Coupon,
    Invoice,
    Message,
    MoneyToReturn,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    Review,
    Shop,
    Stock,
)
from yunying.portal.shop.order_work import work_refund
from yunying.portal.shop.payments import notice_apply, payments_sweep
from yunying.portal.shop.placing import CheckOut, order_place
from yunying.portal.shop.providers.contract import Notice
from yunying.portal.shop.refunds import refund_end, refund_lines
from yunying.portal.shop.returns import return_answer, return_ask, return_receive
from yunying.portal.shop.reviews import review_write, work_review
from yunying.portal.shop.states import order_cancel, order_come_back, order_deliver, order_ship
from yunying.portal.shop.stock_work import take_begin, take_book, take_count
from yunying.portal.shop.tests.furnished import NOW, basket_with, check_out, variant

LATER = NOW + timedelta(days=4)


def placed(
    shop: Shop, key: str = "key-0001", coupon: str = "", email: str = "", phone: str = "", **units: int
) -> Order:
    basket = basket_with(shop, coupon, **(units or {"TEA": 2}))
    sent = check_out(basket, key, "bank-transfer")
    address = {**sent.address, "email": email, "phone": phone or sent.address["phone"]}
    return order_place(basket, CheckOut(sent.key, sent.seen, sent.shipping_method, sent.provider, address,
                                        language="zh-hans"), NOW)  # fmt: skip


def pay(order: Order, now=NOW, charge: str = "") -> str:
    payment = Payment.objects.filter(order=order).latest("pk")
    charge = charge or f"charge-{payment.pk}"
    notice = Notice(charge, payment.reference, "paid", charge, payment.amount_minor, "CNY")
    return notice_apply("bank-transfer", notice, now)


def paid(shop: Shop, **given: object) -> Order:
    order = placed(shop, **given)
    assert pay(order) == "paid"
    order.refresh_from_db()
    return order


def delivered(shop: Shop, **given: object) -> Order:
    order = paid(shop, **given)
    order_ship(order, "SF1", NOW, "SF")
    return order_deliver(order, NOW)


def on_hand(sku: str = "TEA") -> tuple[int, int]:
    return Stock.objects.values_list("on_hand", "reserved").get(variant__sku=sku)


def test_late_money_fills_its_order_while_all_is_there_and_goes_back_where_it_is_not(shop: Shop) -> None:
    first = placed(shop, "key-0001", "TEN", TEA=2)
    second = placed(shop, "key-0002", TEA=60)
    assert payments_sweep(LATER) == 2
    # Somebody else takes what the second one would need.
    paid(shop, key="key-0003", TEA=50)
    assert pay(first, LATER) == "paid"
    assert pay(second, LATER) == "too-late"
    first.refresh_from_db()
    assert (first.state, first.paid_minor, first.coupon_use.given_back_at) == ("accepted", first.total_minor, None)
    assert MoneyToReturn.objects.get().amount_minor == second.total_minor
    assert on_hand() == (48, 0)
    assert shop_problems(shop) == []


def test_late_money_for_what_the_buyer_cancelled_goes_back(shop: Shop) -> None:
    order = placed(shop)
    order_cancel(order, "buyer", NOW)
    assert pay(order) == "too-late"
    assert Order.objects.get().state == "cancelled"


@pytest.mark.parametrize(("is_sellable", "there"), [(True, 100), (False, 98)])
def test_a_parcel_that_was_refused_is_refunded_and_sold_again_if_it_can_be(
    shop: Shop, is_sellable: bool, there: int
) -> None:
    order = order_ship(paid(shop), "SF1", NOW)
    refund = order_come_back(order, NOW, is_sellable=is_sellable)
    assert refund.amount_minor == order.total_minor
    assert on_hand() == (there, 0)
    assert shop_problems(shop) == []
    with pytest.raises(OperatorError, match="shipped"):
        order_come_back(order, NOW, is_sellable=True)


def test_a_part_refund_never_passes_its_line_nor_what_is_left(shop: Shop) -> None:
    order = delivered(shop, TEA=2, POT=1)
    due = dict(OrderLine.objects.values_list("position", "due_minor"))
    first = refund_lines(order, {1: 15_000}, 0, "key-a", "dent", NOW)
    assert refund_lines(order, {1: 15_000}, 0, "key-a", "dent", NOW).pk == first.pk, "the same key is the same refund"
    with pytest.raises(OperatorError, match="left of the line"):
        refund_lines(order, {1: due[1] - 15_000 + 1}, 0, "key-b", "dent", NOW)
    assert Refund.objects.count() == 1, "nothing of a refused refund is kept"
    # What was refunded of a line before is not refunded again when its units come back.
    back = return_ask(order, {1: 2}, "back", "", NOW)
    assert return_receive(back, NOW, is_sellable=True).amount_minor == due[1] - 15_000
    refund_end(first, "failed", NOW)
    assert OrderLine.objects.get(position=1).refunded_minor == due[1] - 15_000
    assert shop_problems(shop) == []


def test_a_return_that_was_refused_can_be_asked_for_anew(shop: Shop) -> None:
    order = delivered(shop)
    return_answer(return_ask(order, {1: 2}, "one", "", NOW), "used", NOW, is_approved=False)
    assert OrderLine.objects.get().returned == 0
    again = return_ask(order, {1: 1}, "two", "", NOW)
    return_answer(again, "", NOW, is_approved=True)
    assert return_receive(again, NOW, is_sellable=True).amount_minor == 9_900


def test_a_coupon_is_used_by_one_person_as_often_as_it_says(shop: Shop) -> None:
    Coupon.objects.filter(code="TEN").update(most_each=1)
    placed(shop, "key-0001", "TEN", phone="+86 138 0000 0000")
    with pytest.raises(OperatorError, match="already"):
        placed(shop, "key-0002", "TEN", phone="13800000000")
    other = placed(shop, "key-0003", "TEN", phone="13900000000", email="a@example.com")
    with pytest.raises(OperatorError, match="already"):
        placed(shop, "key-0004", "TEN", phone="13700000000", email="A@example.com")
    order_cancel(other, "buyer", NOW)
    placed(shop, "key-0005", "TEN", phone="13700000000", email="A@example.com")
    assert Coupon.objects.get(code="TEN").used == 2
    assert shop_problems(shop) == []


def test_invoices_have_no_gap_and_cannot_be_changed(shop: Shop) -> None:
    Shop.objects.filter(pk=shop.pk).update(tax_rate="0.13")
    orders = [paid(Shop.objects.get(pk=shop.pk), key=f"key-000{n}") for n in range(3)]
    placed(shop, "key-0009")
    with transaction.atomic():
        assert invoice_of(orders[0], NOW).number == 1
        transaction.set_rollback(True)
    assert invoices_sweep(NOW) == 3
    assert invoices_sweep(NOW) == 0
    refund = work_refund(orders[0], {1: 5_000}, 0, "key-r", "dent", "chen", NOW)
    assert credit_note_of(refund, NOW) is None, "none before the money went"
    refund = refund_end(refund, "done", NOW)
    assert credit_note_of(refund, NOW).pk == credit_note_of(refund, NOW).pk
    assert list(Invoice.objects.order_by("pk").values_list("year", "number")) == [(2026, n) for n in (1, 2, 3, 4)]
    note, first = Invoice.objects.get(refund=refund), Invoice.objects.get(order=orders[0], refund=None)
    assert (note.total_minor, note.content["of"], first.tax_minor) == (-5_000, str(first), orders[0].tax_minor)
    assert first.tax_minor > 0
    for change in (lambda: Invoice.objects.update(total_minor=1), lambda: Invoice.objects.filter(pk=note.pk).delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_a_year_begins_by_the_shops_clock(shop: Shop) -> None:
    # At 17:00 UTC on the last day it is the next year in Shanghai.
    new_year = NOW.replace(month=12, day=31, hour=17)
    assert invoice_of(paid(shop), new_year).year == 2027


def test_only_what_was_delivered_is_reviewed_once_and_stars_count_what_is_shown(shop: Shop) -> None:
    order = paid(shop)
    with pytest.raises(OperatorError, match="delivered"):
        review_write(order, 1, 5, "", "", NOW)
    order_ship(order, "SF1", NOW)
    order = order_deliver(order, NOW)
    review = review_write(order, 1, 4, "<b>good</b>", "W", NOW)
    with pytest.raises(OperatorError, match="already"):
        review_write(order, 1, 5, "", "", NOW)
    stars = lambda: Product.objects.values_list("stars_sum", "stars_count").get(slug="longjing")  # noqa: E731
    assert stars() == (0, 0)
    for _again in range(2):
        work_review(review, is_shown=True, answer="thanks", actor="chen", now=NOW)
        assert stars() == (4, 1)
    work_review(Review.objects.get(), is_shown=False, answer="", actor="chen", now=NOW)
    assert stars() == (0, 0)


def test_each_step_of_an_order_mails_its_buyer_in_his_language(shop: Shop) -> None:
    order = paid(shop, email="wang@example.com")
    order_ship(order, "SF1", NOW, "SF")
    refund_end(refund_lines(order, {1: 500}, 0, "key-r", "dent", NOW), "done", NOW)
    mails = {mail.about.split("-")[0]: mail for mail in Message.objects.all()}
    assert set(mails) == {"placed", "paid", "shipped", "refunded"}
    assert mails["shipped"].subject == f"订单 {order.number} 已发货"
    assert "¥5.00" in mails["refunded"].body
    assert Message.objects.count() == 4
    paid(shop, key="key-0002")
    assert Message.objects.count() == 4, "who gave no address gets none"


def test_a_guests_orders_are_a_members_by_proof_only(shop: Shop) -> None:
    order = placed(shop, email="Wang@example.com")
    stranger = member_join("stranger", "a long enough password", NOW)
    assert not Order.objects.filter(person=stranger).exists()
    owner = member_join("wang@example.com", "a long enough password", NOW, email="wang@example.com")
    assert Order.objects.get(person=owner).pk == order.pk
    with pytest.raises(OperatorError, match="another account"):
        member_prove(stranger, "wang@example.com", NOW)
    assert orders_join(stranger, "wang@example.com") == 0, "an order that is somebody's stays so"
    with pytest.raises(OperatorError, match="does not hold"):
        proof_read("forged")


def test_a_count_books_its_differences_once_and_what_was_sold_meanwhile_stays_sold(shop: Shop) -> None:
    take = take_begin(shop, "spring", [], "lin", NOW)
    tea, pot = variant(shop, "TEA"), variant(shop, "POT")
    take_count(take, {tea.pk: 97, pot.pk: 50}, "lin", NOW)
    paid(shop, TEA=2)
    assert take_book(take, "lin", NOW) == 1
    assert on_hand() == (95, 0)
    with pytest.raises(OperatorError, match="closed"):
        take_book(take, "lin", NOW)
    assert on_hand() == (95, 0)
    assert shop_problems(shop) == []
