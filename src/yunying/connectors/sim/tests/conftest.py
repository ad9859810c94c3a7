"""A small store to live with, and the way in which its days are worked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from yunying.connectors.sim.living_store import LivingStore
from yunying.connectors.sim.tests.living_child import begun


@pytest.fixture
def store(tmp_path: Path) -> LivingStore:
    return begun(tmp_path / "store")


@pytest.fixture
def begin(tmp_path: Path) -> Callable[[str], LivingStore]:
    return lambda name: begun(tmp_path / name)
