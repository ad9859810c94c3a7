"""Facts that hardly are facts: whatever comes, an order of finite figures, an abstention, or an OperatorError."""

from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from yunying.kernel.errors import OperatorError
from yunying.kernel.proposal import Decision
from yunying.practices.purchasing.control import control
from yunying.practices.purchasing.decide import decide
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.tests.conftest import Shop, usual

NAN, INF = float("nan"), float("inf")


def quantities(decision: Decision) -> dict[str, int]:
    """Orders by product, once every figure of theirs is seen to be one."""
    found: dict[str, int] = {}
    for each in decision.proposals:
        (line,) = each.command.params["lines"]
        assert isinstance(line["quantity"], int)
        assert 0 < line["quantity"] < 10**9
        assert Decimal(line["unit_cost"]).is_finite()
        assert each.effect.low_minor <= each.effect.mid_minor <= each.effect.high_minor
        assert "nan" not in str(each.evidence).lower()
        found[each.subject] = line["quantity"]
    return found


def reasons(decision: Decision) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.code, each.subjects) for each in decision.abstentions]


def silent(days: int = 120) -> Shop:
    """Product Z stood on the shelf for all these days beside P, and never sold."""
    shop = usual().offer("Z", 20.0).product("Z", list_price=Decimal(50))
    for day in range(1, days + 1):
        shop.count("Z", day, 5)
    return shop


def test_what_never_sold_is_not_bought() -> None:
    assert set(quantities(silent().decide())) == {"P"}


def test_a_store_that_never_sold_is_told_what_it_lacks() -> None:
    assert reasons(Shop().count("P", 1, 5).offer("P", 20.0).decide()) == [("too-little-history", ())]


@pytest.mark.parametrize("days_ago", [30, 100, 700])
def test_one_sale_ever_orders_a_few_at_most(days_ago: int) -> None:
    found = quantities(Shop().line("P", days_ago).count("P", 1, 0).offer("P", 20.0).decide())
    assert found.get("P", 0) <= 3


def test_one_sale_yesterday_is_too_little_history() -> None:
    assert reasons(Shop().line("P", 1).count("P", 1, 0).offer("P", 20.0).decide()) == [("too-little-history", ())]


def test_stock_below_zero_is_an_empty_shelf() -> None:
    below = usual(on_hand=-40).inputs()
    by_hand = replace(below, on_hand=np.array([-40.0]))
    policy = PurchasingPolicy()
    found = decide(by_hand, fit(by_hand, policy, 1), policy, by_hand.as_of, np.random.default_rng(1))
    assert quantities(found) == quantities(usual(on_hand=-40).decide())
    assert quantities(found)["P"] > 0


def test_no_lead_time_at_all_still_orders() -> None:
    assert quantities(usual(lead=0, on_hand=0).decide())["P"] >= 28


@pytest.mark.parametrize("lead", [1000, 3650])
def test_a_lead_time_of_years_is_a_result(lead: int) -> None:
    quantities(usual(lead=lead).decide())


def test_a_price_of_zero_is_named() -> None:
    assert reasons(usual(price=0.0).decide()) == [("no-margin", ("P",))]


def test_a_cost_of_zero_is_a_result() -> None:
    assert quantities(usual(cost=0.0).decide())["P"] > 0


def test_a_supplier_without_history_is_taken_at_the_policys_word_or_not_at_all() -> None:
    shop = usual(lead=None).add("supplier", supplier="S1", date=usual().day(30), title="new")
    (proposal,) = shop.decide().proposals
    assert "assumed_lead_time_days" in {each.name for each in proposal.evidence.assumptions}
    assert reasons(shop.decide(assumed_lead_time_days=None)) == [("no-lead-time", ("P",))]


def test_a_product_that_nobody_is_known_to_sell_is_bought_at_the_usual_source() -> None:
    shop = Shop().steady("P").count("P", 1, 5).product("P", unit_cost=Decimal(20))
    (proposal,) = shop.decide().proposals
    assert proposal.command.params["supplier"] is None


def two() -> Inputs:
    """P as usual, and Q beside it, which a test may spoil."""
    return usual().steady("Q").count("Q", 1, 5).offer("Q", 20.0).inputs()


