"""A site and somebody who writes there; whatever the test writes is rolled back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import override_settings

from yunying.accounts.database import database_ready
from yunying.accounts.people import Person
from yunying.portal.shop.catalogue import shop_open
from yunying.portal.shop.members import member_join
from yunying.portal.shop.models import Shop

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def shop() -> Iterator[Shop]:
    database_ready()
    with override_settings(PASSWORD_HASHERS=FAST), transaction.atomic():
        yield shop_open("town", "Town", "CNY", "Asia/Shanghai")
        transaction.set_rollback(True)


@pytest.fixture
def person(shop: Shop) -> Person:
    return member_join("writer", "a long enough password", NOW)
