"""Any deeds in any order, with slow hands, lost leases and stops between them: the ledger's laws hold after each."""

import os
from collections import defaultdict
from datetime import timedelta
from types import SimpleNamespace

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from yunying.accounts.database import database_ready
from yunying.accounts.people import person_make
from yunying.interventions.budgets import budget_set
from yunying.interventions.deciding import (
    decisions_undo,
    intervention_cancel,
    intervention_retry,
    intervention_revert,
    proposal_edit,
    proposals_approve,
    proposals_reject,
    proposals_snooze,
)
from yunying.interventions.desk_facts import store_save
from yunying.interventions.effects import Effect, effect_record, interventions_to_measure
from yunying.interventions.models import Budget, Intervention, Outbox
from yunying.interventions.outbox import (
    outbox_begin,
    outbox_claim,
    outbox_done,
    outbox_failed,
    outbox_release,
    store_stop,
)
from yunying.interventions.proposing import (
    Drawn,
    intervention_compose,
    proposals_expire,
    proposals_record,
    standing_give,
)
from yunying.interventions.tests.conftest import TODAY, proposal
from yunying.interventions.tests.invariants import ledger_problems
from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.proposal import MoneyInterval
from yunying.kernel.receipt import Receipt

SHOP = "shop"
SUBJECTS = ("P1", "P2", "P3")
UNDO = Command("set_price", 1, {"product": "P1", "list_price": "20.00"})
picks = st.lists(st.integers(0, 30), max_size=4)
statuses = st.sampled_from(["applied", "partly_applied"])


