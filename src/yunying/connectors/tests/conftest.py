"""A way to lay a connector beside the real ones, whole or with a fault."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yunying import connectors

HERE = Path(__file__).parent


@pytest.fixture
def drop_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Lay the notebook's folder; ``changes`` are (old, new) texts of its connector.py."""
    place = tmp_path / "laid"
    place.mkdir()
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(place)])
    before = set(sys.modules)

    def lay(*changes: tuple[str, str]) -> Path:
        folder = place / "notebook"
        folder.mkdir()
        (folder / "__init__.py").write_text("", encoding="utf-8")
        text = (HERE / "notebook.py.txt").read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} must stand in the connector once"
            text = text.replace(old, new)
        (folder / "connector.py").write_text(text, encoding="utf-8")
        trial = (HERE / "notebook_trial.py.txt").read_text(encoding="utf-8")
        (folder / "trial.py").write_text(trial, encoding="utf-8")
        return folder

    yield lay
    for name in set(sys.modules) - before:
        if name.startswith(f"{connectors.__name__}."):
            del sys.modules[name]
            package, _, leaf = name.rpartition(".")
            if package == connectors.__name__ and hasattr(connectors, leaf):
                delattr(connectors, leaf)
