"""Nothing is published before it was forced to the disk: the order of fsyncs, observed."""

import os
from pathlib import Path

import pytest

from yunying.facts import delta, store
from yunying.facts.store import FactStore
from yunying.facts.tests.test_store import batch, order_rows, stock_rows


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths in the order in which they were forced to the disk."""
    paths: list[str] = []
    real = os.fsync

    def observe(descriptor: int) -> None:
        paths.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", observe)
    return paths


def test_data_log_and_folders_are_forced_to_the_disk_before_publication(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = FactStore(tmp_path / "facts")
    before_publication: list[str] = []
    publish = facts.snapshots.publish

    def observe(snapshot: object) -> None:
        before_publication.extend(synced)
        publish(snapshot)

    monkeypatch.setattr(facts.snapshots, "publish", observe)
    facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500)), stock_level=stock_rows()))
    (file,) = facts.files("order_line", facts.snapshots.latest(), None)
    table = facts.root / "order_line"
    for path in (table / file.path, table / "store=shop", table / "_delta_log", table, facts.root):
        assert str(path) in before_publication
    assert str(table / "_delta_log" / "00000000000000000001.json") in before_publication
    assert any("snapshot/_delta_log" in path for path in synced[len(before_publication) :])


def test_the_control_without_forcing_is_seen(
    tmp_path: Path, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.delta, "sync_log", lambda folder: None)
    facts = FactStore(tmp_path / "facts")
    facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    assert delta.current_version(facts.root / "order_line") == 1
    assert str(facts.root / "order_line" / "_delta_log" / "00000000000000000001.json") not in synced
