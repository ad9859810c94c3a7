"""One table written for people as CSV and as XLSX: no cell runs, and the same rows give the same bytes."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from yunying.connectors.site_lock import folder_make
from yunying.facts.durable import fsync_file
from yunying.kernel.sheet_text import inert_csv_text, sheet_text

Cell = str | int | Decimal | None
CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_TYPE = "text/plain"

_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_NO_MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Sheet:
    """A table for people; numbers are whole or decimals, everything else is text."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def csv_bytes(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, so that Chinese Excel reads it rightly."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(sheet.header)
    writer.writerows([_csv_cell(cell) for cell in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def xlsx_bytes(sheet: Sheet) -> bytes:
    """One sheet with a frozen, bold header; numbers are numbers, texts are typed as texts and never run."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.title)
    page.freeze_panes = "A2"
    for place, title in enumerate(sheet.header, start=1):
        page.column_dimensions[get_column_letter(place)].width = max(12, min(40, 2 * len(title)))
    page.append([_text_cell(page, title, is_bold=True) for title in sheet.header])
    for row in sheet.rows:
        page.append([_xlsx_cell(page, cell) for cell in row])
    packed = io.BytesIO()
    book.save(packed)
    return _without_moments(packed.getvalue())


def file_write(path: Path, content: bytes) -> bool:
    """Put a file in place whole or not at all, forced to the disk; False if it held just that already."""
    if path.exists() and path.read_bytes() == content:
        return False
    folder_make(path.parent)
    passing = path.with_name(path.name + ".passing")
    passing.write_bytes(content)
    fsync_file(passing)
    passing.replace(path)
    fsync_file(path.parent)
    return True


def _csv_cell(cell: Cell) -> str:
    return (
        inert_csv_text(cell)
        if isinstance(cell, str)
        else ""
        if cell is None
        else f"{cell:f}"
        if isinstance(cell, Decimal)
        else str(cell)
    )


def _xlsx_cell(page: Any, cell: Cell) -> Any:
    if isinstance(cell, str):
        return _text_cell(page, cell)
    return float(cell) if isinstance(cell, Decimal) else cell


def _text_cell(page: Any, text: str, *, is_bold: bool = False) -> Any:
    cell = WriteOnlyCell(page, sheet_text(text))
    cell.data_type = "s"
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _without_moments(packed: bytes) -> bytes:
    """The same workbook without the moment at which it was written, which no reader needs."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = _MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", source.read(name))
            target.writestr(zipfile.ZipInfo(name, _NO_MOMENT), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
