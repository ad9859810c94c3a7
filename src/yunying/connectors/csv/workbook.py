"""XLSX workbooks: cached values of formulas, dates as dates, and no trust in what an archive claims."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa

from yunying.connectors.csv.header import SEARCHED, column_names, header_place, recognised
from yunying.connectors.csv.limits import Limits
from yunying.connectors.csv.records import Records
from yunying.kernel.errors import FactError, InternalError, OperatorError, RowProblem, YunyingError

_CHUNK = 1024 * 1024
_EXACT_INTEGERS = 10**15  # Excel keeps 15 digits; longer numbers have lost their end


def read_workbook(
    data: bytes, limits: Limits, *, sheet: str | None = None, expected: frozenset[str] = frozenset()
) -> Records:
    """Read one sheet: the named one, else the one whose header knows the most names.

    Raises:
        OperatorError: damaged, locked, a bomb, no such sheet.
        FactError: cells whose formula has no cached value.
    """
    has_formulas = _inspect(data, limits)
    try:
        return _read(data, limits, sheet, expected, has_formulas)
    except (YunyingError, MemoryError):
        raise
    except Exception as error:
        # openpyxl raises whatever its parsers meet in a damaged part; every one of them means the same to the operator.
        raise OperatorError(
            "broken-workbook",
            f"The workbook cannot be read: {type(error).__name__}: {error}.",
            "Open it in a spreadsheet program and save it again.",
        ) from error


def _inspect(data: bytes, limits: Limits) -> bool:
    """Unpack every part once, bounded and thrown away; whether any sheet holds formulas."""
    total = 0
    has_formulas = False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                size, found = _inspect_part(archive, member, limits, total, len(data))
                total += size
                has_formulas = has_formulas or found
    except YunyingError:
        raise
    except Exception as error:
        raise OperatorError(
            "broken-workbook", f"The workbook cannot be unpacked: {error}.", "Save it again as .xlsx."
        ) from error
    return has_formulas


def _inspect_part(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits, before: int, packed: int
) -> tuple[int, bool]:
    size = 0
    is_sheet = member.filename.lower().startswith("xl/worksheets/")
    has_formulas = False
    tail = b""
    with archive.open(member) as part:
        while piece := part.read(_CHUNK):
            size += len(piece)
            limits.check("expanded_bytes", before + size, "The workbook's expanded content")
            if size > _CHUNK and size > min(max(member.compress_size, 1), packed) * limits.expansion:
                raise limits.error("expansion", f"The part {member.filename} of the workbook")
            if member.filename.lower().endswith("sharedstrings.xml"):
                limits.check("shared_string_bytes", size, "The workbook's table of texts")
            window = tail + piece
            is_xml = member.filename.lower().endswith((".xml", ".rels"))
            if is_xml and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
                raise OperatorError(
                    "xml-entities",
                    f"The part {member.filename} of the workbook declares XML entities, which no spreadsheet needs.",
                    "Do not trust this file; save it again with a spreadsheet program.",
                )
            has_formulas = has_formulas or (is_sheet and (b"<f>" in window or b"<f " in window))
            tail = piece[-16:]
    return size, has_formulas


def _read(data: bytes, limits: Limits, sheet: str | None, expected: frozenset[str], has_formulas: bool) -> Records:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        limits.check("sheets", len(book.sheetnames), "The number of sheets")
        name, place = _choose_sheet(book, sheet, expected)
        formulas = _formula_cells(data, name) if has_formulas else set()
        rows = _rows(book[name], limits)
        records = _collect(rows, place, formulas, limits)
    finally:
        book.close()
    remark = f"Of {len(book.sheetnames)} sheets, {name!r} was read." if len(book.sheetnames) > 1 else ""
    return Records(records.header, records.table, records.row_numbers, broken=records.broken, remark=remark)


def _choose_sheet(book: Any, wanted: str | None, expected: frozenset[str]) -> tuple[str, int]:
    """The sheet's name and the place of its header among its first rows that are not blank."""
    if wanted is not None and wanted not in book.sheetnames:
        raise OperatorError(
            "unknown-sheet", f"There is no sheet {wanted!r}.", f"Name one of {', '.join(book.sheetnames)}."
        )
    best: tuple[int, str, int] | None = None
    for name in [wanted] if wanted is not None else book.sheetnames:
        if not hasattr(book[name], "iter_rows"):
            continue
        head: list[list[str]] = []
        for row in _rows(book[name], Limits()):
            texts = [_text(cell) for cell in row]
            if any(texts):
                head.append(texts)
            if len(head) >= SEARCHED:
                break
        if not head:
            continue
        place = header_place(head, expected)
        known = recognised(head[place], expected)
        if best is None or known > best[0]:
            best = (known, name, place)
    if best is None:
        raise OperatorError("empty-file", "The workbook holds no filled sheet.", "Export it again.")
    return best[1], best[2]


