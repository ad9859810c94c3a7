"""Text files with separators: found out, checked for quotes that swallow rows, and read into records."""

import contextlib
import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from yunying.connectors.csv.encoding import decide_encoding
from yunying.connectors.csv.header import SEARCHED, column_names, header_place, recognised
from yunying.connectors.csv.limits import Limits
from yunying.connectors.csv.records import Records
from yunying.kernel.errors import FactError, OperatorError, RowProblem

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 256 * 1024


def read_delimited(
    data: bytes,
    limits: Limits,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    expected: frozenset[str] = frozenset(),
) -> Records:
    """Read a CSV, TSV or other separated file.

    Args:
        data: the file's bytes.
        limits: what the file may ask of the machine.
        encoding: what a map says; else it is decided.
        delimiter: what a map says; else it is decided.
        expected: header names of a map, in normal form, which help to find the header.

    Raises:
        OperatorError: it cannot be decided how to read the file, or it passes a limit.
        FactError: a quote is left open.
    """
    _refuse_endless_lines(data, limits)
    codec = decide_encoding(data, encoding)
    if codec == "utf-8-sig":
        data = data[3:]
    elif codec != "utf-8":
        data = data.decode(codec).lstrip("\ufeff").encode()
    if b"\x00" in data:
        raise OperatorError("nul-bytes", "The file holds NUL bytes.", "It is damaged: export it again as CSV.")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    head = _first_lines(data)
    chosen = delimiter or _decide_delimiter(head, expected)
    rows = _leading_rows(head, chosen)
    place = header_place(rows, expected)
    names = column_names(_without_empty_tail(rows[place]), limits)
    body = _below(data, chosen, place)
    records = _read_fast(body, chosen, names, limits) if len(rows[place]) == len(names) else None
    if records is None:
        records = _read_carefully(body, chosen, names, limits)
    return _with_source(records, codec, chosen)


def _refuse_endless_lines(data: bytes, limits: Limits) -> None:
    """A line without an end is told before a gigabyte of it is decoded."""
    for start in range(0, len(data) - limits.line_bytes, limits.line_bytes):
        piece = slice(start, start + limits.line_bytes)
        if data.find(b"\n", piece.start, piece.stop) < 0 and data.find(b"\r", piece.start, piece.stop) < 0:
            raise limits.error("line_bytes", f"A line after byte {start:,} of the file")


def _first_lines(data: bytes) -> str:
    cut = data[:_SAMPLE]
    if len(data) > _SAMPLE and b"\n" in cut:
        cut = cut[: cut.rindex(b"\n") + 1]
    return cut.decode("utf-8", errors="replace")


def _decide_delimiter(head: str, expected: frozenset[str]) -> str:
    """The separator under which a record names the most known columns; else the most even and plentiful one."""
    best: tuple[float, str] = (0.0, "")
    for delimiter in _DELIMITERS:
        rows = _leading_rows(head, delimiter)
        known = max((recognised(row, expected) for row in rows), default=0)
        widths = [len(row) for row in rows if any(row)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width)) if widths else 1
        even = widths.count(usual) / len(widths) if usual > 1 else 0.0
        score = known * 10 + even * min(usual, 9) / 10
        if usual > 1 and score > best[0]:
            best = (score, delimiter)
    if not best[1]:
        raise OperatorError(
            "no-delimiter",
            "The file does not look like a table: no comma, tab, semicolon or bar parts its lines evenly.",
            "Check the file, or name its separator in the map (delimiter:).",
        )
    return best[1]


def _leading_rows(head: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(head), delimiter=delimiter):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) >= SEARCHED:
                break
    except csv.Error:
        pass  # the rows so far still show what the file looks like; reading it will tell what is wrong
    return rows


def _without_empty_tail(cells: Sequence[str]) -> list[str]:
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _below(data: bytes, delimiter: str, place: int) -> bytes:
    """What follows the header, which is the ``place``-th record that is not blank."""
    reader_lines = _lines(data)
    reader = csv.reader((line.decode("utf-8") for line in reader_lines), delimiter=delimiter)
    filled = -1
    for row in reader:
        if any(cell.strip() for cell in row):
            filled += 1
        if filled == place:
            break
    offset = 0
    for _ in range(reader.line_num):
        offset = data.index(b"\n", offset) + 1
    return data[offset:]


def _lines(data: bytes) -> Iterator[bytes]:
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        yield data[start : end + 1]
        start = end + 1


