"""Two shops with rows of every kind, and people of every role."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from yunying.accounts.database import database_ready
from yunying.portal.shop.providers import PROVIDERS
from yunying.portal.staff.tests.two_shops import World, world_make


@pytest.fixture
def world() -> Iterator[World]:
    database_ready()
    with override_settings(SHOP_PAYMENTS=sorted(PROVIDERS)), transaction.atomic():
        yield world_make()
        transaction.set_rollback(True)
