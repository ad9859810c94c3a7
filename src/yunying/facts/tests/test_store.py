"""One writer, one way in: what a batch changes, and what readers see."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yunying.facts.batch import FactBatch
from yunying.facts.compaction import compact
from yunying.facts.delta import active_files, current_version
from yunying.facts.retention import retain
from yunying.facts.store import FactStore
from yunying.kernel.errors import FactError, InternalError, OperatorError

DAY = dt.date(2026, 11, 1)


def order_rows(*lines: tuple, date: dt.date = DAY) -> pa.Table:
    """Rows of (order, line, state, product, quantity, amount_minor)."""
    return pa.table(
        {
            "order": [line[0] for line in lines],
            "line": [line[1] for line in lines],
            "state": [line[2] for line in lines],
            "occurrence": [""] * len(lines),
            "date": [date] * len(lines),
            "product": [line[3] for line in lines],
            "line_kind": ["goods"] * len(lines),
            "quantity": [line[4] for line in lines],
            "amount_minor": [line[5] for line in lines],
            "reality": ["real"] * len(lines),
        }
    )


def stock_rows(*rows: tuple) -> pa.Table:
    return pa.table({"product": [r[0] for r in rows], "date": [r[1] for r in rows], "on_hand": [r[2] for r in rows]})


def batch(
    source: str, number: int = 1, store: str = "shop", whole_orders: bool = False, **tables: pa.Table
) -> FactBatch:
    return FactBatch(source, number, store, tables, next(iter(tables)), whole_orders, {"file": source})


def lines_of(facts: FactStore, snapshot: int | None = None) -> list[dict]:
    with facts.read(snapshot=snapshot) as reader:
        table = reader.table("order_line")
        return reader.to_arrow(table.order_by(["store", "order", "line", "state"])).to_pylist()


@pytest.fixture
def facts(tmp_path: Path) -> FactStore:
    return FactStore(tmp_path / "数据 folder" / "facts")


def test_a_batch_is_published_and_read_back(facts: FactStore) -> None:
    outcome = facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    assert (outcome.snapshot, outcome.rows_new, outcome.rows_superseded) == (1, 1, 0)
    (row,) = lines_of(facts)
    assert (row["store"], row["order"], row["quantity"], row["amount_minor"]) == ("shop", "1", 2, 500)


def test_the_same_number_of_a_source_changes_nothing(facts: FactStore) -> None:
    facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    again = facts.write(batch("a", order_line=order_rows(("9", "9", "paid", "P", 9, 900))))
    assert again.is_repeat
    assert (again.snapshot, again.rows_new, again.rows_unchanged) == (1, 0, 1)
    assert len(lines_of(facts)) == 1


def test_an_overlapping_batch_adds_only_what_is_new(facts: FactStore) -> None:
    facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    second = order_rows(("1", "1", "paid", "P", 2, 500), ("2", "1", "paid", "P", 1, 250))
    outcome = facts.write(batch("b", order_line=second))
    assert (outcome.rows_new, outcome.rows_unchanged, outcome.rows_superseded) == (1, 1, 0)
    assert len(lines_of(facts)) == 2


def test_nothing_new_publishes_no_snapshot(facts: FactStore) -> None:
    facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    outcome = facts.write(batch("b", order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    assert (outcome.snapshot, outcome.rows_new, outcome.rows_unchanged) == (1, 0, 1)


def test_a_correction_supersedes_and_the_older_snapshot_still_shows_the_old_row(facts: FactStore) -> None:
    facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500), ("2", "1", "paid", "Q", 1, 90))))
    outcome = facts.write(batch("b", order_line=order_rows(("1", "1", "paid", "P", 3, 750))))
    assert (outcome.rows_new, outcome.rows_superseded) == (0, 1)
    assert [row["quantity"] for row in lines_of(facts)] == [3, 1]
    assert [row["quantity"] for row in lines_of(facts, snapshot=1)] == [2, 1]


def test_a_later_state_is_a_row_of_its_own_and_erases_nothing(facts: FactStore) -> None:
    facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    both = order_rows(("1", "1", "paid", "P", 2, 500), ("1", "1", "refunded", "P", 2, 500))
    facts.write(batch("b", order_line=both))
    assert [row["state"] for row in lines_of(facts)] == ["paid", "refunded"]


def test_a_whole_order_that_comes_again_with_other_lines_supersedes_itself(facts: FactStore) -> None:
    first = order_rows(
        ("1", "aa-1", "paid", "P", 2, 500), ("1", "bb-1", "paid", "Q", 1, 90), ("2", "aa-1", "paid", "P", 2, 500)
    )
    facts.write(batch("a", whole_orders=True, order_line=first))
    outcome = facts.write(batch("b", whole_orders=True, order_line=order_rows(("1", "cc-1", "paid", "R", 1, 10))))
    assert (outcome.rows_new, outcome.rows_superseded) == (1, 2)
    assert [(row["order"], row["product"]) for row in lines_of(facts)] == [("1", "R"), ("2", "P")]


def test_an_empty_cell_keeps_what_was_known_of_a_product(facts: FactStore) -> None:
    known = pa.table({"product": ["P"], "date": [DAY], "title": ["Cup"], "category": ["Home"]})
    facts.write(batch("a", product=known))
    facts.write(batch("b", product=pa.table({"product": ["P"], "date": [DAY], "title": ["Mug"]})))
    with facts.read() as reader:
        (row,) = reader.to_arrow(reader.table("product")).to_pylist()
    assert (row["title"], row["category"]) == ("Mug", "Home")


def test_identical_twins_in_one_batch_are_one_row_and_disagreeing_ones_are_refused(facts: FactStore) -> None:
    outcome = facts.write(batch("a", stock_level=stock_rows(("P", DAY, 5), ("P", DAY, 5))))
    assert outcome.by_table == {"stock_level": 1}
    with pytest.raises(FactError, match="rows 1 and 2 both describe Q"):
        facts.write(batch("b", stock_level=stock_rows(("Q", DAY, 5), ("Q", DAY, 6))))


def test_a_bad_row_is_named_and_nothing_is_written(facts: FactStore) -> None:
    rows = order_rows(("1", "1", "paid", "P", 2, 500), ("2", "1", "lost", "P", -1, 500))
    with pytest.raises(FactError) as refusal:
        facts.write(batch("a", order_line=rows))
    assert [(p.row, p.column) for p in refusal.value.problems] == [(2, "quantity"), (2, "state")]
    assert facts.snapshots.latest().number == 0


def test_a_column_that_the_schema_lacks_is_a_bug(facts: FactStore) -> None:
    with pytest.raises(InternalError, match="colour"):
        facts.write(batch("a", stock_level=stock_rows(("P", DAY, 5)).append_column("colour", pa.array(["red"]))))


def test_several_tables_appear_at_once_and_in_one_snapshot(facts: FactStore) -> None:
    facts.write(
        batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500)), stock_level=stock_rows(("P", DAY, 5)))
    )
    assert facts.snapshots.latest().versions == {"order_line": 1, "stock_level": 1}


def test_a_store_whose_id_looks_like_a_number_stays_text(facts: FactStore) -> None:
    for store in ("007", "7"):
        facts.write(batch(f"a{store}", store=store, order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    assert [row["store"] for row in lines_of(facts)] == ["007", "7"]
    with facts.read(["007"]) as reader:
        assert reader.to_arrow(reader.table("order_line").count()).as_py() == 1


def test_compaction_keeps_the_rows_and_the_older_snapshots(facts: FactStore) -> None:
    for number in range(1, 7):
        facts.write(batch("sim", number, order_line=order_rows((str(number), "1", "paid", "P", 1, 100))))
    before = lines_of(facts)
    assert compact(facts, at_ms=0) == 5
    assert lines_of(facts) == before
    assert len(lines_of(facts, snapshot=3)) == 3
    assert len(facts.files("order_line", facts.snapshots.latest(), None)) == 1
    assert compact(facts, at_ms=0) == 0


def test_retention_keeps_the_named_and_the_newest_and_says_what_is_gone(facts: FactStore) -> None:
    for number in range(1, 7):
        facts.write(batch("sim", number, order_line=order_rows(("1", "1", "paid", "P", number, 100))))
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    deleted = retain(facts, named={2}, now=later)
    assert deleted == 4
    assert [row["quantity"] for row in lines_of(facts, snapshot=2)] == [2]
    assert [row["quantity"] for row in lines_of(facts)] == [6]
    with pytest.raises(OperatorError, match="no longer kept"):
        facts.read(snapshot=3)
    on_disk = list((facts.root / "order_line").rglob("part-*.parquet"))
    assert len(on_disk) == 2


def test_retention_leaves_young_snapshots_to_their_readers(facts: FactStore) -> None:
    for number in range(1, 4):
        facts.write(batch("sim", number, order_line=order_rows(("1", "1", "paid", "P", number, 100))))
    assert retain(facts, named=(), now=dt.datetime.now(dt.UTC)) == 0
    assert len(lines_of(facts, snapshot=1)) == 1


def test_many_publications_keep_the_snapshot_table_small(facts: FactStore) -> None:
    for number in range(1, 20):
        facts.write(batch("sim", number, stock_level=stock_rows((f"P{number}", DAY, number))))
    assert [s.number for s in facts.snapshots.all()] == list(range(1, 20))
    assert len(active_files(facts.root / "snapshot", current_version(facts.root / "snapshot"))) <= 16
    latest = facts.snapshots.latest()
    assert (latest.number, latest.batch) == (19, 19)


def test_files_hold_what_the_schema_documents(facts: FactStore) -> None:
    facts.write(batch("a", order_line=order_rows(("1", "1", "paid", "P", 2, 500))))
    (file,) = facts.files("order_line", facts.snapshots.latest(), "shop")
    schema = pq.read_schema(facts.root / "order_line" / file.path)
    assert "store" not in schema.names
    assert schema.field("list_price").type == pa.decimal128(18, 6)
    assert str(schema.field("at").type) == "timestamp[us, tz=UTC]"
