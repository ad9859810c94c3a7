"""A stop while workers send, an approval while a run supersedes, bulk approvals over two budgets: all at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.starting_line import raced

from yunying.interventions.tests.conftest import TODAY
from yunying.interventions.tests.test_races import Environment, ask, environment

__all__ = ["environment"]
CHILD = Path(__file__).parent / "race_hands.py"
POSTGRES = pytest.mark.parametrize("environment", [pytest.param("postgres", marks=pytest.mark.needs("postgres"))],
                                   indirect=True)  # fmt: skip
COST = 1000


def together(environment: Environment, *deeds: list[str]) -> list[dict]:
    """One child for each deed, all from one line; what each told."""
    return raced(environment, CHILD, deeds)


def sent_after_the_stop(environment: Environment, kind: str) -> int:
    ids = ask(environment, "fill", "120", str(COST), str(120 * COST))["ids"]
    together(environment, ["approve", "buyer", *map(str, ids)])
    *_, stopped = together(environment, *([["send", kind]] * 4), ["stop"])
    found = ask(environment, "laws")
    assert found["problems"] == []
    assert 0 < len(stopped["begun"]) < 120, "the stop came while they were sending"
    return len(set(found["begun"]) - set(stopped["begun"]))


@POSTGRES
def test_no_send_begins_after_the_commit_of_a_stop(environment: Environment) -> None:
    assert sent_after_the_stop(environment, "careful") == 0


@POSTGRES
def test_without_the_lock_on_the_stores_row_sends_begin_after_the_stop(environment: Environment) -> None:
    assert sent_after_the_stop(environment, "careless") > 0


def ordered_twice(environment: Environment, kind: str) -> list[str]:
    ids = ask(environment, "fill", "60", str(COST), str(1000 * COST))["ids"]
    days = [str(TODAY + timedelta(days=each)) for each in range(1, 2)]
    _, told = together(environment, ["propose", kind, *days], ["approve-beside", "buyer", *map(str, ids)])
    found = ask(environment, "laws")
    assert found["problems"] == []
    assert set(told) == {"", "already-superseded"}, "the run came while they were approving"
    return found["twice"]


@POSTGRES
def test_a_subject_approved_while_a_newer_run_supersedes_is_never_open_and_under_way_at_once(
    environment: Environment,
) -> None:
    assert ordered_twice(environment, "careful") == []


@POSTGRES
def test_a_run_that_asks_what_is_under_way_before_it_locks_proposes_again_what_was_just_approved(
    environment: Environment,
) -> None:
    assert ordered_twice(environment, "careless") != []


@POSTGRES
def test_bulk_approvals_over_two_budgets_in_opposite_order_do_not_deadlock(environment: Environment) -> None:
    halves = ask(environment, "fill_two", "40", str(COST), str(1000 * COST))
    one, other = (list(map(str, halves[name])) for name in ("one", "other"))
    told = together(environment, ["bulk", "buyer", *one], ["bulk", "buyer", *other])
    assert [each["deadlocks"] for each in told] == [0, 0]
    assert ask(environment, "laws")["problems"] == []
