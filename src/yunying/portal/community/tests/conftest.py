"""A site with a member, somebody of the staff, and their browsers; whatever the test writes is rolled back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from unittest import mock

import pytest
from django.core.cache import cache, caches
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.accounts.people import Person, person_make
from yunying.portal.community.keys import form_key
from yunying.portal.moderation.models import MemberTrust
from yunying.portal.moderation.trust import trust_of
from yunying.portal.policy import role_set
from yunying.portal.shop.catalogue import shop_open
from yunying.portal.shop.members import member_join
from yunying.portal.shop.models import Shop

FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
BROWSER = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@dataclass
class Town:
    shop: Shop
    writer: Person
    boss: Person

    def browser(self, person: Person | None = None, **headers: str) -> Client:
        client = Client(**{**BROWSER, **headers})
        if person is not None:
            client.force_login(person)
        return client

    def trusted(self, person: Person, level: int = 2) -> None:
        trust_of(self.shop.slug, person, timezone.now())
        MemberTrust.objects.filter(person=person).update(given_level=level)


@pytest.fixture
def town() -> Iterator[Town]:
    database_ready()
    cache.clear()
    for name in ("pages", "parts"):
        caches[name].clear()
    with override_settings(PASSWORD_HASHERS=FAST), transaction.atomic():
        shop = shop_open("town", "Town", "CNY", "Asia/Shanghai")
        boss = person_make("boss", "a long enough password", may_act=False)
        role_set(boss, "manager", shop, "test", holds=True)
        yield Town(shop, member_join("writer", "a long enough password", timezone.now()), boss)
        transaction.set_rollback(True)


def key(seconds: int = 60) -> str:
    """The key of a form that was shown some seconds ago."""
    return form_key(timezone.now() - timedelta(seconds=seconds))


def later(seconds: int) -> mock._patch:
    """The clock some seconds on."""
    return mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(seconds=seconds))
