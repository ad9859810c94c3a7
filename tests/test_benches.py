"""Each bench of decisions answers in the shape that its page documents, on a run that takes seconds."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


def answer(*arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", *arguments, "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def purchasing() -> Any:
    return answer("bench.purchasing", "--worlds", "grocery", "--seeds", "2", "--share", "0.1", "--days", "28",
                  "--before-days", "90", "--tuned-on", "2001", "--first-seed", "11")  # fmt: skip


def test_purchasing_gives_each_rule_and_measure_its_spread(purchasing: Any) -> None:
    world = purchasing["worlds"]["grocery"]
    assert set(world["rules"]) == {"minimum_maximum", "base_stock", "yunying", "perfect_foresight"}
    for measures in world["rules"].values():
        assert set(measures) == {"profit", "fill_rate", "stock_days", "cash_tied_up"}
        for found in measures.values():
            assert found["low"] <= found["mean"] <= found["high"]
            assert found["sd"] >= 0
        assert 0 < measures["fill_rate"]["low"] <= measures["fill_rate"]["high"] <= 1
    assert purchasing["seeds"] == [11, 12]
    assert "--peer" in purchasing["stockpyl"]


def test_purchasing_pairs_the_differences_seed_by_seed(purchasing: Any) -> None:
    world = purchasing["worlds"]["grocery"]
    assert set(world["yunying_minus"]) == {"minimum_maximum", "base_stock", "perfect_foresight"}
    for name, measures in world["yunying_minus"].items():
        assert set(measures) == {"profit", "fill_rate", "stock_days", "cash_tied_up", "profit_rate"}
        found = measures["profit"]
        expected = world["rules"]["yunying"]["profit"]["mean"] - world["rules"][name]["profit"]["mean"]
        assert found["mean"] == pytest.approx(expected)
        assert found["low"] <= found["mean"] <= found["high"]


def test_purchasing_bounds_every_rule_by_foresight(purchasing: Any) -> None:
    for store in purchasing["stores"]:
        rules = store["rules"]
        assert all(
            rules[name]["profit"] < rules["perfect_foresight"]["profit"] for name in set(rules) - {"perfect_foresight"}
        )


def test_purchasing_does_not_report_what_the_rule_was_tuned_on() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.purchasing", "--tuned-on", "3005"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "must not be reported" in done.stderr


def test_plan_gives_the_figures_of_each_size() -> None:
    found = answer("bench.plan", "--products", "40", "80", "--days", "60")
    assert [size["products"] for size in found["sizes"]] == [40, 80]
    for size in found["sizes"]:
        assert set(size) == {
            "products", "days", "groups", "proposals", "cash_bound", "read_seconds", "fit_seconds", "decide_seconds",
            "plan_seconds_without_fit", "peak_memory_gb", "own_peak_gb",
        }  # fmt: skip
        assert 0 < size["proposals"] <= size["products"]
        assert 0 < size["own_peak_gb"] <= size["peak_memory_gb"]


def test_plan_keeps_the_cash_limit() -> None:
    assert answer("bench.plan", "--products", "40", "--days", "60", "--cash", "500")["cash_bound"] <= 500
