"""What a batch really adds: rows by key against the published ones; supersession is resolved here, never by readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from yunying.facts.scan import scan
from yunying.facts.schema import SOURCE_ROW, FactTable
from yunying.kernel.errors import FactError, RowProblem


@dataclass(frozen=True)
class Difference:
    """A batch's rows for one table, sorted into what is written and what is taken out.

    Args:
        fresh: rows to write: new ones and corrections.
        rows_new: source rows that bring a key not seen before.
        rows_unchanged: source rows all of whose facts stood there already.
        rows_superseded: published rows that a correction replaces.
        touched: the published files that hold superseded rows.
    """

    fresh: pa.Table
    rows_new: int
    rows_unchanged: int
    rows_superseded: int
    touched: tuple[Path, ...]


def _q(names: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _same(names: Sequence[str]) -> str:
    return " AND ".join(f'i."{name}" IS NOT DISTINCT FROM e."{name}"' for name in names) or "true"


class Comparison:
    """One table's batch beside its published files; keeps the engine's tables until survivors are written."""

    def __init__(self, engine: duckdb.DuckDBPyConnection, table: FactTable) -> None:
        self._engine = engine
        self._table = table
        self._columns = [column.name for column in table.columns if column.name != "store"]
        # The partition fixes the store, so the key within it is the rest.
        self._key = [name for name in table.key if name != "store"] or ["currency"]
        self._single = table.key == ("store",)
        self._other = [name for name in self._columns if name not in self._key]

    def run(self, rows: pa.Table, published: Sequence[Path], *, whole_orders: bool) -> Difference:
        """Compare the admitted rows with the store's published files.

        Raises:
            FactError: two rows of the batch have one key and different content.
        """
        self._engine.register("incoming_rows", rows)
        has_twins = self._may_have_twins(rows.num_rows)
        if not published and not has_twins:
            sources = pc.count_distinct(rows.column(SOURCE_ROW)).as_py()
            return Difference(rows.drop_columns([SOURCE_ROW]), int(sources), 0, 0, ())
        self._engine.execute(
            "CREATE OR REPLACE TEMP TABLE incoming AS SELECT *, row_number() OVER () AS _order FROM incoming_rows"
        )
        if has_twins:
            self._drop_twins()
        if not published:
            return self._all_new()
        self._read_published(published)
        self._judge(whole_orders=whole_orders and "order" in self._key)
        return self._difference()

    def survivors(self, path: Path, target: Path) -> int:
        """Copy a touched file's rows that are not superseded; returns how many there are."""
        source = scan([path], self._table.schema)
        join = self._key_match("e", "s")
        query = f"SELECT {_q(self._columns)} FROM {source} e WHERE NOT EXISTS (FROM superseded s WHERE {join})"
        count = self._engine.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]
        if count:
            self._engine.execute(
                f"COPY ({query}) TO {_text(target)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            )
        return int(count)

    def _key_match(self, left: str, right: str) -> str:
        if self._single:
            return "true"
        return " AND ".join(f'{left}."{name}" = {right}."{name}"' for name in self._key)

    def _may_have_twins(self, rows: int) -> bool:
        """Whether two rows share a key. Hashes that collide only cost the longer look."""
        if self._single:
            return rows > 1
        counted = self._engine.execute(f"SELECT count(DISTINCT hash({_q(self._key)})) FROM incoming_rows").fetchall()
        return int(counted[0][0]) < rows

    def _drop_twins(self) -> None:
        keys = "1" if self._single else _q(self._key)
        twins = self._engine.execute(
            f'SELECT {keys}, min("{SOURCE_ROW}"), max("{SOURCE_ROW}"), count(DISTINCT hash({_q(self._columns)})) '
            f"FROM incoming GROUP BY {keys if not self._single else 'ALL'} HAVING count(*) > 1"
        ).fetchall()
        if not twins:
            return
        conflicts = [row for row in twins if row[-1] > 1]
        if conflicts:
            raise FactError(self._table.name, [self._conflict(row) for row in conflicts[:1000]])
        self._engine.execute(
            f"DELETE FROM incoming WHERE _order NOT IN (SELECT min(_order) FROM incoming GROUP BY {keys})"
        )

    def _conflict(self, row: tuple[object, ...]) -> RowProblem:
        key = ", ".join(str(value) for value in row[:-3])
        return RowProblem(
            int(str(row[-2])),
            self._key[0],
            f"rows {row[-3]} and {row[-2]} both describe {key} and disagree.",
            "Keep one of them.",
        )

    def _all_new(self) -> Difference:
        fresh = self._engine.sql(f"SELECT {_q(self._columns)} FROM incoming ORDER BY _order").to_arrow_table()
        new = self._engine.execute(f'SELECT count(DISTINCT "{SOURCE_ROW}") FROM incoming').fetchall()[0][0]
        return Difference(fresh, int(new), 0, 0, ())

    def _read_published(self, published: Sequence[Path]) -> None:
        source = scan(published, self._table.schema, has_file=True)
        self._engine.execute(f"CREATE OR REPLACE TEMP VIEW published AS FROM {source}")
        if self._table.merges_nulls:
            # A correction's empty cell keeps what was known.
            for name in self._other:
                self._engine.execute(
                    f'UPDATE incoming AS i SET "{name}" = e."{name}" FROM published e '
                    f'WHERE {self._key_match("i", "e")} AND i."{name}" IS NULL'
                )

    def _judge(self, *, whole_orders: bool) -> None:
        match = self._key_match("i", "e")
        self._engine.execute(
            f"CREATE OR REPLACE TEMP TABLE verdict AS SELECT i._order, "
            f"CASE WHEN e._file IS NULL THEN 'new' WHEN {_same(self._other)} THEN 'same' ELSE 'changed' END AS verdict "
            f"FROM incoming i LEFT JOIN published e ON {match}"
        )
        keys = _q(self._key, "e.")
        gone = (
            f"SELECT {keys}, e._file FROM incoming i JOIN verdict v USING (_order) JOIN published e ON {match} "
            f"WHERE v.verdict = 'changed'"
        )
        if whole_orders:
            gone += (
                f' UNION SELECT {keys}, e._file FROM published e WHERE e."order" IN (SELECT "order" FROM incoming) '
                f"AND NOT EXISTS (FROM incoming i WHERE {match})"
            )
        self._engine.execute(f"CREATE OR REPLACE TEMP TABLE superseded AS {gone}")

    def _difference(self) -> Difference:
        fresh = self._engine.sql(
            f"SELECT {_q(self._columns)} FROM incoming JOIN verdict USING (_order) "
            f"WHERE verdict <> 'same' ORDER BY _order"
        ).to_arrow_table()
        new, unchanged = self._engine.execute(
            f"SELECT count(*) FILTER (fresh), count(*) FILTER (NOT fresh AND NOT altered) FROM ("
            f"SELECT bool_or(verdict = 'new') AS fresh, bool_or(verdict = 'changed') AS altered "
            f'FROM incoming JOIN verdict USING (_order) GROUP BY "{SOURCE_ROW}")'
        ).fetchall()[0]
        gone = self._engine.execute("SELECT _file, count(*) FROM superseded GROUP BY _file ORDER BY _file").fetchall()
        return Difference(
            fresh, int(new), int(unchanged), sum(int(count) for _, count in gone), tuple(Path(file) for file, _ in gone)
        )


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
