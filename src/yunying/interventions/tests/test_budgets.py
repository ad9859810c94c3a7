"""Nested budgets, each of which a spend must pass; and moves between them, large ones by two people."""

from datetime import timedelta

import pytest

from yunying.accounts.people import Person, person_make
from yunying.interventions.budget_moves import budget_move, move_approve, move_reject, move_revert
from yunying.interventions.budgets import budget_free, budget_set
from yunying.interventions.deciding import decisions_undo, proposals_approve
from yunying.interventions.models import Budget, BudgetEntry
from yunying.interventions.outbox import outbox_claim, outbox_done
from yunying.interventions.selectors.budgets import paces_of
from yunying.interventions.tests.conftest import TODAY, Propose
from yunying.interventions.tests.invariants import ledger_problems
from yunying.kernel.errors import OperatorError
from yunying.kernel.receipt import Receipt
from yunying.org.grants import grant_give
from yunying.org.structure import shop_rules, shops_ready

END = TODAY + timedelta(days=30)


def left(budget: Budget) -> tuple[int, int]:
    budget.refresh_from_db()
    return budget.reserved_minor, budget.spent_minor


def test_a_spend_passes_every_budget_that_covers_it_or_none(shop: str, buyer: Person, propose: Propose) -> None:
    rows = propose("A", "B", "C", cost_minor=10_000)
    whole = budget_set(shop, "", TODAY, END, 25_000, buyer)
    mine = budget_set(shop, "purchasing", TODAY, END, 100_000, buyer)
    other = budget_set(shop, "marketing", TODAY, END, 100_000, buyer)
    channel = budget_set(shop, "", TODAY, END, 100_000, buyer, channel="taobao")
    codes = [proposals_approve(shop, [row.pk], buyer)[0].code for row in rows]
    assert codes == ["", "", "over-budget"]
    assert left(whole) == left(mine) == (20_000, 0)
    assert left(other) == left(channel) == (0, 0)
    decisions_undo(shop, [rows[0].pk], buyer)
    assert left(whole) == left(mine) == (10_000, 0)
    entries = outbox_claim("test", store=shop, ignore_wait=True)
    outbox_done([(entry, Receipt("applied", entry.key, "Done.", "已完成。")) for entry in entries])
    assert left(whole) == left(mine) == (0, 10_000)
    assert ledger_problems(shop) == []
    assert budget_free(shop, "purchasing", TODAY) == 15_000


