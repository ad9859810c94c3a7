"""Recording a run's proposals: what a practice may not do, and what an older run left behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from yunying.accounts.people import Person, person_make
from yunying.interventions import states
from yunying.interventions.budgets import budget_set
from yunying.interventions.deciding import decisions_undo, intervention_retry, proposals_approve, proposals_reject
from yunying.interventions.models import Intervention, Outbox
from yunying.interventions.outbox import outbox_claim, outbox_failed
from yunying.interventions.proposing import Drawn, intervention_compose, proposals_record, standing_give
from yunying.interventions.tests.conftest import TODAY, Propose, proposal
from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.proposal import Proposal

TOMORROW = TODAY + timedelta(days=1)
BUY = ("purchasing", "purchase_order")


def record(proposals: Sequence[Proposal], day=TODAY) -> None:
    proposals_record("shop", "purchasing", [Drawn(each) for each in proposals], None, as_of=day, proofs={})


def test_taking_back_a_rejection_does_not_bring_a_proposal_back_beside_its_successor(
    shop: str, buyer: Person, propose: Propose
) -> None:
    (old,) = propose("P1")
    proposals_reject(shop, [old.pk], buyer)
    (new,) = propose("P1", day=TOMORROW)
    assert [each.code for each in decisions_undo(shop, [old.pk], buyer)] == ["newer-proposal"]
    old.refresh_from_db()
    assert (old.state, new.state) == (states.REJECTED, states.PROPOSED)


def test_an_approval_in_advance_that_was_taken_back_gives_way_to_the_next_run(
    shop: str, buyer: Person, propose: Propose
) -> None:
    budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 90_000, buyer)
    standing = standing_give(shop, buyer, *BUY, most_minor=10_000, until_date=TODAY + timedelta(days=9))
    (old,) = propose("P1")
    assert (old.origin, old.state) == ("standing", states.APPROVED)
    assert decisions_undo(shop, [old.pk], buyer)[0].is_done
    standing.delete()
    propose("P1", day=TOMORROW)
    old.refresh_from_db()
    assert old.state == states.SUPERSEDED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"store": "other"}, "bad-proposal"),
        ({"practice": "another"}, "bad-proposal"),
        ({"currency": "JPY"}, "bad-proposal"),
        ({"cost_minor": -1}, "bad-proposal"),
        ({"cost_minor": 2**63}, "bad-proposal"),
        ({"delay_loss_minor": 2**70}, "bad-proposal"),
        ({"command": Command("purchase_order", 1, {"supplier": "S1", "lines": ()})}, "bad-command"),
        ({"command": Command("purchase_order", 9, {})}, "unknown-command"),
        ({"id": "x" * 121}, "bad-proposal"),
    ],
)
def test_a_proposal_that_does_not_fit_is_refused_and_the_open_ones_stay(
    shop: str, propose: Propose, change: dict, code: str
) -> None:
    (open_one,) = propose("P9")
    with pytest.raises(OperatorError) as refused:
        record([proposal("P1", day=TOMORROW), replace(proposal("P2", day=TOMORROW), **change)], TOMORROW)
    assert refused.value.code == code
    assert list(Intervention.objects.filter(state=states.PROPOSED)) == [open_one]


def test_an_id_that_stands_twice_in_a_run_or_was_used_on_another_day_is_refused(shop: str, propose: Propose) -> None:
    with pytest.raises(OperatorError, match="twice"):
        record([proposal("P1"), proposal("P1")])
    propose("P1")
    with pytest.raises(OperatorError, match="another day"):
        record([replace(proposal("P1", day=TOMORROW), id=proposal("P1").id)], TOMORROW)


def test_a_practice_that_understates_a_cost_has_the_commands_own_cost_reserved(shop: str, buyer: Person) -> None:
    budget = budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 9_999, buyer)
    record([replace(proposal("P1"), cost_minor=0)])
    row = Intervention.objects.get(subject="P1")
    assert row.cost_minor == 10_000
    assert [each.code for each in proposals_approve(shop, [row.pk], buyer)] == ["over-budget"]
    budget.refresh_from_db()
    assert budget.reserved_minor == 0


def test_a_subject_of_a_thousand_characters_is_superseded_and_busy_like_any_other(shop: str, buyer: Person) -> None:
    long = "P" * 1000

    def named(day) -> Proposal:
        return replace(proposal("P1", day=day), subject=long, title_en="t" * 10_000, title_zh="标" * 10_000)

    record([named(TODAY)])
    record([named(TOMORROW)], TOMORROW)
    open_one = Intervention.objects.get(state=states.PROPOSED)
    proposals_approve(shop, [open_one.pk], buyer)
    record([named(TODAY + timedelta(days=2))], TODAY + timedelta(days=2))
    assert Intervention.objects.filter(state__in=states.OPEN).count() == 0


def test_an_approval_in_advance_covers_nothing_that_costs_money_where_no_budget_bounds_it(
    shop: str, buyer: Person, propose: Propose
) -> None:
    standing_give(shop, buyer, *BUY, most_minor=10_000, until_date=TODAY + timedelta(days=9))
    (row,) = propose("P1")
    assert (row.state, Outbox.objects.count()) == (states.PROPOSED, 0)


def test_an_approval_in_advance_ends_with_the_account_of_who_gave_it(
    shop: str, buyer: Person, propose: Propose
) -> None:
    budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 90_000, buyer)
    standing_give(shop, buyer, *BUY, most_minor=10_000, until_date=TODAY + timedelta(days=9))
    person_make("buyer", "a long enough password", may_act=False)
    (row,) = propose("P1")
    assert row.state == states.PROPOSED


@pytest.mark.parametrize("amount", [-1, 2**63])
def test_amounts_that_no_ledger_holds_are_refused_in_words(shop: str, buyer: Person, amount: int) -> None:
    with pytest.raises(OperatorError):
        standing_give(shop, buyer, *BUY, most_minor=amount, until_date=TODAY + timedelta(days=9))
    with pytest.raises(OperatorError):
        budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=3), amount, buyer)


def test_what_a_person_composes_is_refused_in_words_when_its_money_is_beyond_all_bounds(
    shop: str, buyer: Person
) -> None:
    line = {"product": "P1", "quantity": 10_000_000, "unit_cost": "999999999999.00"}
    with pytest.raises(OperatorError):
        intervention_compose(shop, buyer, Command("purchase_order", 1, {"supplier": "S1", "lines": (line,) * 50}))
    small = Command("set_price", 1, {"product": "P1", "list_price": "1.00"})
    with pytest.raises(OperatorError):
        intervention_compose(shop, buyer, small, expected=(0, 1, 10**30))
    assert not Intervention.objects.exists()


@pytest.mark.parametrize(("currency", "cost"), [("JPY", 452), ("KWD", 451_500), ("CNY", 45_150)])
def test_costs_are_whole_minor_units_of_the_stores_own_currency(
    shop: str, buyer: Person, currency: str, cost: int
) -> None:
    from yunying.interventions.desk_facts import store_save

    store_save(shop, title="Shop", currency=currency, time_zone="Asia/Tokyo", today_date=TODAY)
    line = {"product": "P1", "quantity": 3, "unit_cost": "150.5"}
    row = intervention_compose(shop, buyer, Command("purchase_order", 1, {"supplier": "S1", "lines": (line,)}))
    assert (row.currency, row.cost_minor) == (currency, cost)


def test_a_retry_after_the_budget_of_then_ended_is_paid_from_the_one_of_today(
    shop: str, buyer: Person, propose: Propose
) -> None:
    from yunying.interventions.desk_facts import store_save

    first = budget_set(shop, "purchasing", TODAY, TOMORROW, 10_000, buyer)
    second = budget_set(shop, "purchasing", TOMORROW, TOMORROW + timedelta(days=9), 10_000, buyer)
    (row,) = propose("P1")
    proposals_approve(shop, [row.pk], buyer, at_once=True)
    (entry,) = outbox_claim("w", store=shop)
    store_save(shop, title="Shop", currency="CNY", time_zone="Asia/Shanghai", today_date=TOMORROW)
    outbox_failed(entry, "Closed.", is_retryable=False)
    intervention_retry(shop, row.pk, buyer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.reserved_minor, second.reserved_minor) == (0, 10_000)
