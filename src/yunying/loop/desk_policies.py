"""Policies filled for a store: the settings file, what the desk changed, and the cash that the budget has left."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from yunying.interventions.budgets import budget_for
from yunying.interventions.desk_facts import settings_of
from yunying.loop.home import Home
from yunying.practices.manifest import Practice
from yunying.practices.settings import policy_from

CASH = "cash_limit_minor"
"""A policy's field of this name is filled with what the store's budget has left."""


def policies_at_the_desk(home: Home, store: str, chosen: Mapping[str, Practice], day: date) -> dict[str, Any]:
    """The policies with what the desk changed, which goes before the file, and the cash that the budget has left."""
    found = {}
    for slug, practice in chosen.items():
        own = {**home.practice_settings(store, slug), **settings_of(store, slug)}
        policy = policy_from(practice.policy, own, f"{home.settings_file(store)} and the desk's settings")
        budget = budget_for(store, slug, day)
        if budget is not None and CASH in {each.name for each in fields(policy)}:
            free = budget.cap_minor - budget.reserved_minor - budget.spent_minor
            limit = getattr(policy, CASH)
            policy = replace(policy, **{CASH: free if limit is None else min(limit, free)})
        found[slug] = policy
    return found
