"""axe, on the pages that visitors and staff see: nothing serious on a phone or a desktop, light or dark."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.databases import sqlite_environment
from tests.requirements import chromium_path
from tests.test_desk_journey import FLAGS, SERVE
from tests.test_shop_journey import FURNISH, STAFF

pytestmark = pytest.mark.needs("chromium")
PUBLIC = (
    "/", "/news/town/", "/news/copyright/", "/site/map/", "/site/search/?q=town", "/site/search/?q=zzzq",
    "/talk/teahouse/guestbook/", "/talk/teahouse/forum/", "/shop/teahouse/", "/shop/teahouse/product/set/",
    "/shop/teahouse/?q=tea", "/shop/teahouse/basket/", "/shop/teahouse/sign-in/", "/nothing/is/here/",
)  # fmt: skip
ROOMS = ("", "stock/", "customers/", "talk/", "talk/rules/", "coupons/", "money/")
WORST = ("serious", "critical")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal with articles and a shop."""
    environment = {**sqlite_environment(tmp_path_factory.mktemp("portal-home")),
                   "DJANGO_SETTINGS_MODULE": "yunying.config.portal_settings"}  # fmt: skip
    furnish = f'{FURNISH}\ncall_command("news_sample")'
    subprocess.run([sys.executable, "-c", furnish], check=True, env=environment, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.kill()
        server.communicate()


@pytest.fixture
def driver() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, "--lang=en"):
        options.add_argument(flag)
    options.binary_location = chromium_path() or ""
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


def found(driver: webdriver.Chrome) -> list[str]:
    """What axe finds serious or critical on the page that is open, with the first element of each."""
    violations = Axe().run(driver, options={"resultTypes": ["violations"]})["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in violations if each["impact"] in WORST]


def dressed(driver: webdriver.Chrome, portal: str, width: int, **cookies: str) -> None:
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    driver.get(f"{portal}/site/map/")
    for name, value in cookies.items():
        driver.add_cookie({"name": name, "value": value, "path": "/"})


@pytest.mark.parametrize(("width", "theme", "language"), [(390, "dark", "zh-hans"), (1440, "light", "en")])
def test_axe_finds_nothing_serious_where_visitors_are(
    driver: webdriver.Chrome, portal: str, width: int, theme: str, language: str
) -> None:
    dressed(driver, portal, width, theme=theme, django_language=language)
    problems = {}
    for path in PUBLIC:
        driver.get(portal + path)
        problems[path] = found(driver)
    article = driver.get(f"{portal}/news/town/") or driver.find_element("css selector", ".articles a")
    article.click()
    problems["an article"] = found(driver)
    assert {path: each for path, each in problems.items() if each} == {}


def test_axe_finds_nothing_serious_where_the_staff_work(driver: webdriver.Chrome, portal: str) -> None:
    dressed(driver, portal, 390)
    driver.get(portal + STAFF)
    driver.find_element("name", "username").send_keys("chen")
    driver.find_element("name", "password").send_keys("staff-password-1")
    driver.find_element("css selector", "main .primary").click()
    problems = {}
    for room in ROOMS:
        driver.get(f"{portal}{STAFF}{room}")
        assert driver.find_elements("css selector", ".rooms"), room
        problems[room] = found(driver)
    assert {path: each for path, each in problems.items() if each} == {}


def test_the_control_finds_what_is_serious(driver: webdriver.Chrome, portal: str) -> None:
    dressed(driver, portal, 390)
    driver.execute_script(
        "document.querySelector('main').innerHTML = '<img src=x><input><p id=pale>pale</p>';"
        "document.getElementById('pale').style = 'color: #ddd; background: #fff'"
    )
    assert {each.partition(":")[0] for each in found(driver)} >= {"image-alt", "label", "color-contrast"}
