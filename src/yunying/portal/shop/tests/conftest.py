"""A shop in the throw-away home's database; whatever the test writes is rolled back."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache, caches
from django.db import transaction
from django.test import override_settings

from yunying.accounts.database import database_ready
from yunying.portal.shop.models import Shop
from yunying.portal.shop.providers import PROVIDERS
from yunying.portal.shop.tests.furnished import shop_furnished


@pytest.fixture
def shop() -> Iterator[Shop]:
    database_ready()
    cache.clear()
    for name in ("pages", "parts"):
        caches[name].clear()
    with override_settings(SHOP_PAYMENTS=sorted(PROVIDERS)), transaction.atomic():
        yield shop_furnished()
        transaction.set_rollback(True)
