"""Purchases arrive by their supplier's law, at the offer's cost, and never in the closed season."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.methods.calendars import occurrences
from yunying.sim.draws import Draws
from yunying.sim.laws import Bimodal, Constant, Gamma
from yunying.sim.settings import WorldSettings
from yunying.sim.supply import average_cost, lead_time_days
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]


def shop(flat: Flat, lead_time: object = Constant(5), **terms: object) -> WorldSettings:
    base = flat()
    plain = {
        "lead_time": lead_time,
        "packs": (6,),
        "minimum_packs": 2,
        "minimum_order_minor": 0,
        "break_packs": 10,
        "break_rate": 0.1,
    }
    supplier = replace(base.supply.suppliers[0], **{**plain, **terms})
    return replace(base, supply=replace(base.supply, suppliers=(supplier,)))


def order(world: World, product: str, quantity: int, cost: str) -> Command:
    row = {"product": product, "quantity": quantity, "unit_cost": cost}
    return Command("purchase_order", 1, {"supplier": "S01", "lines": (row,)})


def offers(world: World) -> dict[tuple[str, int], str]:
    rows = world.copy().step(world.today)["supplier_offer"].to_pylist()
    return {(row["product"], row["from_quantity"]): str(row["unit_cost"]) for row in rows}


@pytest.mark.parametrize(
    ("law", "mean", "deviation"),
    [
        (Gamma(mean=12, shape=9), 12.0, 4.0),
        (Bimodal(on_time_mean=10, late_mean=40, late_rate=0.2, shape=100), 16.0, 12.2),
    ],
)
def test_lead_times_have_the_law_of_their_supplier(flat: Flat, law: object, mean: float, deviation: float) -> None:
    settings = shop(flat, law)
    days = [lead_time_days(settings, Draws(1), day, 0) for day in range(3000)]
    assert np.mean(days) == pytest.approx(mean, rel=0.04)
    assert np.std(days) == pytest.approx(deviation, rel=0.06)
    assert World(settings, 1).truth.lead_time_law("S01") is law


def test_received_lines_show_the_law_in_the_facts(flat: Flat) -> None:
    settings = shop(flat, Gamma(mean=6, shape=16))
    world = World(replace(settings, catalogue=replace(settings.catalogue, products=2)), 3)
    cost = offers(world)["P0001", 1]
    facts = world.run(200, lambda day, book: (order(world, "P0001", 12, cost),))
    ordered = {row["purchase"]: row for row in facts["purchase_line"].to_pylist() if row["state"] == "ordered"}
    received = [row for row in facts["purchase_line"].to_pylist() if row["state"] == "received"]
    spans = [(row["date"] - ordered[row["purchase"]]["date"]).days for row in received]
    assert len(spans) > 180
    assert np.mean(spans) == pytest.approx(6.0, abs=0.35)
    assert np.std(spans) == pytest.approx(1.5, abs=0.25)
    assert {row["promised_date"] - row["date"] for row in ordered.values()} == {timedelta(days=8)}


def test_a_delivery_counts_from_its_moment_on(flat: Flat) -> None:
    """An empty shelf that is filled during the day sells after the delivery, not before it."""
    settings = shop(flat, Constant(2))
    settings = replace(settings, supply=replace(settings.supply, initial_cover_days=Constant(0)))
    world = World(settings, 3)
    cost = offers(world)["P0001", 10 * 6]
    first = world.step(world.today, [order(world, "P0001", 6000, cost)])
    assert first["stock_movement"].to_pylist()[0]["reason"] == "stock_take"
    world.advance(world.today)
    today = world.today
    tables = world.step(today)
    period = Period(today, world.today)
    place = world.truth.products.index("P0001")
    demand, sold = (world.truth.units(name, period)[0, place] for name in ("demand", "sold"))
    assert 0 < sold < demand
    moments = [r["at"] for r in tables["order_line"].to_pylist() if (r["product"], r["state"]) == ("P0001", "placed")]
    zone = ZoneInfo(world.settings.store.time_zone)
    assert 8 <= min(moment.astimezone(zone).hour for moment in moments) < 17


def test_price_breaks_and_the_moving_average_cost(flat: Flat) -> None:
    settings = shop(flat, Constant(1))
    settings = replace(settings, supply=replace(settings.supply, initial_cover_days=Constant(0)))
    world = World(settings, 3)
    terms = offers(world)
    plain, broken = float(terms["P0001", 1]), float(terms["P0001", 60])
    assert broken == pytest.approx(0.9 * plain, abs=0.006)
    world.advance(world.today, [order(world, "P0001", 60, terms["P0001", 60])])
    tables = world.step(world.today)
    received = next(row for row in tables["purchase_line"].to_pylist() if row["state"] == "received")
    assert float(received["unit_cost"]) == broken
    updated = [row for row in tables["product"].to_pylist() if row["product"] == "P0001"]
    assert len(updated) == 1
    assert broken <= float(updated[0]["unit_cost"]) < plain


def test_the_average_cost_is_weighed_by_units() -> None:
    on_hand, cost = np.array([10, 0, 5]), np.array([100, 100, 100])
    added, value = np.array([30, 4, 0]), np.array([30 * 200, 4 * 50, 0])
    assert average_cost(on_hand, cost, added, value).tolist() == [175, 50, 100]


def test_nothing_arrives_during_spring_festival(flat: Flat) -> None:
    settings = shop(flat, Constant(3))
    settings = replace(settings, supply=replace(settings.supply, closed_events=("spring_festival",)))
    world = World(settings, 3)
    cost = offers(world)["P0001", 1]
    facts = world.run(60, lambda day, book: (order(world, "P0001", 12, cost),))
    days = {row["date"] for row in facts["purchase_line"].to_pylist() if row["state"] == "received"}
    festival = next(e.period for e in occurrences("spring_festival") if e.period.start_date.year == 2025)
    assert not days & set(festival)
    assert festival.end_date in days
    assert date(2025, 1, 20) in days


@pytest.mark.parametrize(
    ("quantity", "cost", "code"),
    [(13, None, "bad-quantity"), (6, None, "bad-quantity"), (12, "0.01", "stale-cost"), (0, None, "bad-parameter")],
)
def test_an_order_against_the_terms_is_refused_and_nothing_happens(
    flat: Flat, quantity: int, cost: str | None, code: str
) -> None:
    world = World(shop(flat), 3)
    terms = offers(world)
    good = order(world, "P0002", 12, terms["P0002", 1])
    with pytest.raises(OperatorError) as caught:
        world.step(world.today, [good, order(world, "P0001", quantity, cost or terms["P0001", 1])])
    assert caught.value.code == code
    tables = world.step(world.today)
    assert "purchase_line" not in tables


def test_an_order_below_the_supplier_minimum_is_refused(flat: Flat) -> None:
    world = World(shop(flat, minimum_order_minor=10_000_000), 3)
    with pytest.raises(OperatorError) as caught:
        world.step(world.today, [order(world, "P0001", 12, offers(world)["P0001", 1])])
    assert caught.value.code == "below-minimum-order"


def test_spoilage_takes_its_share(flat: Flat) -> None:
    base = flat()
    category = replace(base.catalogue.categories[0], spoilage_rate=0.02)
    settings = replace(
        base,
        catalogue=replace(base.catalogue, categories=(category,)),
        supply=replace(base.supply, initial_cover_days=Constant(100)),
    )
    world = World(settings, 3)
    for _ in range(20):
        world.advance(world.today)
    period = Period(settings.start_date, world.today)
    on_hand, gone = (world.truth.units(name, period) for name in ("on_hand", "written_off"))
    assert gone.sum() / (on_hand + gone).sum() == pytest.approx(0.02, rel=0.03)