def spoiled(inputs: Inputs, part: str, name: str, value: float) -> Inputs:
    """The same with one number of product Q replaced."""
    holder: Any = getattr(inputs, part) if part else inputs
    values = getattr(holder, name).copy()
    at = np.flatnonzero(holder.product == 1)[0] if part in ("offers", "inbound") else 1
    values[(at, 3) if values.ndim == 2 else at] = value
    changed = replace(holder, **{name: values}) if part else {name: values}
    return replace(inputs, **{part: changed} if part else changed)


RATES = ("fees", "return_rate", "restocked_rate", "refund_rate")
TERMS = ("unit_cost", "lead_time_days", "pack_quantity", "minimum_quantity")
IMPOSSIBLE = [
    *(("", "units", value) for value in (NAN, INF, -3.0, 1e30)),
    *(("", "on_hand", value) for value in (NAN, INF, 1e30)),
    ("", "closing_stock", INF),
    *(("economics", name, value) for name in RATES for value in (NAN, INF)),
    *(("economics", "net_price", value) for value in (INF, -INF)),
    *(("offers", name, value) for name in TERMS for value in (INF, -1.0)),
    ("offers", "lead_time_days", 1e7),
]


@pytest.mark.parametrize(("part", "name", "value"), IMPOSSIBLE)
def test_a_product_with_a_number_that_cannot_be_is_named_and_the_others_are_decided(
    part: str, name: str, value: float
) -> None:
    inputs, policy = spoiled(two(), part, name, value), PurchasingPolicy()
    model = fit(inputs, policy, 1)
    found = decide(inputs, model, policy, inputs.as_of, np.random.default_rng(1))
    assert set(quantities(found)) == {"P"}
    assert reasons(found) == [("impossible-number", ("Q",))]
    old = control(inputs, model, policy, inputs.as_of, np.random.default_rng(1), {"P", "Q"})
    assert set(quantities(old)) <= {"P"}


@pytest.mark.parametrize("name", ["unit_cost", "lead_time_days", "pack_quantity", "minimum_quantity"])
def test_terms_that_are_not_known_are_assumed_or_named(name: str) -> None:
    inputs = spoiled(two(), "offers", name, NAN)
    for policy in (PurchasingPolicy(), PurchasingPolicy(assumed_lead_time_days=None, assumed_cost_rate=None)):
        found = decide(inputs, fit(inputs, policy, 1), policy, inputs.as_of, np.random.default_rng(1))
        named = {subject for _, subjects in reasons(found) for subject in subjects}
        assert "Q" in quantities(found) or "Q" in named


def test_a_price_that_is_not_known_is_named() -> None:
    inputs, policy = spoiled(two(), "economics", "net_price", NAN), PurchasingPolicy()
    found = decide(inputs, fit(inputs, policy, 1), policy, inputs.as_of, np.random.default_rng(1))
    assert reasons(found) == [("no-price", ("Q",))]


def test_nothing_but_impossible_products_is_said_once() -> None:
    inputs, policy = two(), PurchasingPolicy()
    inputs = replace(inputs, on_hand=np.array([NAN, INF]))
    found = decide(inputs, fit(inputs, policy, 1), policy, inputs.as_of, np.random.default_rng(1))
    assert reasons(found) == [("impossible-number", ("P", "Q"))]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda inputs: replace(inputs, capital_rate=NAN),
        lambda inputs: replace(inputs, capital_rate=-1.0),
        lambda inputs: replace(inputs, supplier_minimum=np.array([INF])),
        lambda inputs: replace(inputs, lead_times=((NAN,) * 8,)),
    ],
)
def test_a_store_with_a_number_that_cannot_be_is_refused(spoil: Callable[[Inputs], Inputs]) -> None:
    inputs, policy = spoil(two()), PurchasingPolicy()
    with pytest.raises(OperatorError, match="not finite, below zero or far too large") as refused:
        fit(inputs, policy, 1)
    assert refused.value.code == "impossible-number"


def test_some_products_inputs_hold_what_the_whole_holds_of_them() -> None:
    shop = usual().steady("Q").count("Q", 1, 5).offer("Q", 20.0).ordered("Q", 3, 7).ordered("P", 3, 9)
    whole = shop.inputs()
    some = whole.of(np.array([1]))
    assert (some.products, some.inbound.quantity.tolist(), some.offers.product.tolist()) == (("Q",), [7.0], [0])
    assert {each.name for each in fields(some)} == {each.name for each in fields(whole)}
    assert some.suppliers == whole.suppliers
