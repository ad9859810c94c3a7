"""The journal mode follows the SQLite library that is there."""

import sqlite3

import pytest
from django.conf import settings

from yunying.config.sqlite import journal_mode


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 51, 3), "WAL"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 45, 9), "TRUNCATE"),
        ((3, 49, 9), "TRUNCATE"),
        ((3, 40, 1), "TRUNCATE"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_the_journal_follows_the_library(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version) == mode


def test_the_settings_ask_for_the_mode_of_this_library() -> None:
    asked = settings.DATABASES["default"]["OPTIONS"]["init_command"]
    assert asked == f"PRAGMA journal_mode={journal_mode(sqlite3.sqlite_version_info)}; PRAGMA synchronous=FULL;"
