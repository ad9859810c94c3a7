"""Demand follows its laws: level, dispersion, seasons, sales, price, promotions with their after-dip, lives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from yunying.kernel.command import Command
from yunying.kernel.periods import Period
from yunying.sim.laws import Constant
from yunying.sim.loading import load_settings
from yunying.sim.seasons import year_factor
from yunying.sim.settings import EventEffect, WorldSettings
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]


def whole(world: World) -> Period:
    return Period(world.settings.start_date, world.today)


def advance(world: World, days: int) -> World:
    for _ in range(days):
        world.advance(world.today)
    return world


def promotion(world: World, products: list[str], permille: int, days: int) -> Command:
    return Command(
        "start_promotion",
        1,
        {
            "promotion": "test",
            "products": tuple({"product": product} for product in products),
            "discount_rate_permille": permille,
            "start_date": world.today.isoformat(),
            "end_date": (world.today + timedelta(days=days)).isoformat(),
        },
    )


def test_counts_have_the_mean_and_the_dispersion_of_the_settings(flat: Flat) -> None:
    """8,000 product-days with mean 20 and k = 5: variance 20 + 400 / 5 = 100."""
    world = advance(World(flat(), 5), 200)
    counts = world.truth.units("demand", whole(world))
    assert counts.mean() == pytest.approx(20.0, rel=0.015)
    assert counts.var() == pytest.approx(100.0, rel=0.08)


def test_days_and_products_have_independent_luck(flat: Flat) -> None:
    world = advance(World(flat(), 5), 300)
    counts = world.truth.units("demand", whole(world))
    days = np.corrcoef(counts[:-1].ravel(), counts[1:].ravel())[0, 1]
    products = np.corrcoef(counts[:, 0], counts[:, 1])[0, 1]
    assert abs(days) < 0.04
    assert abs(products) < 0.25


def test_a_slow_mover_mostly_sells_nothing(flat: Flat) -> None:
    """Mean 0.06, k = 0.25: P(0) = (1 + 0.06 / 0.25) ^ -0.25 = 0.948."""
    world = advance(World(flat(demand={"mean_units": 0.06, "dispersion": 0.25}), 5), 300)
    counts = world.truth.units("demand", whole(world))
    assert np.mean(counts == 0) == pytest.approx((1 + 0.06 / 0.25) ** -0.25, abs=0.006)


def test_levels_over_products_have_a_heavy_tail(flat: Flat) -> None:
    settings = flat(catalogue={"products": 4000}, demand={"level_sigma": 1.4})
    level = World(settings, 2).truth.expected(settings.start_date)
    # The ramp of an evergreen is over; mean 20, median 20 exp(-0.98).
    assert np.std(np.log(level)) == pytest.approx(1.4, rel=0.05)
    assert np.median(level) == pytest.approx(20 * np.exp(-0.98), rel=0.08)
    assert np.mean(level < 20) > 0.7


def test_the_day_shock_moves_all_products_together(flat: Flat) -> None:
    world = advance(World(flat(demand={"day_shock_sigma": 0.3, "dispersion": 1e6, "mean_units": 30.0}), 5), 300)
    store = world.truth.units("demand", whole(world)).sum(axis=1)
    assert np.std(np.log(store)) == pytest.approx(0.3, rel=0.12)
    assert store.mean() == pytest.approx(40 * 30, rel=0.06)


def test_the_week_has_its_shape(flat: Flat) -> None:
    week = (1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0)
    world = advance(World(flat(demand={"week": week, "mean_units": 6.0}), 5), 182)
    counts = world.truth.units("demand", whole(world)).sum(axis=1)
    weekend = np.array([day.weekday() >= 5 for day in whole(world)])
    assert counts[weekend].mean() / counts[~weekend].mean() == pytest.approx(2.0, rel=0.04)
    assert counts.mean() == pytest.approx(40 * 6, rel=0.03)


def test_the_year_has_its_peak_and_mean_one() -> None:
    category = replace(load_settings("demo").catalogue.categories[0], season_amplitude=0.9, season_peak_day=200)
    factor = year_factor(category, np.arange(1, 366, dtype=np.float64))
    assert int(np.argmax(factor)) + 1 == 200
    assert factor.mean() == pytest.approx(1.0, abs=0.002)
    assert factor.max() / factor.min() == pytest.approx(np.exp(1.8), rel=0.01)


def test_a_category_season_shows_in_demand(flat: Flat) -> None:
    base = flat(demand={"mean_units": 8.0})
    category = replace(base.catalogue.categories[0], season_amplitude=0.8, season_peak_day=182)
    world = advance(World(replace(base, catalogue=replace(base.catalogue, categories=(category,))), 5), 365)
    counts = world.truth.units("demand", whole(world)).sum(axis=1)
    # exp(0.8 cos) averaged over 31 days around the peak and the trough.
    near = np.exp(0.8 * np.cos(2 * np.pi * np.arange(-15, 16) / 365.25)).mean()
    far = np.exp(-0.8 * np.cos(2 * np.pi * np.arange(-15, 16) / 365.25)).mean()
    assert counts[166:197].mean() / np.r_[counts[:15], counts[-16:]].mean() == pytest.approx(near / far, rel=0.05)


def test_double_11_has_its_wait_peak_and_after_dip(flat: Flat) -> None:
    effect = EventEffect(window=1.2, peak=4.0, before=0.8, before_days=5, after=0.5, after_days=7)
    settings = flat(events={"double_11": effect}, demand={"mean_units": 40.0, "dispersion": 50.0})
    settings = replace(settings, start_date=date(2025, 9, 28))
    world = advance(World(settings, 5), 94)
    units = dict(zip(whole(world), world.truth.units("demand", whole(world)).sum(axis=1) / 1600, strict=True))
    year = settings.start_date.year
    assert units[date(year, 11, 11)] == pytest.approx(4.0, rel=0.12)
    assert np.mean([units[date(year, 10, day)] for day in range(15, 31)]) == pytest.approx(1.2, rel=0.06)
    assert np.mean([units[date(year, 10, day)] for day in range(9, 14)]) == pytest.approx(0.8, rel=0.1)
    assert np.mean([units[date(year, 11, day)] for day in range(12, 19)]) == pytest.approx(0.5, rel=0.1)
    assert np.mean([units[date(year, 12, day)] for day in range(1, 31)]) == pytest.approx(1.0, rel=0.04)


def test_growth_is_what_the_settings_say(flat: Flat) -> None:
    world = advance(World(flat(demand={"growth_rate": 0.5, "mean_units": 6.0}), 5), 395)
    counts = world.truth.units("demand", whole(world)).sum(axis=1)
    assert counts[365:395].mean() / counts[:30].mean() == pytest.approx(1.5, rel=0.06)


def test_elasticity_is_recovered_from_what_was_sold(flat: Flat) -> None:
    """Prices move at random by command; a regression within products gives back the elasticity of 2."""
    world, rng = World(flat(), 5), np.random.default_rng(0)
    first = {row["product"]: row["list_price"] for row in world.copy().step(world.today)["price"].to_pylist()}
    ratios = np.exp(rng.normal(0, 0.2, (10, 40)))
    for change in ratios:
        commands = [
            Command("set_price", 1, {"product": product, "list_price": f"{float(first[product]) * ratio:.2f}"})
            for product, ratio in zip(world.truth.products, change, strict=True)
        ]
        for day in range(20):
            world.advance(world.today, commands if day == 0 else ())
    sold = world.truth.units("sold", whole(world)).reshape(10, 20, 40).sum(axis=1)
    x, y = np.log(ratios), np.log(sold)
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    assert (x * y).sum() / (x * x).sum() == pytest.approx(-2.0, abs=0.12)
    assert world.truth.elasticity("P0001") == pytest.approx(2.0)


def test_a_promotion_lifts_and_then_demand_dips_by_what_was_pulled_forward(flat: Flat) -> None:
    settings = flat(
        promotions={"visibility": 0.25, "pull_forward_rate": 0.5, "release_rate": 0.2},
        demand={"mean_units": 50.0, "dispersion": 50.0},
    )
    world = advance(World(settings, 5), 20)
    twin = advance(world.copy(), 70)
    world.advance(world.today, [promotion(world, list(world.truth.products[:20]), 200, 4)])
    advance(world, 69)
    units, usual = (lived.truth.units("demand", whole(lived)) for lived in (world, twin))
    ratio = units[:, :20].sum(axis=1) / usual[:, :20].sum(axis=1)
    lift = 0.8**-2 * 1.25
    assert ratio[20:24].mean() == pytest.approx(lift, rel=0.02)
    assert (1 - ratio[24:64]).sum() == pytest.approx(0.5 * (lift - 1) * 4, rel=0.05)
    assert ratio[24] == pytest.approx(1 - 0.2 * 0.5 * (lift - 1) * 4, rel=0.05)
    assert ratio[70:].mean() == pytest.approx(1.0, abs=0.005)
    assert units[:, 20:].tolist() == usual[:, 20:].tolist()


def test_the_deepest_of_two_promotions_holds(flat: Flat) -> None:
    world = World(flat(), 5)
    deep, shallow = promotion(world, ["P0001"], 300, 1), promotion(world, ["P0001", "P0002"], 100, 1)
    lines = world.step(world.today, [deep, shallow])["order_line"].to_pylist()
    paid = [line for line in lines if line["state"] == "paid"]
    rates = {
        (line["product"], round(line["discount_minor"] / (line["discount_minor"] + line["amount_minor"]), 2))
        for line in paid
        if line["product"] in ("P0001", "P0002", "P0003")
    }
    assert rates == {("P0001", 0.3), ("P0002", 0.1), ("P0003", 0.0)}


def test_products_ramp_up_end_and_leave(flat: Flat) -> None:
    life = {
        "launch_rate": 1.0,
        "evergreen_rate": 0.0,
        "life_days": Constant(100),
        "ramp_days": 10.0,
        "decline_days": 10.0,
        "launch_cover_days": 5000.0,
    }
    settings = flat(life=life, demand={"mean_units": 30.0}, catalogue={"products": 60})
    world = World(settings, 5)
    spans = [world.truth.life(product) for product in world.truth.products]
    advance(world, 400)
    counts = world.truth.units("demand", whole(world))
    by_age = np.zeros((100, 2))
    for product, (launch, end) in enumerate(spans):
        start = (launch - settings.start_date).days
        assert end is not None
        assert (end - launch).days == 100
        assert counts[:start, product].sum() == 0
        assert counts[start + 100 :, product].sum() == 0
        lived = counts[start : start + 100, product]
        by_age[: len(lived), 0] += lived
        by_age[: len(lived), 1] += 1
    mean = by_age[:, 0] / by_age[:, 1]
    assert mean[0] == pytest.approx(30 * (1 - np.exp(-0.1)), rel=0.35)
    assert mean[40:75].mean() == pytest.approx(30, rel=0.05)
    assert mean[99] == pytest.approx(30 * np.exp(0.1 - 2), rel=0.4)


def test_the_demo_has_births_and_deaths_in_its_window() -> None:
    settings = load_settings("demo")
    world = World(settings, 1)
    end = settings.start_date + timedelta(days=settings.horizon_days)
    spans = [world.truth.life(product) for product in world.truth.products]
    assert sum(settings.start_date < launch < end for launch, _ in spans) > 40
    assert sum(last is not None and settings.start_date < last < end for _, last in spans) > 40


def test_expected_demand_is_the_mean_of_what_comes(flat: Flat) -> None:
    demo = load_settings("demo")
    world = advance(World(replace(demo, catalogue=replace(demo.catalogue, products=400)), 3), 120)
    expected = world.truth.units("expected", whole(world)).sum()
    assert world.truth.units("demand", whole(world)).sum() / expected == pytest.approx(1.0, abs=0.02)


def test_truth_answers_a_price_and_a_promotion(flat: Flat) -> None:
    world = World(flat(), 5)
    price = world.step(world.today)["price"].to_pylist()[0]
    minor = int(price["list_price"] * 100)
    plain = world.truth.expected_demand(price["product"], world.today, minor)
    assert plain == pytest.approx(20.0, rel=1e-4)
    assert world.truth.expected_demand(price["product"], world.today, 2 * minor) == pytest.approx(plain / 4)
    promoted = world.truth.expected_demand(price["product"], world.today, minor, discount_permille=200)
    assert promoted == pytest.approx(plain * 0.8**-2 * 1.25)
