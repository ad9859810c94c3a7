"""On a simulated store a practice earns more than the rule that it replaces; one that does nothing earns less."""

from dataclasses import replace

import pytest

from yunying.kernel.proposal import Decision
from yunying.kernel.results import Abstention
from yunying.practices.manifest import practice_named, practices_found
from yunying.practices.rivalry import rivalry
from yunying.practices.tests.conftest import small_settings

SEEDS = (3, 4)


@pytest.mark.parametrize("slug", practices_found())
def test_a_practice_earns_more_than_the_rule_it_replaces(slug: str) -> None:
    """Half a year of life, half a year to tune the rule on, then half a year under each, by true profit."""
    found = [
        rivalry(
            practice_named(slug),
            small_settings(60),
            seed,
            before_days=182,
            days=182,
            every_days=7,
            min_days=(14.0, 21.0, 30.0, 45.0),
            extra_days=(14.0, 30.0),
        )
        for seed in SEEDS
    ]
    assert all(each.proposals > 0 for each in found)
    assert all(each.rule_minor > 0 for each in found)
    assert sum(each.practice_minor for each in found) > sum(each.rule_minor for each in found), found


def test_a_buyer_that_never_buys_loses_to_the_rule() -> None:
    idle = replace(
        practice_named("purchasing"),
        read=lambda facts, store, as_of, policy: None,
        fit=lambda inputs, policy, seed: None,
        decide=lambda *given: Decision((), (Abstention("idle", (), "It never buys.", "Hire another."),)),
    )
    found = rivalry(
        idle, small_settings(20), 3, before_days=0, days=120, every_days=30, min_days=(14.0, 30.0), extra_days=(14.0,)
    )
    assert found.gain_rate < -0.1
