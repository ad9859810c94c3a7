"""Reading published facts: Ibis tables over exactly the Parquet files of one snapshot, on DuckDB in this process."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yunying.facts.scan import scan
from yunying.facts.schema import TABLES
from yunying.kernel.errors import InternalError


class FactReader:
    """Ibis expressions over one store's (or several stores') facts as they stood in one snapshot.

    Every table of ``yunying.facts.schema`` is there, empty where nothing was published. Use it as a context; the
    engine's memory goes with it.
    """

    def __init__(self, snapshot: int, files: Mapping[str, Sequence[Path]], *, threads: int | None = None) -> None:
        self.snapshot = snapshot
        self._engine = ibis.duckdb.connect()
        self._tables: dict[str, ir.Table] = {}
        if threads is not None:
            self._engine.raw_sql(f"SET threads = {int(threads)}")
        for name in TABLES:
            self._view(name, files.get(name, ()))

    @classmethod
    def from_arrow(cls, tables: Mapping[str, pa.Table], *, threads: int | None = None) -> Self:
        """A reader over Arrow tables that carry a ``store`` column: for simulations and tests."""
        reader = cls(0, {}, threads=threads)
        for name, rows in tables.items():
            full = _with_all_columns(rows, TABLES[name].schema)
            reader._engine.con.register(f"arrow_{name}", full)
            reader._engine.raw_sql(f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM "arrow_{name}"')
        return reader

    def table(self, name: str) -> ir.Table:
        """The fact table of that name; InternalError if the schema has none."""
        if name not in TABLES:
            raise InternalError(f"there is no fact table {name!r}")
        if name not in self._tables:
            # Each look asks the engine for the columns anew, and a practice looks twenty times.
            self._tables[name] = self._engine.table(name)
        return self._tables[name]

    def to_arrow(self, expression: ir.Expr) -> pa.Table:
        """Run an expression built from this reader's tables."""
        return expression.to_pyarrow()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.disconnect()

    def _view(self, name: str, files: Sequence[Path]) -> None:
        schema = TABLES[name].schema
        if files:
            self._engine.raw_sql(f'CREATE VIEW "{name}" AS FROM {scan(files, schema, has_store=True)}')
        else:
            self._engine.con.register(f"arrow_{name}", schema.empty_table())
            self._engine.raw_sql(f'CREATE VIEW "{name}" AS SELECT * FROM "arrow_{name}"')


def _with_all_columns(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        rows.column(field.name).cast(field.type) if field.name in rows.column_names else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema([pa.field(f.name, f.type) for f in schema]))
