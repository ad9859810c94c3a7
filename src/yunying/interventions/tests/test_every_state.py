"""Every deed in every state: done where the table says so, else refused, and nothing happens when refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from yunying.accounts.people import Person
from yunying.interventions import states
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
from yunying.interventions.effects import Effect, effect_record
from yunying.interventions.models import Intervention, Outbox, Transition
from yunying.interventions.outbox import outbox_claim, outbox_done, outbox_failed
from yunying.interventions.proposing import intervention_compose, proposals_expire
from yunying.interventions.tests.conftest import TODAY
from yunying.interventions.tests.invariants import ledger_problems
from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.proposal import MoneyInterval
from yunying.kernel.receipt import Receipt

PARAMS = {"segment": "all", "channel": "mail", "subject": "Sale", "body": "Today.", "cost_minor": 700}
UNDO = Command("set_price", 1, {"product": "P1", "list_price": "20.00"})
ALLOWED = {
    "proposed": {"approve", "reject", "snooze", "edit"},
    "snoozed": {"approve", "reject", "snooze", "edit", "undo"},
    "approved": {"undo", "edit", "cancel"},
    "rejected": {"undo"},
    "failed": {"retry"},
    "applied": {"revert"},
    "partly_applied": {"revert"},
    "measured": {"revert"},
    "not_measured": {"revert"},
    "credited": {"revert"},
}
DEEDS = ("approve", "reject", "snooze", "edit", "undo", "cancel", "revert", "retry")


class Desk:
    """One composed message, and every way to bring it into a state."""

    def __init__(self, shop: str, buyer: Person) -> None:
        self.shop, self.buyer = shop, buyer
        budget_set(shop, "", TODAY, TODAY + timedelta(days=60), 10_000, buyer)
        self.pk = intervention_compose(shop, buyer, Command("message", 1, PARAMS)).pk

    def do(self, deed: str) -> str:
        """The code of a refusal, empty if it was done."""
        shop, buyer, pk = self.shop, self.buyer, self.pk
        later = TODAY + timedelta(days=3)
        deeds: dict[str, Callable] = {
            "approve": lambda: proposals_approve(shop, [pk], buyer, at_once=True),
            "reject": lambda: proposals_reject(shop, [pk], buyer),
            "snooze": lambda: proposals_snooze(shop, [pk], buyer, until_date=later),
            "undo": lambda: decisions_undo(shop, [pk], buyer),
            "edit": lambda: proposal_edit(shop, pk, buyer, {**PARAMS, "cost_minor": 800}),
            "cancel": lambda: intervention_cancel(shop, pk, buyer),
            "revert": lambda: intervention_revert(shop, pk, buyer),
            "retry": lambda: intervention_retry(shop, pk, buyer),
        }
        try:
            told = deeds[deed]()
        except OperatorError as error:
            return error.code
        return told[0].code if isinstance(told, list) else ""

    def send(self, status: str = "applied") -> None:
        (entry,) = outbox_claim("w", store=self.shop)
        outbox_done([(entry, Receipt(status, "M-1", "Done.", "已完成。", undo=UNDO))])

    def measured(self, interval: MoneyInterval | None) -> None:
        self.reach("applied")
        row = Intervention.objects.get(pk=self.pk)
        why = "" if interval else "Too few."
        effect = Effect(TODAY, True, "weak", interval, reason_en=why, reason_zh=why)
        effect_record(self.shop, "person", effect, intervention=row)

    def reach(self, state: str) -> None:
        ways: dict[str, Callable] = {
            "proposed": lambda: None,
            "snoozed": lambda: self.do("snooze"),
            "approved": lambda: self.do("approve"),
            "rejected": lambda: self.do("reject"),
            "cancelled": lambda: (self.do("approve"), self.do("cancel")),
            "dispatched": lambda: (self.do("approve"), outbox_claim("w", store=self.shop)),
            "applied": lambda: (self.do("approve"), self.send()),
            "partly_applied": lambda: (self.do("approve"), self.send("partly_applied")),
            "failed": self._fail,
            "reverted": lambda: (self.reach("applied"), self.do("revert"), self.send()),
            "expired": self._expire,
            "superseded": lambda: self._force(states.SUPERSEDED),
            "measured": lambda: self.measured(MoneyInterval(-5, 10, 20)),
            "not_measured": lambda: self.measured(None),
            "credited": lambda: self.measured(MoneyInterval(5, 10, 20)),
        }
        ways[state]()

    def state(self) -> str:
        return Intervention.objects.get(pk=self.pk).state

    def _fail(self) -> None:
        self.do("approve")
        (entry,) = outbox_claim("w", store=self.shop)
        outbox_failed(entry, "Refused.", is_retryable=False)

    def _expire(self) -> None:
        store_save(
            self.shop, title="Shop", currency="CNY", time_zone="Asia/Shanghai", today_date=TODAY + timedelta(days=30)
        )
        proposals_expire(self.shop)

    def _force(self, state: str) -> None:
        # Only a practice's run supersedes; what a person composed is brought there by hand, with its step.
        Intervention.objects.filter(pk=self.pk).update(state=state)
        Transition.objects.filter(intervention=self.pk).update(to_state=state)


@pytest.fixture
def desk(shop: str, buyer: Person) -> Desk:
    return Desk(shop, buyer)


def test_the_table_names_every_state() -> None:
    assert set(ALLOWED) | {"dispatched", "reverted", "expired", "superseded", "cancelled"} == set(states.TITLES)


@pytest.mark.parametrize("state", states.TITLES)
@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_is_done_where_it_may_be_and_refused_everywhere_else(desk: Desk, state: str, deed: str) -> None:
    desk.reach(state)
    assert desk.state() == state
    assert ledger_problems(desk.shop) == []
    steps, sent = Transition.objects.count(), Outbox.objects.count()
    code = desk.do(deed)
    assert (code == "") == (deed in ALLOWED.get(state, ())), code
    assert ledger_problems(desk.shop) == []
    if code:
        assert (desk.state(), Transition.objects.count(), Outbox.objects.count()) == (state, steps, sent)
    assert desk.do(deed) if deed not in ("edit", "snooze") else True, "nothing but an edit and a snooze is done twice"
