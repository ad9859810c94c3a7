"""The loop closed on a shop of one's own: visitors by HTTP, a decision at the desk, and what they do about it."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from tests.databases import sqlite_environment

CHILD = Path(__file__).parent / "shop_demo_child.py"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    home = tmp_path_factory.mktemp("shop-demo")
    done = subprocess.run([sys.executable, str(CHILD)], env=sqlite_environment(home), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_what_is_approved_at_the_desk_stands_on_the_pages(told: Mapping[str, Any]) -> None:
    first_card = re.search(r'data-slot="front" data-position="1" data-product="([^"]+)"', told["front"])
    assert first_card is not None
    assert first_card[1] == "MF100"
    offers = re.search(r"<fieldset>.*?</fieldset>", told["page"], re.DOTALL)
    assert offers is not None
    assert "¥124.80" in offers[0]
    assert "¥78.00" not in offers[0]
    assert "<s>" not in offers[0], "a price that was raised has nothing to cross out"


def test_orders_follow_the_price_by_the_visitors_own_elasticity(told: Mapping[str, Any]) -> None:
    before, after = told["featured_facts"]["orders"], told["raised_facts"]["orders"]
    assert before >= 8, "a featured product is bought, so that a fall can be seen"
    assert told["raised_facts"]["stock"] > 0, "it never sold out, so it is the price that orders follow"
    visits = [told[name]["visits"] for name in ("featured", "raised")]
    # Each look buys or does not, by the price; an order may hold what several looks of a visit bought.
    looks = [told[name]["looks"] for name in ("featured", "raised")]
    bought = [told[name]["units"] for name in ("featured_facts", "raised_facts")]
    expected = bought[0] * told["ratio"] * looks[1] / looks[0]
    # A look that buys takes one and a Poisson number more, of mean m: each unit counts (m + (1 + m) ** 2) / (1 + m).
    spread = (told["more_units"] + (1 + told["more_units"]) ** 2) / (1 + told["more_units"])
    assert bought[1] <= expected + 3 * sqrt(spread * (expected + bought[0] * (expected / bought[0]) ** 2))
    assert after < before * visits[1] / visits[0] - 2 * sqrt(after + 1)


@pytest.mark.parametrize("span", ["featured", "raised"])
def test_stock_and_facts_say_what_the_orders_say(told: Mapping[str, Any], span: str) -> None:
    facts = told[f"{span}_facts"]
    assert facts["stock"] == facts["stock_before"] + facts["moved"]
    assert facts["last_day"] == {"featured": 33, "raised": 36}[span], "every day is closed"


def test_the_next_buy_list_orders_what_was_sold_and_the_one_after_counts_it_in(told: Mapping[str, Any]) -> None:
    assert told["list_after"]["id"] != 0
    assert told["list_after"]["quantity"] > told["list_before"]["quantity"]
    assert told["raised_facts"]["inbound"] == told["list_after"]["quantity"]
