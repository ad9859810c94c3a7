"""Parquet files, every value written as text so that one way of understanding columns serves all formats."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yunying.connectors.csv.header import column_names
from yunying.connectors.csv.limits import Limits
from yunying.connectors.csv.records import Records
from yunying.kernel.errors import OperatorError


def read_parquet(data: bytes, limits: Limits) -> Records:
    """Read a flat Parquet file.

    Raises:
        OperatorError: it is damaged, has nested columns, or passes a limit.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        limits.check("rows", file.metadata.num_rows, "The number of rows")
        limits.check("columns", len(file.schema_arrow), "The number of columns")
        groups = (file.metadata.row_group(place) for place in range(file.metadata.num_row_groups))
        limits.check("expanded_bytes", sum(group.total_byte_size for group in groups), "The expanded content")
        table = file.read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise OperatorError(
            "broken-parquet", f"The Parquet file cannot be read: {error}.", "Write it again."
        ) from error
    texts = [_as_text(table.column(place), table.schema.field(place).name) for place in range(table.num_columns)]
    for text in texts:
        limits.check("cell_characters", pc.max(pc.utf8_length(text)).as_py() or 0, "The longest cell")
    if not texts:
        raise OperatorError("no-header", "The Parquet file has no columns.", "Write it again.")
    names = column_names(table.schema.names, limits)
    cells = pa.Table.from_arrays(texts, names=[str(place) for place in range(len(names))])
    return Records(names, cells, np.arange(1, len(cells) + 1, dtype=np.int64))


def _as_text(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise OperatorError(
            "nested-column",
            f"The column {name!r} holds {kind}, not single values.",
            "Leave it out or unnest it before writing the file.",
        )
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_nan(column), None, column).cast(pa.string())
    try:
        return column.cast(pa.string())
    except pa.ArrowException as error:
        raise OperatorError(
            "bad-column", f"The column {name!r} ({kind}) cannot be read as text: {error}.", "Write it as text."
        ) from error
