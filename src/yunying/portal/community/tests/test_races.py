"""Bots that register and post at once publish nothing; one form is one post; one member takes one turn."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import Environment, own_environment
from tests.starting_line import asked, raced

RACER = Path(__file__).parent / "race_posts.py"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environment]:
    with own_environment(request.param, tmp_path) as found:
        asked(found, RACER, "fill")
        yield found


def race(environment: Environment, runs: list[list[str]]) -> tuple[Counter, dict]:
    told: Counter = Counter()
    for each in raced(environment, RACER, runs):
        told.update(each)
    return told, asked(environment, RACER, "sums")


def test_two_hundred_bots_at_once_publish_nothing(environment: Environment) -> None:
    told, found = race(environment, [["bots", f"p{number}", "50", "0"] for number in range(4)])
    assert sum(told.values()) == 200
    assert set(told) <= {"posted", "many-accounts"}
    assert told["posted"] <= 150, "of one address three new members a day"
    assert found["shown"] == 0
    assert found["submissions"] == found["posts"] == told["posted"] > 0


def test_a_site_that_looks_at_texts_only_publishes_them(environment: Environment) -> None:
    """The control."""
    _told, found = race(environment, [["bots", f"p{number}", "5", "1"] for number in range(2)])
    assert found["shown"] > 0


def test_one_form_sent_by_four_processes_is_one_post(environment: Environment) -> None:
    told, found = race(environment, [["one-form", "10"] for _ in range(4)])
    assert told == {"posted": 40}, "each is told of the one post"
    assert (found["posts"], found["submissions"]) == (1, 1)


def test_one_member_with_six_browsers_takes_one_turn(environment: Environment) -> None:
    told, found = race(environment, [["one-member", str(number), "careful"] for number in range(6)])
    assert told == {"posted": 1, "too-fast": 5}
    assert found["posts"] == 1


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("environment", ["postgres"], indirect=True)
def test_without_the_conditional_update_several_turns_are_taken(environment: Environment) -> None:
    """The control."""
    told, _found = race(environment, [["one-member", str(number), "careless"] for number in range(6)])
    assert told["posted"] > 1
