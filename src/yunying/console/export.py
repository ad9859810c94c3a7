"""A filtered list as a file, row by row: CSV for everybody, XLSX for those who sort and sum."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from yunying.console.access import is_chinese
from yunying.console.practice_names import kind_name, practice_name
from yunying.interventions import states
from yunying.kernel.money import to_major
from yunying.kernel.sheet_text import inert_csv_text, sheet_text

BOM = "\ufeff"
_CHUNK = 2000
Cell = str | int | float | None
Cells = Callable[[], Iterable[list[Cell]]]


def export_csv(rows: QuerySet[Any], name: str, currency: str) -> HttpResponseBase:
    """Interventions as CSV."""
    return table_csv(name, _("Proposals"), _header(currency), lambda: _cells(rows, currency))


def export_xlsx(rows: QuerySet[Any], name: str, currency: str) -> HttpResponseBase:
    """Interventions as a workbook."""
    return table_xlsx(name, _("Proposals"), _header(currency), lambda: _cells(rows, currency))


def table_csv(name: str, _title: str, header: list[str], cells: Cells) -> HttpResponseBase:
    """Rows as CSV with a byte order mark, so that Excel reads Chinese; nothing is held in memory."""
    response = StreamingHttpResponse(_csv_lines(header, cells), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def table_xlsx(name: str, title: str, header: list[str], cells: Cells) -> HttpResponseBase:
    """Rows as a workbook; it is written to disk row by row and then sent."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(header)
    for row in cells():
        sheet.append([_plain_cell(sheet, each) for each in row])
    handle = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    book.save(handle)
    handle.seek(0)
    return FileResponse(
        handle, as_attachment=True, filename=f"{name}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )  # fmt: skip


def _csv_lines(header: list[str], cells: Cells) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    yield BOM + buffer.getvalue()
    for row in cells():
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([inert_csv_text(each) if isinstance(each, str) else each for each in row])
        yield buffer.getvalue()


def _plain_cell(sheet: Any, value: Cell) -> Any:
    """A text stays a text, also where it looks like a formula."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=sheet_text(value))
    cell.data_type = "s"
    return cell


def _header(currency: str) -> list[str]:
    return [
        _("Id"), _("Proposal"), _("Practice"), _("Kind"), _("Subject"), _("State"),
        f"{_('Profit, low')} ({currency})", f"{_('Profit')} ({currency})", f"{_('Profit, high')} ({currency})",
        f"{_('Loss per day of delay')} ({currency})", f"{_('Cash')} ({currency})",
        _("Plan of"), _("Expires"), _("Reversible"),
    ]  # fmt: skip


def _cells(rows: QuerySet[Any], currency: str) -> Iterable[list[Cell]]:
    title = 1 if is_chinese() else 0
    yes, no = _("yes"), _("no")
    for row in rows.iterator(chunk_size=_CHUNK):
        yield [
            row.pk, row.title_zh if title else row.title_en, practice_name(row.practice), kind_name(row.kind),
            row.subject, states.TITLES[row.state][title], _amount(row.low_minor, currency),
            _amount(row.mid_minor, currency), _amount(row.high_minor, currency),
            _amount(row.delay_loss_minor, currency), _amount(row.cost_minor, currency), row.as_of.isoformat(),
            row.expires_date.isoformat(), yes if row.is_reversible else no,
        ]  # fmt: skip


def _amount(amount_minor: int | None, currency: str) -> float | int | None:
    """A number, not a text: a negative one stays one."""
    if amount_minor is None:
        return None
    value = to_major(amount_minor, currency)
    return int(value) if value == value.to_integral_value() else float(value)
