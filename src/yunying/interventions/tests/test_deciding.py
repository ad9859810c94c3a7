"""Approve, edit, reject, put off, take back: one effect or a clear refusal, and nothing happens when refused."""

from datetime import timedelta

import pytest

from yunying.accounts.people import Person, person_make
from yunying.audit.log import audit_problems
from yunying.interventions import states
from yunying.interventions.budgets import budget_problems, budget_set
from yunying.interventions.deciding import (
    decisions_undo,
    intervention_cancel,
    intervention_revert,
    proposal_edit,
    proposals_approve,
    proposals_reject,
    proposals_snooze,
)
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Budget, Intervention, Outbox, Transition
from yunying.interventions.outbox import outbox_claim, outbox_done, outbox_failed
from yunying.interventions.proposing import intervention_compose, proposals_expire, standing_give
from yunying.interventions.tests.conftest import TODAY, Propose
from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.receipt import Receipt


def codes(outcomes: list) -> list[str]:
    return [each.code for each in outcomes]


def test_an_approval_reserves_money_and_writes_one_command(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("P1")
    budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 50_000, buyer)
    assert codes(proposals_approve(shop, [row.pk], buyer)) == [""]
    row.refresh_from_db()
    budget = Budget.objects.get(store=shop)
    assert (row.state, row.owner, row.reserved_minor) == (states.APPROVED, buyer, 10_000)
    assert (budget.reserved_minor, budget.spent_minor, budget_problems(budget)) == (10_000, 0, [])
    entry = Outbox.objects.get(intervention=row)
    assert entry.command["params"]["reference"] == f"YY{row.pk:06d}"
    assert list(Transition.objects.filter(intervention=row).values_list("action", flat=True)) == ["propose", "approve"]
    assert audit_problems(shop) == []


def test_approving_twice_is_approving_once(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("P1")
    proposals_approve(shop, [row.pk], buyer)
    assert codes(proposals_approve(shop, [row.pk], buyer)) == ["already-approved"]
    assert Outbox.objects.filter(intervention=row).count() == 1


def test_what_does_not_fit_the_budget_is_refused_and_nothing_happens(
    shop: str, buyer: Person, propose: Propose
) -> None:
    rows = propose("P1", "P2", "P3")
    budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 25_000, buyer)
    assert codes(proposals_approve(shop, [row.pk for row in rows], buyer)) == ["", "", "over-budget"]
    rows[2].refresh_from_db()
    budget = Budget.objects.get(store=shop)
    assert (rows[2].state, rows[2].revision) == (states.PROPOSED, 1)
    assert (budget.reserved_minor, Outbox.objects.filter(store=shop).count()) == (20_000, 2)


def test_an_edit_voids_what_was_seen_and_an_approval_before_it(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("P1")
    budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 50_000, buyer)
    proposals_approve(shop, [row.pk], buyer)
    lines = [{"product": "P1", "quantity": 4, "unit_cost": "10.00"}]
    edited = proposal_edit(shop, row.pk, buyer, {"supplier": "S1", "lines": lines})
    assert (edited.state, edited.cost_minor, edited.is_edited) == (states.PROPOSED, 4000, True)
    assert Budget.objects.get(store=shop).reserved_minor == 0
    assert codes(proposals_approve(shop, [row.pk], buyer, revisions={row.pk: 1})) == ["changed"]
    assert codes(proposals_approve(shop, [row.pk], buyer, revisions={row.pk: edited.revision})) == [""]
    sent = Outbox.objects.filter(intervention=row, state="waiting")
    assert [each.command["params"]["lines"] for each in sent] == [lines]


def test_an_edit_that_does_not_fit_changes_nothing(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("P1")
    lines = [{"product": "P1", "quantity": 0, "unit_cost": "10.00"}]
    with pytest.raises(OperatorError, match="quantity, row 1"):
        proposal_edit(shop, row.pk, buyer, {"supplier": "S1", "lines": lines})
    row.refresh_from_db()
    assert (row.revision, row.is_edited) == (1, False)


def test_what_is_over_or_replaced_cannot_be_approved(shop: str, buyer: Person, propose: Propose) -> None:
    (old,) = propose("P1")
    (new,) = propose("P1", day=TODAY + timedelta(days=1))
    assert codes(proposals_approve(shop, [old.pk], buyer)) == ["already-superseded"]
    store_save(shop, title="Shop", currency="CNY", time_zone="Asia/Shanghai", today_date=TODAY + timedelta(days=8))
    assert codes(proposals_approve(shop, [new.pk], buyer)) == ["expired"]
    new.refresh_from_db()
    assert new.state == states.EXPIRED
    assert not Outbox.objects.filter(store=shop).exists()


def test_every_decision_can_be_taken_back(shop: str, buyer: Person, propose: Propose) -> None:
    rows = propose("P1", "P2", "P3")
    first, second, third = (row.pk for row in rows)
    budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 50_000, buyer)
    proposals_approve(shop, [first], buyer)
    proposals_reject(shop, [second], buyer, reason="no room")
    proposals_snooze(shop, [third], buyer, until_date=TODAY + timedelta(days=3))
    assert codes(decisions_undo(shop, [first, second, third], buyer)) == ["", "", ""]
    assert set(Intervention.objects.filter(store=shop).values_list("state", flat=True)) == {states.PROPOSED}
    assert (Budget.objects.get(store=shop).reserved_minor, outbox_claim("w", store=shop, ignore_wait=True)) == (0, [])
    assert codes(decisions_undo(shop, [first], buyer)) == ["is-proposed"]


