"""The dictionary's contribution profit, from facts alone, is what the simulated store knows that it earned."""

from datetime import timedelta

import pyarrow as pa
import pytest

from yunying.facts.reader import FactReader
from yunying.kernel.periods import Period
from yunying.metrics.evaluate import evaluate
from yunying.sim.loading import load_settings
from yunying.sim.world import World

DAYS = 60


@pytest.fixture(scope="module", params=["demo", "fashion"])
def lived(request: pytest.FixtureRequest) -> tuple[World, dict[str, pa.Table], Period]:
    world = World(load_settings(request.param), seed=3)
    start = world.today
    facts = {name: rows.append_column("store", pa.array(["s"] * len(rows))) for name, rows in world.run(DAYS).items()}
    return world, facts, Period(start, start + timedelta(days=DAYS))


def test_contribution_profit_is_the_true_one(lived: tuple[World, dict[str, pa.Table], Period]) -> None:
    world, facts, period = lived
    truth = world.truth.profit(period)
    parts = truth.parts
    costs = sum(parts[name] for name in ("refunds", "goods", "commission", "payment_fee", "shipping", "write_downs"))
    total = parts["paid"] + parts["goods_back"] - costs - parts["capital"] - sum(truth.ads.values())
    with FactReader.from_arrow(facts) as reader:
        found = evaluate(reader, ["contribution_profit"], store="s", period=period)
    assert abs(found.value("contribution_profit").now - total) <= 1


def test_contribution_profit_by_product_is_the_true_one_before_advertising(
    lived: tuple[World, dict[str, pa.Table], Period],
) -> None:
    world, facts, period = lived
    truth = world.truth.product_profit(period).sum(axis=0)
    with FactReader.from_arrow(facts) as reader:
        table = evaluate(reader, ["contribution_profit"], store="s", period=period, by="product")
    found = {row.key[0]: row.values["contribution_profit"].now for row in table.rows}
    assert set(found) <= set(world.truth.products)
    assert all(abs(found.get(key, 0) - true) <= 1 for key, true in zip(world.truth.products, truth, strict=True))
    assert any("leaves out ad_spend" in note for note in table.notes)
