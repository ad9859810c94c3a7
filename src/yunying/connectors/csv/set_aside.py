"""Bad rows set aside: a CSV with the file's own columns and a reason, which can be mended and imported again."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from yunying.kernel.errors import OperatorError

REASON = "reason (原因)"
ROW = "row (行)"
_FORMULA_STARTS = tuple("=+-@＝＋－＠")
_BLANKS = " \t\r\n\u00a0\u3000\x00"


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula; the importer takes the apostrophe off again.

    >>> guarded("=1+1"), guarded("+86 138"), guarded("-5"), guarded("plain")
    ("'=1+1", "'+86 138", '-5', 'plain')
    """
    body = cell.lstrip(_BLANKS)
    if not body.startswith(_FORMULA_STARTS) or _is_plain_number(body):
        return body
    return "'" + body


def _is_plain_number(cell: str) -> bool:
    body = cell.removeprefix("-")
    return body.isascii() and body.replace(".", "", 1).isdigit()


def write_set_aside(path: Path, header: Sequence[str], rows: Iterable[tuple[int, str, Sequence[str]]]) -> None:
    """Write rows as (record number, reason, cells); UTF-8 with a BOM, so that spreadsheets read it rightly.

    Raises:
        OperatorError: ``unwritable-file``.
    """
    names = [guarded(name) for name in header]
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*names, ROW, REASON])
            for number, reason, cells in rows:
                padded = [*cells, *[""] * (len(names) - len(cells))]
                overflow = f" Cells beyond the last column: {padded[len(names) :]}" if len(padded) > len(names) else ""
                writer.writerow([*(guarded(cell) for cell in padded[: len(names)]), number, guarded(reason + overflow)])
    except OSError as error:
        raise OperatorError(
            "unwritable-file", f"{path} cannot be written: {error.strerror}.", "Choose another path for --set-aside."
        ) from error
