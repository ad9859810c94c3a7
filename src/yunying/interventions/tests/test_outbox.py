"""The outbox: late answers, tries under one key, the order on one subject, and the switch that stops all."""

from datetime import timedelta

import pytest

from yunying.accounts.people import Person
from yunying.audit.log import audit_problems
from yunying.interventions import states
from yunying.interventions.budgets import budget_problems, budget_set
from yunying.interventions.deciding import (
    decisions_undo,
    intervention_cancel,
    intervention_retry,
    intervention_revert,
    proposals_approve,
)
from yunying.interventions.models import Budget, Intervention, Outbox, ReceiptRow
from yunying.interventions.outbox import (
    outbox_begin,
    outbox_claim,
    outbox_done,
    outbox_failed,
    outbox_release,
    store_stop,
)
from yunying.interventions.proposing import intervention_compose
from yunying.interventions.tests.conftest import TODAY, Propose
from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.receipt import Receipt

LOST = timedelta(seconds=-1)
DONE = Receipt("applied", "PO-1", "Done.", "已完成。")


def funded(shop: str, buyer: Person, cap: int = 50_000) -> Budget:
    return budget_set(shop, "purchasing", TODAY, TODAY + timedelta(days=30), cap, buyer)


def approved(shop: str, buyer: Person, propose: Propose, *subjects: str) -> list[Intervention]:
    rows = propose(*subjects)
    assert all(each.is_done for each in proposals_approve(shop, [row.pk for row in rows], buyer, at_once=True))
    return rows


def price(shop: str, buyer: Person, amount: str, product: str = "P1") -> Intervention:
    row = intervention_compose(shop, buyer, Command("set_price", 1, {"product": product, "list_price": amount}))
    proposals_approve(shop, [row.pk], buyer, at_once=True)
    return row


def test_an_answer_that_comes_after_another_worker_gave_up_is_still_recorded_and_paid_for(
    shop: str, buyer: Person, propose: Propose
) -> None:
    funded(shop, buyer)
    (row,) = approved(shop, buyer, propose, "P1")
    (slow,) = outbox_claim("slow", store=shop, lease=LOST)
    (fast,) = outbox_claim("fast", store=shop)
    assert outbox_failed(fast, "Refused.", is_retryable=False)
    assert outbox_done([(slow, DONE)]) == 1
    row.refresh_from_db()
    budget = Budget.objects.get(store=shop)
    assert (row.state, row.spent_minor, row.reference) == (states.APPLIED, 10_000, "PO-1")
    assert (budget.reserved_minor, budget.spent_minor, budget_problems(budget)) == (0, 10_000, [])
    assert outbox_done([(slow, DONE)]) == 0
    assert audit_problems(shop) == []


def test_a_late_answer_whose_money_is_gone_says_so_and_the_budget_keeps_its_cap(
    shop: str, buyer: Person, propose: Propose
) -> None:
    funded(shop, buyer, 10_000)
    first, second = propose("P1", "P2")
    proposals_approve(shop, [first.pk], buyer, at_once=True)
    (slow,) = outbox_claim("slow", store=shop, lease=LOST)
    (fast,) = outbox_claim("fast", store=shop)
    outbox_failed(fast, "Refused.", is_retryable=False)
    assert proposals_approve(shop, [second.pk], buyer)[0].is_done
    assert outbox_done([(slow, DONE)]) == 1
    first.refresh_from_db()
    budget = Budget.objects.get(store=shop)
    assert (first.state, first.spent_minor) == (states.APPLIED, 10_000)
    assert (budget.reserved_minor, budget.spent_minor, budget_problems(budget)) == (10_000, 0, [])
    assert "budget" in first.transitions.last().reason


