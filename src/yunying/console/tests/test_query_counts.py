"""A page asks the database as often for a crowd as for a few."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunying.interventions.tests.crowd import BUYER, crowd

ADDRESSES = (
    "/desk/", "/desk/proposals/", "/desk/proposals/?q=product&cost_max=99999", "/desk/proposals/?soon=1&sort=expires",
    "/desk/interventions/", "/desk/measured/", "/desk/runs/", "/desk/imports/", "/desk/settings/", "/desk/activity/",
)  # fmt: skip


@pytest.fixture
def counts(ledger_database: None) -> Callable[[str], dict[str, int]]:
    def of(store: str) -> dict[str, int]:
        client = Client(headers={"accept-language": "zh-CN"})
        assert client.login(username=BUYER, password="desk-password-1")
        client.post("/desk/store/", {"store": store})
        found = {}
        for address in ADDRESSES:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found[address] = len(captured)
        return found

    return of


def test_the_number_of_queries_does_not_grow(counts: Callable[[str], dict[str, int]]) -> None:
    crowd(60, 60, "few")
    crowd(700, 1500, "many")
    few, many = counts("few"), counts("many")
    assert few == many
    # Two of them ask whether the session and the second factor hold.
    assert max(few.values()) <= 20
