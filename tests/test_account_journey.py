"""Signing in, one's account, invitations, the inbox and the audit log in a real browser, wide and on a phone."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests import test_desk_journey as journey
from tests.test_desk_journey import Hands

pytestmark = pytest.mark.needs("chromium")
desk, browser = journey.desk, journey.browser
OPEN = ("/desk/login/",)
SIGNED_IN = ("/desk/account/", "/desk/account/factor/", "/desk/invitations/", "/desk/inbox/", "/desk/audit/",
             "/desk/inbox/tasks/1/")  # fmt: skip


@pytest.fixture
def hands(browser: webdriver.Chrome, desk: str) -> Iterator[Hands]:
    found = Hands(browser, desk)
    yield found
    # Favicons and refused guesses are answered with a status that the browser notes; the policy is never offended.
    told = [each["message"] for each in browser.get_log("browser") if each["level"] == "SEVERE"]
    assert [each for each in told if "status of 4" not in each] == []


def fits(hands: Hands) -> bool:
    return hands.driver.execute_script(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def languages(hands: Hands, path: str, wide: list[str]) -> None:
    for language, word in (("en", "EN"), ("zh-hans", "中文")):
        hands.driver.add_cookie({"name": "django_language", "value": language, "path": "/"})
        hands.go(path)
        assert hands.find("main").text, path
        assert hands.find("html").get_attribute("lang") == ("en" if word == "EN" else "zh-CN")
        if not fits(hands):
            wide.append(f"{path} {language} {hands.driver.get_window_size()['width']}")


@pytest.mark.parametrize("width", [390, 1440])
def test_each_page_fits_in_both_languages(hands: Hands, width: int) -> None:
    hands.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    wide: list[str] = []
    hands.go("/desk/login/")
    for path in OPEN:
        languages(hands, path, wide)
    hands.sign_in()
    hands.find("[aria-current]")
    give(hands, "Ask the supplier for a photograph of every colour, and whether the price holds until spring")
    for path in SIGNED_IN:
        languages(hands, path, wide)
    link = invite(hands, f"guest-{width}@example.com")
    hands.driver.delete_all_cookies()
    languages(hands, link.removeprefix(hands.address), wide)
    assert wide == []


def invite(hands: Hands, email: str) -> str:
    """Invite somebody to lead the store; the link that is shown once."""
    hands.go("/desk/invitations/")
    hands.find("input[name=email]").send_keys(email)
    hands.find("select[name=role] option[value=store_manager]").click()
    hands.find("form .primary").click()
    return hands.find(".made code").text


def give(hands: Hands, title: str) -> None:
    """Give oneself a task from the inbox."""
    hands.go("/desk/inbox/")
    hands.find("#tasks details.section > summary").click()
    hands.find("#tasks input[name=title]").send_keys(title, Keys.ENTER)
    hands.until("the task stands there", lambda: title[:20] in hands.find("#tasks").text)


def owner_line(hands: Hands, title: str) -> str:
    return next((each.text for each in hands.all("li.task") if title in each.text), "")


def test_a_task_is_handed_over_within_two_clicks_and_by_keyboard(hands: Hands) -> None:
    hands.sign_in()
    hands.find("[aria-current]")
    for title, by_keyboard in (("Count the cups", False), ("Count the pots", True)):
        give(hands, title)
        task = next(each for each in hands.all("#tasks li.task") if title in each.text)
        summary = task.find_element(By.CSS_SELECTOR, "details.pop > summary")
        if by_keyboard:
            hands.driver.execute_script("arguments[0].focus()", summary)
            hands.press(Keys.ENTER)
        else:
            summary.click()
        hands.until("the names come", lambda task=task: bool(task.find_elements(By.CSS_SELECTOR, "button[name=to]")))
        button = task.find_element(By.CSS_SELECTOR, "button[name=to]")
        name = button.text
        if by_keyboard:
            hands.press(Keys.TAB)
            assert hands.driver.switch_to.active_element == button
            hands.press(Keys.ENTER)
        else:
            button.click()
        hands.until("it is handed over", lambda title=title: any(title in each.text for each in hands.all("#given li")))
        assert name in owner_line(hands, title)


def test_somebody_is_named_on_an_intervention_and_finds_it(hands: Hands) -> None:
    hands.sign_in()
    hands.go("/desk/interventions/")
    hands.find("table a").click()
    hands.find("#say").send_keys("@chen is ten enough?")
    hands.find("#talk form.stack button").click()
    hands.until("it stands there", lambda: "is ten enough?" in hands.find("#talk").text)
    assert hands.find("nav b.count").text == "1"
    hands.go("/desk/inbox/")
    assert "is ten enough?" in hands.find("#mentions").text
    hands.go("/desk/inbox/")
    assert hands.all("nav b.count") == []


def test_an_invitation_a_second_factor_and_two_browsers(hands: Hands, desk: str) -> None:
    hands.sign_in()
    link = invite(hands, "new@example.com")
    hands.driver.delete_all_cookies()
    hands.driver.get(link)
    for name, text in (("username", "newcomer"), ("name", "新人"), ("password", "a fine phrase 9"),
                       ("again", "a fine phrase 9")):  # fmt: skip
        hands.find(f"#{name}").send_keys(text)
    hands.find(".gate .primary").click()
    hands.until("the account is made", lambda: "/login/" in hands.driver.current_url)
    hands.sign_in("newcomer", "a fine phrase 9")
    hands.find("[aria-current]")
    hands.go("/desk/account/factor/")
    secret = re.sub(r"\s", "", hands.find(".gate code").text)
    assert hands.driver.execute_script("return document.querySelector('.qr svg').getBoundingClientRect().width") > 150
    hands.find("#code").send_keys(pyotp.TOTP(secret).now(), Keys.ENTER)
    hands.until("the codes are shown", lambda: len(hands.all(".codes li")) == 10)
    recovery = hands.find(".codes code").text
    hands.driver.delete_all_cookies()
    hands.sign_in("newcomer", "a fine phrase 9")
    hands.until("a code is asked for", lambda: "/login/code/" in hands.driver.current_url)
    hands.find("#code").send_keys(recovery, Keys.ENTER)
    hands.until("the desk opens", lambda: hands.driver.current_url.endswith("/desk/"))
    hands.go("/desk/account/")
    assert len(hands.all("#sessions tbody tr")) == 2
    hands.find("#sessions button[value=others]").click()
    hands.until("one is left", lambda: len(hands.all("#sessions tbody tr")) == 1)
