"""A page asks the database as often for a crowd as for a few."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yunying.accounts.people import person_named
from yunying.interventions.selectors.interventions import proposals_ranked
from yunying.interventions.tests.crowd import BUYER, crowd
from yunying.management.comments import comment_write
from yunying.management.tasks import task_give
from yunying.org.active import scope_active
from yunying.org.grants import scope_of

ADDRESSES = (
    "/desk/", "/desk/proposals/", "/desk/proposals/?q=product&cost_max=99999", "/desk/proposals/?soon=1&sort=expires",
    "/desk/interventions/", "/desk/measured/", "/desk/runs/", "/desk/imports/", "/desk/settings/", "/desk/activity/",
    "/desk/inbox/", "/desk/audit/", "/desk/invitations/", "/desk/account/",
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


def busy(store: str, count: int) -> None:
    """Tasks given by the buyer to himself, some on proposals, and comments that name him."""
    buyer = person_named(BUYER)
    with scope_active(scope_of(buyer, timezone.now().date())):
        rows = list(proposals_ranked(store, count))
        for row in rows:
            task_give(store, "look", buyer.pk, buyer, intervention=row.pk)
            comment_write(store, row.pk, f"@{BUYER}", buyer)


def test_the_number_of_queries_does_not_grow(counts: Callable[[str], dict[str, int]]) -> None:
    crowd(60, 60, "few")
    crowd(700, 1500, "many")
    for store, count in (("few", 2), ("many", 60)):
        busy(store, count)
    few, many = counts("few"), counts("many")
    assert few == many
    # Three of them ask whether the session and the second factor hold, and what is new in the inbox.
    assert max(few.values()) <= 21