def test_the_one_without_room_is_named_and_the_others_keep_nothing(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("A", cost_minor=10_000)
    whole = budget_set(shop, "", TODAY, END, 100_000, buyer)
    budget_set(shop, "purchasing", TODAY, END, 5_000, buyer)
    (outcome,) = proposals_approve(shop, [row.pk], buyer)
    assert (outcome.code, "purchasing" in outcome.what) == ("over-budget", True)
    assert left(whole) == (0, 0)
    assert BudgetEntry.objects.count() == 0


def test_a_persons_budget_binds_that_person_only(shop: str, buyer: Person, propose: Propose) -> None:
    rows = propose("A", "B", cost_minor=10_000)
    chief = person_make("chief", "a long enough password")
    own = budget_set(shop, "", TODAY, END, 5_000, chief, person=buyer)
    assert proposals_approve(shop, [rows[0].pk], buyer)[0].code == "over-budget"
    assert proposals_approve(shop, [rows[0].pk], chief)[0].code == ""
    assert left(own) == (0, 0)
    with pytest.raises(OperatorError, match="Another budget"):
        budget_set(shop, "", TODAY + timedelta(days=1), END, 1, chief, person=buyer)


def test_one_that_only_warns_is_passed_and_says_so(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("A", cost_minor=10_000)
    soft = budget_set(shop, "", TODAY, END, 4_000, buyer, stops=False)
    assert proposals_approve(shop, [row.pk], buyer)[0].code == ""
    assert left(soft) == (10_000, 0)
    (pace,) = paces_of(shop, TODAY)
    assert (pace.is_over, pace.used_minor, pace.committed) == (True, 10_000, [10_000])
    with pytest.raises(OperatorError, match="More than that"):
        budget_set(shop, "", TODAY, END, 4_000, buyer, stops=True)


def test_the_forecast_is_the_pace_so_far_over_the_whole_period(shop: str, buyer: Person, propose: Propose) -> None:
    (row,) = propose("A", cost_minor=10_000)
    budget = budget_set(shop, "", TODAY - timedelta(days=9), TODAY + timedelta(days=11), 15_000, buyer)
    proposals_approve(shop, [row.pk], buyer)
    (pace,) = paces_of(shop, TODAY)
    assert (pace.days, pace.passed, pace.forecast_minor, pace.planned_minor) == (20, 10, 20_000, 7_500)
    assert pace.committed == [0] * 9 + [10_000]
    assert pace.is_over
    (after,) = paces_of(shop, budget.end_date)
    assert after.forecast_minor == 10_000
    (early,) = paces_of(shop, budget.start_date)
    assert early.forecast_minor is None


@pytest.fixture
def two(shop: str, buyer: Person) -> tuple[Budget, Budget]:
    return (budget_set(shop, "purchasing", TODAY, END, 50_000, buyer),
            budget_set(shop, "marketing", TODAY, END, 10_000, buyer))  # fmt: skip


def caps() -> list[int]:
    return list(Budget.objects.order_by("pk").values_list("cap_minor", flat=True))


def test_a_small_move_is_done_at_once_and_taken_back(shop: str, buyer: Person, two: tuple[Budget, Budget]) -> None:
    move = budget_move(shop, two[0].pk, two[1].pk, 20_000, buyer, reason="双十二")
    assert (move.state, caps()) == ("done", [30_000, 30_000])
    move_revert(shop, move.pk, buyer)
    assert caps() == [50_000, 10_000]
    with pytest.raises(OperatorError, match="reverted"):
        move_revert(shop, move.pk, buyer)
    assert ledger_problems(shop) == []


def test_what_is_committed_is_not_moved_away(
    shop: str, buyer: Person, two: tuple[Budget, Budget], propose: Propose
) -> None:
    move = budget_move(shop, two[1].pk, two[0].pk, 10_000, buyer)
    rows = propose("A", "B", "C", "D", "E", "F", cost_minor=10_000)
    proposals_approve(shop, [row.pk for row in rows], buyer)
    for deed in (lambda: move_revert(shop, move.pk, buyer),
                 lambda: budget_move(shop, two[0].pk, two[1].pk, 1, buyer)):  # fmt: skip
        with pytest.raises(OperatorError, match="not free"):
            deed()
    assert caps() == [60_000, 0]
    with pytest.raises(OperatorError, match="no two such"):
        budget_move(shop, two[0].pk, 999_999, 1, buyer)


def test_a_large_move_needs_two(shop: str, buyer: Person, two: tuple[Budget, Budget]) -> None:
    shops_ready([shop])
    shop_rules(shop, None, four_eyes_minor=5_000)
    people = {name: person_make(name, "a long enough password") for name in ("first", "second", "worker")}
    for name, role in (("first", "store_manager"), ("second", "store_manager"), ("worker", "operator")):
        grant_give(people[name], role, None, store=shop)
    ends = (two[0].pk, two[1].pk)
    assert budget_move(shop, *ends, 5_000, people["first"]).state == "done"
    move = budget_move(shop, *ends, 5_001, people["first"])
    assert (move.state, caps()) == ("asked", [45_000, 15_000])
    for name, code in (("first", "own-move"), ("worker", "not-allowed")):
        with pytest.raises(OperatorError) as error:
            move_approve(shop, move.pk, people[name])
        assert error.value.code == code
    move_approve(shop, move.pk, people["second"])
    assert caps() == [39_999, 20_001]
    again = budget_move(shop, *ends, 9_000, people["first"])
    move_reject(shop, again.pk, people["second"])
    with pytest.raises(OperatorError, match="rejected"):
        move_approve(shop, again.pk, people["second"])
    assert caps() == [39_999, 20_001]
