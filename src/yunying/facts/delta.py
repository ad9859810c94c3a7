"""The Delta log of one table: which files are active at a version, and commits that add and remove files at once."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, CommitProperties, RemoveAction, Transaction

from yunying.facts.durable import fsync_file, fsync_folders

# Runs may name a snapshot for 90 days, so the log that leads to it is kept a little longer.
_CONFIGURATION = {
    "delta.logRetentionDuration": "interval 100 days",
    "delta.deletedFileRetentionDuration": "interval 100 days",
    "delta.checkpointInterval": "50",
}


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a table: its path relative to the table's folder, its bytes and its rows."""

    path: str
    size: int
    rows: int


def table_exists(folder: Path) -> bool:
    """Whether the folder holds a Delta table with at least one commit."""
    return bool(DeltaTable.is_deltatable(str(folder)))


def create_table(folder: Path, schema: pa.Schema, partition_by: Sequence[str]) -> None:
    """Create the table unless it exists, and make that survive a power cut."""
    if table_exists(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    DeltaTable.create(
        str(folder),
        schema=schema,
        mode="ignore",
        partition_by=list(partition_by),
        configuration=_CONFIGURATION,
    )
    sync_log(folder)


def active_files(folder: Path, version: int, store: str | None = None) -> list[DataFile]:
    """The files that are active at ``version``, in the order of their paths; only one store's if it is named."""
    prefix = f"store={store}/" if store is not None else ""
    return [file for file in _all_active(folder, version, _mark(folder, version)) if file.path.startswith(prefix)]


def _mark(folder: Path, version: int) -> int:
    """Tells this version's log entry from one of the same number in a table that was made anew."""
    entry = folder / "_delta_log" / f"{version:020}.json"
    return entry.stat().st_mtime_ns if entry.exists() else 0


@lru_cache(maxsize=256)
def _all_active(folder: Path, version: int, mark: int) -> tuple[DataFile, ...]:
    # What a version names never changes, and reading the log takes ten milliseconds a table.
    actions = pa.table(DeltaTable(str(folder), version=version).get_add_actions(flatten=True))
    paths = actions.column("path").to_pylist()
    sizes = actions.column("size_bytes").to_pylist()
    rows = actions.column("num_records").to_pylist()
    files = [DataFile(unquote(path), size, count) for path, size, count in zip(paths, sizes, rows, strict=True)]
    return tuple(sorted(files, key=lambda file: file.path))


def commit(
    folder: Path,
    schema: pa.Schema,
    partition_by: Sequence[str],
    *,
    add: Sequence[DataFile],
    remove: Sequence[DataFile],
    data_change: bool,
    source: str,
    number: int,
    at_ms: int,
) -> None:
    """Add and remove files in one commit that records the source's number; not yet forced to the disk."""
    adds = [
        AddAction(
            path=file.path,
            size=file.size,
            partition_values=_partition(file.path),
            modification_time=at_ms,
            data_change=data_change,
            stats=f'{{"numRecords": {file.rows}}}',
        )
        for file in add
    ]
    removes = [
        RemoveAction(
            path=file.path,
            data_change=data_change,
            deletion_timestamp=at_ms,
            size=file.size,
            partition_values=dict(_partition(file.path)),
        )
        for file in remove
    ]
    table = DeltaTable(str(folder))
    known = {field.name for field in table.schema().fields}
    added = [field for field in schema if field.name not in known]
    if added:
        # A table that an older version made; a crash after this leaves one with an empty column more.
        table.alter.add_columns(Schema.from_arrow(pa.schema(added)).fields)
    table.create_write_transaction(
        [*adds, *removes],
        "append",
        schema,
        partition_by=list(partition_by),
        commit_properties=CommitProperties(app_transactions=[Transaction(source, number)]),
    )


def last_number(folder: Path, source: str) -> int:
    """The highest number of the source that the table's log records; 0 if none."""
    if not table_exists(folder):
        return 0
    return DeltaTable(str(folder)).transaction_version(source) or 0


def current_version(folder: Path) -> int:
    """The version of the table's newest commit."""
    return int(DeltaTable(str(folder)).version())


def sync_log(folder: Path) -> None:
    """Force the newest log entries and the folders that lead to them to the disk."""
    log = folder / "_delta_log"
    newest = sorted(os.scandir(log), key=lambda entry: entry.name)[-3:]
    for entry in newest:
        if entry.is_file():
            fsync_file(Path(entry.path))
    fsync_folders(log, folder.parent)


def _partition(path: str) -> Mapping[str, str | None]:
    folder = path.split("/", 1)[0]
    return {"store": folder.removeprefix("store=")} if folder.startswith("store=") else {}
