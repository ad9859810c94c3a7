"""Runs a check-out with a second deed at each of its steps, on connections of their own; prints what came of it.

At a step the second deed runs to its end, or until it waits for a row that the first one holds; then the first one
goes on. So each interleaving is the same every time. Run as: race_steps.py careful|careless
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection, connections

from yunying.accounts.database import database_ready
from yunying.kernel.errors import OperatorError
from yunying.portal.shop import payments, placing, states
from yunying.portal.shop.baskets import basket_add
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import Basket, Coupon, MoneyToReturn, Order, Payment, Product, Shop, Stock
from yunying.portal.shop.payments import notice_apply, payments_sweep
from yunying.portal.shop.placing import CheckOut, order_place
from yunying.portal.shop.prices import price_schedule
from yunying.portal.shop.providers import PROVIDERS
from yunying.portal.shop.providers.contract import Notice
from yunying.portal.shop.states import order_cancel
from yunying.portal.shop.tests.furnished import NOW, basket_with, check_out, shop_furnished, variant
from yunying.portal.shop.tests.race_buyers import careless_reserve

PLACING = ("_known", "provider_offered", "_method", "_as_seen", "_order", "stock_demand", "coupon_take",
           "stock_reserve", "_begin")  # fmt: skip
BESIDE = ("price", "coupon", "rival", "rival-for-the-coupon", "second-tab", "sent-again", "line", "delisted")
PAYING = ((payments, "_outcome"), (payments, "order_locked"), (payments, "_paid"), (payments, "order_accept"))
ENDING = ((states, "order_locked"), (states, "coupon_give_back"), (states, "stock_release"))
SWEEPING = ((payments, "payment_ask"), (payments, "order_locked"), (payments, "order_cancel"))


class Second:
    """The second deed, on a thread with a connection of its own."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self.deed, self.told, self.pid = deed, "", 0
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
            self.told = str(self.deed() or "done")
        except OperatorError as error:
            self.told = error.code
        finally:
            connections.close_all()

    def start(self) -> None:
        """Go on when it is done or waits for a lock."""
        self.thread.start()
        while self.thread.is_alive():
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [self.pid])
                if self.pid and cursor.fetchone():
                    return
            time.sleep(0.002)


@contextmanager
def fired(module: object, step: str, after: bool, second: Second) -> Iterator[None]:
    """Start the second deed just before or after the first call of a step by this thread."""
    real, me, done = getattr(module, step), threading.get_ident(), []

    def wrapped(*given: object, **named: object) -> object:
        is_first = threading.get_ident() == me and not done
        if is_first:
            done.append(True)
            if not after:
                second.start()
        found = real(*given, **named)
        if is_first and after:
            second.start()
        return found

    with mock.patch.object(module, step, wrapped):
        yield


def fresh() -> Shop:
    """An empty database with the small shop in it: two of the tea, one use of the coupon."""
    with connection.cursor() as cursor:
        # Emptying many small tables one by one is much faster than TRUNCATE; their order would be a long list.
        cursor.execute("SET session_replication_role = replica")
        for name in connection.introspection.table_names():
            if name.startswith("shop_"):
                cursor.execute(f"DELETE FROM {name}")
        cursor.execute("SET session_replication_role = DEFAULT")
    return shop_furnished(tea=2, coupon_uses=1)


def same_again(basket: Basket, sent: CheckOut, other: Basket, other_sent: CheckOut) -> dict[str, Callable[[], object]]:
    """What may happen beside a check-out."""
    shop = basket.shop
    return {
        "price": lambda: price_schedule(variant(shop, "TEA"), 1_000, NOW),
        "coupon": lambda: Coupon.objects.filter(code="TEN", used=0).update(used=1, most_uses=1) and None,
        "rival": lambda: order_place(other, other_sent, NOW).state,
        "rival-for-the-coupon": lambda: order_place(other, other_sent, NOW).state,
        "second-tab": lambda: order_place(basket, replace(sent, key="key-second-tab"), NOW).state,
        "sent-again": lambda: order_place(basket, sent, NOW).state,
        "line": lambda: basket_add(basket, variant(shop, "POT"), 1, NOW),
        "delisted": lambda: Product.objects.filter(slug="longjing").update(is_listed=False) and None,
    }


