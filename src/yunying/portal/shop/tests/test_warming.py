"""Before the first visitor comes, what pages share is there; nobody is counted, and no failure keeps a server away."""

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunying.inbox.models import InboxRow
from yunying.portal import warming as of_all
from yunying.portal.shop import warming
from yunying.portal.shop.models import Shop


@pytest.fixture(autouse=True)
def open_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_all.connections, "close_all", lambda: None)


def test_the_first_visitor_finds_what_pages_share(shop: Shop) -> None:
    visitor = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0")
    address = f"/shop/{shop.slug}/product/pot/"
    with CaptureQueriesContext(connection) as cold:
        assert visitor.get(address).status_code == 200
    for name in ("pages", "parts"):
        caches[name].clear()
    told = InboxRow.objects.count()
    warming.shops_warm()
    assert InboxRow.objects.count() == told
    assert not caches["pages"]._cache
    with CaptureQueriesContext(connection) as warm:
        assert visitor.get(address).status_code == 200
    assert len(warm) <= len(cold) - 4, "the shop, its navigation, what is set for the slot, and the deck"


def test_a_server_starts_before_its_database_does(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> str:
        raise DatabaseError("nobody answers")

    monkeypatch.setattr(warming, "catalogue_version", refused)
    of_all.portal_warm()
