"""Commands do what they say from their day on, and what cannot be applied is refused before anything happens."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.sim.loading import load_settings
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]

PROMOTION = {
    "promotion": "spring",
    "products": ({"product": "P0001"},),
    "discount_rate_permille": 250,
    "start_date": "2025-01-03",
    "end_date": "2025-01-05",
}


def test_a_price_holds_from_its_day_on_and_is_a_fact(flat: Flat) -> None:
    world = World(flat(), 1)
    world.step(world.today)
    tables = world.step(world.today, [Command("set_price", 1, {"product": "P0002", "list_price": "88.80"})])
    assert [(row["product"], row["list_price"]) for row in tables["price"].to_pylist()] == [
        ("P0002", Decimal("88.800000"))
    ]
    later = world.step(world.today)["order_line"].to_pylist()
    assert {row["list_price"] for row in later if row["product"] == "P0002"} == {Decimal("88.800000")}


def test_the_store_leaves_prices_alone_that_a_command_set(flat: Flat) -> None:
    settings = flat(promotions={"own_price_moves_per_year": 40.0, "own_price_sigma": 0.2})
    world = World(settings, 1)
    facts = [world.step(world.today, [Command("set_price", 1, {"product": "P0002", "list_price": "88.80"})])]
    facts += [world.step(world.today) for _ in range(60)]
    moved = [row["product"] for tables in facts[1:] if "price" in tables for row in tables["price"].to_pylist()]
    assert moved.count("P0002") == 0
    assert moved.count("P0001") > 0


def test_a_promotion_discounts_its_products_on_its_days(flat: Flat) -> None:
    world = World(flat(), 1)
    facts = [world.step(world.today, [Command("start_promotion", 1, PROMOTION)])]
    facts += [world.step(world.today) for _ in range(6)]
    days = {
        (
            row["date"].day,
            row["product"],
            round(row["discount_minor"] / (row["discount_minor"] + row["amount_minor"]), 3),
        )
        for tables in facts
        for row in tables["order_line"].to_pylist()
        if row["promotion"] == "spring" and row["state"] == "paid"
    }
    assert days == {(3, "P0001", 0.25), (4, "P0001", 0.25)}


def test_a_budget_changes_the_spend() -> None:
    settings = load_settings("demo")
    budget = Command("set_budget", 1, {"channel": "video_ads", "campaign": "C-video", "daily_minor": 0})
    world, twin = World(settings, 1), World(settings, 1)
    with_budget = twin.step(twin.today)["ad_spend"].to_pylist()
    without = world.step(world.today, [budget])["ad_spend"].to_pylist()
    spends = {row["channel"]: (row["spend_minor"], row["clicks"]) for row in without}
    assert spends["video_ads"] == (0, 0)
    assert spends["search_ads"] == next(
        (row["spend_minor"], row["clicks"]) for row in with_budget if row["channel"] == "search_ads"
    )
    assert {row["channel"]: row["spend_minor"] for row in with_budget}["video_ads"] > 0


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Command("send_flowers", 1, {}), "unknown-command"),
        (Command("set_price", 2, {"product": "P0001", "list_price": "1"}), "unknown-command"),
        (Command("set_price", 1, {"product": "nothing", "list_price": "1"}), "unknown-product"),
        (Command("set_price", 1, {"product": "P0001", "list_price": "cheap"}), "bad-parameter"),
        (Command("set_price", 1, {"product": "P0001", "list_price": "NaN"}), "bad-parameter"),
        (Command("set_price", 1, {"product": "P0001", "list_price": "0.001"}), "bad-price"),
        (Command("set_price", 1, {"product": "P0001"}), "bad-parameter"),
        (Command("start_promotion", 1, {**PROMOTION, "start_date": "2024-12-01"}), "bad-promotion"),
        (Command("start_promotion", 1, {**PROMOTION, "end_date": "2025-01-03"}), "bad-promotion"),
        (Command("start_promotion", 1, {**PROMOTION, "discount_rate_permille": 1000}), "bad-promotion"),
        (Command("start_promotion", 1, {**PROMOTION, "start_date": "soon"}), "bad-parameter"),
        (Command("start_promotion", 1, {**PROMOTION, "products": ()}), "bad-parameter"),
        (Command("set_budget", 1, {"channel": "tv", "campaign": "C", "daily_minor": 1}), "unknown-channel"),
        (Command("set_budget", 1, {"channel": "search", "campaign": "C", "daily_minor": 1}), "unknown-campaign"),
        (Command("purchase_order", 1, {"supplier": "S99", "lines": ({"product": "P0001"},)}), "unknown-supplier"),
        (Command("purchase_order", 1, {"supplier": "S01", "lines": ()}), "bad-parameter"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
def test_what_cannot_be_applied_is_refused_and_nothing_happens(flat: Flat, command: Command, code: str) -> None:
    world, twin = World(flat(), 1), World(flat(), 1)
    good = Command("set_price", 1, {"product": "P0002", "list_price": "1.00"})
    with pytest.raises(OperatorError) as caught:
        world.step(world.today, [good, command])
    assert caught.value.code == code
    assert world.today == twin.today
    one, two = world.step(world.today), twin.step(twin.today)
    assert all(one[name].equals(two[name]) for name in two)
    assert world.today == twin.settings.start_date + timedelta(days=1)


def test_a_product_that_is_not_announced_yet_is_unknown(flat: Flat) -> None:
    settings = flat(life={"launch_rate": 1.0, "announce_days": 3})
    world = World(settings, 1)
    launches = {product: world.truth.life(product)[0] for product in world.truth.products}
    late = max(launches, key=lambda product: launches[product])
    command = Command("set_price", 1, {"product": late, "list_price": "5.00"})
    while world.today < launches[late] - timedelta(days=3):
        with pytest.raises(OperatorError):
            world.advance(world.today, [command])
        world.advance(world.today)
    tables = world.step(world.today, [command])
    assert late in {row["product"] for row in tables["product"].to_pylist()}
    world.step(world.today, [command])
