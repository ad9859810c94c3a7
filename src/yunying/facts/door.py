"""The door: what a batch must satisfy before a row of it is written."""

from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from yunying.facts.schema import SOURCE_ROW, Column, FactTable
from yunying.kernel.errors import FactError, InternalError, RowProblem

_SHOWN = 1000


def admit(table: FactTable, rows: pa.Table) -> pa.Table:
    """Return the rows with every column of the table but ``store``, cast, plus ``_source_row``.

    Raises:
        FactError: a row lacks a required value, has an unknown choice, or lies outside a range; it names each.
        InternalError: a column has a type that cannot become the documented one, or is not in the schema.
    """
    known = {column.name for column in table.columns} | {SOURCE_ROW}
    unknown = set(rows.column_names) - known
    if unknown:
        raise InternalError(f"{table.name} has no column {sorted(unknown)}")
    source_row = (
        rows.column(SOURCE_ROW).combine_chunks()
        if SOURCE_ROW in rows.column_names
        else pa.array(range(1, rows.num_rows + 1), pa.int64())
    )
    columns = [c for c in table.columns if c.name != "store"]
    arrays = [_cast(table, column, rows) for column in columns]
    admitted = pa.Table.from_arrays(
        [*arrays, source_row],
        schema=pa.schema([*(pa.field(c.name, c.type) for c in columns), pa.field(SOURCE_ROW, pa.int64())]),
    )
    problems = [problem for column in columns for problem in _problems(column, admitted)]
    if problems:
        raise FactError(table.name, sorted(problems, key=lambda problem: (problem.row, problem.column)))
    return admitted


def _cast(table: FactTable, column: Column, rows: pa.Table) -> pa.ChunkedArray:
    if column.name not in rows.column_names:
        return pa.chunked_array([pa.nulls(rows.num_rows, column.type)])
    values = rows.column(column.name)
    if values.type == column.type:
        return values
    try:
        return values.cast(column.type)
    except pa.ArrowInvalid as error:
        raise InternalError(f"{table.name}.{column.name} cannot become {column.type}: {error}") from error


def _problems(column: Column, rows: pa.Table) -> Iterator[RowProblem]:
    values = rows.column(column.name)
    if not column.nullable and values.null_count:
        yield from _located(rows, pc.is_null(values), column, "the value is missing.", "Fill it in.")
    if column.choices:
        wrong = pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=pa.array(column.choices))))
        yield from _located(rows, wrong, column, "the value is not known.", f"Use one of {', '.join(column.choices)}.")
    if column.minimum is not None:
        low = pc.less(values, _bound(column.minimum, values.type))
        yield from _located(rows, low, column, f"the value is below {column.minimum}.", "Correct it.")
    if column.maximum is not None:
        high = pc.greater(values, _bound(column.maximum, values.type))
        yield from _located(rows, high, column, f"the value is above {column.maximum}.", "Correct it.")
    if pa.types.is_floating(values.type):
        odd = pc.and_(pc.is_valid(values), pc.invert(pc.is_finite(values)))
        yield from _located(rows, odd, column, "the value is not a finite number.", "Correct it.")


def _bound(value: int, kind: pa.DataType) -> pa.Scalar:
    return pa.scalar(Decimal(value) if pa.types.is_decimal(kind) else value, kind)


def _located(rows: pa.Table, wrong: pa.ChunkedArray, column: Column, what: str, remedy: str) -> Iterator[RowProblem]:
    if not pc.any(wrong).as_py():
        return
    for row in rows.column(SOURCE_ROW).filter(wrong).slice(0, _SHOWN).to_pylist():
        yield RowProblem(row, column.name, what, remedy)