def place_beside(step: str, after: bool, deed: str) -> dict:
    shop = fresh()
    basket, other = basket_with(shop, "TEN", TEA=2), basket_with(shop, "" if deed == "rival" else "TEN", TEA=1)
    sent, other_sent = check_out(basket, "key-first"), check_out(other, "key-rival")
    # Another person: a new buyer's key, which both would wait for, must not stand in for the stock's protection.
    other_sent = replace(other_sent, address={**other_sent.address, "phone": "13900000000"})
    second = Second(same_again(basket, sent, other, other_sent)[deed])
    with fired(placing, step, after, second):
        try:
            first = order_place(basket, sent, NOW).state
        except OperatorError as error:
            first = error.code
    second.thread.join(20) if second.thread.ident else None
    return told(shop, f"{'after' if after else 'before'} {step}", deed, first, second)


def notice(payment: Payment, **other: object) -> str:
    given = Notice("n-1", payment.reference, "paid", "c-1", payment.amount_minor, payment.currency)
    return notice_apply(payment.provider, replace(given, **other), NOW)


def pay_beside(module: object, step: str, after: bool, first_deed: str, deed: str) -> dict:
    shop = fresh()
    basket = basket_with(shop, "TEN", TEA=2)
    order = order_place(basket, check_out(basket, "key-first"), NOW)
    payment = Payment.objects.get()
    deeds: dict[str, Callable[[], object]] = {
        "notice": lambda: notice(payment),
        "double": lambda: notice(payment, identity="n-2"),
        "second-charge": lambda: notice(payment, identity="n-3", charge="c-2"),
        "other-amount": lambda: notice(payment, identity="n-4", charge="c-4", amount_minor=1),
        "failed": lambda: notice(payment, identity="n-5", kind="failed", charge=""),
        "cancel": lambda: order_cancel(order, "buyer", NOW) and None,
        "sweep": lambda: payments_sweep(NOW + PROVIDERS["gateway-simulator"].hold),
    }
    second = Second(deeds[deed])
    with fired(module, step, after, second):
        try:
            first = str(deeds[first_deed]() or "done")
        except OperatorError as error:
            first = error.code
    second.thread.join(20) if second.thread.ident else None
    found = told(shop, f"{first_deed}: {'after' if after else 'before'} {step}", deed, first, second)
    charges = {"notice": "c-1", "double": "c-1", "second-charge": "c-2", "other-amount": "c-4"}
    sent = {charges[each] for each in (first_deed, deed) if each in charges}
    counted = [*Payment.objects.exclude(charge="").values_list("charge", flat=True),
               *MoneyToReturn.objects.values_list("charge", flat=True)]  # fmt: skip
    return {**found, "money": sorted(sent) == sorted(counted)}


def told(shop: Shop, step: str, deed: str, first: str, second: Second) -> dict:
    tea = Stock.objects.get(variant__sku="TEA")
    problems = [each for each in shop_problems(shop) if deed != "coupon" or "Coupon" not in each]
    return {
        "step": step, "deed": deed, "first": first, "second": second.told, "fired": second.thread.ident is not None,
        "hung": second.thread.is_alive(), "problems": problems, "orders": Order.objects.count(),
        "of_basket": Order.objects.filter(key__in=("key-first", "key-second-tab")).count(),
        "held": tea.reserved, "on_hand": tea.on_hand, "used": Coupon.objects.get(code="TEN").used,
        "totals": sorted(Order.objects.values_list("total_minor", flat=True)),
    }  # fmt: skip


def careful() -> list[dict]:
    runs = [place_beside(step, after, deed) for step in PLACING for after in (False, True)
            for deed in BESIDE]  # fmt: skip
    for first, steps in (("notice", PAYING), ("cancel", ENDING), ("sweep", SWEEPING)):
        runs += [pay_beside(module, step, after, first, deed) for module, step in steps for after in (False, True)
                 for deed in ("notice", "double", "second-charge", "other-amount", "failed", "cancel", "sweep")
                 if deed != first]  # fmt: skip
    return runs


def careless() -> list[dict]:
    """The control: the same steps with a reservation that looks first and writes later, without its constraint."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shop_stock DROP CONSTRAINT shop_no_more_reserved_than_there_is")
    with (
        mock.patch.object(placing, "stock_reserve", careless_reserve),
        mock.patch.object(placing, "coupon_take", return_value=None),
    ):
        return [place_beside("stock_reserve", after=True, deed="rival")]


if __name__ == "__main__":
    database_ready()
    settings.SHOP_PAYMENTS = sorted(PROVIDERS)
    sys.stdout.write(json.dumps({"careful": careful, "careless": careless}[sys.argv[1]]()))
