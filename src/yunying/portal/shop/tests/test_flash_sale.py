"""A thousand buyers at once for a hundred units: exactly a hundred orders; without the protection, more."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import Environment, own_environment

HERE = Path(__file__).parent
PROCESSES = 8


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environment]:
    with own_environment(request.param, tmp_path) as found:
        yield found


def ask(environment: Environment, *arguments: str) -> dict:
    told = subprocess.run(
        [sys.executable, str(HERE / "race_shop.py"), *arguments],
        env=environment, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def buy(environment: Environment, deed: str, shares: list[list[int]]) -> Counter:
    """Run one process for each share, all from one starting line; how often each answer was given."""
    started = [
        subprocess.Popen(
            [sys.executable, str(HERE / "race_buyers.py"), deed, *map(str, share)],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for share in shares
    ]  # fmt: skip
    told: Counter = Counter()
    try:
        for child in started:
            assert child.stdout.readline() == "ready\n", child.stderr.read()
        for child in started:
            child.stdin.write("go\n")
            child.stdin.flush()
        for child in started:
            out, err = child.communicate(timeout=500)
            assert child.returncode == 0, err
            told.update(json.loads(out)["told"])
    finally:
        for child in started:
            if child.poll() is None:
                child.kill()
    return told


def shares(ids: list[int], sends: int) -> list[list[int]]:
    """The sends of one basket go to different processes, at different times."""
    turned = [ids[(at * 311) % len(ids) :] + ids[: (at * 311) % len(ids)] for at in range(sends)]
    return [turned[at % sends][at // sends :: -(-PROCESSES // sends)] for at in range(-(-PROCESSES // sends) * sends)]


def test_a_thousand_buyers_and_a_hundred_units_make_a_hundred_orders(environment: Environment) -> None:
    ids = ask(environment, "fill", "100", "1000", "2")["ids"]
    parts = shares(ids, 3)
    assert Counter(pk for part in parts for pk in part) == dict.fromkeys(ids, 3)
    told = buy(environment, "careful", parts)
    found = ask(environment, "sums")
    assert found["problems"] == []
    assert (found["orders"], found["baskets"], found["on_hand"], found["reserved"]) == (100, 100, 100, 100)
    assert found["used"] == found["with_coupon"] <= 50
    assert sum(told.values()) == 3_000
    assert set(told) <= {"ordered", "out-of-stock", "coupon-used-up"}
    assert told["ordered"] == 300, "each send of a key that made an order is told of it"


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("environment", ["postgres"], indirect=True)
def test_without_the_conditional_update_the_same_sale_oversells(environment: Environment) -> None:
    ids = ask(environment, "fill", "40", "200", "1000")["ids"]
    ask(environment, "unprotect")
    buy(environment, "careless", shares(ids, 3))
    found = ask(environment, "sums")
    assert found["orders"] == found["reserved"] > 40, found