def test_what_was_put_off_stays_put_off_when_proposed_anew_and_wakes_on_its_day(
    shop: str, buyer: Person, propose: Propose
) -> None:
    (old,) = propose("P1")
    proposals_snooze(shop, [old.pk], buyer, until_date=TODAY + timedelta(days=2))
    (new,) = propose("P1", day=TODAY + timedelta(days=1))
    assert (new.state, new.snoozed_until) == (states.SNOOZED, TODAY + timedelta(days=2))
    store_save(shop, title="Shop", currency="CNY", time_zone="Asia/Shanghai", today_date=TODAY + timedelta(days=2))
    assert proposals_expire(shop) == 0
    new.refresh_from_db()
    assert (new.state, new.snoozed_until) == (states.PROPOSED, None)


def test_whoever_only_looks_cannot_act(shop: str, propose: Propose) -> None:
    (row,) = propose("P1")
    viewer = person_make("viewer", "a long enough password", may_act=False)
    with pytest.raises(OperatorError, match="may not do that here"):
        proposals_approve(shop, [row.pk], viewer)
    row.refresh_from_db()
    assert (row.state, Outbox.objects.filter(store=shop).count()) == (states.PROPOSED, 0)


def test_another_stores_proposal_is_not_found(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("P1")
    store_save("other", title="Other", currency="CNY", time_zone="Asia/Shanghai", today_date=TODAY)
    assert codes(proposals_approve("other", [row.pk], buyer)) == ["not-found"]


def send(shop: str, *, undo: Command | None = None, status: str = "applied") -> Outbox:
    (entry,) = outbox_claim("worker", store=shop, ignore_wait=True)
    assert outbox_done([(entry, Receipt(status, "PO-1", "Done.", "已完成。", undo=undo))]) == 1
    return entry


def test_a_price_can_be_set_spent_and_taken_back(shop: str, buyer: Person) -> None:
    before = Command("set_price", 1, {"product": "P1", "list_price": "20.00"})
    row = intervention_compose(shop, buyer, Command("set_price", 1, {"product": "P1", "list_price": "18.00"}))
    proposals_approve(shop, [row.pk], buyer)
    entry = send(shop, undo=before)
    assert outbox_done([(entry, Receipt("applied", "PO-1", "Done.", "已完成。"))]) == 0
    intervention_revert(shop, row.pk, buyer)
    with pytest.raises(OperatorError, match="being taken back already"):
        intervention_revert(shop, row.pk, buyer)
    undoing = send(shop)
    row.refresh_from_db()
    assert undoing.command["params"] == dict(before.params)
    assert (row.state, row.is_reverting) == (states.REVERTED, False)
    assert audit_problems(shop) == []


def test_a_purchase_on_its_way_cannot_be_cancelled_and_a_failed_one_frees_its_money(
    shop: str, buyer: Person, propose: Propose
) -> None:
    (row,) = propose("P1")
    budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 50_000, buyer)
    proposals_approve(shop, [row.pk], buyer)
    (entry,) = outbox_claim("worker", store=shop, ignore_wait=True)
    with pytest.raises(OperatorError, match="not yet sent"):
        intervention_cancel(shop, row.pk, buyer)
    assert outbox_failed(entry, "The supplier is closed.", is_retryable=False)
    row.refresh_from_db()
    budget = Budget.objects.get(store=shop)
    assert (row.state, budget.reserved_minor, budget.spent_minor) == (states.FAILED, 0, 0)
    assert budget_problems(budget) == []


def test_what_may_work_later_is_tried_again_later(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("P1")
    proposals_approve(shop, [row.pk], buyer)
    (entry,) = outbox_claim("worker", store=shop, ignore_wait=True)
    assert not outbox_failed(entry, "No answer.", is_retryable=True)
    assert outbox_claim("worker", store=shop, ignore_wait=True) == []
    row.refresh_from_db()
    assert row.state == states.DISPATCHED


def test_a_standing_approval_covers_what_is_small_enough_as_far_as_the_budget_reaches(
    shop: str, buyer: Person, propose: Propose
) -> None:
    standing_give(shop, buyer, "purchasing", "purchase_order", most_minor=10_000, until_date=TODAY + timedelta(days=9))
    budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), 15_000, buyer)
    rows = propose("P1", "P2")
    assert sorted(row.state for row in rows) == [states.APPROVED, states.PROPOSED]
    approved = next(row for row in rows if row.state == states.APPROVED)
    assert (approved.origin, approved.owner) == ("standing", buyer)
    (large,) = propose("P3", cost_minor=10_001)
    assert large.state == states.PROPOSED


def test_the_same_run_again_changes_nothing(shop: str, propose: Propose) -> None:
    (first,) = propose("P1")
    (again,) = propose("P1")
    assert (first.pk, again.revision, again.state) == (again.pk, 1, states.PROPOSED)
