"""Maintenance: small files merged, forgotten snapshots and their files deleted."""

from datetime import datetime

from yunying.facts.compaction import compact
from yunying.facts.retention import retain
from yunying.loop.home import Home
from yunying.loop.runs import snapshots_named


def maintain_facts(home: Home, *, now: datetime) -> dict[str, int]:
    """Compact, then keep the newest snapshot, those of a day, and those that runs of the last 90 days name."""
    merged = compact(home.facts, at_ms=int(now.timestamp() * 1000))
    deleted = retain(home.facts, named=snapshots_named(home, now), now=now)
    return {"files_merged": merged, "files_deleted": deleted}
