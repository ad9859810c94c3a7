"""What published facts tell of a member under a random key, for the export of all that is held on him."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from yunying.facts.schema import TABLES
from yunying.facts.store import FactStore


def facts_of(store: str, key: str, most: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of a store that bear a member's key, each as ``(table, row)``; at most so many of a table."""
    with FactStore(Path(settings.HOME) / "facts").read([store]) as reader:
        for name, table in TABLES.items():
            if "member" not in table.schema.names:
                continue
            rows = reader.table(name)
            for row in reader.to_arrow(rows.filter(rows.member == key).limit(most)).to_pylist():
                yield name, {column: value for column, value in row.items() if value is not None}
