"""Retention: snapshots that no run names are forgotten, and the files that only they needed are deleted."""

from collections.abc import Collection
from datetime import datetime, timedelta

from deltalake import DeltaTable

from yunying.facts.store import FactStore
from yunying.facts.writer_lock import writer_lock

# A reader that opened a snapshot keeps it open for minutes, not for a day.
READER_GRACE = timedelta(days=1)


def retain(facts: FactStore, *, named: Collection[int], now: datetime, grace: timedelta = READER_GRACE) -> int:
    """Keep the newest snapshot, the ``named`` ones and those younger than ``grace``; delete what only others used.

    Returns:
        How many data files were deleted.
    """
    facts.recover()
    with writer_lock(facts.root):
        young = {s.number for s in facts.snapshots.all() if now - s.published_at < grace}
        # Forget first, delete after: a crash between leaves files too many, never a snapshot without its files.
        kept = facts.snapshots.keep_only(young | set(named))
        if not kept:
            return 0
        deleted = 0
        for name in kept[-1].versions:
            versions = sorted({s.versions[name] for s in kept if name in s.versions})
            table = DeltaTable(str(facts.root / name))
            deleted += len(
                table.vacuum(
                    retention_hours=0,
                    dry_run=False,
                    enforce_retention_duration=False,
                    full=True,
                    keep_versions=versions,
                )
            )
        return deleted
