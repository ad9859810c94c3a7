"""Reading a table's Parquet files as one: files that were written before a column was added show it as unknown."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_ENGINE_TYPES: tuple[tuple[pa.DataType, str], ...] = (
    (pa.string(), "VARCHAR"),
    (pa.date32(), "DATE"),
    (pa.timestamp("us", tz="UTC"), "TIMESTAMP WITH TIME ZONE"),
    (pa.int64(), "BIGINT"),
    (pa.decimal128(18, 6), "DECIMAL(18, 6)"),
    (pa.float64(), "DOUBLE"),
    (pa.bool_(), "BOOLEAN"),
)


def scan(files: Sequence[Path], schema: pa.Schema, *, has_store: bool = False, has_file: bool = False) -> str:
    """The SQL that reads the columns of ``schema`` from files of any age; NULL where a file lacks one.

    Args:
        files: at least one.
        has_store: read the column ``store`` too, which is the name of the file's folder.
        has_file: add ``_file``, the path of the row's file.
    """
    held = [_columns(path) for path in files]
    somewhere, everywhere = frozenset[str]().union(*held), frozenset.intersection(*held)
    names = ['"store"'] if has_store else []
    for field in schema:
        if field.name in somewhere:
            names.append(f'"{field.name}"')
        elif field.name != "store":
            names.append(f'CAST(NULL AS {_engine_type(field.type)}) AS "{field.name}"')
    # The store is text also where DuckDB would guess a number from the folder's name.
    options = [
        "hive_partitioning = true, hive_types = {'store': VARCHAR}" if has_store else "hive_partitioning = false"
    ]
    if has_file:
        names.append('filename AS "_file"')
        options.append("filename = true")
    if somewhere != everywhere:
        options.append("union_by_name = true")
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"(SELECT {', '.join(names)} FROM read_parquet([{listed}], {', '.join(options)}))"


def _engine_type(kind: pa.DataType) -> str:
    return next(name for each, name in _ENGINE_TYPES if each == kind)


@lru_cache(maxsize=4096)
def _columns(path: Path) -> frozenset[str]:
    # A published file never changes.
    return frozenset(pq.read_schema(path).names)
