"""Groups of products decide as the whole does, compete for cash and a supplier's minimum, and keep memory flat."""

import gc
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from yunying.facts.reader import FactReader
from yunying.kernel.proposal import Decision
from yunying.practices.purchasing import decide as deciding
from yunying.practices.purchasing.asks import Asks, asks_of
from yunying.practices.purchasing.decide import decide, decide_by_group
from yunying.practices.purchasing.fit import fit
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.preparing import prepared
from yunying.practices.purchasing.read import Part, parts, read
from yunying.practices.purchasing.scarcity import PRICES, Limits, prices_of
from yunying.practices.purchasing.tests.conftest import STORE, Shop
from yunying.practices.purchasing.unit_money import Prices

COUNT = 24


@pytest.fixture(scope="module")
def store() -> Shop:
    """Products of like demand, from two suppliers, one category, deliveries known."""
    shop = Shop()
    for number in range(COUNT):
        key = f"P{number:02d}"
        shop.steady(key, 2 + number % 5, days=80, price=40.0 + number, commission_minor=100)
        shop.count(key, 1, number % 4).product(key, category="tea")
        shop.offer(key, 20.0, supplier=f"S{number % 2}")
    for number in range(9):
        shop.ordered("P00", 40, 5, supplier="S0", number=f"B{number}")
        shop.ordered("P00", 40 - 9 - number % 3, 5, supplier="S0", number=f"B{number}", state="received")
    return shop


@pytest.fixture(scope="module")
def inputs(store: Shop) -> Inputs:
    return store.inputs()


def decided(inputs: Inputs, size: int, **settings: int) -> Decision:
    policy = PurchasingPolicy(draws=2000, **settings)
    before, deciding.GROUP = deciding.GROUP, size
    try:
        return decide(inputs, fit(inputs, policy, 1), policy, inputs.as_of, np.random.default_rng(1))
    finally:
        deciding.GROUP = before


def quantities(decision: Decision) -> dict[str, int]:
    return {each.subject: each.command.params["lines"][0]["quantity"] for each in decision.proposals}


def test_groups_order_what_the_whole_orders(inputs: Inputs) -> None:
    whole, grouped = quantities(decided(inputs, COUNT)), quantities(decided(inputs, 6))
    assert set(whole) == set(grouped) == set(inputs.products)
    assert [grouped[key] for key in whole] == pytest.approx(list(whole.values()), rel=0.15, abs=2)


def test_one_group_is_the_whole_to_the_bit(inputs: Inputs) -> None:
    assert decided(inputs, COUNT) == decided(inputs, 10 * COUNT)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7, 1.0])
def test_the_cash_limit_holds_over_all_groups_and_the_best_return_comes_first(inputs: Inputs, share: float) -> None:
    free = decided(inputs, 6)
    limit = int(sum(each.cost_minor for each in free.proposals) * share)
    found = decided(inputs, 6, cash_limit_minor=limit)
    assert sum(each.cost_minor for each in found.proposals) <= limit
    returns = {each.subject: each.effect.mid_minor / each.cost_minor for each in free.proposals}
    kept = {each.subject for each in found.proposals}
    left = [each.subjects for each in found.abstentions if each.code == "cash-limit"]
    assert left == ([tuple(sorted(set(returns) - kept))] if kept != set(returns) else [])
    # What is left out would not have fitted behind what pays better.
    costs = {each.subject: each.cost_minor for each in free.proposals}
    for key in set(returns) - kept:
        assert costs[key] + sum(costs[other] for other in kept if returns[other] > returns[key]) > limit


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_short_cash_earns_more_than_by_whole_orders(inputs: Inputs, share: float) -> None:
    """Against the rule that gives the best returns all they ask for until the cash is gone."""
    free = decided(inputs, 6).proposals
    limit = int(sum(each.cost_minor for each in free) * share)
    whole, spent = 0, 0
    for each in sorted(free, key=lambda order: -order.effect.mid_minor / order.cost_minor):
        if spent + each.cost_minor <= limit:
            whole, spent = whole + each.effect.mid_minor, spent + each.cost_minor
    priced = decided(inputs, 6, cash_limit_minor=limit).proposals
    assert sum(each.effect.mid_minor for each in priced) > 1.01 * whole
    assert sum(each.cost_minor for each in priced) > 0.9 * limit
    assert all("Cash is short" in each.evidence.sentences[-1].en for each in priced)


