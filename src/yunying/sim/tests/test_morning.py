"""What the commands of one morning do together: numbers of orders, a supplier's smallest order, stopped promotions."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.sim.loading import load_settings, settings_data, settings_from
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]

PROMOTION = {
    "promotion": "spring",
    "products": ({"product": "P0001"},),
    "discount_rate_permille": 250,
    "start_date": "2025-01-02",
    "end_date": "2025-01-20",
}


def order(world: World, place: int, packs: int, **params: str) -> Command:
    """Packs of the product at a place of the catalogue, from its usual supplier."""
    offer = world.book.offers[place]
    quantity = packs * offer.pack
    cost = str(Decimal(offer.cost_micros(quantity)).scaleb(-6))
    line = {"product": world.book.products[place], "quantity": quantity, "unit_cost": cost}
    return Command("purchase_order", 1, {"supplier": world.book.suppliers[0], "lines": (line,), **params})


def just_short(world: World, place: int) -> int:
    """How many packs of a product lie below its supplier's smallest order, as many as can."""
    offer, minimum = world.book.offers[place], world.book.minimum_order_minor[0]
    packs = 1
    while (packs + 1) * offer.pack * offer.cost_micros(
        (packs + 1) * offer.pack
    ) < minimum * world.book.micros_per_minor:
        packs += 1
    return packs


def code_of(world: World, commands: list[Command]) -> str:
    with pytest.raises(OperatorError) as caught:
        world.step(world.today, commands)
    return caught.value.code


def promoted(tables: dict) -> set[str]:
    return {row["promotion"] for row in tables["order_line"].to_pylist() if row["state"] == "paid"} - {None}


def test_a_given_number_is_the_purchases_in_the_facts_from_order_to_receipt(flat: Flat) -> None:
    world = World(flat(), 1)
    tables = world.step(world.today, [order(world, 0, 60, reference="PO-2025-7"), order(world, 1, 60)])
    assert {row["purchase"] for row in tables["purchase_line"].to_pylist()} == {"PO-2025-7", "PO20250101-002"}
    lived = [world.step(world.today) for _ in range(40)]
    rows = [row for tables in lived if "purchase_line" in tables for row in tables["purchase_line"].to_pylist()]
    assert {(row["purchase"], row["state"]) for row in rows} == {
        ("PO-2025-7", "received"), ("PO20250101-002", "received"),
    }  # fmt: skip


def test_a_number_is_given_once(flat: Flat) -> None:
    world = World(flat(), 1)
    twice = [order(world, 0, 60, reference="PO-2025-7")] * 2
    assert code_of(world, twice) == "used-reference"
    world.step(world.today, twice[:1])
    assert code_of(world, twice[:1]) == "used-reference"
    assert code_of(world, [order(world, 0, 60, reference="PO20250301-001")]) == "used-reference"
    assert code_of(world.copy(), twice[:1]) == "used-reference"


def test_the_smallest_order_is_held_against_all_that_a_supplier_gets_in_a_morning(flat: Flat) -> None:
    world = World(flat(), 1)
    short = [order(world, place, just_short(world, place)) for place in (0, 1)]
    assert code_of(world, short[:1]) == code_of(world, short[1:]) == "below-minimum-order"
    tables = world.step(world.today, short)
    assert len(tables["purchase_line"]) == 2


def test_a_promotion_that_is_stopped_ends_that_morning(flat: Flat) -> None:
    world = World(flat(), 1)
    world.step(world.today, [Command("start_promotion", 1, PROMOTION)])
    assert promoted(world.step(world.today)) == {"spring"}
    stop = Command("stop_promotion", 1, {"promotion": "spring"})
    assert promoted(world.step(world.today, [stop])) == set()
    assert code_of(world, [stop]) == "unknown-promotion"
    assert all(promoted(world.step(world.today)) == set() for _ in range(10))


def test_a_promotion_can_be_stopped_before_it_starts_and_started_again(flat: Flat) -> None:
    start, stop = Command("start_promotion", 1, PROMOTION), Command("stop_promotion", 1, {"promotion": "spring"})
    world = World(flat(), 1)
    world.step(world.today, [start, stop])
    assert promoted(world.step(world.today)) == set()
    assert code_of(world, [stop]) == "unknown-promotion"
    later = Command("start_promotion", 1, {**PROMOTION, "start_date": world.today.isoformat()})
    assert promoted(world.step(world.today, [later])) == {"spring"}
    assert code_of(world, [stop, stop]) == "unknown-promotion"


def test_of_the_stores_own_promotions_only_a_running_one_can_be_stopped(flat: Flat) -> None:
    own = {"own_per_year": 30, "own_days": 5, "own_products_rate": 1.0, "own_discounts_permille": (200,)}
    world = World(flat(promotions=own), 1)
    assert code_of(world, [Command("stop_promotion", 1, {"promotion": "own-020"})]) == "unknown-promotion"
    running: set[str] = set()
    while not running:
        running = promoted(world.step(world.today))
    (name,) = running
    assert name not in promoted(world.step(world.today, [Command("stop_promotion", 1, {"promotion": name})]))


def test_a_budget_may_say_for_how_many_days_it_is_meant() -> None:
    settings = load_settings("demo")
    world, twin = World(settings, 1), World(settings, 1)
    params = {"channel": "video_ads", "campaign": "C-video", "daily_minor": 12_300}
    one = world.step(world.today, [Command("set_budget", 1, params)])
    two = twin.step(twin.today, [Command("set_budget", 1, {**params, "days": 7})])
    assert one["ad_spend"].equals(two["ad_spend"])
    assert world.budget_minor("video_ads") == 12_300


def test_a_world_that_was_put_away_goes_on_as_it_would_have(flat: Flat) -> None:
    world = World(flat(), 1)
    world.run(10)
    state, book = world.standing
    other = World.resumed(world.settings, 1, (state.copy(), book.copy()))
    for _ in range(5):
        one, two = world.step(world.today), other.step(other.today)
        assert list(one) == list(two)
        assert all(one[name].equals(two[name]) for name in one)


def test_settings_kept_as_a_mapping_are_the_settings() -> None:
    assert settings_from(settings_data("fashion")) == load_settings("fashion")
