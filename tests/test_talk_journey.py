"""What members write, on a phone: a guest writes, the staff decide by key or by button, a reply is labelled."""

import os

import pytest

from tests.test_desk_journey import Hands
from tests.test_shop_journey import STAFF, Phone, hands, site, work

__all__ = ["hands", "site"]
pytestmark = pytest.mark.needs("chromium")
TALK = "/talk/teahouse/"


def decide(phone: Phone, decision: str, key: str) -> None:
    """By a key where one is given, else by the button of the first row."""
    if not key:
        phone.press(f"tbody tr button[value^='{decision}:']", ".done")
        return
    phone.hands.find("body").send_keys("j")
    phone.hands.until("a row has the focus", lambda: phone.hands.driver.switch_to.active_element.tag_name == "tr")
    phone.hands.press(key)
    phone.hands.find(".done")


def test_a_guest_writes_and_the_staff_decide(hands: Hands, request: pytest.FixtureRequest) -> None:
    phone, word = Phone(hands), os.urandom(4).hex()
    has_scripts = "without" not in request.node.name
    phone.at(f"{TALK}guestbook/")
    phone.fill(".talk-form", name="Wanderer", text=f"Greetings {word}")
    phone.press(".talk-form .primary", ".done")
    assert phone.says("shown once somebody has read it")
    assert not phone.says(word)
    work(phone, f"{STAFF}talk/?kind=guestbook")
    assert word in hands.find("tbody tr").text
    decide(phone, "show", "a" if has_scripts else "")
    phone.at(f"{TALK}guestbook/")
    assert phone.says(f"Greetings {word}")
    phone.at(f"{STAFF}talk/?kind=guestbook&state=shown")
    decide(phone, "hide", "h" if has_scripts else "")
    phone.at(f"{TALK}guestbook/")
    assert not phone.says(word)
    phone.at(f"{TALK}comments/?place=article/{word}")
    phone.fill(".talk-form", text=f"From the house {word}")
    phone.press(".talk-form .primary", ".label.staff")
    assert phone.says(f"From the house {word}")
    phone.at(f"{STAFF}talk/rules/")
    phone.at(f"{TALK}forum/")