def _read_fast(body: bytes, delimiter: str, names: tuple[str, ...], limits: Limits) -> Records | None:
    """Arrow's reader, where nothing can mislead it; None where the careful reader must look."""
    if not body.strip() or not _quotes_are_simple(body, delimiter, len(names)):
        return None
    places = [str(place) for place in range(len(names))]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(body),
            read_options=pa_csv.ReadOptions(column_names=places, block_size=8 * 1024**2),
            parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowCapacityError):
        return None
    limits.check("rows", len(table), "The number of rows")
    longest = max((pc.max(pc.binary_length(column)).as_py() or 0 for column in table.columns), default=0)
    if longest > limits.cell_characters:  # bytes are an upper bound, and quicker to count than characters
        longest = max(pc.max(pc.utf8_length(column)).as_py() for column in table.columns)
    limits.check("cell_characters", longest, "The longest cell")
    records = Records(names, table.combine_chunks(), np.arange(1, len(table) + 1, dtype=np.int64))
    return _without_blank_rows(records)


def _quotes_are_simple(body: bytes, delimiter: str, width: int) -> bool:
    """Whether every quoted cell begins and ends on its own line, as the strict reader sees it."""
    places = np.flatnonzero(np.frombuffer(body, dtype=np.uint8) == ord('"'))
    if not len(places):
        return True
    line_ends = np.flatnonzero(np.frombuffer(body, dtype=np.uint8) == ord("\n"))
    lines, counts = np.unique(np.searchsorted(line_ends, places), return_counts=True)
    if (counts % 2).any():
        return False
    starts = np.concatenate(([0], line_ends + 1))
    quoted = (body[starts[line] : line_ends[line] + 1].decode() for line in lines.tolist())
    try:
        return all(len(row) == width for row in csv.reader(quoted, delimiter=delimiter, strict=True))
    except csv.Error:
        return False


def _read_carefully(body: bytes, delimiter: str, names: tuple[str, ...], limits: Limits) -> Records:
    """Record by record: quoted line breaks, ragged rows, open quotes."""
    width = len(names)
    cells: list[list[str]] = []
    numbers: list[int] = []
    broken: list[tuple[int, tuple[str, ...], str]] = []
    number = 0
    with _cell_limit(limits):
        reader = csv.reader(io.StringIO(body.decode(), newline=""), delimiter=delimiter, strict=True)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise _unreadable(number + 1, error, limits) from error
            if not row:
                continue
            number += 1
            if not any(cell.strip() for cell in row):
                continue
            limits.check("rows", number, "The number of rows")
            if fault := _fault(row, width, delimiter):
                broken.append((number, tuple(row), fault))
            else:
                cells.append(row[:width])
                numbers.append(number)
    columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)] if cells else []
    columns = columns or [pa.array([], pa.string()) for _ in names]
    table = pa.Table.from_arrays(columns, names=[str(place) for place in range(width)])
    return Records(names, table, np.array(numbers, dtype=np.int64), broken=tuple(broken))


@contextlib.contextmanager
def _cell_limit(limits: Limits) -> Iterator[None]:
    previous = csv.field_size_limit(limits.cell_characters)
    try:
        yield
    finally:
        csv.field_size_limit(previous)


def _fault(row: list[str], width: int, delimiter: str) -> str:
    """What keeps a record from being a row of this table; empty if nothing does."""
    if len(row) < width or any(cell.strip() for cell in row[width:]):
        return f"the row has {len(row)} cells where the header has {width}."
    for cell in row:
        if "\n" in cell and width > 2 and any(line.count(delimiter) >= width - 1 for line in cell.split("\n")[1:]):
            return "a cell holds what looks like whole rows: a quote above was opened and not closed."
    return ""


def _unreadable(row: int, error: csv.Error, limits: Limits) -> Exception:
    if "field larger than field limit" in str(error):
        return limits.error("cell_characters", f"A cell of row {row}")
    return FactError(
        "file",
        [
            RowProblem(
                row,
                "(whole row)",
                f"the row cannot be read: {error}.",
                'Close the quote that stays open, and write a quote inside a quoted cell twice ("").',
            )
        ],
    )


def _without_blank_rows(records: Records) -> Records:
    """Drop rows without any text; they keep their numbers for those who count lines."""
    first = records.table.column(0)
    if not len(records) or pc.min(pc.binary_length(first)).as_py() > 0:
        return records
    filled = np.zeros(len(records), dtype=bool)
    for column in records.table.columns:
        filled |= pc.not_equal(pc.utf8_trim_whitespace(column), "").to_numpy(zero_copy_only=False)
    return records if filled.all() else records.keep(filled)


def _with_source(records: Records, codec: str, delimiter: str) -> Records:
    return Records(records.header, records.table, records.row_numbers, codec, delimiter, records.broken, records.remark)
