"""A home that an older version wrote goes on when a table gains a column."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from yunying.facts.batch import FactBatch
from yunying.facts.compaction import compact
from yunying.facts.scan import scan
from yunying.facts.schema import TABLES
from yunying.facts.store import FactStore

NEW = "sale_end_date"
END = dt.date(2027, 3, 1)


def write(facts: FactStore, number: int, product: str, **values: Any) -> None:
    rows = pa.table({"product": [product], "date": [dt.date(2026, 1, 1)], **{key: [v] for key, v in values.items()}})
    facts.write(FactBatch("products", number, "shop", {"product": rows}, "product", False, {}))


def ends(facts: FactStore, snapshot: int | None = None) -> dict[str, tuple[Any, Any]]:
    with facts.read(snapshot=snapshot) as reader:
        table = reader.table("product")
        rows = reader.to_arrow(table.select("store", "product", "title", NEW)).to_pylist()
    assert all(row["store"] == "shop" for row in rows)
    return {row["product"]: (row["title"], row[NEW]) for row in rows}


@pytest.fixture
def old_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FactStore:
    """Two products, written when the table did not know the column."""
    facts, table = FactStore(tmp_path / "facts"), TABLES["product"]
    with monkeypatch.context() as older:
        older.setitem(TABLES, "product", replace(table, columns=tuple(c for c in table.columns if c.name != NEW)))
        write(facts, 1, "A", title="old A")
        write(facts, 2, "B", title="old B")
    assert NEW not in [field.name for field in DeltaTable(str(facts.root / "product")).schema().fields]
    return facts


def test_rows_of_an_older_version_are_read_with_the_column_unknown(old_home: FactStore) -> None:
    assert ends(old_home) == {"A": ("old A", None), "B": ("old B", None)}


def test_old_and_new_files_are_read_together_and_old_snapshots_stand(old_home: FactStore) -> None:
    write(old_home, 3, "C", title="new C", **{NEW: END})
    assert ends(old_home) == {"A": ("old A", None), "B": ("old B", None), "C": ("new C", END)}
    assert ends(old_home, snapshot=2) == {"A": ("old A", None), "B": ("old B", None)}
    # Other readers of the Delta table see the column too.
    assert NEW in [field.name for field in DeltaTable(str(old_home.root / "product")).schema().fields]


def test_a_correction_of_an_old_row_keeps_what_was_known(old_home: FactStore) -> None:
    write(old_home, 3, "A", **{NEW: END})
    assert ends(old_home)["A"] == ("old A", END)


def test_compaction_joins_files_of_both_ages(old_home: FactStore) -> None:
    write(old_home, 3, "C", title="new C", **{NEW: END})
    write(old_home, 4, "D", title="new D")
    before = ends(old_home)
    assert compact(old_home, at_ms=1) == 3
    assert ends(old_home) == before
    files = list((old_home.root / "product").rglob("*.parquet"))
    assert any(NEW in pq.read_schema(path).names for path in files)


def test_every_type_of_a_column_can_be_unknown(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    pq.write_table(pa.table({"nothing": [1]}), path)
    for table in TABLES.values():
        assert "CAST(NULL" in scan([path], table.schema)
