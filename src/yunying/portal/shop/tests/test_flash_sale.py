"""A thousand buyers at once for a hundred units: exactly a hundred orders; without the protection, more."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import Environment, own_environment
from tests.starting_line import asked, raced

HERE = Path(__file__).parent
PROCESSES = 8


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environment]:
    with own_environment(request.param, tmp_path) as found:
        yield found


def ask(environment: Environment, *arguments: str) -> dict:
    return asked(environment, HERE / "race_shop.py", *arguments)


def buy(environment: Environment, deed: str, shares: list[list[int]]) -> Counter:
    """One process for each share, all from one starting line; how often each answer was given."""
    runs = [[deed, *map(str, share)] for share in shares]
    told: Counter = Counter()
    for each in raced(environment, HERE / "race_buyers.py", runs, timeout=500):
        told.update(each["told"])
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
    told = buy(environment, "careless", shares(ids, 3))
    found = ask(environment, "sums")
    assert found["orders"] == found["reserved"] > 40, (told, found)
