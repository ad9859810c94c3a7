"""On simulated stores, buying for an approved promotion before it begins earns more than being surprised by it."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa

from yunying.facts.schema import TABLES
from yunying.kernel.command import Command
from yunying.kernel.periods import Period
from yunying.practices.manifest import practice_named
from yunying.practices.rivalry import FIRST_RULE, commands_joined, practice_proposals
from yunying.sim.loading import load_settings
from yunying.sim.world import World

BEFORE_DAYS, BEGINS, LASTS, DAYS = 140, 21, 10, 35
RATE = 0.3


def lived(world: World, history: dict[str, list[pa.Table]], products: list[str], is_told: bool) -> tuple[float, float]:
    """Profit of the days, and the share of the promotion's wishes that were served."""
    twin, facts = world.copy(), {name: list(parts) for name, parts in history.items()}
    first = twin.today
    start, end = first + timedelta(days=BEGINS), first + timedelta(days=BEGINS + LASTS)
    begin = Command("start_promotion", 1, {
        "promotion": "big", "start_date": start.isoformat(), "end_date": end.isoformat(),
        "discount_rate_permille": round(1000 * RATE), "products": tuple({"product": key} for key in products),
    })  # fmt: skip
    if is_told:
        rows = [{"promotion": "big", "product": key, "date": first - timedelta(days=1), "start_date": start,
                 "end_date": end, "discount_rate": RATE, "intervention": "1"} for key in products]  # fmt: skip
        table = pa.Table.from_pylist(rows, schema=TABLES["promotion"].schema)
        facts["promotion"] = [table.drop_columns(["store"])]
    practice = practice_named("purchasing")
    for day in range(DAYS):
        proposals = practice_proposals(practice, twin, facts) if day % 7 == 0 else ()
        commands = (*commands_joined(proposals), *((begin,) if day == 0 else ()))
        for name, rows_of_day in twin.step(twin.today, commands).items():
            if name in practice.manifest.facts:
                facts[name].append(rows_of_day)
    sold, wanted = (twin.truth.units(name, Period(start, end)).sum() for name in ("sold", "demand"))
    return twin.truth.profit(Period(first, twin.today)).total_minor, float(sold / wanted)


def test_a_promotion_that_purchasing_knows_of_earns_more() -> None:
    settings = load_settings("demo")
    settings = replace(settings, catalogue=replace(settings.catalogue, products=50))
    gains, served = [], []
    for seed in (11, 12, 13):
        world, history = World(settings, seed), defaultdict[str, list[pa.Table]](list)
        for _ in range(BEFORE_DAYS):
            for name, rows in world.step(world.today, FIRST_RULE(world.today, world.book)).items():
                history[name].append(rows)
        products = [key for key, is_sold in zip(world.book.products, world.book.is_on_sale, strict=True) if is_sold]
        told, surprised = (lived(world, history, products, is_told) for is_told in (True, False))
        gains.append(told[0] - surprised[0])
        served.append(told[1] - surprised[1])
    assert np.mean(gains) > 0, gains
    assert np.mean(served) > 0.02, served
