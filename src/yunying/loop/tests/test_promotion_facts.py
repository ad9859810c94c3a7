"""An approved promotion becomes a fact that the plan of stock can read; what is taken back does too."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.interventions.deciding import decisions_undo, intervention_cancel, proposals_approve
from yunying.interventions.proposing import intervention_compose
from yunying.kernel.command import Command
from yunying.loop.home import Home
from yunying.loop.published import ledger_publish

START = timezone.localdate() + timedelta(days=20)
END = START + timedelta(days=5)


def known(home: Home) -> list[dict[str, Any]]:
    """What is published of promotions, in the order of products and days."""
    ledger_publish(home, "corner")
    with home.facts.read(["corner"]) as facts:
        return facts.to_arrow(facts.table("promotion").order_by(["product", "date"])).to_pylist()


@pytest.fixture
def promotion(corner: Home, manager: Person) -> int:
    products = ({"product": "CUP"}, {"product": "POT"})
    command = Command("start_promotion", 1, {
        "promotion": "618", "start_date": START.isoformat(), "end_date": END.isoformat(),
        "discount_rate_permille": 150, "products": products,
    })  # fmt: skip
    return int(intervention_compose("corner", manager, command).pk)


def test_a_promotion_that_nobody_approved_is_no_fact(corner: Home, promotion: int) -> None:
    assert known(corner) == []


def test_an_approved_promotion_is_a_fact_of_each_of_its_products(corner: Home, manager: Person, promotion: int) -> None:
    proposals_approve("corner", [promotion], manager)
    rows = known(corner)
    assert [(row["product"], row["promotion"], row["start_date"], row["end_date"]) for row in rows] == [
        ("CUP", "618", START, END), ("POT", "618", START, END)]  # fmt: skip
    assert {row["discount_rate"] for row in rows} == {0.15}
    assert {row["intervention"] for row in rows} == {str(promotion)}


@pytest.mark.parametrize("take_back", [
    lambda id, actor: decisions_undo("corner", [id], actor),
    lambda id, actor: intervention_cancel("corner", id, actor, reason="later"),
])  # fmt: skip
@pytest.mark.parametrize("between", [True, False], ids=["published between", "published once"])
def test_one_that_is_taken_back_ends_as_it_begins(
    corner: Home, manager: Person, promotion: int, take_back: Any, between: bool
) -> None:
    proposals_approve("corner", [promotion], manager)
    if between:
        known(corner)
    take_back(promotion, manager)
    newest: dict[str, tuple[date, date]] = {}
    for row in known(corner):
        newest[row["product"]] = row["start_date"], row["end_date"]
    assert newest == {"CUP": (START, START), "POT": (START, START)}