def _rows(sheet: Any, limits: Limits) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # the stated size is often wrong, and huge in a bomb
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        limits.check("rows", number - SEARCHED - 1, "The number of rows")
        limits.check("columns", len(row), "The number of columns")
        yield row


def _formula_cells(data: bytes, name: str) -> set[tuple[int, int]]:
    """Row and column, from 0, of the cells that hold formulas."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        return {
            (row, column)
            for row, cells in enumerate(sheet.iter_rows())
            for column, cell in enumerate(cells)
            if cell.data_type == "f"
        }
    finally:
        book.close()


def _collect(rows: Iterator[Sequence[Any]], place: int, formulas: set[tuple[int, int]], limits: Limits) -> Records:
    names: tuple[str, ...] = ()
    filled = -1
    number = 0
    cells: list[list[str]] = []
    numbers: list[int] = []
    uncached: list[RowProblem] = []
    for index, row in enumerate(rows):
        texts = [_text(cell) for cell in row]
        lost = [column for column, text in enumerate(texts) if not text and (index, column) in formulas]
        if not names:
            filled += any(texts)
            if filled == place and any(texts):
                names = column_names(texts[: _last_filled(texts) + 1], limits)
            continue
        number += 1
        if not any(texts) and not lost:
            continue
        for column in lost:
            label = names[column] if column < len(names) else f"column {column + 1}"
            uncached.append(_uncached(number, label))
        limits.check("cell_characters", max(len(text) for text in texts), f"A cell of row {number}")
        cells.append((texts + [""] * len(names))[: len(names)])
        numbers.append(number)
    if uncached:
        raise FactError("file", uncached[:100])
    if not names:
        raise InternalError("the header that was found before was not found again")
    columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)] if cells else []
    columns = columns or [pa.array([], pa.string()) for _ in names]
    table = pa.Table.from_arrays(columns, names=[str(at) for at in range(len(names))])
    return Records(names, table, np.array(numbers, dtype=np.int64))


def _last_filled(texts: Sequence[str]) -> int:
    return max((column for column, text in enumerate(texts) if text), default=-1)


def _uncached(row: int, column: str) -> RowProblem:
    return RowProblem(
        row,
        column,
        "the cell holds a formula whose value was never computed.",
        "Open the file in a spreadsheet program and save it, or paste the column as values.",
    )


def _text(value: Any) -> str:
    """A cell's value as text that the readers of columns understand.

    >>> _text(17850.0), _text(datetime(2024, 1, 2, 3, 4)), _text(1234567890123456789), _text(2.5500000000000003)
    ('17850', '2024-01-02 03:04:00', '1.23456789012346E+18', '2.55')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        return _nearest_second(value).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number_text(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value):
        return str(int(value)) if abs(value) < _EXACT_INTEGERS else f"{value:.14E}"
    return f"{value:.15g}"


def _nearest_second(moment: datetime) -> datetime:
    """Excel keeps days as fractions, so a whole second can come out a few microseconds off."""
    if moment.microsecond in range(1, 2000):
        return moment.replace(microsecond=0)
    if moment.microsecond > 998_000:
        return moment.replace(microsecond=0) + timedelta(seconds=1)
    return moment
