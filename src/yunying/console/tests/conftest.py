"""A furnished store and people who are signed in to the desk."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from yunying.accounts.people import Person
from yunying.interventions.desk_facts import store_save
from yunying.interventions.tests.furnished import furnish

PASSWORD = "desk-password-1"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


@pytest.fixture
def buyer(ledger_database: None, home: Path) -> Person:
    return furnish("yunduo", proposals=16)


@pytest.fixture
def other_store(buyer: Person) -> str:
    store_save("another", title="Another", currency="USD", time_zone="Europe/Berlin", connector="csv")
    return "another"


@pytest.fixture
def client(buyer: Person) -> Client:
    signed_in = Client(headers={"accept-language": "en"})
    assert signed_in.login(username=buyer.username, password=PASSWORD)
    return signed_in


@pytest.fixture
def guest(buyer: Person) -> Client:
    signed_in = Client(headers={"accept-language": "en"})
    assert signed_in.login(username="guest", password=PASSWORD)
    return signed_in
