"""Kept pages are answered before a session is looked for, and within everything that every answer goes through."""

import pytest

from yunying.config import portal_settings, settings

ALWAYS = ("Headers", "Security", "XFrameOptions", "Locale", "Common", "CsrfView")
WHO_ASKS = ("Session", "Authentication", "Message", "Editors")


@pytest.mark.parametrize("room", [settings, portal_settings])
def test_what_every_answer_carries_stands_above_the_kept_pages(room: object) -> None:
    names = [each.rpartition(".")[2].removesuffix("Middleware") for each in room.MIDDLEWARE]
    kept = names.index("KeptPages")
    assert all(names.index(each) < kept for each in ALWAYS)
    assert all(names.index(each) > kept for each in WHO_ASKS)
    # A session is found before the person, and he before his messages.
    assert [each for each in names if each in WHO_ASKS[:3]][:3] == list(WHO_ASKS[:3])
