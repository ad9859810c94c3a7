"""Whatever happens beside a check-out, at whichever of its steps: an order or a clean refusal, and no money is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from yunying.portal.shop.tests.test_flash_sale import Environment, environment

__all__ = ["environment"]
pytestmark = [pytest.mark.needs("postgres"), pytest.mark.parametrize("environment", ["postgres"], indirect=True)]
CHILD = Path(__file__).parent / "race_steps.py"
REFUSALS = {"out-of-stock", "coupon-used-up", "basket-changed", "basket-ordered", "not-for-sale", "prices-overlap"}


def runs(environment: Environment, kind: str) -> list[dict]:
    told = subprocess.run([sys.executable, str(CHILD), kind], env=environment, capture_output=True, text=True,
                          timeout=500)  # fmt: skip
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def test_every_interleaving_ends_in_one_order_or_a_clean_refusal(environment: Environment) -> None:
    every = runs(environment, "careful")
    fired = [run for run in every if run["fired"]]
    assert len(fired) == len(every) == 264
    for run in fired:
        assert not run["hung"], run
        assert run["problems"] == [], run
        assert run["on_hand"] >= run["held"] >= 0, run
        assert run["of_basket"] <= 1, run
        assert run["used"] <= 1, run
        if "money" in run:
            assert run["money"], run
            continue
        assert run["first"] in {"placed", *REFUSALS}, run
        assert run["second"] in {"placed", "done", *REFUSALS} or run["deed"] == "price", run
        assert run["first"] == "placed" or run["deed"] != "sent-again", run
        # What the buyer agreed to, or the rival's unit; never another amount.
        assert set(run["totals"]) <= {19_600, 9_700, 10_700}, run
    placed = [run for run in fired if "money" not in run and run["first"] == "placed"]
    refused = [run for run in fired if "money" not in run and run["first"] != "placed"]
    assert len(placed) > 30
    assert {run["first"] for run in refused} >= {"basket-changed", "coupon-used-up", "not-for-sale", "out-of-stock"}


def test_without_the_conditional_update_an_interleaving_oversells(environment: Environment) -> None:
    (run,) = runs(environment, "careless")
    assert run["held"] > run["on_hand"], run
