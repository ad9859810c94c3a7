"""The contract of every payment provider, and what the gateway's misbehaviour does to orders."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import MoneyToReturn, Order, Payment, PaymentNotice, Shop, SimulatedCharge, Stock
from yunying.portal.shop.payments import notice_apply, notices_receive, payment_start, payments_sweep
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.providers import PROVIDERS, contract, provider_of
from yunying.portal.shop.providers.contract import Due, Notice, Provider, notices_written
from yunying.portal.shop.providers.gateway_simulator import MISCHIEF, GatewaySimulator
from yunying.portal.shop.refunds import refund_ask, refund_send, refunds_sweep
from yunying.portal.shop.states import order_cancel
from yunying.portal.shop.tests.furnished import NOW, basket_with, check_out

DUE = Due("ref-1", 10_700, "CNY", "000000000001")
PAID = Notice("n1", "ref-1", "paid", "ref-1.aa", 10_700, "CNY")


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest, shop: Shop) -> Provider:
    return provider_of(request.param)


def placed(shop: Shop, provider: str = "gateway-simulator", number: int = 1) -> tuple[Order, Payment]:
    basket = basket_with(shop, TEA=1)
    order = order_place(basket, check_out(basket, key=f"key-{number:05d}", provider=provider), NOW)
    return order, Payment.objects.get(order=order)


class TestContract:
    def test_it_is_named_as_it_is_found_and_holds_for_a_while(self, provider: Provider) -> None:
        assert PROVIDERS[provider.slug] is provider
        assert timedelta(minutes=5) <= provider.hold <= timedelta(days=7)

    def test_started_twice_is_started_once(self, provider: Provider) -> None:
        assert provider.start(DUE) == provider.start(DUE)
        assert SimulatedCharge.objects.count() <= 1

    def test_its_notices_are_read_as_they_were_written(self, provider: Provider) -> None:
        body, signature = notices_written(provider.slug, [PAID, replace(PAID, identity="n2", kind="failed", charge="")])
        assert provider.read(body, signature) == provider.read(body, signature)
        assert provider.read(body, signature)[0] == PAID

    def test_a_notice_of_another_hand_is_refused(self, provider: Provider) -> None:
        body, signature = notices_written(provider.slug, [PAID])
        other = next(slug for slug in PROVIDERS if slug != provider.slug)
        for wrong in ((body.replace(b"10700", b"1"), signature), (body, ""), (body, "é"),
                      notices_written(other, [PAID])):  # fmt: skip
            with pytest.raises(OperatorError) as caught:
                provider.read(*wrong)
            assert caught.value.code == "bad-signature"

    @pytest.mark.parametrize(
        "change",
        [{"amount_minor": -1}, {"amount_minor": "1"}, {"kind": "other"}, {"charge": ""}, {"currency": "Yuan"},
         {"identity": ""}, {"reference": "x" * 41}, {"identity": "x" * 81}, {"amount_minor": True}],
        ids=str,
    )  # fmt: skip
    def test_a_notice_out_of_form_is_refused(self, provider: Provider, change: dict) -> None:
        with pytest.raises(OperatorError) as caught:
            provider.read(*notices_written(provider.slug, [replace(PAID, **change)]))
        assert caught.value.code == "bad-notice"

    def test_a_body_that_is_no_list_of_notices_is_refused(self, provider: Provider) -> None:
        for body in (b"{", b"7", b'[{"identity": "n"}]', json.dumps([[1]]).encode()):
            with pytest.raises(OperatorError) as caught:
                provider.read(body, contract._signature(provider.slug, body))
            assert caught.value.code == "bad-notice"

    def test_what_it_knows_of_a_stranger_is_nothing(self, provider: Provider) -> None:
        assert list(provider.known("never-heard-of")) == []

    def test_its_notice_pays_an_order_once(self, provider: Provider, shop: Shop) -> None:
        order, payment = placed(shop, provider.slug)
        payment_start(order)
        sent = notices_written(provider.slug, [replace(PAID, reference=payment.reference)])
        assert [notices_receive(provider.slug, *sent, NOW) for _ in range(3)] == [["paid"]] * 3
        order.refresh_from_db()
        assert (order.paid_minor, order.state) == (10_700, "accepted")
        assert shop_problems(shop) == []

    @pytest.mark.parametrize("change", [{"amount_minor": 1}, {"amount_minor": 10_701}, {"currency": "JPY"}], ids=str)
    def test_another_amount_pays_nothing(self, provider: Provider, shop: Shop, change: dict) -> None:
        order, payment = placed(shop, provider.slug)
        notice = replace(PAID, reference=payment.reference, **change)
        assert notice_apply(provider.slug, notice, NOW) == "wrong-amount"
        order.refresh_from_db()
        assert (order.paid_minor, order.paid_at) == (0, None)
        assert MoneyToReturn.objects.get().amount_minor == notice.amount_minor

    def test_a_notice_does_not_pay_the_order_of_another_provider(self, provider: Provider, shop: Shop) -> None:
        other = next(slug for slug in PROVIDERS if slug != provider.slug)
        _, payment = placed(shop, other)
        notice = replace(PAID, reference=payment.reference)
        assert notice_apply(provider.slug, notice, NOW) == "unknown-reference"

    def test_a_refund_is_sent_or_left_to_a_person(self, provider: Provider, shop: Shop) -> None:
        order, payment = placed(shop, provider.slug)
        payment_start(order)
        sent = GatewaySimulator().pay(payment.reference) if provider.slug == "gateway-simulator" else [
            notices_written(provider.slug, [replace(PAID, reference=payment.reference)])
        ]  # fmt: skip
        assert notices_receive(provider.slug, *sent[0], NOW) == ["paid"]
        refund = refund_ask(order, 700, "refund-1", "", NOW)
        states = [refund_send(refund, NOW).state for _ in range(2)]
        assert states == (["done"] * 2 if provider.slug == "gateway-simulator" else ["asked"] * 2)
        assert shop_problems(shop) == []


def misbehaving(monkeypatch: pytest.MonkeyPatch, mischief: str) -> GatewaySimulator:
    gateway = GatewaySimulator(mischief, lambda body, sign: notices_receive("gateway-simulator", body, sign, NOW))
    monkeypatch.setitem(PROVIDERS, "gateway-simulator", gateway)
    return gateway


EXPECTED = {
    "none": "accepted", "early": "accepted", "late": "cancelled", "double": "accepted", "two-charges": "accepted",
    "amount": "cancelled", "currency": "cancelled", "lost": "accepted", "slow": "accepted", "out-of-order": "accepted",
    "down": "placed",
}  # fmt: skip
"""How an order ends that is paid through a gateway which misbehaves in one way."""


@pytest.mark.parametrize("mischief", MISCHIEF)
def test_each_mischief_ends_as_it_should(shop: Shop, monkeypatch: pytest.MonkeyPatch, mischief: str) -> None:
    gateway = misbehaving(monkeypatch, mischief)
    order, payment = placed(shop)
    pay_through(gateway, order, payment)
    payments_sweep(NOW + timedelta(hours=1))
    order.refresh_from_db()
    assert order.state == EXPECTED[mischief]
    reasons = list(MoneyToReturn.objects.values_list("reason", flat=True))
    assert reasons == {"late": ["too-late"], "two-charges": ["charged-twice"], "amount": ["wrong-amount"],
                       "currency": ["wrong-amount"]}.get(mischief, [])  # fmt: skip
    assert shop_problems(shop) == []


def pay_through(gateway: GatewaySimulator, order: Order, payment: Payment) -> None:
    """The buyer opens the gateway's page and pays; a late notice comes when he has cancelled the order."""
    try:
        payment_start(order)
    except ConnectorError:
        return
    sent = gateway.pay(payment.reference)
    if gateway.mischief == "late":
        order_cancel(order, "buyer", NOW)
    for body, signature in sent:
        notices_receive("gateway-simulator", body, signature, NOW)