class AnyOrder(RuleBasedStateMachine):
    """``sent`` is the outside world: what was really done, by intervention and purpose, under which keys."""

    @initialize()
    def begin(self) -> None:
        database_ready()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.day = TODAY
        self.tell_day()
        self.buyer = person_make("buyer", "a long enough password")
        self.end = TODAY + timedelta(days=20)
        budget_set(SHOP, "purchasing", TODAY, self.end, 45_000, self.buyer)
        self.held: list = []
        self.sent: dict = defaultdict(set)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def tell_day(self) -> None:
        store_save(SHOP, title="Shop", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=self.day)

    def ids(self, pick: list[int]) -> list[int]:
        known = list(Intervention.objects.order_by("-pk").values_list("pk", flat=True)[:8])
        return [known[each % len(known)] for each in pick] if known else []

    def each(self, deed, pick: list[int], **named) -> None:
        for pk in self.ids(pick):
            try:
                deed(SHOP, pk, self.buyer, **named)
            except OperatorError:
                continue

    @rule(subjects=st.sets(st.sampled_from(SUBJECTS)), cost=st.sampled_from([0, 5_000, 20_000]), days=st.integers(0, 2))
    def run(self, subjects: set[str], cost: int, days: int) -> None:
        self.day += timedelta(days=days)
        self.tell_day()
        proposals_expire(SHOP)
        drawn = [Drawn(proposal(each, day=self.day, cost_minor=max(cost, 10))) for each in sorted(subjects)]
        proposals_record(SHOP, "purchasing", drawn, None, as_of=self.day, proofs={})

    @rule(amount=st.integers(1, 99))
    def compose(self, amount: int) -> None:
        row = intervention_compose(
            SHOP, self.buyer, Command("set_price", 1, {"product": "P1", "list_price": str(amount)})
        )
        proposals_approve(SHOP, [row.pk], self.buyer)

    @rule(most=st.sampled_from([0, 5_000]))
    def stand(self, most: int) -> None:
        standing_give(
            SHOP, self.buyer, "purchasing", "purchase_order", most_minor=most, until_date=self.day + timedelta(days=3)
        )

    @rule(pick=picks)
    def approve(self, pick: list[int]) -> None:
        proposals_approve(SHOP, self.ids(pick), self.buyer)

    @rule(pick=picks)
    def reject(self, pick: list[int]) -> None:
        proposals_reject(SHOP, self.ids(pick), self.buyer)

    @rule(pick=picks)
    def snooze(self, pick: list[int]) -> None:
        proposals_snooze(SHOP, self.ids(pick), self.buyer, until_date=self.day + timedelta(days=1))

    @rule(pick=picks)
    def undo(self, pick: list[int]) -> None:
        decisions_undo(SHOP, self.ids(pick), self.buyer)

    @rule(pick=picks)
    def cancel(self, pick: list[int]) -> None:
        self.each(intervention_cancel, pick)

    @rule(pick=picks)
    def revert(self, pick: list[int]) -> None:
        self.each(intervention_revert, pick)

    @rule(pick=picks)
    def retry(self, pick: list[int]) -> None:
        self.each(intervention_retry, pick)

    @rule(pick=picks, quantity=st.integers(1, 3))
    def edit(self, pick: list[int], quantity: int) -> None:
        line = {"product": "P1", "quantity": quantity, "unit_cost": "30.00"}
        self.each(proposal_edit, pick, params={"supplier": "S1", "lines": [line]})

    @rule(cap=st.integers(0, 90_000))
    def budget(self, cap: int) -> None:
        try:
            budget_set(SHOP, "purchasing", TODAY, self.end, cap, self.buyer)
        except OperatorError:
            assert cap < 45_000 or Budget.objects.get().cap_minor > cap

    @rule(is_stopped=st.booleans())
    def stop(self, is_stopped: bool) -> None:
        store_stop(SHOP, is_stopped=is_stopped)

    @rule(worker=st.sampled_from("ab"), is_lost=st.booleans(), most=st.integers(1, 5))
    def claim(self, worker: str, is_lost: bool, most: int) -> None:
        lease = timedelta(seconds=-1 if is_lost else 60)
        # A try that waits for its time is not waited for here.
        Outbox.objects.filter(state="waiting").update(not_before=None)
        for entry in outbox_claim(worker, store=SHOP, lease=lease, most=most):
            self.held.append(SimpleNamespace(entry=entry, is_sent=False))

    @rule(at=st.integers(0, 9))
    def send(self, at: int) -> None:
        if self.held:
            hand = self.held[at % len(self.held)]
            if outbox_begin(hand.entry, lease=timedelta(seconds=-1)):
                hand.is_sent = True
                self.sent[hand.entry.intervention_id, hand.entry.purpose].add(hand.entry.key.split("-failed-")[0])

    @rule(at=st.integers(0, 9), status=statuses)
    def answer(self, at: int, status: str) -> None:
        sent = [hand for hand in self.held if hand.is_sent]
        if sent:
            outbox_done([(sent[at % len(sent)].entry, Receipt(status, "R", "Done.", "已完成。", undo=UNDO))])

    @rule(at=st.integers(0, 9), is_retryable=st.booleans())
    def fail(self, at: int, is_retryable: bool) -> None:
        sent = [hand for hand in self.held if hand.is_sent]
        if sent:
            outbox_failed(sent[at % len(sent)].entry, "No answer.", is_retryable=is_retryable)

    @rule()
    def release(self) -> None:
        outbox_release([hand.entry for hand in self.held if not hand.is_sent])

    @rule(low=st.sampled_from([None, -5, 5]))
    def measure(self, low: int | None) -> None:
        interval = None if low is None else MoneyInterval(low, 10, 20)
        for row in interventions_to_measure(SHOP)[:1]:
            effect = Effect(self.day, True, "weak", interval, reason_en="Few.", reason_zh="少。")
            effect_record(SHOP, row.practice, effect, intervention=row)

    @invariant()
    def laws(self) -> None:
        if hasattr(self, "sent"):
            assert ledger_problems(SHOP) == []

    @invariant()
    def one_key_for_one_intervention(self) -> None:
        for what, keys in getattr(self, "sent", {}).items():
            assert len(keys) == 1, f"{what} went out under {keys}"


AnyOrder.TestCase.settings = settings(
    max_examples=int(os.environ.get("YUNYING_EXAMPLES", "30")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnyOrder = AnyOrder.TestCase


def test_the_laws_notice_a_retry_under_a_new_key_and_a_reservation_that_leaks() -> None:
    """The control: what the laws are there to notice, they notice."""
    database_ready()
    with transaction.atomic():
        store_save(SHOP, title="Shop", currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
        buyer = person_make("buyer", "a long enough password")
        budget_set(SHOP, "purchasing", TODAY, TODAY + timedelta(days=9), 45_000, buyer)
        proposals_record(SHOP, "purchasing", [Drawn(proposal("P1"))], None, as_of=TODAY, proofs={})
        row = Intervention.objects.get()
        proposals_approve(SHOP, [row.pk], buyer, at_once=True)
        assert ledger_problems(SHOP) == []
        entry = Outbox.objects.get()
        Outbox.objects.create(
            intervention=row, store=SHOP, key=f"{entry.key}-again", command={}, created_at=entry.created_at
        )
        assert [each for each in ledger_problems(SHOP) if "2 live entries" in each]
        Outbox.objects.exclude(pk=entry.pk).delete()
        Intervention.objects.update(reserved_minor=1)
        assert [each for each in ledger_problems(SHOP) if "its interventions say" in each]
        Intervention.objects.update(reserved_minor=10_000, revision=7)
        assert [each for each in ledger_problems(SHOP) if "revision 7" in each]
        transaction.set_rollback(True)
