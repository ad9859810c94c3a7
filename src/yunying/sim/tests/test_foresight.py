"""Perfect foresight serves every wish from the first possible arrival on, and no rule earns more."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from yunying.kernel.periods import Period
from yunying.sim.foresight import Foresight
from yunying.sim.laws import Constant
from yunying.sim.loading import load_settings
from yunying.sim.minmax import MinMaxRule, try_out
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]


def foreseen(world: World, days: int) -> tuple[World, Period]:
    ahead = Foresight(world, days)
    for _ in range(days):
        ahead.live()
    return ahead.world, Period(world.today, ahead.world.today)


def empty_shop(flat: Flat, lead: int) -> World:
    base = flat(supply={"initial_cover_days": Constant(0)})
    supplier = replace(base.supply.suppliers[0], lead_time=Constant(lead))
    return World(replace(base, supply=replace(base.supply, suppliers=(supplier,))), 2)


def test_nothing_is_lost_from_the_day_on_which_an_order_could_have_arrived(flat: Flat) -> None:
    world, span = foreseen(empty_shop(flat, lead=6), 20)
    lost, demand = world.truth.units("lost", span), world.truth.units("demand", span)
    assert lost[6:].sum() == 0 < demand[6:].sum()
    # Each product began with one unit.
    assert lost[:6].sum() == demand[:6].sum() - len(world.truth.products)
    assert world.truth.units("on_hand", span)[6:].sum() == 0


def test_the_foreseen_wishes_are_those_of_every_rule(flat: Flat) -> None:
    world = empty_shop(flat, lead=2)
    ahead, span = foreseen(world, 15)
    twin = world.copy()
    for _ in range(15):
        twin.advance(twin.today, MinMaxRule(5, 9)(twin.today, twin.book))
    assert np.array_equal(ahead.truth.units("demand", span), twin.truth.units("demand", span))
    assert twin.truth.units("lost", span).sum() > ahead.truth.units("lost", span).sum()


def test_what_would_be_sold_at_a_loss_is_not_laid_there(flat: Flat) -> None:
    base = flat(supply={"initial_cover_days": Constant(0)}, store={"commission_rate": 0.9})
    world, span = foreseen(World(base, 2), 15)
    assert world.truth.units("sold", span).sum() == len(world.truth.products)


@pytest.mark.parametrize("name", ["demo", "grocery"])
def test_no_rule_earns_more(name: str) -> None:
    settings = load_settings(name)
    settings = replace(settings, catalogue=replace(settings.catalogue, products=40))
    world = World(settings, 5)
    for _ in range(60):
        world.advance(world.today, MinMaxRule(14, 35)(world.today, world.book))
    ahead, span = foreseen(world, 40)
    best = ahead.truth.profit(span).total_minor
    for rule in (MinMaxRule(3, 6), MinMaxRule(10, 14), MinMaxRule(20, 40), MinMaxRule(60, 90)):
        assert try_out(world, 40, rule) < best
