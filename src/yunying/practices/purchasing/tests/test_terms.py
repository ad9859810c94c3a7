"""From whom and at what cost: the cheapest offer, its breaks, and what had to be assumed or could not be."""

from decimal import Decimal

import numpy as np
import pytest

from yunying.kernel.proposal import Proposal
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.terms import Terms, terms_chosen
from yunying.practices.purchasing.tests.conftest import Shop, usual


def terms(shop: Shop, **settings: object) -> Terms:
    policy = PurchasingPolicy(**settings)
    return terms_chosen(shop.inputs(), policy)


def bare(**values: object) -> Shop:
    """Demand and stock, and nothing about buying."""
    return Shop().steady("P", 4).count("P", 1, 5).product("P", **values)


def assumed(proposal: Proposal) -> set[str]:
    return {each.name for each in proposal.evidence.assumptions}


def test_the_cheapest_offer_is_taken_with_its_own_terms() -> None:
    shop = usual(cost=20.0).offer("P", 18.5, 4, supplier="S2", pack_quantity=6, minimum_quantity=12)
    found = terms(shop)
    assert shop.inputs().suppliers[found.supplier[0]] == "S2"
    assert (found.unit_cost[0], found.pack_quantity[0], found.minimum_quantity[0]) == (18.5, 6.0, 12.0)
    assert (found.lead_time_days[0] == 4.0).all()
    assert shop.proposal().command.params["supplier"] == "S2"


def test_a_break_lowers_the_cost_from_its_quantity_on_and_belongs_to_the_chosen_supplier() -> None:
    shop = usual(cost=20.0).offer("P", 15.0, from_quantity=100).offer("P", 12.0, from_quantity=500)
    shop.offer("P", 21.0, supplier="S2").offer("P", 1.0, supplier="S2", from_quantity=50)
    found = terms(shop)
    assert found.unit_cost[0] == 20.0
    costs = [found.cost_at(np.array([float(quantity)]))[0] for quantity in (1, 99, 100, 499, 500, 10_000)]
    assert costs == [20.0, 20.0, 15.0, 15.0, 12.0, 12.0]


def test_an_order_that_a_break_makes_cheaper_is_raised_to_it() -> None:
    plain = usual(cost=30.0, price=50.0).quantity()
    near = usual(cost=30.0, price=50.0).offer("P", 15.0, from_quantity=plain + 10)
    proposal = near.proposal()
    assert near.quantity() >= plain + 10
    assert Decimal(proposal.command.params["lines"][0]["unit_cost"]) == 15
    assert proposal.cost_minor == near.quantity() * 1500


def test_a_break_far_beyond_what_is_needed_is_left_alone() -> None:
    far = usual(cost=30.0).offer("P", 29.5, from_quantity=50_000)
    assert far.quantity() < 1000


def test_eight_deliveries_speak_before_the_suppliers_word() -> None:
    shop = usual(lead=3)
    for number in range(7):
        shop.ordered("P", 60, 1, number=f"A{number}").ordered("P", 40, 1, number=f"A{number}", state="received")
    assert (terms(shop).lead_time_days[0] == 3.0).all()
    shop.ordered("P", 60, 1, number="A7").ordered("P", 40, 1, number="A7", state="received")
    assert (terms(shop).lead_time_days[0] == 20.0).all()


def test_lead_times_that_vary_are_carried_as_they_vary() -> None:
    shop = usual()
    for number in range(20):
        took = 5 if number % 2 else 25
        shop.ordered("P", 60, 1, number=f"A{number}").ordered("P", 60 - took, 1, number=f"A{number}", state="received")
    found = terms(shop).lead_time_days[0]
    assert (found.min(), found.max()) == (5.0, 25.0)
    assert (np.diff(found) >= 0).all()


def test_the_usual_supplier_and_the_known_cost_serve_where_there_is_no_offer() -> None:
    shop = bare(supplier="S9", unit_cost=Decimal(20))
    proposal = shop.proposal()
    assert proposal.command.params["supplier"] == "S9"
    assert proposal.command.params["lines"][0]["unit_cost"] == "20"
    assert assumed(proposal) == {"assumed_lead_time_days", "fees"}


def test_the_last_supplier_bought_from_is_the_usual_one() -> None:
    shop = (
        bare(supplier="S9", unit_cost=Decimal(20)).ordered("P", 90, 1, supplier="S1").ordered("P", 60, 1, supplier="S2")
    )
    shop.ordered("P", 100, 1, supplier="S3")
    assert shop.inputs().suppliers[terms(shop).supplier[0]] == "S2"


def test_what_is_assumed_is_said_with_its_value() -> None:
    proposal = bare().proposal()
    found = {each.name: each for each in proposal.evidence.assumptions}
    assert set(found) == {"assumed_cost_rate", "assumed_lead_time_days", "fees"}
    assert found["assumed_cost_rate"].value.startswith("0.6 ")
    assert found["assumed_lead_time_days"].value == "14 days"
    assert all(each.reason for each in found.values())
    # Sixty percent of a net price of 50.
    assert proposal.command.params["lines"][0]["unit_cost"] == "30"
    assert proposal.command.params["supplier"] is None


def test_nothing_is_assumed_where_facts_speak() -> None:
    shop = Shop().count("P", 1, 5).offer("P", 20.0)
    shop.steady("P", commission_minor=100, payment_fee_minor=10, shipping_cost_minor=50)
    assert assumed(shop.proposal()) == set()


@pytest.mark.parametrize(
    ("setting", "code", "known"),
    [
        ("assumed_cost_rate", "no-cost-facts", {}),
        ("assumed_lead_time_days", "no-lead-time", {"unit_cost": Decimal(20)}),
    ],
)
def test_where_the_policy_forbids_assuming_the_practice_abstains(setting: str, code: str, known: dict) -> None:
    decision = bare(**known).decide(**{setting: None})
    assert decision.proposals == ()
    assert [(each.code, each.subjects) for each in decision.abstentions] == [(code, ("P",))]
    assert setting in decision.abstentions[0].remedy


def test_an_offer_without_a_lead_time_is_completed_by_the_policy_and_says_so() -> None:
    shop = usual(lead=None)
    assert "assumed_lead_time_days" in assumed(shop.proposal())
    assert [each.code for each in shop.decide(assumed_lead_time_days=None).abstentions] == ["no-lead-time"]


def test_a_price_that_nobody_knows_is_not_guessed() -> None:
    shop = Shop().steady("other").count("other", 1, 500).offer("other", 20.0).count("P", 1, 3).offer("P", 20.0)
    found = {each.code: each.subjects for each in shop.decide().abstentions}
    assert found == {"no-price": ("P",)}
