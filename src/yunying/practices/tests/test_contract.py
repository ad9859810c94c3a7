"""Every practice that is found keeps the contract, and the contract notices every way of breaking it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from yunying.kernel.errors import InternalError, OperatorError
from yunying.practices.contract import RULES, Trial
from yunying.practices.decision_check import BrokenContract
from yunying.practices.manifest import practice_named, practices_found
from yunying.practices.tests.conftest import STORE

Shop = tuple[date, dict[str, pa.Table]]
DropIn = Callable[..., Path]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("slug", practices_found())
def test_a_practice_keeps_the_rule(slug: str, rule: str, shop: Shop) -> None:
    today, tables = shop
    RULES[rule](Trial(practice_named(slug), STORE, today, tables))


@pytest.mark.parametrize("rule", RULES)
def test_a_folder_dropped_in_is_found_and_keeps_the_same_contract(rule: str, shop: Shop, drop_in: DropIn) -> None:
    drop_in()
    assert "restock" in practices_found()
    today, tables = shop
    RULES[rule](Trial(practice_named("restock"), STORE, today, tables))


BREAKERS: dict[str, tuple[str, str, str]] = {
    "chance that nobody seeded": (
        "same_inputs_give_the_same_proposals",
        "quantity = each.units\n",
        "import numpy\n    quantity = each.units + int(numpy.random.default_rng().integers(10**6))\n",
    ),
    "the first row met": (
        "the_order_of_rows_does_not_matter",
        "units=lines.quantity.sum()",
        "units=lines.quantity.sum() + lines.quantity.first()",
    ),
    "a table that the manifest hides": (
        "only_declared_facts_are_read",
        'lines = facts.table("order_line")\n',
        'lines = facts.table("order_line")\n    facts.table("member")\n',
    ),
    "silence without facts": (
        "missing_facts_give_a_reason",
        '(Abstention("no-sales", (), "Nothing was sold.", "Import an order export."),)',
        "()",
    ),
    "no remedy": ("missing_facts_give_a_reason", '"Import an order export."', '""'),
    "a threshold in money": (
        "money_times_100_changes_only_money",
        "quantity = each.units\n",
        "quantity = each.units + (each.paid_minor > 100_000)\n",
    ),
    "a fee that is no money of the store": (
        "money_times_100_changes_only_money",
        "cost_minor=round(earned * 2)",
        "cost_minor=round(earned * 2) + 700",
    ),
    "a bound that does not hold": (
        "settings_hold_at_their_bounds",
        "cost_minor=round(earned * 2)",
        "cost_minor=2000 - 100 * policy.window_days",
    ),
    "a list where the form says tuple": (
        "a_decision_survives_json",
        '(Sentence(f"{quantity} were sold.", f"售出 {quantity} 件。"),)',
        '[Sentence(f"{quantity} were sold.", f"售出 {quantity} 件。")]',
    ),
    "a model of another kind than is kept": (
        "a_decision_survives_json",
        "    fit=fit,",
        "    fit=fit,\n    model=dict,",
    ),
    "a model whose type says otherwise": ("a_decision_survives_json", "    share: float", "    share: int"),
    "a command of somebody else": (
        "every_proposal_explains_itself",
        'Command("purchase_order", 1',
        'Command("set_price", 1',
    ),
    "a metric that nobody defined": ("every_proposal_explains_itself", '("stock_value",)', '("happiness",)'),
    "evidence without facts": ("every_proposal_explains_itself", ", (each.used,))", ", ())"),
    "evidence without Chinese": ("every_proposal_explains_itself", 'f"售出 {quantity} 件。"', '""'),
    "a proposal that is stale when made": (
        "every_proposal_explains_itself",
        "as_of + timedelta(days=1)",
        "as_of",
    ),
    "the least urgent first": ("every_proposal_explains_itself", "(-each.delay_loss_minor,", "(each.delay_loss_minor,"),
    "today's sales": ("the_future_changes_nothing", "lines.date < ibis", "lines.date <= ibis"),
    "everybody's sales": ("other_stores_change_nothing", "(lines.store == store) & ", ""),
}


@pytest.mark.parametrize("breaker", BREAKERS)
def test_the_contract_catches(breaker: str, shop: Shop, drop_in: DropIn) -> None:
    rule, old, new = BREAKERS[breaker]
    drop_in("restock", (old, new))
    today, tables = shop
    with pytest.raises((BrokenContract, InternalError)):
        RULES[rule](Trial(practice_named("restock"), STORE, today, tables))


def test_every_rule_has_a_breaker() -> None:
    assert {rule for rule, _, _ in BREAKERS.values()} == set(RULES)


BAD_MANIFESTS = {
    "another slug than the folder": ('slug="restock"', 'slug="refill"'),
    "a table that does not exist": ('("order_line", "store")', '("order_line", "horoscope")'),
    "a cadence that nobody runs": ('cadence="daily"', 'cadence="hourly"'),
    "no command": ('commands=("purchase_order",)', "commands=()"),
    "no practice at all": ("PRACTICE = Practice(", "PRACTISE = Practice("),
    "something else under the name": ("PRACTICE = Practice(", "PRACTICE = dict("),
}


@pytest.mark.parametrize("fault", BAD_MANIFESTS)
def test_a_folder_is_refused_for(fault: str, drop_in: DropIn) -> None:
    drop_in("restock", BAD_MANIFESTS[fault])
    with pytest.raises(InternalError, match="practices/restock"):
        practices_found()


def test_a_folder_without_a_practice_file_is_refused(drop_in: DropIn) -> None:
    (drop_in() / "practice.py").unlink()
    with pytest.raises(InternalError, match=r"practices/restock has no practice\.py"):
        practices_found()


def test_an_unknown_practice_is_answered_with_the_known_ones() -> None:
    with pytest.raises(OperatorError, match="purchasing") as caught:
        practice_named("astrology")
    assert caught.value.code == "unknown-practice"