def test_an_answer_counts_also_while_the_next_try_waits(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = approved(shop, buyer, propose, "P1")
    (slow,) = outbox_claim("slow", store=shop, lease=LOST)
    (fast,) = outbox_claim("fast", store=shop)
    outbox_failed(fast, "No answer.", is_retryable=True)
    assert outbox_done([(slow, DONE)]) == 1
    row.refresh_from_db()
    assert (row.state, Outbox.objects.get(intervention=row).state) == (states.APPLIED, "done")


def test_what_failed_is_tried_again_under_its_own_key_because_it_may_have_been_done(
    shop: str, buyer: Person, propose: Propose
) -> None:
    funded(shop, buyer)
    (row,) = approved(shop, buyer, propose, "P1")
    (entry,) = outbox_claim("w", store=shop)
    outbox_failed(entry, "No answer.", is_retryable=False)
    intervention_retry(shop, row.pk, buyer)
    (again,) = outbox_claim("w", store=shop)
    assert (again.key, again.command) == (entry.key, entry.command)
    row.refresh_from_db()
    assert (row.state, row.reserved_minor, Budget.objects.get(store=shop).reserved_minor) == (
        states.DISPATCHED, 10_000, 10_000,
    )  # fmt: skip


def test_what_was_sent_once_and_is_tried_again_is_not_taken_back_as_if_it_had_never_been_sent(
    shop: str, buyer: Person, propose: Propose
) -> None:
    (row,) = approved(shop, buyer, propose, "P1")
    (entry,) = outbox_claim("w", store=shop)
    outbox_failed(entry, "No answer.", is_retryable=False)
    intervention_retry(shop, row.pk, buyer)
    assert [each.code for each in decisions_undo(shop, [row.pk], buyer)] == ["is-dispatched"]
    with pytest.raises(OperatorError, match="not yet sent"):
        intervention_cancel(shop, row.pk, buyer)


def test_what_failed_is_not_tried_again_once_its_subject_is_decided_anew(
    shop: str, buyer: Person, propose: Propose
) -> None:
    (row,) = approved(shop, buyer, propose, "P1")
    (entry,) = outbox_claim("w", store=shop)
    outbox_failed(entry, "No answer.", is_retryable=False)
    propose("P1", day=TODAY + timedelta(days=1))
    with pytest.raises(OperatorError, match="newer"):
        intervention_retry(shop, row.pk, buyer)


def test_a_taking_back_that_failed_can_be_asked_for_again_under_its_own_key(shop: str, buyer: Person) -> None:
    row = price(shop, buyer, "18.00")
    before = Command("set_price", 1, {"product": "P1", "list_price": "20.00"})
    (entry,) = outbox_claim("w", store=shop)
    outbox_done([(entry, Receipt("applied", "PR-1", "Done.", "已完成。", undo=before))])
    keys = []
    for _ in range(3):
        intervention_revert(shop, row.pk, buyer)
        (undoing,) = outbox_claim("w", store=shop)
        keys.append(undoing.key)
        outbox_failed(undoing, "The shop is closed.", is_retryable=False)
        row.refresh_from_db()
        assert (row.state, row.is_reverting) == (states.APPLIED, False)
    assert len(set(keys)) == 1
    intervention_revert(shop, row.pk, buyer)
    (undoing,) = outbox_claim("w", store=shop)
    outbox_done([(undoing, DONE)])
    row.refresh_from_db()
    assert row.state == states.REVERTED
    assert ReceiptRow.objects.filter(outbox__intervention=row).count() == 2


def test_a_late_answer_to_a_taking_back_ends_it_and_no_second_one_goes_out(shop: str, buyer: Person) -> None:
    row = price(shop, buyer, "18.00")
    before = Command("set_price", 1, {"product": "P1", "list_price": "20.00"})
    (entry,) = outbox_claim("w", store=shop)
    outbox_done([(entry, Receipt("applied", "PR-1", "Done.", "已完成。", undo=before))])
    intervention_revert(shop, row.pk, buyer)
    (slow,) = outbox_claim("slow", store=shop, lease=LOST)
    (fast,) = outbox_claim("fast", store=shop)
    outbox_failed(fast, "Refused.", is_retryable=False)
    intervention_revert(shop, row.pk, buyer)
    assert outbox_done([(slow, DONE)]) == 1
    row.refresh_from_db()
    assert (row.state, row.is_reverting) == (states.REVERTED, False)
    assert outbox_claim("w", store=shop) == []


def test_two_prices_of_one_product_are_set_in_the_order_of_their_approval(shop: str, buyer: Person) -> None:
    price(shop, buyer, "18.00")
    (first,) = outbox_claim("w", store=shop)
    outbox_failed(first, "No answer.", is_retryable=True)
    price(shop, buyer, "16.00")
    other = price(shop, buyer, "9.00", product="P2")
    assert [each.intervention_id for each in outbox_claim("w", store=shop)] == [other.pk]
    Outbox.objects.filter(pk=first.pk).update(not_before=None)
    sent = []
    while entries := outbox_claim("w", store=shop):
        for entry in entries:
            outbox_done([(entry, DONE)])
            sent.append(entry.command["params"]["list_price"])
    assert sent == ["18.00", "16.00"]


def test_an_entry_that_kills_its_workers_does_not_keep_the_others_from_being_sent(
    shop: str, buyer: Person, propose: Propose
) -> None:
    approved(shop, buyer, propose, "P1", "P2")
    (poison,) = outbox_claim("dies", store=shop, lease=LOST, most=1)
    (other,) = outbox_claim("w", store=shop, most=1)
    assert other.pk != poison.pk


def test_what_was_claimed_and_not_begun_when_the_store_is_stopped_is_given_back_and_can_be_cancelled(
    shop: str, buyer: Person, propose: Propose
) -> None:
    funded(shop, buyer)
    first, second = approved(shop, buyer, propose, "P1", "P2")
    entries = outbox_claim("w", store=shop)
    assert outbox_begin(entries[0])
    store_stop(shop, is_stopped=True)
    assert not outbox_begin(entries[1])
    assert outbox_release(entries[1:]) == 1
    outbox_done([(entries[0], DONE)])
    intervention_cancel(shop, second.pk, buyer)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (states.APPLIED, states.CANCELLED)
    budget = Budget.objects.get(store=shop)
    assert (budget.reserved_minor, budget.spent_minor, budget_problems(budget)) == (0, 10_000, [])
    store_stop(shop, is_stopped=False)
    assert outbox_claim("w", store=shop) == []


def test_whoever_lost_its_lease_begins_nothing(shop: str, buyer: Person, propose: Propose) -> None:
    approved(shop, buyer, propose, "P1")
    (slow,) = outbox_claim("slow", store=shop, lease=LOST)
    (fast,) = outbox_claim("fast", store=shop)
    assert not outbox_begin(slow)
    assert outbox_release([slow]) == 0
    assert outbox_begin(fast)
