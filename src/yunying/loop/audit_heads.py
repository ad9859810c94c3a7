"""The audit log's newest links, recorded as facts: what the database says of its past is held against them."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yunying.audit.log import audit_chains, audit_problems, audit_tip
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import store_check
from yunying.loop.home import Home
from yunying.loop.published import rows_publish

INSTALLATION = "installation"
"""Stands in the facts' store column for chains that are no store's."""


def audit_heads_publish(home: Home, *, now: datetime) -> list[str]:
    """Record the newest link of every chain that has grown; of one that was tampered with say so instead.

    Only what stands behind the last recorded link is asked here; ``audit_check`` looks at every link.
    """
    problems: list[str] = []
    fresh: dict[str, list[dict[str, Any]]] = defaultdict(list)
    recorded = audit_heads_recorded(home)
    for chain in sorted({*audit_chains(), *recorded}):
        number, digest = audit_tip(chain)
        marks = recorded.get(chain, {})
        last = max(marks, default=0)
        if number < last or (number == last and marks and marks[last] != digest):
            problems.append(f"The chain of {chain} ends at {number}, but {last} was recorded. See: yunying check.")
        elif number > last:
            row = {"chain": chain, "number": number, "digest": digest, "date": now.date(), "at": now}
            fresh[_store_of(chain)].append(row)
    for store, rows in fresh.items():
        rows_publish(home, store, "audit", {"audit_head": rows})
    return problems


def audit_heads_recorded(home: Home) -> Mapping[str, Mapping[int, str]]:
    """What the facts say of each chain: number to digest; of two digests of one number the first that was recorded."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    with home.facts.read() as reader:
        table = reader.table("audit_head")
        for row in reader.to_arrow(table.order_by(["chain", "number", "at"])).to_pylist():
            found[row["chain"]].setdefault(row["number"], row["digest"])
    return found


def audit_check(home: Home) -> list[str]:
    """Every link of every chain, held against the facts."""
    recorded = audit_heads_recorded(home)
    return [problem for chain in sorted({*audit_chains(), *recorded})
            for problem in audit_problems(chain, recorded.get(chain))]  # fmt: skip


def _store_of(chain: str) -> str:
    try:
        return INSTALLATION if chain == "accounts" else store_check(chain)
    except OperatorError:
        return INSTALLATION
