"""A small simulated store for the contract, and a way to drop a practice in as a folder."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from yunying import practices
from yunying.sim.loading import load_settings
from yunying.sim.minmax import MinMaxRule
from yunying.sim.settings import WorldSettings
from yunying.sim.world import World

RESTOCK = Path(__file__).with_name("restock.py.txt")
STORE = "trial"


def small_settings(products: int) -> WorldSettings:
    """The demo with fewer products; its advertising, meant for three hundred of them, is left out."""
    demo = load_settings("demo")
    free = tuple(channel for channel in demo.traffic.channels if channel.paid is None)
    return replace(
        demo,
        catalogue=replace(demo.catalogue, products=products),
        traffic=replace(demo.traffic, event_sample_rate=0.0, channels=free),
    )


@pytest.fixture(scope="session")
def shop() -> tuple[date, dict[str, pa.Table]]:
    """The day after 150 lived days of 60 products, and the facts of those days."""
    world = World(small_settings(60), seed=5)
    facts = world.run(150, MinMaxRule(14, 28))
    named = {name: rows.append_column("store", pa.array([STORE] * len(rows))) for name, rows in facts.items()}
    return world.today, named


@pytest.fixture
def drop_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Lay a practice folder beside the real ones; ``changes`` are (old, new) texts of its practice.py."""
    monkeypatch.setattr(practices, "__path__", [*practices.__path__, str(tmp_path)])
    before = set(sys.modules)

    def lay(name: str = "restock", *changes: tuple[str, str]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text("", encoding="utf-8")
        shutil.copy(RESTOCK, folder / "practice.py")
        text = RESTOCK.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} must stand in the practice once"
            text = text.replace(old, new)
        (folder / "practice.py").write_text(text, encoding="utf-8")
        return folder

    yield lay
    for name in set(sys.modules) - before:
        if name.startswith(f"{practices.__name__}."):
            del sys.modules[name]
            package, _, leaf = name.rpartition(".")
            if package == practices.__name__ and hasattr(practices, leaf):
                delattr(practices, leaf)