def test_prices_are_those_of_newsvendors_under_budgets(inputs: Inputs) -> None:
    """Smooth demand, one period: what is taken at the prices found is what there is, of either or of both."""
    asks = replace(free_asks(inputs), cost_minor=np.array([100_000.0]), quantity=np.array([100.0]))

    def used(prices: Sequence[Prices]) -> np.ndarray:
        # A unit costs 10, so room for it at the price of 1 is as dear as money at the price of 0.1.
        units = np.array([100.0 / (1.0 + 4.0 * (price.cash + price.room / 10.0)) for price in prices])
        return np.column_stack([10.0 * units, units])

    assert prices_of(used, Limits(50_000), asks) == (pytest.approx(0.25, rel=0.1), 0.0)
    assert prices_of(used, Limits(None, 50.0), asks) == (0.0, pytest.approx(2.5, rel=0.1))
    # What is enough has no price; together they are no dearer than the scarcer one alone.
    assert prices_of(used, Limits(50_000, 80.0), asks).cash + prices_of(used, Limits(50_000, 80.0), asks).room / 10 == (
        pytest.approx(0.25, rel=0.1)
    )
    assert prices_of(used, Limits(100), asks).cash == PRICES[-1], "no price that was tried is high enough"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_short_room_earns_more_than_by_whole_orders(inputs: Inputs, share: float) -> None:
    """Against the rule that gives the best returns on a unit's room all they ask for until the store is full."""
    asks = free_asks(inputs)
    free = decided(inputs, 6).proposals
    units = {each.subject: each.command.params["lines"][0]["quantity"] for each in free}
    room = sum(units.values()) * share
    whole, taken = 0, 0
    for each in sorted(free, key=lambda order: -order.effect.mid_minor / units[order.subject]):
        if taken + units[each.subject] <= room:
            whole, taken = whole + each.effect.mid_minor, taken + units[each.subject]
    limit = int(np.ceil(asks.stock_then.sum() + room))
    found = decided(inputs, 6, storage_limit_units=limit)
    held = sum(each.command.params["lines"][0]["quantity"] for each in found.proposals)
    assert 0.9 * room < held <= room + 1
    assert sum(each.effect.mid_minor for each in found.proposals) > 1.01 * whole
    assert all("Room is short" in each.evidence.sentences[-1].en for each in found.proposals)


def test_a_full_store_orders_nothing_and_says_why(inputs: Inputs) -> None:
    found = decided(inputs, 6, storage_limit_units=0)
    assert not found.proposals
    assert [each.code for each in found.abstentions] == ["storage-limit"]
    assert len(found.abstentions[0].subjects) == COUNT


def free_asks(inputs: Inputs) -> Asks:
    policy = PurchasingPolicy()
    ready, _ = prepared(inputs, fit(inputs, policy, 1), policy, 1)
    assert ready is not None
    return asks_of(ready.inputs, ready.terms, ready.sizing.orders())


def test_a_suppliers_minimum_is_filled_over_all_groups(store: Shop) -> None:
    spent = sum(
        each.cost_minor for each in decided(store.inputs(), 6).proposals if "S1" in each.evidence.sentences[0].en
    )
    rows = store.rows.get("supplier", [])
    store.add("supplier", supplier="S1", date=store.day(300), title="S1", minimum_order_minor=round(1.2 * spent))
    try:
        found = decided(store.inputs(), 6)
    finally:
        store.rows["supplier"] = rows
    bought = sum(each.cost_minor for each in found.proposals if each.command.params["supplier"] == "S1")
    assert 1.2 * spent <= bought < 1.2 * spent + 2 * 2000 * COUNT / 4


def test_a_supplier_whose_minimum_no_group_reaches_is_named_once(store: Shop) -> None:
    rows = list(store.rows.get("supplier", []))
    store.add("supplier", supplier="S1", date=store.day(300), title="S1", minimum_order_minor=10**10)
    try:
        found = decided(store.inputs(), 6)
    finally:
        store.rows["supplier"] = rows
    assert {each.command.params["supplier"] for each in found.proposals} == {"S0"}
    assert [each.code for each in found.abstentions] == ["supplier-minimum"]
    assert len(found.abstentions[0].subjects) == COUNT // 2


def test_parts_of_the_facts_hold_what_the_whole_holds(store: Shop, inputs: Inputs) -> None:
    policy = PurchasingPolicy()
    with FactReader.from_arrow(store.tables(), threads=1) as facts:
        some = parts(facts, STORE, store.as_of, policy, 7)
        read_apart = [read(facts, STORE, store.as_of, policy, part) for part in some]
    assert some[0] == Part(None, "P07")
    assert some[-1] == Part("P21", None)
    assert tuple(key for each in read_apart for key in each.products) == inputs.products
    for name in ("units", "closing_stock", "selling_share", "on_hand", "on_hand_age"):
        joined = np.concatenate([getattr(each, name) for each in read_apart])
        assert np.array_equal(joined, getattr(inputs, name), equal_nan=True), name
    took = {name: times for each in read_apart for name, times in zip(each.suppliers, each.lead_times, strict=True)}
    assert took == dict(zip(inputs.suppliers, inputs.lead_times, strict=True))
    assert len(took["S0"]) == 9


def test_memory_beyond_a_groups_inputs_does_not_grow_with_the_number_of_groups(inputs: Inputs) -> None:
    policy = PurchasingPolicy()
    model = fit(inputs, policy, 1)

    def peak(groups: int) -> int:
        some = [partial(inputs.of, np.arange(6)) for _ in range(groups)]
        made = 0
        tracemalloc.start()
        for decision in decide_by_group(some, model, policy, inputs.as_of, np.random.default_rng(1)):
            made += len(decision.proposals)
            gc.collect()  # empties Python's own lists of small things to be used again
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert made >= groups
        return most

    few, many = peak(3), peak(60)
    assert many < 1.1 * few
    # The control: one group of all products does take more.
    tracemalloc.start()
    decided(inputs, COUNT)
    _, whole = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert whole > 1.5 * few
