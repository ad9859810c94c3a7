"""A small flash sale over HTTP against a real server: as many orders as units, no 5xx, each send told the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgres"))])
def test_sixty_buyers_and_ten_units_make_ten_orders_over_http(database: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.flash_sale", "--json", "--database", database, "--buyers", "60", "--units", "10",
         "--in-flight", "20"],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["orders"], found["reserved"], found["books"]) == (10, 10, [])
    assert found["statuses"] == {"302": 30, "400": 150}, "each send of a key that made an order is told of it"
    assert (found["buyers_told_of_an_order"], found["buyers_told_of_two"]) == (10, 0)