def test_five_hundred_payments_through_the_misbehaving_gateway(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each charge of the gateway's books pays one order exactly, or is written down to be sent back."""
    Stock.objects.filter(variant__sku="TEA").update(on_hand=1_000)
    gateway = misbehaving(monkeypatch, "none")
    for number in range(500):
        order, payment = placed(shop, number=number)
        gateway.mischief = MISCHIEF[number % len(MISCHIEF)]
        if number % 13 == 12:
            gateway.mischief = "none"
            payment_start(order)
            for body, signature in gateway.decline(payment.reference):
                notices_receive("gateway-simulator", body, signature, NOW)
        else:
            pay_through(gateway, order, payment)
    gateway.mischief = "none"
    payments_sweep(NOW + timedelta(hours=1))
    paid = Payment.objects.filter(state="paid")
    charges = {each["charge"]: (row.reference, each["amount_minor"], each["currency"])
               for row in SimulatedCharge.objects.all() for each in row.charges}  # fmt: skip
    counted = {
        row.charge: (row.reference, row.amount_minor, row.currency) for row in [*paid, *MoneyToReturn.objects.all()]
    }
    assert counted == charges, "each charge is an order's or goes back"
    assert paid.count() + MoneyToReturn.objects.count() == len(charges), "and only one of both"
    assert max(Counter(paid.values_list("order", flat=True)).values()) == 1
    assert all((row.amount_minor, row.currency) == (row.order.total_minor, row.order.currency) for row in paid)
    states = Counter(Order.objects.values_list("state", flat=True))
    assert sum(states.values()) == 500
    assert states["accepted"] == paid.count() > 250
    assert states["placed"] == 0
    assert PaymentNotice.objects.exclude(outcome="").count() == PaymentNotice.objects.count()
    assert [each for each in shop_problems(shop) if "TEA: " not in each] == []


def test_a_refund_that_was_sent_without_an_answer_is_sent_again_and_counts_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = misbehaving(monkeypatch, "none")
    order, payment = placed(shop)
    pay_through(gateway, order, payment)
    gateway.mischief = "slow"
    assert refund_send(refund_ask(order, 700, "refund-1", "", NOW), NOW).state == "asked"
    gateway.mischief = "none"
    assert (refunds_sweep(NOW), refunds_sweep(NOW)) == (1, 0)
    assert SimulatedCharge.objects.get().refunds == {"refund-1": 700}
    assert shop_problems(shop) == []


def test_a_gateway_that_is_down_at_the_end_keeps_the_order_until_it_answers(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = misbehaving(monkeypatch, "lost")
    order, payment = placed(shop)
    pay_through(gateway, order, payment)
    gateway.mischief = "down"
    assert payments_sweep(NOW + timedelta(hours=1)) == 0
    order.refresh_from_db()
    assert order.state == "placed"
    gateway.mischief = "lost"
    payments_sweep(NOW + timedelta(hours=2))
    order.refresh_from_db()
    assert order.state == "accepted"
