"""Runs: what was decided, from which snapshot, with which code, models, policy and seed; kept so as to be repeated."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from yunying.facts.durable import write_durably
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest
from yunying.loop.home import Home

SNAPSHOT_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Run:
    """One run of one or more practices over one store.

    Args:
        id: a digest of all that determines the run, so the same run has the same id.
        made_at: ISO moment at which it was first made.
        policies: by practice, every setting.
        models: by practice, the digest of the fitted model.
        decision: proposals and abstentions in JSON form.
        held_out: by practice, the subjects that kept the old rule.
        fits: by practice, what its model was learned from; see ``loop.fitting.Fit``.
    """

    id: str
    made_at: str
    store: str
    snapshot: int
    as_of: str
    seed: int
    practices: tuple[str, ...]
    code: Mapping[str, str]
    policies: Mapping[str, Any]
    models: Mapping[str, str]
    decision: Mapping[str, Any]
    held_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def run_id(store: str, snapshot: int, as_of: str, seed: int, code: Mapping[str, str], policies: object) -> str:
    """The id of a run with these determinants; the policies name the practices."""
    text = json.dumps([store, snapshot, as_of, seed, dict(code), policies], sort_keys=True)
    return f"{store}-{as_of}-{digest(text, 10)}"


def run_save(home: Home, run: Run) -> None:
    """Keep a run; the same run again leaves the first record."""
    path = _path(home, run.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_durably(path, json.dumps(vars(run), ensure_ascii=False, indent=1))


def run_load(home: Home, identity: str) -> Run:
    """A kept run.

    Raises:
        OperatorError: there is none of that id.
    """
    path = _path(home, identity)
    if path not in home.runs.glob("*.json"):
        kept = ", ".join(sorted(path.stem for path in home.runs.glob("*.json"))[-3:]) or "none"
        raise OperatorError("unknown-run", f"There is no run {identity!r}.", f"The newest ones are: {kept}.")
    return _read(path)


def runs_kept(home: Home) -> list[Run]:
    """Every kept run."""
    return [_read(path) for path in sorted(home.runs.glob("*.json"))]


def snapshots_named(home: Home, now: datetime) -> set[int]:
    """The snapshots that runs of the last 90 days name: retention keeps them."""
    recent = [run for run in runs_kept(home) if now - datetime.fromisoformat(run.made_at) < SNAPSHOT_KEPT]
    return {run.snapshot for run in recent} | {fit["snapshot"] for run in recent for fit in run.fits.values()}


def _read(path: Path) -> Run:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Run(**{**data, "practices": tuple(data["practices"])})
    except (ValueError, TypeError, KeyError) as error:
        raise OperatorError(
            "damaged-run", f"{path} is damaged: {error}.", "Restore it from a backup, or delete it."
        ) from error


def _path(home: Home, identity: str) -> Path:
    return home.runs / f"{identity}.json"
