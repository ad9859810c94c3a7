"""The desk in a real browser: look, approve, take back, reject by keyboard, in two languages and on a phone."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.databases import sqlite_environment
from tests.requirements import chromium_path

pytestmark = pytest.mark.needs("chromium")

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
FURNISH = """
import django
django.setup()
from yunying.accounts.database import database_ready
database_ready()
from yunying.interventions.tests.furnished import furnish
furnish()
from yunying.org.structure import shops_ready
shops_ready(["yunduo"])
"""
SERVE = """
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, WSGIRequestHandler, make_server
from yunying.config.wsgi import application
class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments): pass
server = make_server("127.0.0.1", 0, application, Server, Quiet)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("desk-home")
    environment = {**sqlite_environment(home), "DJANGO_SETTINGS_MODULE": "yunying.config.settings"}
    subprocess.run([sys.executable, "-c", FURNISH], check=True, env=environment)
    server = subprocess.Popen([sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = f"http://127.0.0.1:{int(server.stdout.readline())}"
        with urlopen(f"{address}/desk/login/", timeout=20) as answer:
            assert answer.status == 200
        yield address
    finally:
        server.kill()
        server.communicate()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1440,1000", "--lang=en"):
        options.add_argument(flag)
    options.binary_location = chromium_path() or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


class Hands:
    """What a person does with a browser."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver, self.address = driver, address

    def go(self, path: str) -> None:
        self.driver.get(self.address + path)

    def find(self, selector: str) -> WebElement:
        return WebDriverWait(self.driver, 20).until(lambda d: d.find_element(By.CSS_SELECTOR, selector))

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, said: str, check: Callable[[], bool]) -> None:
        waiting = WebDriverWait(self.driver, 20, ignored_exceptions=[StaleElementReferenceException])
        waiting.until(lambda _: check(), said)

    def press(self, key: str) -> None:
        self.driver.switch_to.active_element.send_keys(key)

    def sign_in(self, name: str = "chen", password: str = "desk-password-1") -> None:
        self.go("/desk/login/")
        self.find("#id_username").send_keys(name)
        asked = self.find("#id_password")
        asked.send_keys(password, Keys.ENTER)
        # Whoever goes on before the answer came cuts it off, and is nobody on the next page.
        waiting = WebDriverWait(self.driver, 20, ignored_exceptions=[WebDriverException])
        waiting.until(
            lambda d: asked not in d.find_elements(By.CSS_SELECTOR, "#id_password"), "the sign-in is answered"
        )

    def rows(self) -> list[str]:
        # One question to the page: between two, the list may be drawn anew.
        return self.driver.execute_script("return [...document.querySelectorAll('.rows > li')].map(e => e.dataset.id)")

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def has_row(self, row: str) -> bool:
        return row in self.rows()


@pytest.fixture
def hands(browser: webdriver.Chrome, desk: str) -> Hands:
    return Hands(browser, desk)


def test_a_day_at_the_desk(hands: Hands) -> None:
    hands.sign_in(password="wrong")
    assert "do not fit" in hands.find("[role=alert]").text
    hands.sign_in()
    assert hands.find("h1").text == "Today"
    assert len(hands.all(".counter")) == 7
    first, second = hands.rows()[:2]

    hands.find(f"#p-{first} > details > summary").click()
    hands.find(f"#p-{first} .chart .main-svg")
    assert "Order 48 of" in hands.find(f"#p-{first} .sentence").text
    assert len(hands.all(f"#p-{first} .chart[data-drawn]")) == 2

    hands.find(f"#p-{first} [data-act=approve]").click()
    hands.until("the approved row leaves the list", lambda: not hands.has_row(first))
    hands.find("#toasts .undo").click()
    hands.until("the row is back", lambda: hands.has_row(first))

    hands.press("j")
    hands.driver.execute_script("document.activeElement.blur()")
    hands.find("body").send_keys("j")
    hands.until("a row has the focus", lambda: hands.driver.switch_to.active_element.tag_name == "summary")
    chosen = hands.driver.execute_script("return document.activeElement.closest('li').dataset.id")
    hands.press("r")
    hands.until(
        "the reason has the focus", lambda: hands.driver.switch_to.active_element.get_attribute("name") == "reason"
    )
    hands.press("too much of it")
    hands.press(Keys.ENTER)
    hands.until("the rejected row leaves the list", lambda: not hands.has_row(chosen))
    hands.until("the focus stays in the list", lambda: hands.driver.switch_to.active_element.tag_name == "summary")
    hands.press("u")
    hands.until("the rejected row is back", lambda: hands.has_row(chosen))
    assert hands.has_row(second)
    assert hands.complaints() == []


def test_many_at_once_and_the_order_of_a_list(hands: Hands) -> None:
    hands.sign_in()
    hands.go("/desk/proposals/?sort=profit")
    ids = hands.rows()
    hands.find(f"#p-{ids[0]} input[name=ids]").click()
    hands.find(f"#p-{ids[2]} input[name=ids]").click()
    assert hands.find("#bulk [data-count]").text == "2"
    hands.find("#bulk details[data-pop=snooze] > summary").click()
    hands.find("#bulk button[value=snooze]").click()
    hands.until("both are put off", lambda: not hands.has_row(ids[0]) and not hands.has_row(ids[2]))
    assert not hands.find("#bulk").is_displayed()
    hands.find("#toasts .undo").click()
    hands.until("both are back", lambda: hands.has_row(ids[0]) and hands.has_row(ids[2]))
    assert hands.complaints() == []


def test_the_language_the_theme_and_a_phone(hands: Hands) -> None:
    hands.sign_in()
    hands.find(".side button[value=zh-hans]").click()
    hands.until("the page is Chinese", lambda: hands.find("h1").text == "今日")
    hands.find(".side button[value=dark]").click()
    ground = "return getComputedStyle(document.body).backgroundColor"
    assert hands.driver.execute_script(ground) == "rgb(18, 20, 23)"
    hands.driver.refresh()
    assert hands.driver.execute_script(ground) == "rgb(18, 20, 23)"
    hands.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844,
                                 "deviceScaleFactor": 2, "mobile": True})  # fmt: skip
    for path in ("/desk/", "/desk/proposals/", "/desk/interventions/", "/desk/measured/", "/desk/imports/",
                 "/desk/runs/", "/desk/settings/", "/desk/compose/purchase_order/"):  # fmt: skip
        hands.go(path)
        # Not beside the window's width: a phone zooms out until a page that is too wide fits.
        assert hands.driver.execute_script("return document.documentElement.scrollWidth") <= 390, path
        assert hands.find(".tabbar").is_displayed()
    hands.go("/desk/proposals/")
    row = hands.rows()[0]
    hands.find(f"#p-{row} > details > summary").click()
    hands.find(f"#p-{row} .chart .main-svg")
    hands.find(f"#p-{row} [data-act=approve]").click()
    hands.until("the approved row leaves the list", lambda: not hands.has_row(row))
    assert "已批准" in hands.find("#toasts").text
    hands.find("#toasts .undo").click()
    hands.until("the row is back", lambda: hands.has_row(row))
    assert hands.complaints() == []


def test_without_a_script(hands: Hands) -> None:
    hands.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    hands.sign_in()
    row = hands.find(".rows > li").get_attribute("id").removeprefix("p-")
    hands.go(f"/desk/proposals/{row}/")
    hands.find("button[value=approve]").click()
    time.sleep(0.3)
    assert "approved" in hands.find("#toasts").text
    hands.find("#toasts .undo").click()
    time.sleep(0.3)
    assert "taken back" in hands.find("#toasts").text
    hands.go("/desk/proposals/")
    assert hands.find("#bulk").is_displayed()
