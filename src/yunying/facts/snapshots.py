"""The snapshot table: one commit says which version of every table readers see."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yunying.facts.delta import active_files, commit, create_table, current_version, last_number, sync_log, table_exists
from yunying.facts.parquet import write_file
from yunying.kernel.errors import OperatorError

SCHEMA = pa.schema(
    [
        pa.field("snapshot", pa.int64(), nullable=False),
        pa.field("published_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("number", pa.int64(), nullable=False),
        pa.field("store", pa.string(), nullable=False),
        pa.field("versions", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
    ]
)
_COMPACT_FILES = 16


@dataclass(frozen=True)
class Snapshot:
    """What is published: the version of each table, and the batch that made it.

    Snapshot 0 is the empty beginning.
    """

    number: int
    published_at: datetime
    source: str = ""
    batch: int = 0
    store: str = ""
    versions: Mapping[str, int] = field(default_factory=dict)
    outcome: Mapping[str, object] = field(default_factory=dict)


_NOTHING = Snapshot(0, datetime(1970, 1, 1, tzinfo=UTC))


class SnapshotTable:
    """The published snapshots of one folder of facts."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "snapshot"

    def latest(self) -> Snapshot:
        """The newest published snapshot; snapshot 0 where nothing was published."""
        return max(self.all(), key=lambda snapshot: snapshot.number, default=_NOTHING)

    def at(self, number: int) -> Snapshot:
        """The snapshot of that number.

        Raises:
            OperatorError: it never was, or it is no longer kept.
        """
        found = {snapshot.number: snapshot for snapshot in self.all()}
        if number in found:
            return found[number]
        if 0 < number <= max(found, default=0):
            raise OperatorError(
                "snapshot-not-kept",
                f"Snapshot {number} is no longer kept.",
                "Snapshots are kept for 90 days after a run names them; use a newer one.",
            )
        raise OperatorError(
            "unknown-snapshot", f"There is no snapshot {number}.", f"The newest one is {max(found, default=0)}."
        )

    def all(self) -> list[Snapshot]:
        """Every snapshot that is kept, oldest first."""
        if not table_exists(self._folder):
            return []
        files = active_files(self._folder, current_version(self._folder))
        rows = [row for file in files for row in pq.read_table(self._folder / file.path).to_pylist()]
        return sorted((_snapshot(row) for row in rows), key=lambda snapshot: snapshot.number)

    def last_number(self, source: str) -> int:
        """The highest number of the source that was published; 0 if none."""
        return last_number(self._folder, source)

    def find(self, source: str, number: int) -> Snapshot | None:
        """The snapshot that published this batch, if it is still kept."""
        return next((s for s in self.all() if s.source == source and s.batch == number), None)

    def publish(self, snapshot: Snapshot) -> None:
        """Make a snapshot the newest one: after this commit every reader sees it."""
        create_table(self._folder, SCHEMA, [])
        self._replace([snapshot], remove_all=False, source=snapshot.source, number=snapshot.batch)
        if len(active_files(self._folder, current_version(self._folder))) > _COMPACT_FILES:
            self._replace(self.all(), remove_all=True, source="compaction", number=snapshot.number)

    def keep_only(self, numbers: Collection[int]) -> list[Snapshot]:
        """Forget every snapshot but these and the newest; returns those that are left."""
        kept = [s for s in self.all() if s.number in numbers or s.number == self.latest().number]
        if kept:
            self._replace(kept, remove_all=True, source="retention", number=kept[-1].number)
        return kept

    def _replace(self, snapshots: list[Snapshot], *, remove_all: bool, source: str, number: int) -> None:
        rows = pa.Table.from_pylist([_row(snapshot) for snapshot in snapshots], schema=SCHEMA)
        old = active_files(self._folder, current_version(self._folder)) if remove_all else []
        commit(
            self._folder,
            SCHEMA,
            [],
            add=[write_file(self._folder, None, rows)],
            remove=old,
            data_change=not remove_all,
            source=source,
            number=number,
            at_ms=int(snapshots[-1].published_at.timestamp() * 1000),
        )
        sync_log(self._folder)


def _row(snapshot: Snapshot) -> dict[str, object]:
    return {
        "snapshot": snapshot.number,
        "published_at": snapshot.published_at,
        "source": snapshot.source,
        "number": snapshot.batch,
        "store": snapshot.store,
        "versions": json.dumps(snapshot.versions, sort_keys=True),
        "outcome": json.dumps(snapshot.outcome, sort_keys=True, ensure_ascii=False),
    }


def _snapshot(row: Mapping[str, object]) -> Snapshot:
    published_at = row["published_at"]
    assert isinstance(published_at, datetime)
    return Snapshot(
        number=int(str(row["snapshot"])),
        published_at=published_at,
        source=str(row["source"]),
        batch=int(str(row["number"])),
        store=str(row["store"]),
        versions=json.loads(str(row["versions"])),
        outcome=json.loads(str(row["outcome"])),
    )
