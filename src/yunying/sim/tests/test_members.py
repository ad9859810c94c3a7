"""Members buy at rates of their own, are lost after orders, and new ones arrive."""

from collections.abc import Callable

import numpy as np
import pyarrow.compute as pc
import pytest

from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

Flat = Callable[..., WorldSettings]


def orders_by_member(world: World, days: int) -> tuple[dict[str, int], int, int]:
    """Orders of each member who was there on the first day; all orders; orders of guests."""
    first: set[str] = set()
    counts: dict[str, int] = {}
    every = guests = 0
    for day in range(days):
        tables = world.step(world.today)
        if day == 0:
            rows = tables["member"].to_pylist()
            first = {row["member"] for row in rows if row["joined_date"] < world.settings.start_date}
            counts = dict.fromkeys(first, 0)
        heads = tables["order_line"].filter((pc.field("state") == "paid") & (pc.field("line") == "1"))
        for member in heads.column("member").to_pylist():
            every += 1
            guests += member is None
            if member in counts:
                counts[member] += 1
    return counts, every, guests


def test_living_members_buy_at_their_rates(flat: Flat) -> None:
    """3,000 members, 0.02 a day, 50 days, nobody lost: mean 1, variance 1 + 1 / shape."""
    members = {"initial": 3000, "rate_mean": 0.02, "rate_shape": 0.5, "dropout_a": 1e-3, "dropout_b": 1e3}
    counts, every, guests = orders_by_member(World(flat(members={**members, "guest_rate": 0.1}), 9), 50)
    values = np.array(list(counts.values()))
    assert len(values) == 3000
    assert values.mean() == pytest.approx(1.0, abs=0.08)
    assert values.var() == pytest.approx(3.0, rel=0.2)
    assert guests / every == pytest.approx(0.1, abs=0.01)


def test_members_are_lost_after_orders_by_their_probability(flat: Flat) -> None:
    """With p = 0.5 for all and many orders, a member makes 1 / p = 2 further orders before being lost."""
    members = {"initial": 400, "rate_mean": 0.5, "rate_shape": 50.0, "dropout_a": 5e3, "dropout_b": 5e3}
    world = World(flat(members={**members, "repeat_cap": 1.0}), 9)
    counts, _, _ = orders_by_member(world, 40)
    assert np.mean(list(counts.values())) == pytest.approx(2.0, rel=0.12)
    assert np.var(list(counts.values())) == pytest.approx(2.0, rel=0.3)


def test_new_members_arrive_and_are_facts_on_their_first_day(flat: Flat) -> None:
    world = World(flat(members={"initial": 10, "rate_mean": 1e-6}), 9)
    facts = world.run(5)
    new = [row for row in facts["member"].to_pylist() if row["joined_date"] >= world.settings.start_date]
    heads = facts["order_line"].filter((pc.field("state") == "paid") & (pc.field("line") == "1")).to_pylist()
    known = [row for row in heads if row["member"] is not None]
    first = {(row["member"], row["joined_date"], row["region"], row["channel"]) for row in new}
    assert len(new) == len(known) > 1000
    assert {(row["member"], row["date"], row["region"], row["channel"]) for row in known} == first


def test_keys_of_members_say_nothing(flat: Flat) -> None:
    keys = World(flat(), 9).run(1)["member"].column("member").to_pylist()
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 16 and int(key, 16) >= 0 for key in keys)
    assert keys != sorted(keys)
    assert keys[0] != World(flat(), 10).run(1)["member"].column("member").to_pylist()[0]


def test_regions_have_their_weights(flat: Flat) -> None:
    settings = flat(store={"regions": {"广东": 3.0, "上海": 1.0}})
    lines = World(settings, 9).run(20)["order_line"].filter(pc.field("line") == "1")
    share = pc.mean(pc.equal(lines.column("region"), "广东").cast("float64")).as_py()
    assert share == pytest.approx(0.75, abs=0.03)
