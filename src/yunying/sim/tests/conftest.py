"""Worlds for the tests: a flat one, in which only what a test switches on can move demand, and short demo runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from yunying.sim.history import live
from yunying.sim.laws import Constant, Uniform
from yunying.sim.loading import load_settings
from yunying.sim.minmax import MinMaxRule
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World


def flat_settings(**changes: dict[str, Any]) -> WorldSettings:
    """Even demand, no luck of the day, stock for ever, no returns; ``changes`` by part of the settings."""
    demo = load_settings("demo")
    category = replace(
        demo.catalogue.categories[0],
        elasticity=2.0,
        season_amplitude=0.0,
        sale_sensitivity=1.0,
        return_rate=0.0,
        unit_cost=20.0,
    )
    paid = [channel for channel in demo.traffic.channels if channel.paid is None]
    parts: dict[str, Any] = {
        "horizon_days": 400,
        "store": demo.store,
        "catalogue": replace(demo.catalogue, products=40, categories=(category,)),
        "demand": replace(
            demo.demand,
            mean_units=20.0,
            level_sigma=0.0,
            growth_rate=0.0,
            growth_sigma=0.0,
            elasticity_sigma=0.0,
            day_shock_sigma=0.0,
            wander_sigma=0.0,
            week=(1.0,) * 7,
            dispersion=5.0,
        ),
        "life": replace(demo.life, evergreen_rate=1.0, launch_rate=0.0),
        "events": {},
        "promotions": replace(demo.promotions, own_per_year=0, own_price_moves_per_year=0.0),
        "after_sales": replace(
            demo.after_sales,
            unpaid_rate=0.0,
            cancel_rate=0.0,
            test_rate=0.0,
            brushed_rate=0.0,
            ship_delay=Constant(0),
        ),
        "supply": replace(
            demo.supply,
            suppliers=demo.supply.suppliers[:1],
            initial_cover_days=Constant(3000),
            second_source_rate=0.0,
            closed_events=(),
        ),
        "traffic": replace(demo.traffic, channels=tuple(paid), event_sample_rate=0.0),
        "members": replace(demo.members, initial=500),
    }
    for part, change in changes.items():
        parts[part] = replace(parts[part], **change) if isinstance(change, dict) and part != "events" else change
    return replace(demo, **parts)


@pytest.fixture(scope="session")
def flat() -> Callable[..., WorldSettings]:
    return flat_settings


@pytest.fixture(scope="session")
def busy() -> tuple[World, dict[str, pa.Table]]:
    """150 days of the demo with daily purchases, many losses and all kinds of orders, and its facts joined."""
    demo = load_settings("demo")
    settings = replace(
        demo,
        horizon_days=200,
        catalogue=replace(demo.catalogue, products=120),
        after_sales=replace(demo.after_sales, brushed_rate=0.03, test_rate=0.01, return_delay=Uniform(1, 9)),
        life=replace(demo.life, announce_days=10, clearance_days=20, launch_rate=0.5, evergreen_rate=0.3),
        traffic=replace(demo.traffic, event_sample_rate=0.05),
    )
    return lived(settings, 11, 150)


def lived(settings: WorldSettings, seed: int, days: int) -> tuple[World, dict[str, pa.Table]]:
    world = World(settings, seed)
    facts: dict[str, list[pa.Table]] = {}
    for _, tables in live(world, days, MinMaxRule(8, 16)):
        for name, rows in tables.items():
            facts.setdefault(name, []).append(rows)
    return world, {name: pa.concat_tables(parts, promote_options="default") for name, parts in facts.items()}


@pytest.fixture(scope="session")
def live_world() -> Callable[[WorldSettings, int, int], tuple[World, dict[str, pa.Table]]]:
    return lived
