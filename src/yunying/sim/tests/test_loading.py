"""Worlds are data: those that come with the program load, new ones need no code, and mistakes name their place."""

from pathlib import Path

import pytest

from yunying.kernel.errors import OperatorError
from yunying.sim.laws import Bimodal
from yunying.sim.loading import load_settings, world_names
from yunying.sim.world import World

PROMISED = {"demo", "fashion", "grocery", "spare_parts", "export"}


def test_the_promised_worlds_are_there_and_load() -> None:
    assert set(world_names()) >= PROMISED
    for name in world_names():
        assert load_settings(name).store.id == name


def test_the_demo_is_a_chinese_store_of_300_products() -> None:
    settings = load_settings("demo")
    assert settings.catalogue.products == 300
    assert (settings.store.currency, settings.store.time_zone) == ("CNY", "Asia/Shanghai")
    assert {category.name for category in settings.catalogue.categories} >= {"餐厨", "家纺"}


def test_a_new_world_needs_only_a_file(tmp_path: Path) -> None:
    path = tmp_path / "tools.yaml"
    path.write_text(
        "extends: spare_parts\n"
        "catalogue: {products: 7}\n"
        "supply: {initial_cover_days: {law: geometric, mean: 9}}\n"
        "store: {id: tools, currency: JPY}\n",
        encoding="utf-8",
    )
    settings = load_settings(path)
    assert settings.catalogue.products == 7
    assert settings.supply.initial_cover_days.mean == 9
    assert isinstance(settings.supply.suppliers[0].lead_time, Bimodal)
    world = World(settings, 1)
    assert world.step(world.today)["store"].to_pylist()[0]["currency"] == "JPY"


def test_a_file_may_extend_one_that_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: grocery\ncatalogue: {products: 9}\n", encoding="utf-8")
    (tmp_path / "mine2.yaml").write_text("extends: mine\nstore: {id: mine2}\n", encoding="utf-8")
    settings = load_settings(tmp_path / "mine2.yaml")
    assert (settings.store.id, settings.catalogue.products) == ("mine2", 9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("extends: demo\ndemand: {mean_unit: 3}", "mean_unit"),
        ("store: {id: x}", "lacks"),
        ("extends: demo\ndemand: {mean_units: lots}", "world.demand.mean_units"),
        ("extends: demo\ndemand: {mean_units: -1}", "mean_units"),
        ("extends: demo\ndemand: {week: [1, 1, 1]}", "seven"),
        ("extends: demo\nevents: {double_13: {}}", "events.double_13"),
        ("extends: demo\nafter_sales: {restock_rate: 1.5}", "restock_rate"),
        ("extends: demo\nlife: {life_days: {law: weibull}}", "weibull"),
        ("extends: demo\nstart_date: soon", "start_date"),
        ("extends: demo\ncatalogue: {products: 3.5}", "whole number"),
        ("extends: loop", "extends"),
        ("[1, 2", "YAML"),
        ("hello", "no settings"),
    ],
)
def test_a_mistake_in_a_world_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "loop.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OperatorError, match=told):
        load_settings(path)


def test_an_unknown_world_is_refused_with_the_known_ones() -> None:
    with pytest.raises(OperatorError, match="grocery"):
        load_settings("atlantis")
