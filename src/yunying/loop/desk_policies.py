"""Policies filled for a store: the settings file, what the desk changed, and the cash that the budget has left."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

from yunying.interventions.budgets import budget_free
from yunying.interventions.desk_facts import settings_of
from yunying.loop.home import Home
from yunying.loop.policies import CASH
from yunying.practices.manifest import Practice
from yunying.practices.settings import policy_from


def policy_at_the_desk(home: Home, store: str, slug: str, practice: Practice, day: date) -> Any:
    """A practice's policy with what the desk changed, which goes before the file, and the cash that is left.

    Raises:
        OperatorError: a setting does not fit.
    """
    own = {**home.practice_settings(store, slug), **settings_of(store, slug)}
    policy = policy_from(practice.policy, own, f"{home.settings_file(store)} and the desk's settings")
    free = budget_free(store, slug, day)
    if free is None or CASH not in {each.name for each in fields(policy)}:
        return policy
    limit = getattr(policy, CASH)
    return replace(policy, **{CASH: free if limit is None else min(limit, free)})
