"""Policies filled for a store from its settings file."""

from collections.abc import Mapping
from typing import Any

from yunying.loop.home import Home
from yunying.practices.manifest import Practice
from yunying.practices.settings import policy_from

CASH = "cash_limit_minor"
"""A policy's field of this name is filled at the desk with what the store's budget has left."""


def policies_of(home: Home, store: str, chosen: Mapping[str, Practice]) -> dict[str, Any]:
    """The policies of the settings file alone, by practice.

    Raises:
        OperatorError: a setting does not fit.
    """
    where = str(home.settings_file(store))
    return {
        slug: policy_from(practice.policy, home.practice_settings(store, slug), where)
        for slug, practice in chosen.items()
    }
