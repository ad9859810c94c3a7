"""A thousand approvals at once against one budget: never a unit over; without the protection, over."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import Environment, own_environment
from tests.starting_line import asked, raced

HERE = Path(__file__).parent
PROCESSES = 8
CAP = 500_000
COST = 1_000


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environment]:
    with own_environment(request.param, tmp_path) as found:
        yield found


def ask(environment: Environment, *arguments: str) -> dict:
    return asked(environment, HERE / "race_store.py", *arguments)


def together(environment: Environment, deed: str, shares: list[list[int]]) -> dict[str, int]:
    """One child for each share, all from one starting line; how often each code was told."""
    runs = [[deed, "shop", "buyer", *map(str, share)] for share in shares]
    told: Counter[str] = Counter()
    for each in raced(environment, HERE / "race_child.py", runs):
        told.update(each)
    return dict(told)


def test_a_thousand_approvals_against_one_budget_never_pass_it(environment: Environment) -> None:
    ids = ask(environment, "fill", "1000", str(COST), str(CAP))["ids"]
    told = together(environment, "approve", [ids[at::PROCESSES] for at in range(PROCESSES)])
    found = ask(environment, "sums")
    assert told == {"": CAP // COST, "over-budget": 1000 - CAP // COST}
    assert found["reserved"] == found["entries"] == CAP
    assert found["approved"] == found["outbox"] == found["transitions"] == CAP // COST
    assert found["problems"] == []


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("environment", ["postgres"], indirect=True)
def test_without_the_conditional_update_the_same_race_overspends(environment: Environment) -> None:
    ids = ask(environment, "fill", "400", str(COST), "50000")["ids"]
    ask(environment, "unprotect")
    together(environment, "naive", [ids[at::PROCESSES] for at in range(PROCESSES)])
    assert ask(environment, "sums")["entries"] > 50_000


def test_many_who_approve_one_proposal_approve_it_once(environment: Environment) -> None:
    ids = ask(environment, "fill", "20", str(COST), str(CAP))["ids"]
    told = together(environment, "approve", [ids] * PROCESSES)
    found = ask(environment, "sums")
    assert told == {"": 20, "already-approved": 20 * (PROCESSES - 1)} or set(told) == {
        "",
        "already-approved",
        "changed",
    }
    assert told[""] == 20
    assert found["outbox"] == 20
    assert found["reserved"] == found["entries"] == 20 * COST
    assert found["problems"] == []


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("environment", ["postgres"], indirect=True)
def test_a_thousand_approvals_against_nested_budgets_pass_none_of_them(environment: Environment) -> None:
    ids = ask(environment, "fill_nested", "500", str(COST), "300000")["ids"]
    shares = [ids[at::PROCESSES] if at % 2 else ids[at::PROCESSES][::-1] for at in range(PROCESSES)]
    told = together(environment, "approve", shares)
    found = ask(environment, "nested")
    assert told == {"": 250, "over-budget": 750}, "the tightest of them, the buyer's own, decides"
    assert found["approved"] == found["outbox"] == 250
    for name, (cap, reserved, entries) in found["budgets"].items():
        assert reserved == entries <= cap, name
    assert found["budgets"]["store"][1] == found["budgets"]["store-buyer"][1] == 250_000
    assert found["budgets"]["purchasing"][1] + found["budgets"]["marketing"][1] == 250_000
    assert found["problems"] == []


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("environment", ["postgres"], indirect=True)
def test_nested_budgets_that_are_only_looked_at_are_passed(environment: Environment) -> None:
    ids = ask(environment, "fill_nested", "60", str(COST), "30000")["ids"]
    ask(environment, "unprotect")
    together(environment, "looking", [ids[at::PROCESSES] for at in range(PROCESSES)])
    caps = ask(environment, "nested")["budgets"]
    assert any(reserved > cap for cap, reserved, _entries in caps.values())


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("environment", ["postgres"], indirect=True)
def test_nested_budgets_that_are_taken_in_any_order_deadlock(environment: Environment) -> None:
    ids = ask(environment, "fill_nested", "20", str(COST), "300000")["ids"]
    told = together(environment, "crossed", [ids[at::PROCESSES] for at in range(PROCESSES)])
    assert told.get("deadlock", 0) > 0
