"""Free registration by name, where no mail is set up: many may come at once, one address only so often."""

import pytest
from django.test import Client, override_settings

from yunying.accounts.people import Person
from yunying.portal.shop.models import Member, Shop

FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def registered(name: str, address: str) -> int:
    client = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0", REMOTE_ADDR=address)
    return client.post(
        "/shop/teahouse/register/", {"username": name, "password": f"a-long-password-{name}"}
    ).status_code  # fmt: skip


@pytest.fixture(autouse=True)
def fast() -> object:
    with override_settings(PASSWORD_HASHERS=FAST, EMAIL_HOST=""):
        yield


def test_a_town_registers_in_an_hour_and_nobody_waits_for_the_others(shop: Shop) -> None:
    assert [registered(f"neighbour-{n}", f"10.1.{n}.7") for n in range(40)] == [302] * 40
    assert Member.objects.count() == Person.objects.filter(username__startswith="neighbour").count() == 40


def test_one_address_registers_only_so_often(shop: Shop) -> None:
    answers = [registered(f"bot-{n}", "10.9.9.9") for n in range(40)]
    assert 302 in answers
    assert answers[-1] == 400
    assert Member.objects.count() < 25
