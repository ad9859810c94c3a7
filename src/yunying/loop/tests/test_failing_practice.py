"""One practice that fails does not stop the others, and what it proposed before stays open."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from yunying.interventions.listing import ledger_rows
from yunying.interventions.selectors.reports import report_latest
from yunying.loop.day import day_do
from yunying.loop.home import Home
from yunying.loop.plan import plan_make

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
GOOD = """
from dataclasses import dataclass
from datetime import timedelta
from yunying.kernel.command import Command
from yunying.kernel.evidence import Evidence, Sentence
from yunying.kernel.proposal import Decision, MeasurementDesign, MoneyInterval, Proposal
from yunying.practices.manifest import Manifest, Practice
from yunying.practices.settings import setting


@dataclass(frozen=True)
class Policy:
    most: int = setting(5, unit="products", low=1, high=50, reason="So many a day.")


def decide(inputs, model, policy, as_of, rng):
    proposals = tuple(
        Proposal(
            id=f"markdown-{product}-{as_of}", practice="markdown", store="corner", subject=product,
            title_en=f"Lower {product}", title_zh=product,
            command=Command("set_price", 1, {"product": product, "list_price": "9.00"}),
            currency="CNY", effect=MoneyInterval(-100, 1000, 2000), effect_days=28, delay_loss_minor=50, cost_minor=0,
            reversible=True, as_of=as_of, expires_date=as_of + timedelta(days=9),
            evidence=Evidence((Sentence("It sells little.", "卖得少。"),)),
            design=MeasurementDesign("product", "the price stays", 0.0, 28, "contribution_profit"),
        )
        for product in ("CUP", "POT")
    )
    return Decision(proposals, ())


PRACTICE = Practice(
    Manifest(
        "markdown", "Markdown", "降价", "contribution_profit", ("product",), ("set_price",), "daily", "buyer"
    ),
    Policy, lambda facts, store, as_of, policy: (), lambda inputs, policy, seed: 0, decide,
)
"""
FAULTS = {
    "raises": GOOD.replace("    return Decision(proposals, ())", "    raise ZeroDivisionError('by nought')"),
    "twice": GOOD.replace("Decision(proposals, ())", "Decision((*proposals, *proposals), ())"),
    "no decision": GOOD.replace("    return Decision(proposals, ())", "    return None"),
    "foreign": GOOD.replace('practice="markdown"', 'practice="purchasing"'),
    "bad command": GOOD.replace('"9.00"', '"free"'),
    "does not load": "def broken(:",
    "no practice": "x = 1",
}


def open_of(practice: str) -> list[str]:
    return sorted(row["subject"] for row in ledger_rows("corner", "open", 1000) if row["practice"] == practice)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_others_go_on_and_what_it_had_proposed_stays_open(
    corner: Home, drop_in: Callable[[str, str], None], fault: str
) -> None:
    drop_in("markdown", GOOD)
    day_do(corner, "corner", "w", now=NOW)
    assert open_of("markdown") == ["CUP", "POT"]
    drop_in("markdown", FAULTS[fault])
    done = day_do(corner, "corner", "w", now=NOW)
    assert list(done["failed_practices"]) == ["markdown"]
    assert done["failed_practices"]["markdown"]
    assert open_of("markdown") == ["CUP", "POT"]
    assert open_of("purchasing") == ["CUP"]
    told = [each for each in report_latest("corner", "abstentions")["items"] if each["code"] == "practice-failed"]
    assert [each["subjects"] for each in told] == [["markdown"]]


def test_a_setting_that_does_not_fit_stops_its_own_practice_only(
    corner: Home, drop_in: Callable[[str, str], None]
) -> None:
    drop_in("markdown", GOOD)
    corner.settings_file("corner").parent.mkdir()
    corner.settings_file("corner").write_text("markdown:\n  most: 5000\n", encoding="utf-8")
    done = day_do(corner, "corner", "w", now=NOW)
    assert "most" in done["failed_practices"]["markdown"]
    assert open_of("purchasing") == ["CUP"]


def test_whoever_asks_for_a_plan_by_hand_is_told_the_error_itself(
    corner: Home, drop_in: Callable[[str, str], None]
) -> None:
    drop_in("markdown", FAULTS["raises"])
    with pytest.raises(ZeroDivisionError):
        plan_make(corner, "corner", as_of=None, made_at=NOW)
