"""The cache of finished pages hands out what it was given, for as long as it was told, and no more than fit."""

from datetime import timedelta

import pytest
from django.core.cache import BaseCache
from django.utils import timezone

from yunying.portal.object_cache import ObjectCache


@pytest.fixture
def kept() -> BaseCache:
    cache = ObjectCache("object-cache-test", {"OPTIONS": {"MAX_ENTRIES": 3}})
    cache.clear()
    return cache


def test_it_hands_out_the_thing_itself_once_kept(kept: BaseCache) -> None:
    page = object()
    kept.set("page", page)
    assert kept.get("page") is page
    assert kept.get("other", "none") == "none"
    assert not kept.add("page", object())
    assert kept.get_or_set("next", page) is page


def test_what_is_over_is_gone(kept: BaseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.set("page", "made", 60)
    after = (timezone.now() + timedelta(seconds=61)).timestamp()
    monkeypatch.setattr("time.time", lambda: after)
    assert kept.get("page") is None
    assert kept.add("page", "made anew", 60)


def test_it_holds_no_more_than_fit(kept: BaseCache) -> None:
    for number in range(20):
        kept.set(str(number), number)
    assert kept.get("19") == 19
    assert sum(kept.get(str(number)) is not None for number in range(20)) <= 3
