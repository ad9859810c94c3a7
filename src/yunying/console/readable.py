"""JSON as names and values that a person can read, a bounded number of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST = 40


@dataclass(frozen=True)
class Node:
    """A value, or a branch with values below it."""

    content: Any

    @property
    def is_branch(self) -> bool:
        """Whether there is more below it."""
        return isinstance(self.content, Mapping | list) and bool(self.content) and not _is_flat(self.content)


def readable(content: Any) -> dict[str, Any]:
    """The pairs of a mapping, or the numbered entries of a list, and how many were left out."""
    if isinstance(content, Mapping):
        pairs = [(str(name).replace("_", " "), value) for name, value in content.items()]
    elif isinstance(content, list):
        pairs = [(str(number), value) for number, value in enumerate(content, start=1)]
    else:
        pairs = [("", content)]
    shown = [(name, Node(_plain(value))) for name, value in pairs[:MOST]]
    return {"pairs": shown, "left": max(0, len(pairs) - MOST)}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, int):
        return f"{value:,}"
    if value is None or value in ({}, []):
        return "—"
    return ", ".join(map(str, value)) if _is_flat(value) else value


def _is_flat(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 12 and all(isinstance(each, str | int | float) for each in value)
