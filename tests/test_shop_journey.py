"""The shop on a phone, from both sides of the counter: buy with a coupon, cancel, return; put up, ship, refund."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tests.databases import sqlite_environment
from tests.requirements import chromium_path
from tests.test_desk_journey import FLAGS, SERVE, Hands

pytestmark = pytest.mark.needs("chromium")
FURNISH = """
import django
django.setup()
from django.core.management import call_command
from yunying.accounts.database import database_ready
database_ready()
call_command("shop_sample")
from yunying.accounts.people import person_make
from yunying.portal.policy import role_set
from yunying.portal.shop.models import Shop
role_set(person_make("chen", "staff-password-1", may_act=False), "manager", Shop.objects.get(), "system", holds=True)
"""
SHOP, STAFF = "/shop/teahouse/", "/staff/teahouse/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site that is only the portal, in a home of its own."""
    environment = {**sqlite_environment(tmp_path_factory.mktemp("shop-home")),
                   "DJANGO_SETTINGS_MODULE": "yunying.config.portal_settings",
                   "YUNYING_SHOP_PAYMENTS": "gateway-simulator,bank-transfer"}  # fmt: skip
    subprocess.run([sys.executable, "-c", FURNISH], check=True, env=environment, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = f"http://127.0.0.1:{int(server.stdout.readline())}"
        with urlopen(f"{address}{SHOP}", timeout=20) as answer:
            assert answer.status == 200
        yield address
    finally:
        server.kill()
        server.communicate()


@pytest.fixture(params=["with scripts", "without scripts"])
def hands(request: pytest.FixtureRequest, site: str, tmp_path: Path) -> Iterator[Hands]:
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--lang=en"):
        options.add_argument(flag)
    options.binary_location = chromium_path() or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True})  # fmt: skip
    if request.param == "without scripts":
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        yield Hands(driver, site)
        assert [each["message"] for each in driver.get_log("browser") if each["level"] == "SEVERE"] == []
    finally:
        driver.quit()


class Phone:
    """What both sides do on a phone; no page is wider than it."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands

    def at(self, path: str) -> None:
        self.hands.go(path)
        width = self.hands.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]["width"]
        assert width <= 390, f"{path} is {width} wide"

    def fill(self, within: str, **texts: str) -> None:
        for name, text in texts.items():
            field = self.hands.find(f"{within} [name='{name}']")
            if field.tag_name == "select":
                field.find_element(By.CSS_SELECTOR, f"option[value='{text}']").click()
            else:
                field.clear()
                field.send_keys(text)

    def press(self, selector: str, then: str = "main") -> None:
        """Press a button and wait for the page that comes, where something stands."""
        button = self.hands.find(selector)
        before = self.hands.find("html").id
        button.click()
        self.hands.until(selector, lambda: self.hands.find("html").id != before and bool(self.hands.find(then)))

    def path(self) -> str:
        return self.hands.driver.current_url.removeprefix(self.hands.address)

    def says(self, text: str) -> bool:
        return text in self.hands.find("main").text


def buy(phone: Phone, word: str, coupon: str = "") -> str:
    """Find by a word, put into the basket, order, pay; the order's path."""
    phone.at(f"{SHOP}?q={word}")
    phone.press(".cards a", "form .primary")
    radios = phone.hands.all("input[name=variant]:not([disabled])")
    radios[0].click()
    phone.press(".buy .primary", ".lines")
    if coupon:
        phone.fill(".coupon", coupon=coupon)
        phone.press(".coupon button", ".totals")
        assert phone.says(f"Coupon {coupon}")
    phone.at(f"{SHOP}check-out/")
    phone.fill(".check-out", name="Wang", phone="13800000000", region="Zhejiang", city="Hangzhou", district="Xihu",
               street="Longjing 1", postcode="310013")  # fmt: skip
    phone.hands.find("input[value=gateway-simulator]").click()
    phone.press(".check-out .primary", ".state.placed")
    order = phone.path()
    phone.press("a.primary", "button[name=pay]")
    phone.press("button[name=pay]", ".state.accepted")
    assert phone.path() == order
    return order


def work(phone: Phone, path: str) -> None:
    """Come to a staff page, signing in where that is asked."""
    phone.at(path)
    if "sign-in" in phone.path():
        phone.fill("main", username="chen", password="staff-password-1")
        phone.press("main .primary", ".rooms")


def test_a_shopper_and_a_seller_on_a_phone(hands: Hands, tmp_path: Path) -> None:
    phone = Phone(hands)
    cup = f"cup-{os.urandom(3).hex()}"
    # The seller puts a product up, with a picture.
    work(phone, f"{STAFF}products/new/")
    phone.fill("main", slug=cup, title=f"Moon {cup}", title_zh="月光杯", category="ware", sku=cup.upper(), price="48",
               cost="15", on_hand="10")  # fmt: skip
    phone.press("main .primary", ".done")
    Image.new("RGB", (600, 400), "navy").save(tmp_path / "cup.png")
    hands.find("input[type=file][name=picture]").send_keys(str(tmp_path / "cup.png"))
    phone.press("form[action$='/picture/'] button", ".pictures img")
    phone.at(f"{SHOP}product/{cup}/")
    assert hands.find("img.cover").get_attribute("src").endswith("-640.webp")
    # The shopper buys it with a coupon, and cancels.
    first = buy(phone, "月光", "TEA10")
    phone.press("form[action$='/cancel/'] button", ".state.cancelled")
    assert phone.says("the money is sent")
    # He buys again; the seller ships and delivers; a part is refunded, and the thing is sent back.
    second = buy(phone, cup)
    assert first != second
    number = re.search(r"\d{12}", hands.find("h1").text)[0]
    work(phone, f"{STAFF}orders/{number}/")
    phone.fill("form[action$='/ship/']", carrier="SF Express", tracking="SF123")
    phone.press("form[action$='/ship/'] button", ".done")
    phone.press("form[action$='/deliver/'] button", ".done")
    phone.fill("form[action$='/money/refund/']", **{"line-1": "8", "reason": "dent"})
    phone.press("form[action$='/money/refund/'] button", ".done")
    phone.at(second)
    assert phone.says("¥8.00 · the money is sent")
    hands.find("form[action$='/return/']").find_element(By.XPATH, "..").find_element(By.TAG_NAME, "summary").click()
    phone.fill("form[action$='/return/']", **{"line-1": "1"})
    phone.press("form[action$='/return/'] button", ".facts")
    assert phone.says("the shop answers soon")
    work(phone, f"{STAFF}orders/{number}/")
    phone.press("form[action$='/return-receive/'] button", ".done")
    phone.at(second)
    assert phone.says("¥40.00 · the money is sent"), "what was refunded before is not refunded again"
    work(phone, f"{STAFF}money/")
    assert phone.says("Money, refunds, stock, coupons and orders agree.")
