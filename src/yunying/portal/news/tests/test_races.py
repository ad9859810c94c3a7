"""Processes that count at once: no hit is lost, and no limit is passed; on both databases the pages are the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import Environment, own_environment
from tests.starting_line import asked, raced

CHILD = Path(__file__).parent / "race_readers.py"
MANY, TIMES = 4, 40


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environment]:
    with own_environment(request.param, tmp_path / "home") as found:
        yield found


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Environment]:
    with own_environment("postgres", tmp_path / "home") as found:
        yield found


def test_the_portal_is_read_on_both_databases_and_limits_hold(environment: Environment) -> None:
    made = asked(environment, CHILD, "portal")
    assert set(made["answers"].values()) == {200}, made
    assert made["found"]
    taken = raced(environment, CHILD, [("share", "mail/1", "8")] * MANY)
    assert sum(taken) == 10, taken


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("kind", ["careful", "careless"])
def test_no_hit_is_lost_where_processes_write_at_once(postgres: Environment, kind: str) -> None:
    article = str(asked(postgres, CHILD, "portal")["article"])
    raced(postgres, CHILD, [(kind, article, str(TIMES))] * MANY)
    hits = asked(postgres, CHILD, "hits")
    assert hits == 1 + MANY * TIMES if kind == "careful" else hits < 1 + MANY * TIMES
