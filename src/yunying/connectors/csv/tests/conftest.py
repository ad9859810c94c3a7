from collections.abc import Sequence
from pathlib import Path

import pytest

from yunying.connectors.csv.importer import FileRead, read_file


def keys(ids: Sequence[str]) -> dict[str, str]:
    return {text: f"member-{place}" for place, text in enumerate(ids)}


@pytest.fixture
def read(tmp_path: Path):
    """Write text or bytes to a file and read it; options as of ``read_file``, the map as text."""

    def read_text(content: str | bytes, *, name: str = "file.csv", map_text: str | None = None, **options) -> FileRead:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if map_text is not None:
            (tmp_path / "map.yaml").write_text(map_text, encoding="utf-8")
            options["map_path"] = tmp_path / "map.yaml"
        return read_file(path, **{"store": "shop", "member_keys": keys, **options})

    return read_text


@pytest.fixture
def rows():
    """The rows of one table of a read file, as dictionaries without nulls."""

    def as_rows(found: FileRead, table: str = "order_line", **wanted) -> list[dict]:
        listed = [{k: v for k, v in row.items() if v is not None} for row in found.batch.tables[table].to_pylist()]
        return [row for row in listed if all(row.get(k) == v for k, v in wanted.items())]

    return as_rows
