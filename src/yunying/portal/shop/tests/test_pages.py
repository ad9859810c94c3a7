"""The pages, as a browser without scripts uses them."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from yunying.portal.shop.catalogue import Goods, product_put
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import Basket, Feature, Order, Payment, Product, Shop, Stock
from yunying.portal.shop.providers.contract import Notice, notices_written
from yunying.portal.shop.states import order_deliver, order_ship
from yunying.portal.shop.tests.furnished import ADDRESS, LONG_AGO, variant


@pytest.fixture
def visitor(shop: Shop) -> Client:
    shop.coupons.update(ends_at=timezone.now() + timedelta(days=1))
    return Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")


def hidden(page: str, name: str) -> str:
    return re.search(f'name="{name}" value="([^"]*)"', page)[1]


def filled(visitor: Client, shop: Shop, sku: str = "TEA", quantity: int = 1) -> None:
    answer = visitor.post("/shop/teahouse/basket/add/", {"variant": variant(shop, sku).pk, "quantity": quantity})
    assert answer.status_code == 302, answer.content.decode()


def form(visitor: Client, shop: Shop, provider: str = "gateway-simulator", **other: object) -> dict:
    page = visitor.get("/shop/teahouse/check-out/").content.decode()
    return {**ADDRESS, "key": hidden(page, "key"), "seen": hidden(page, "seen"), "provider": provider, "note": "",
            "shipping_method": shop.shipping_methods.order_by("pk").first().pk, **other}  # fmt: skip


def ordered(visitor: Client, shop: Shop, provider: str = "gateway-simulator") -> Order:
    filled(visitor, shop)
    answer = visitor.post("/shop/teahouse/check-out/", form(visitor, shop, provider))
    assert answer.status_code == 302, answer.content.decode()
    return Order.objects.get(token=answer.url.split("/")[-2])


def test_from_the_list_to_the_paid_order_and_back_by_a_return(visitor: Client, shop: Shop) -> None:
    front = visitor.get("/shop/teahouse/?q=tea").content.decode()
    assert "Longjing tea" in front
    assert "Clay pot" not in front
    assert "¥99.00" in visitor.get("/shop/teahouse/product/longjing/").content.decode()
    filled(visitor, shop, quantity=2)
    assert visitor.post("/shop/teahouse/basket/", {"coupon": "ten"}).status_code == 302
    assert "¥188.00" in visitor.get("/shop/teahouse/basket/").content.decode()
    answer = visitor.post("/shop/teahouse/check-out/", sent := form(visitor, shop))
    order = Order.objects.get()
    assert visitor.post("/shop/teahouse/check-out/", sent).url == answer.url, "sent again is the same order"
    page = visitor.get(answer.url).content.decode()
    pay_at = re.search(r'href="(/shop/gateway-simulator/\w+/)"', page)[1]
    assert "¥196.00" in visitor.get(pay_at).content.decode()
    assert visitor.post(pay_at, {"pay": "1"}).url == answer.url
    assert "Paid." in visitor.get(answer.url).content.decode()
    order_ship(order, "SF1", timezone.now())
    order_deliver(order, timezone.now())
    page = visitor.get(answer.url).content.decode()
    back = visitor.post(f"{answer.url}return/", {"key": hidden(page, "key"), "line-1": "1", "reason": ""})
    assert back.status_code == 302
    assert "1 sent back" in visitor.get(answer.url).content.decode()
    assert shop_problems(shop) == []


def test_a_paid_order_is_cancelled_and_refunded(visitor: Client, shop: Shop) -> None:
    order = ordered(visitor, shop)
    reference = Payment.objects.get().reference
    visitor.get(f"/shop/teahouse/order/{order.token}/")
    visitor.post(f"/shop/gateway-simulator/{reference}/", {"pay": "1"})
    visitor.post(f"/shop/teahouse/order/{order.token}/cancel/")
    page = visitor.get(f"/shop/teahouse/order/{order.token}/").content.decode()
    assert "Cancelled." in page
    assert "¥107.00 · the money is sent" in page
    refused = visitor.post(f"/shop/teahouse/order/{order.token}/cancel/")
    assert (refused.status_code, "The order is past that." in refused.content.decode()) == (400, True)
    visitor.post(f"/shop/teahouse/order/{order.token}/again/")
    assert Basket.objects.get(is_open=True).lines.get().quantity == 1
    assert shop_problems(shop) == []


def test_a_declined_payment_sets_the_goods_free(visitor: Client, shop: Shop) -> None:
    order = ordered(visitor, shop)
    visitor.get(f"/shop/teahouse/order/{order.token}/")
    visitor.post(f"/shop/gateway-simulator/{Payment.objects.get().reference}/", {"decline": "1"})
    order.refresh_from_db()
    assert order.state == "cancelled"
    assert Stock.objects.get(variant__sku="TEA").reserved == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [({"seen": "x" * 32}, "The basket or a price has changed."), ({"district": ""}, "An address in China needs this."),
     ({"phone": "none"}, "Give a number that the courier can call."), ({"provider": "paypal"}, "mend what is marked"),
     ({"shipping_method": "999999"}, "This way of shipping does not go there."), ({"name": ""}, "mend what is marked")],
)  # fmt: skip
def test_what_cannot_be_ordered_is_said_and_nothing_happens(
    visitor: Client, shop: Shop, change: dict, says: str
) -> None:
    filled(visitor, shop)
    answer = visitor.post("/shop/teahouse/check-out/", form(visitor, shop, **change))
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not Order.objects.exists()
    assert Basket.objects.get().is_open


@pytest.mark.parametrize("quantity", ["", "-1", "1000", "1e3", "²", "９"])
def test_a_quantity_that_is_none_is_refused(visitor: Client, shop: Shop, quantity: str) -> None:
    sent = {"variant": variant(shop, "TEA").pk, "quantity": quantity}
    answer = visitor.post("/shop/teahouse/basket/add/", sent)
    assert answer.status_code == (302 if quantity == "９" else 400)


def test_what_is_not_there_is_not_found(visitor: Client, shop: Shop) -> None:
    order = ordered(visitor, shop)
    Shop.objects.create(slug="other", title="Other", currency="CNY", time_zone="UTC")
    for address in ("nowhere/", "teahouse/product/none/", "teahouse/?category=none", "teahouse/order/none/",
                    f"other/order/{order.token}/", "other/product/longjing/", "gateway-simulator/none/"):  # fmt: skip
        assert visitor.get(f"/shop/{address}").status_code == 404, address
    for sent in ({"variant": "x"}, {"variant": "99999999"}, {"variant": "9" * 40}, {}):
        assert visitor.post("/shop/teahouse/basket/add/", sent).status_code == 404


def test_the_simulated_gateway_is_not_there_where_it_is_not_offered(visitor: Client, shop: Shop) -> None:
    order = ordered(visitor, shop)
    visitor.get(f"/shop/teahouse/order/{order.token}/")
    reference = Payment.objects.get().reference
    with override_settings(SHOP_PAYMENTS=["bank-transfer"]):
        assert visitor.post(f"/shop/gateway-simulator/{reference}/", {"pay": "1"}).status_code == 404
        filled(visitor, shop)
        answer = visitor.post("/shop/teahouse/check-out/", form(visitor, shop))
        assert answer.status_code == 400
    assert settings.SHOP_PAYMENTS
    assert not Order.objects.exclude(paid_at=None).exists()


def test_a_bank_pays_by_a_signed_notice_only(visitor: Client, shop: Shop) -> None:
    order = ordered(visitor, shop, "bank-transfer")
    payment = Payment.objects.get()
    assert payment.reference in visitor.get(f"/shop/teahouse/order/{order.token}/").content.decode()
    body, signature = notices_written("bank-transfer", [Notice("s1", payment.reference, "paid", "s1", 10_700, "CNY")])
    stranger = Client(enforce_csrf_checks=True)
    at = "/shop/notices/bank-transfer/"
    assert stranger.post(at, body, "application/json").status_code == 401
    answer = stranger.post(at, body, "application/json", headers={"X-Signature": signature})
    assert answer.json() == {"outcomes": ["paid"]}
    assert stranger.post("/shop/notices/none/", body, "application/json").status_code == 404


def test_what_no_browser_sends_is_no_error_of_ours(visitor: Client, shop: Shop) -> None:
    """On PostgreSQL a NUL in a text is an error, so none may reach it."""
    order = ordered(visitor, shop)
    filled(visitor, shop)
    for address in ("?q=%00tea", "?category=%00", "?page=none", "order/%00/", "product/%00/"):
        assert visitor.get(f"/shop/teahouse/{address}").status_code in (200, 404), address
    assert visitor.post("/shop/teahouse/basket/", {"coupon": "\x00TEN"}).status_code == 302
    assert Basket.objects.get(is_open=True).coupon_code == "TEN"
    answer = visitor.post("/shop/teahouse/check-out/", form(visitor, shop, street="a\x00b"))
    assert answer.status_code == 400
    sent = {"key": "\x00", "line-1": "9" * 30, "reason": "\x00"}
    assert visitor.post(f"/shop/teahouse/order/{order.token}/return/", sent).status_code == 400
    visitor.cookies["shop_basket"] = "\x00"
    assert visitor.get("/shop/teahouse/basket/").status_code == 200


def test_a_tax_that_changed_is_shown_before_it_is_ordered(visitor: Client, shop: Shop) -> None:
    filled(visitor, shop)
    sent = form(visitor, shop)
    Shop.objects.filter(pk=shop.pk).update(prices_hold_tax=False, tax_rate="0.13")
    answer = visitor.post("/shop/teahouse/check-out/", sent)
    assert "The basket or a price has changed." in answer.content.decode()
    assert not Order.objects.exists()


def test_forms_need_their_token(shop: Shop) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/shop/teahouse/basket/add/", {"variant": variant(shop, "TEA").pk}).status_code == 403


def test_every_page_is_in_chinese_and_carries_the_policy(visitor: Client, shop: Shop) -> None:
    order = ordered(visitor, shop, "bank-transfer")
    filled(visitor, shop)
    assert visitor.post("/shop/language/", {"language": "zh-hans", "next": "/shop/teahouse/"}).url == "/shop/teahouse/"
    assert visitor.post("/shop/theme/", {"theme": "dark", "next": "https://elsewhere.example/"}).url == "/"
    for address, word in (("", "龙井茶"), ("product/longjing/", "加入购物车"), ("basket/", "去结算"),
                          ("check-out/", "收货地址"), (f"order/{order.token}/", "请在三天内转账")):  # fmt: skip
        answer = visitor.get(f"/shop/teahouse/{address}")
        page = answer.content.decode()
        assert word in page, address
        assert 'data-theme="dark"' in page
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page), "nothing that the policy would stop"


def test_a_list_of_many_takes_as_many_queries_as_one_of_few(visitor: Client, shop: Shop) -> None:
    Feature.objects.create(shop=shop, slot="front", product=Product.objects.get(slug="pot"), position=1)
    counts = []
    for more in (0, 20):
        for number in range(more):
            product_put(shop, f"p{number}", f"P {number}", [Goods(f"P{number}", 100, 50, 5)], LONG_AGO)
        cache.clear()
        for name in ("pages", "parts"):
            caches[name].clear()
        with CaptureQueriesContext(connection) as queries:
            page = visitor.get("/shop/teahouse/").content.decode()
        counts.append(len(queries))
        # Where there is something to choose from, three are drawn beside the one that is featured.
        assert page.count("<li>") == 4 + more + (3 if more else 0)
    assert counts[0] == counts[1] <= 26
    inserts = [each["sql"] for each in queries if each["sql"].startswith("INSERT")]
    assert len(inserts) == 1, "a view and its impressions take one insert"


def test_a_site_that_is_only_the_portal_starts_and_sells() -> None:
    """In a process and a home of its own: migrates, opens a shop, answers; the desk is not there."""
    code = """
import os, tempfile
os.environ.update(YUNYING_HOME=tempfile.mkdtemp(), DJANGO_SETTINGS_MODULE="yunying.config.portal_settings")
import django
django.setup()
from django.core.management import call_command
call_command("check", fail_level="WARNING", stdout=open(os.devnull, "w"))
from yunying.accounts.database import database_ready
database_ready()
from yunying.portal.shop.tests.furnished import shop_furnished
shop_furnished()
from django.test import Client
from yunying.config.wsgi import application
page = Client().get("/shop/teahouse/")
import sys
print(page.status_code, "default-src" in page.headers["Content-Security-Policy"], Client().get("/desk/").status_code,
      Client().get("/", follow=True).request["PATH_INFO"],
      sorted({name.split(".")[1] for name in sys.modules if name.startswith("yunying.")}))
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == (
        "200 True 404 /shop/teahouse/ "
        "['accounts', 'audit', 'config', 'console', 'inbox', 'kernel', 'methods', 'portal']"
    )
