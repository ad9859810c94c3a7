"""The minimum/maximum rule keeps its promise, obeys the suppliers' terms, and its tuning finds the better rule."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.sim.laws import Constant
from yunying.sim.loading import load_settings
from yunying.sim.minmax import MinMaxRule, try_out, tune_minmax
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]


def shop(flat: Flat, **terms: object) -> World:
    base = flat(demand={"dispersion": 1000.0}, supply={"initial_cover_days": Constant(12)})
    plain = {"lead_time": Constant(4), "packs": (5,), "minimum_packs": 1, "minimum_order_minor": 0, "break_packs": 0}
    supplier = replace(base.supply.suppliers[0], **{**plain, **terms})
    return World(replace(base, supply=replace(base.supply, suppliers=(supplier,))), 2)


def test_the_position_is_filled_to_the_maximum_when_below_the_minimum(flat: Flat) -> None:
    """Demand of about 20 a day: below 200 on hand and on order, up to 300, in packs of 5."""
    world, rule = shop(flat), MinMaxRule(10, 15)
    seen = 0
    for _ in range(40):
        book = world.book.copy()
        commands = rule(world.today, book)
        ordered = {row["product"]: row["quantity"] for command in commands for row in command.params["lines"]}
        if book.paid_units:
            daily = np.mean(list(book.paid_units)[-28:], axis=0)
            for place, product in enumerate(book.products):
                position = book.on_hand[place] + book.on_order[place]
                assert (product in ordered) == (position < 10 * daily[place])
                if product in ordered:
                    seen += 1
                    assert 0 <= position + ordered[product] - 15 * daily[place] < 5 + 1
                    assert ordered[product] % 5 == 0
        world.advance(world.today, commands)
    assert seen > 50


def test_a_weekly_review_orders_once_a_week(flat: Flat) -> None:
    world, rule = shop(flat), MinMaxRule(10, 15, review_days=7)
    days = []
    for _ in range(42):
        commands = rule(world.today, world.book)
        days += [world.today] if commands else []
        world.advance(world.today, commands)
    assert len(days) >= 3
    assert {day.weekday() for day in days} == {days[0].weekday()}


def test_orders_are_topped_up_to_the_supplier_minimum(flat: Flat) -> None:
    world, rule = shop(flat, minimum_order_minor=2_000_000), MinMaxRule(10, 11)
    values = []
    for _ in range(30):
        commands = rule(world.today, world.book)
        values += [
            sum(row["quantity"] * float(row["unit_cost"]) for row in command.params["lines"]) for command in commands
        ]
        world.advance(world.today, commands)
    assert len(values) > 3
    assert min(values) >= 20_000


def test_tuning_finds_the_best_of_its_grid_and_leaves_the_world_alone(flat: Flat) -> None:
    world = shop(flat)
    before = world.today
    rule = tune_minmax(world, 40, min_days=(1, 8, 40), extra_days=(2, 60))
    assert world.today == before
    profits = {
        (low, extra): try_out(world, 40, MinMaxRule(low, low + extra)) for low in (1, 8, 40) for extra in (2, 60)
    }
    assert (rule.min_days, rule.max_days - rule.min_days) == max(profits, key=lambda key: profits[key])
    # Four days of lead time: one day of stock loses sales, forty tie up capital.
    assert rule.min_days == 8


def test_the_tuned_rule_earns_more_than_buying_nothing_and_loses_few_sales() -> None:
    demo = load_settings("demo")
    world = World(replace(demo, catalogue=replace(demo.catalogue, products=80)), 3)
    for _ in range(60):
        world.advance(world.today, MinMaxRule(14, 28)(world.today, world.book))
    rule = tune_minmax(world, 60, min_days=(7, 21), extra_days=(7, 30))
    idle, tuned = world.copy(), world.copy()
    for _ in range(60):
        idle.advance(idle.today)
        tuned.advance(tuned.today, rule(tuned.today, tuned.book))
    period = Period(world.today, tuned.today)
    assert tuned.truth.profit(period).total_minor > 1.3 * idle.truth.profit(period).total_minor
    lost, demand = (tuned.truth.units(name, period).sum() for name in ("lost", "demand"))
    assert lost / demand < 0.12


@pytest.mark.parametrize("terms", [(10, 5), (-1, 5), (1, 2, 0), (1, 2, 121), (1, 2, 28, 0)])
def test_what_is_no_rule_is_refused(terms: tuple) -> None:
    with pytest.raises(OperatorError) as caught:
        MinMaxRule(*terms)
    assert caught.value.code == "bad-rule"
