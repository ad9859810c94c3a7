"""Compaction: many small files of a store become few, with the same rows, as a new snapshot."""

import duckdb

from yunying.facts.delta import DataFile
from yunying.facts.journal import JournalEntry, TableChange
from yunying.facts.parquet import finish_file, new_path
from yunying.facts.scan import scan
from yunying.facts.schema import TABLES, FactTable
from yunying.facts.store import FactStore
from yunying.facts.writer_lock import writer_lock

SMALL_BYTES = 64 * 1024 * 1024
FEWEST_FILES = 4


def compact(facts: FactStore, *, at_ms: int) -> int:
    """Merge each store's small files (below 64 MiB, four or more of them) table by table, sorted by date.

    Readers of older snapshots keep their files until retention removes them.

    Returns:
        How many files were merged away.
    """
    facts.recover()
    with writer_lock(facts.root):
        latest = facts.snapshots.latest()
        changes = {}
        for name in latest.versions:
            files = facts.files(name, latest, None)
            merged = [_merge(facts, TABLES[name], group) for group in _groups(files)]
            if merged:
                changes[name] = TableChange(
                    tuple(file for change in merged for file in change.add),
                    tuple(file for change in merged for file in change.remove),
                )
        if not changes:
            return 0
        facts.publish_change(
            JournalEntry(
                source="compaction",
                number=latest.number + 1,
                store="",
                at_ms=at_ms,
                data_change=False,
                changes=changes,
                outcome={"rows_new": 0, "rows_superseded": 0, "rows_unchanged": 0, "by_table": {}, "note": {}},
            )
        )
        return sum(len(change.remove) - len(change.add) for change in changes.values())


def _groups(files: list[DataFile]) -> list[list[DataFile]]:
    by_store: dict[str, list[DataFile]] = {}
    for file in files:
        if file.size < SMALL_BYTES:
            by_store.setdefault(file.path.split("/", 1)[0], []).append(file)
    return [group for group in by_store.values() if len(group) >= FEWEST_FILES]


def _merge(facts: FactStore, table: FactTable, files: list[DataFile]) -> TableChange:
    folder = facts.root / table.name
    store = files[0].path.split("/", 1)[0].removeprefix("store=")
    relative, path = new_path(folder, store)
    source = scan([folder / file.path for file in files], table.schema)
    order = ", ".join(f'"{name}"' for name in dict.fromkeys((table.date_column, *table.key)) if name != "store")
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (FROM {source} ORDER BY {order}) "
            f"TO '{str(path).replace(chr(39), chr(39) * 2)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
    rows = sum(file.rows for file in files)
    return TableChange((finish_file(folder, relative, rows),), tuple(files))
