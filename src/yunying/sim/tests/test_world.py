"""A world repeats itself to the bit, lives twice from a copy, and shares its luck between two futures."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.sim.history import live
from yunying.sim.loading import load_settings
from yunying.sim.minmax import MinMaxRule
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]


def small(name: str = "demo", products: int = 60) -> WorldSettings:
    settings = load_settings(name)
    return replace(settings, horizon_days=120, catalogue=replace(settings.catalogue, products=products))


def test_the_same_settings_and_seed_give_the_same_tables_to_the_bit() -> None:
    rule = MinMaxRule(7, 14)
    one, two = (list(live(World(small(), 8), 40, rule)) for _ in range(2))
    for (day, tables), (other_day, others) in zip(one, two, strict=True):
        assert day == other_day
        assert list(tables) == list(others)
        assert all(tables[name].equals(others[name], check_metadata=True) for name in tables)


def test_another_seed_gives_another_store() -> None:
    one, two = (World(small(), seed) for seed in (8, 9))
    assert one.step(one.today)["order_line"].column("amount_minor") != two.step(two.today)["order_line"].column(
        "amount_minor"
    )


def test_a_copy_lives_the_same_future_and_leaves_the_original_alone() -> None:
    rule = MinMaxRule(7, 14)
    world = World(small(), 8)
    world.run(30, rule)
    twin = world.copy()
    future = twin.run(30, rule)
    assert world.today + timedelta(days=30) == twin.today
    again = world.run(30, rule)
    assert list(future) == list(again)
    assert all(future[name].equals(again[name]) for name in future)


def test_a_price_of_one_product_moves_no_other_product(flat: Flat) -> None:
    world = World(flat(), 5)
    twin = world.copy()
    change = Command("set_price", 1, {"product": "P0003", "list_price": "1.00"})
    for place in range(20):
        world.advance(world.today, [change] if place == 0 else [])
        twin.advance(twin.today)
    period = Period(world.settings.start_date, world.today)
    changed, same = (lived.truth.units("demand", period) for lived in (world, twin))
    assert (changed[:, 2] > same[:, 2]).all()
    assert np.array_equal(np.delete(changed, 2, axis=1), np.delete(same, 2, axis=1))


def test_returns_and_lead_times_do_not_shift_when_something_else_changes() -> None:
    """Two futures: one buys twice as far ahead. Lines that are sold in both come back, or not, in both alike."""
    world = World(small(), 8)
    world.run(20, MinMaxRule(7, 14))
    twin = world.copy()
    one, two = world.run(40, MinMaxRule(6, 7)), twin.run(40, MinMaxRule(14, 15))

    def refunds(facts: dict) -> dict[tuple, int]:
        rows = facts["order_line"].to_pylist()
        placed = {(row["order"], row["line"]): row["at"] for row in rows if row["state"] == "placed"}
        return {
            (row["product"], placed[row["order"], row["line"]], row["date"]): row["quantity"]
            for row in rows
            if row["state"] == "refunded" and (row["order"], row["line"]) in placed
        }

    lean, full = refunds(one), refunds(two)
    # Where stock lacked, orders are joined otherwise and a few moments move; most refunds are the very same.
    assert len(set(lean) & set(full)) > 0.8 * len(lean) > 20

    def lead_times(facts: dict) -> dict[tuple, set]:
        rows = facts["purchase_line"].to_pylist()
        ordered = {(row["purchase"], row["line"]): row for row in rows if row["state"] == "ordered"}
        found: dict[tuple, set] = {}
        for row in rows:
            start = ordered.get((row["purchase"], row["line"]))
            if row["state"] == "received" and start is not None:
                found.setdefault((start["date"], row["supplier"]), set()).add(row["date"] - start["date"])
        return found

    short, long = lead_times(one), lead_times(two)
    shared = set(short) & set(long)
    assert len(shared) > 5
    assert all(short[key] == long[key] for key in shared)


def test_run_joins_the_days_that_step_gives() -> None:
    one, two = World(small(), 8), World(small(), 8)
    whole = one.run(10)
    lines = sum(len(tables["order_line"]) for _, tables in live(two, 10))
    assert len(whole["order_line"]) == lines
    assert len(whole["store"]) == 1


def test_a_world_lives_its_days_in_turn_and_not_past_its_end() -> None:
    world = World(replace(small(), horizon_days=2), 8)
    with pytest.raises(OperatorError) as caught:
        world.step(world.today + timedelta(days=1))
    assert caught.value.code == "wrong-day"
    world.run(2)
    with pytest.raises(OperatorError) as caught:
        world.step(world.today)
    assert caught.value.code == "horizon-over"


def test_truth_refuses_days_that_have_not_been_lived() -> None:
    world = World(small(), 8)
    world.run(3)
    with pytest.raises(OperatorError) as caught:
        world.truth.profit(Period(world.settings.start_date, world.today + timedelta(days=1)))
    assert caught.value.code == "not-lived"


def test_truth_answers_single_products() -> None:
    world = World(small(), 8)
    world.run(5)
    day = world.settings.start_date
    row = world.truth.units("demand", Period(day, day + timedelta(days=1)))[0]
    assert [world.truth.demand(product, day) for product in world.truth.products] == row.tolist()
    assert all(
        world.truth.lost_sales(product, day) <= world.truth.demand(product, day) for product in world.truth.products
    )
    with pytest.raises(OperatorError):
        world.truth.demand("nothing", day)


def test_the_books_say_what_the_facts_say() -> None:
    """The book is fed from the day's numbers; here it is written again from the tables alone."""
    world = World(small(), 8)
    facts = list(live(world, 60, MinMaxRule(7, 14)))
    index = {product: place for place, product in enumerate(world.truth.products)}
    paid, on_order, on_hand = np.zeros((60, 60)), np.zeros(60), np.zeros(60)
    for number, (_, tables) in enumerate(facts):
        for row in tables["order_line"].to_pylist():
            if row["state"] == "paid" and row["reality"] == "real":
                paid[number, index[row["product"]]] += row["quantity"]
        for row in tables["purchase_line"].to_pylist() if "purchase_line" in tables else []:
            on_order[index[row["product"]]] += row["quantity"] * (1 if row["state"] == "ordered" else -1)
        for row in tables["stock_level"].to_pylist():
            on_hand[index[row["product"]]] = row["on_hand"]
    assert np.array_equal(np.array(world.book.paid_units), paid)
    assert np.array_equal(world.book.on_order, on_order)
    assert on_order.sum() > 0
    assert np.array_equal(world.book.on_hand, on_hand)
