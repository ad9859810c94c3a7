"""The store of facts on one machine: one writer, one way in, and readers that see published snapshots only.

A batch is checked at the door, compared with what is published, written as Parquet files, journalled, appended to each
table in one Delta commit, and published by one commit to the snapshot table. Every step is forced to the disk before
the next one relies on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from yunying.facts import delta
from yunying.facts.batch import FactBatch, WriteOutcome
from yunying.facts.crash_points import reach
from yunying.facts.difference import Comparison, Difference
from yunying.facts.door import admit
from yunying.facts.journal import JournalEntry, TableChange, journal_clear, journal_read, journal_write
from yunying.facts.parquet import finish_file, new_path, write_file
from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES, FactTable
from yunying.facts.snapshots import Snapshot, SnapshotTable
from yunying.facts.writer_lock import writer_lock
from yunying.kernel.errors import InternalError, OperatorError
from yunying.kernel.ids import store_check

PARTITION = ("store",)


def _utc_now() -> datetime:
    # When a snapshot was published is a fact about this machine, never an input of a decision.
    return datetime.now(UTC)  # noqa: TID251


class FactStore:
    """All facts under one folder.

    Args:
        root: the folder; it is made at the first write.
        now: gives the moment that a publication records.
    """

    def __init__(self, root: Path, *, now: Callable[[], datetime] = _utc_now) -> None:
        self.root = root
        self.snapshots = SnapshotTable(root)
        self._now = now

    def write(self, batch: FactBatch, *, progress: Callable[[str], None] = lambda step: None) -> WriteOutcome:
        """Check, append and publish a batch; all of it becomes visible at once.

        A batch whose number is not above its source's last published number changes nothing.

        Raises:
            FactError: rows that may not become facts; nothing was written.
            OperatorError: another writer is busy.
        """
        store_check(batch.store)
        with writer_lock(self.root):
            recovered = self._finish_journal()
            if recovered is not None and (recovered.source, recovered.batch) == (batch.source, batch.number):
                return _restored(recovered, is_repeat=False)
            if self.snapshots.last_number(batch.source) >= batch.number:
                return self._repeat(batch)
            progress("check")
            latest = self.snapshots.latest()
            differences = self._compare(batch, latest, progress)
            changes = {name: change for name, change in differences.items() if change[1].add or change[1].remove}
            outcome = _outcome(batch, {name: change[0] for name, change in differences.items()}, latest.number)
            if not changes:
                return outcome
            reach("files-written")
            entry = JournalEntry(
                source=batch.source,
                number=batch.number,
                store=batch.store,
                at_ms=int(self._now().timestamp() * 1000),
                data_change=True,
                changes={name: change[1] for name, change in changes.items()},
                outcome=_plain(outcome),
            )
            journal_write(self.root, entry)
            reach("journal-written")
            progress("publish")
            published = self._finish(entry)
            return _restored(published, is_repeat=False)

    def recover(self) -> Snapshot | None:
        """Finish what a killed writer had journalled; returns the snapshot that this published, if any."""
        with writer_lock(self.root):
            return self._finish_journal()

    def read(self, stores: Sequence[str] | None = None, *, snapshot: int | None = None) -> FactReader:
        """A reader over one published snapshot, the newest by default, for all stores or the ones named.

        Raises:
            OperatorError: the snapshot is not kept, or files of it are missing.
        """
        chosen = self.snapshots.latest() if snapshot is None else self.snapshots.at(snapshot)
        files = {
            name: [
                self.root / name / file.path
                for store in (stores if stores is not None else [None])
                for file in delta.active_files(self.root / name, version, store)
            ]
            for name, version in chosen.versions.items()
        }
        missing = [str(path) for paths in files.values() for path in paths if not path.exists()]
        if missing:
            raise OperatorError(
                "facts-damaged",
                f"{len(missing)} files of the facts are missing, such as {missing[0]}.",
                "Restore them from a backup; yunying check lists them all.",
            )
        return FactReader(chosen.number, files)

    def files(self, name: str, snapshot: Snapshot, store: str | None) -> list[delta.DataFile]:
        """The files of a table that a snapshot shows."""
        if name not in snapshot.versions:
            return []
        return delta.active_files(self.root / name, snapshot.versions[name], store)

    def publish_change(self, entry: JournalEntry) -> Snapshot:
        """Journal, append and publish a change of files made under the writer lock (compaction)."""
        journal_write(self.root, entry)
        return self._finish(entry)

    def _compare(
        self, batch: FactBatch, latest: Snapshot, progress: Callable[[str], None]
    ) -> dict[str, tuple[Difference, TableChange]]:
        unknown = set(batch.tables) - set(TABLES)
        if unknown:
            raise InternalError(f"there is no fact table {sorted(unknown)}")
        admitted = {name: admit(TABLES[name], rows) for name, rows in batch.tables.items() if rows.num_rows}
        changes = {}
        with duckdb.connect() as engine:
            engine.execute(f"SET temp_directory = '{str(self.root / '.spill').replace(chr(39), chr(39) * 2)}'")
            for name, rows in admitted.items():
                progress(f"write {name}")
                files = self.files(name, latest, batch.store)
                comparison = Comparison(engine, TABLES[name])
                found = comparison.run(
                    rows, [self.root / name / file.path for file in files], whole_orders=batch.whole_orders
                )
                changes[name] = (found, self._write_files(TABLES[name], batch.store, comparison, found, files))
        return changes

    def _write_files(
        self,
        table: FactTable,
        store: str,
        comparison: Comparison,
        found: Difference,
        files: Sequence[delta.DataFile],
    ) -> TableChange:
        folder = self.root / table.name
        add = [write_file(folder, store, found.fresh)] if found.fresh.num_rows else []
        remove = [file for file in files if folder / file.path in found.touched]
        for file in remove:
            relative, path = new_path(folder, store)
            rows = comparison.survivors(folder / file.path, path)
            if rows:
                add.append(finish_file(folder, relative, rows))
        return TableChange(tuple(add), tuple(remove))

    def _finish_journal(self) -> Snapshot | None:
        entry = journal_read(self.root)
        return self._finish(entry) if entry is not None else None

    def _finish(self, entry: JournalEntry) -> Snapshot:
        """Append and publish a journalled batch; every step is skipped if an earlier try had done it."""
        latest = self.snapshots.latest()
        versions = dict(latest.versions)
        for name, change in entry.changes.items():
            versions[name] = self._append(name, change, entry)
        reach("before-publish")
        if self.snapshots.last_number(entry.source) < entry.number:
            latest = Snapshot(
                number=latest.number + 1,
                published_at=datetime.fromtimestamp(entry.at_ms / 1000, UTC),
                source=entry.source,
                batch=entry.number,
                store=entry.store,
                versions=versions,
                outcome={**entry.outcome, "snapshot": latest.number + 1},
            )
            self.snapshots.publish(latest)
        reach("after-publish")
        journal_clear(self.root)
        reach("journal-cleared")
        return latest

    def _append(self, name: str, change: TableChange, entry: JournalEntry) -> int:
        folder = self.root / name
        schema = TABLES[name].schema
        delta.create_table(folder, schema, PARTITION)
        reach("before-append", name)
        if delta.last_number(folder, entry.source) < entry.number:
            delta.commit(
                folder,
                schema,
                PARTITION,
                add=change.add,
                remove=change.remove,
                data_change=entry.data_change,
                source=entry.source,
                number=entry.number,
                at_ms=entry.at_ms,
            )
        reach("after-append", name)
        delta.sync_log(folder)
        reach("after-append-synced", name)
        return delta.current_version(folder)

    def _repeat(self, batch: FactBatch) -> WriteOutcome:
        snapshot = self.snapshots.find(batch.source, batch.number)
        latest = self.snapshots.latest()
        if snapshot is None:
            return WriteOutcome(latest.number, 0, 0, 0, {}, is_repeat=True, note=dict(batch.note))
        first = _restored(snapshot, is_repeat=True)
        rows = first.rows_new + first.rows_unchanged
        return WriteOutcome(latest.number, 0, 0, rows, {}, is_repeat=True, note=first.note)


def _outcome(batch: FactBatch, differences: dict[str, Difference], snapshot: int) -> WriteOutcome:
    main = differences.get(batch.primary)
    return WriteOutcome(
        snapshot=snapshot,
        rows_new=main.rows_new if main else 0,
        rows_superseded=main.rows_superseded if main else 0,
        rows_unchanged=main.rows_unchanged if main else 0,
        by_table={name: found.fresh.num_rows for name, found in differences.items()},
        note=dict(batch.note),
    )


def _plain(outcome: WriteOutcome) -> dict[str, object]:
    return {key: value for key, value in asdict(outcome).items() if key != "is_repeat"}


def _restored(snapshot: Snapshot, *, is_repeat: bool) -> WriteOutcome:
    return WriteOutcome(**{**snapshot.outcome, "is_repeat": is_repeat})  # type: ignore[arg-type]
