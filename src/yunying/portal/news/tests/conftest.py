"""A portal with two columns and four articles; whatever a test writes is rolled back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.cache import cache, caches
from django.db import transaction
from django.test import Client

from yunying.accounts.database import database_ready
from yunying.portal.news import hits
from yunying.portal.news.models import HomePage
from yunying.portal.news.tests.written import portal_written
from yunying.portal.shop.tests.furnished import shop_furnished

NOW = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)


@pytest.fixture
def portal() -> Iterator[HomePage]:
    database_ready()
    cache.clear()
    for name in ("pages", "parts"):
        caches[name].clear()
    hits._held.clear()
    # Else a slow test's first hit would be due at once.
    hits._written_at.clear()
    with transaction.atomic():
        shop_furnished()
        yield portal_written(NOW)
        transaction.set_rollback(True)
    hits._held.clear()
    cache.clear()
    for name in ("pages", "parts"):
        caches[name].clear()


@pytest.fixture
def reader(portal: HomePage) -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
