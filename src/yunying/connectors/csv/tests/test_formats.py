# ruff: noqa: E501 - rows of exports are as long as they are
import gzip
import io
import zipfile
from datetime import date

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yunying.connectors.csv.limits import Limits
from yunying.kernel.errors import FactError, OperatorError

TEXT = "order id,date,sku,quantity,price\nA1,2024-03-01,S1,2,9.99\nA2,2024-03-02,S2,1,5\n"
WANTED = [("A1", "S1", 2, 1998, date(2024, 3, 1)), ("A2", "S2", 1, 500, date(2024, 3, 2))]


def paid(found):
    table = found.batch.tables["order_line"].to_pylist()
    return [
        (row["order"], row["product"], row["quantity"], row["amount_minor"], row["date"])
        for row in table
        if row["state"] == "paid"
    ]


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook(*sheets: tuple[str, list[list]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


SHEET = [["order id", "date", "sku", "quantity", "price"], ["A1", date(2024, 3, 1), "S1", 2, 9.99],
         ["A2", date(2024, 3, 2), "S2", 1, 5.0]]  # fmt: skip


@pytest.mark.parametrize(
    ("_case", "data"),
    [
        ("commas", TEXT.encode()),
        ("tabs", TEXT.replace(",", "\t").encode()),
        ("semicolons", TEXT.replace(",", ";").encode()),
        ("bars", TEXT.replace(",", "|").encode()),
        ("quoted cells", ("\n".join('"' + line.replace(",", '","') + '"' for line in TEXT.split("\n")[:-1])).encode()),
        ("windows line ends", TEXT.replace("\n", "\r\n").encode()),
        ("old mac line ends", TEXT.replace("\n", "\r").encode()),
        ("no last line end", TEXT.rstrip("\n").encode()),
        ("a title and a blank line above", ("Export of my shop\n\n" + TEXT).encode()),
        ("a title row of commas above", ("My shop,,,,\n,,,,\n" + TEXT).encode()),
        ("blank rows below", (TEXT + "\n,,,,\n\n").encode()),
        ("a separator after the last cell", TEXT.replace("\n", ",\n").encode()),
        ("odd names", TEXT.replace("order id", " Order－ID ").encode()),
        ("gzip", gzip.compress(TEXT.encode())),
        ("zip", zipped(("orders.csv", TEXT.encode()))),
        ("zip from a mac", zipped(("orders.csv", TEXT.encode()), ("__MACOSX/._orders.csv", b"\x00\x05"))),
        ("zip with a workbook", zipped(("orders.xlsx", workbook(("Orders", SHEET))))),
        ("xlsx", workbook(("Orders", SHEET))),
        ("xlsx, second sheet", workbook(("Notes", [["hello", "there"]]), ("Orders", [["Title"], [], *SHEET]))),
    ],
)
def test_the_same_orders_come_out_of_every_format(read, _case, data):
    found = read(data, currency="USD")
    assert paid(found) == WANTED
    assert found.rows_read == 2


def test_parquet_types_become_the_same_orders(read):
    table = pa.table(
        {
            "order id": ["A1", "A2"],
            "date": pa.array([date(2024, 3, 1), date(2024, 3, 2)]),
            "sku": pa.array(["S1", "S2"]).dictionary_encode(),
            "quantity": pa.array([2, 1], pa.int16()),
            "price": [9.99, 5.0],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    assert paid(read(buffer.getvalue(), currency="USD")) == WANTED


def test_line_breaks_inside_quoted_cells_are_text(read):
    text = 'order id,date,sku,quantity,price,note\nA1,2024-03-01,S1,2,9.99,"two\nlines, and ""quotes"""\nA2,2024-03-02,S2,1,5,\n'
    assert paid(read(text, currency="USD")) == WANTED


def test_a_quote_inside_an_unquoted_cell_is_text(read):
    text = 'order id,date,sku,title,quantity,price\nA1,2024-03-01,S1,7" frame,2,9.99\nA2,2024-03-02,S2,5" frame,1,5\n'
    assert paid(read(text, currency="USD")) == WANTED


@pytest.mark.parametrize(
    "second",
    ['A3,2024-03-03,"S3,1,5\n', 'A3,2024-03-03,"S3,1,5\n' + "A4,2024-03-03,S4,1,5\n" * 5 + 'A5,2024-03-03,S"5",1,5\n'],
)
def test_an_open_quote_does_not_swallow_rows(read, second):
    with pytest.raises(FactError) as error:
        read(TEXT + second + "A9,2024-03-03,S9,1,5\n", currency="USD")
    assert error.value.problems[0].row >= 3


def test_a_quote_that_a_later_one_closes_is_found(read):
    text = TEXT + 'A3,2024-03-03,"S3,1,5\n' + "A4,2024-03-03,S4,1,5\n" * 3 + 'A5,2024-03-03,S5",1,5\n'
    with pytest.raises(FactError, match="quote"):
        read(text, currency="USD")


def test_a_ragged_row_is_named_by_its_number(read):
    with pytest.raises(FactError) as error:
        read(TEXT + "A3,2024-03-03,S3,1\n", currency="USD")
    assert [(problem.row, problem.what) for problem in error.value.problems] == [
        (3, "the row has 4 cells where the header has 5.")
    ]


def test_a_formula_without_a_computed_value_is_refused(read):
    rows = [*SHEET[:2], ["A2", date(2024, 3, 2), "S2", "=1+1", 5]]
    with pytest.raises(FactError) as error:
        read(workbook(("Orders", rows)), currency="USD")
    assert [(problem.row, problem.column) for problem in error.value.problems] == [(2, "quantity")]
    assert "formula" in error.value.problems[0].what


def test_a_long_number_in_a_workbook_is_refused_as_an_order_id(read):
    rows = [SHEET[0], [1234567890123456789, date(2024, 3, 1), "S1", 2, 9.99]]
    with pytest.raises(FactError, match="lost the last digits"):
        read(workbook(("Orders", rows)), currency="USD")


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("empty-file", b""),
        ("empty-file", b"\xef\xbb\xbf\n\n"),
        ("no-rows", b"order id,date,sku,quantity,price\n"),
        ("no-delimiter", b"hello\nworld\n"),
        ("unknown-kind", b"a,b\n1,2\n"),
        ("unknown-format", b"%PDF-1.7 ..."),
        ("unknown-format", b"<html><table></table></html>"),
        ("old-excel", bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 100),
        ("broken-archive", gzip.compress(TEXT.encode() * 50)[:60]),
        ("broken-archive", zipped(("a.csv", TEXT.encode()))[:60]),
        ("broken-parquet", b"PAR1" + b"\x00" * 50),
        ("zip-members", zipped(("a.csv", b"x"), ("b.csv", b"y"))),
        ("zip-path", zipped(("../../etc/a.csv", TEXT.encode()))),
        ("nested-archive", zipped(("a.zip", zipped(("a.csv", TEXT.encode()))))),
        ("nested-archive", gzip.compress(gzip.compress(TEXT.encode()))),
        ("nul-bytes", b"a,b\n\x00\x00\x00,2\n"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(read, code, data):
    with pytest.raises(OperatorError) as error:
        read(data, currency="USD")
    assert error.value.code == code
    assert error.value.remedy


def xlsx_with(name: str, part: bytes) -> bytes:
    """A workbook with one part replaced or added."""
    source = zipfile.ZipFile(io.BytesIO(workbook(("Orders", SHEET))))
    members = [(info.filename, source.read(info)) for info in source.infolist() if info.filename != name]
    return zipped(*members, (name, part))


BOMB = b"0" * 30_000_000
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><sst/>'


@pytest.mark.parametrize(
    ("code", "limits", "data"),
    [
        ("limit-expansion", {}, zipped(("a.csv", BOMB))),
        ("limit-expansion", {}, gzip.compress(BOMB)),
        ("limit-expansion", {}, xlsx_with("xl/worksheets/sheet1.xml", BOMB)),
        ("limit-expanded-bytes", {"expanded_bytes": 20}, gzip.compress(TEXT.encode())),
        ("limit-file-bytes", {"file_bytes": 20}, TEXT.encode()),
        ("limit-columns", {"columns": 4}, TEXT.encode()),
        ("limit-columns", {}, (b"c," * 100_000) + b"\n" + (b"1," * 100_000)),
        ("limit-rows", {"rows": 1}, TEXT.encode()),
        ("limit-rows", {"rows": 1}, TEXT.replace("S1", '"S\n1"').encode()),
        ("limit-cell-characters", {}, (TEXT + "A3,2024-03-03," + "S" * 200_000 + ",1,5\n").encode()),
        ("limit-cell-characters", {}, (TEXT + 'A3,2024-03-03,"' + "S\n" * 100_000 + '",1,5\n').encode()),
        ("limit-line-bytes", {"line_bytes": 1000}, b"a,b," * 1000),
        ("limit-line-bytes", {"line_bytes": 1000}, gzip.compress(b"a,b," * 1000)),
        ("limit-line-bytes", {"line_bytes": 1000}, TEXT.encode() + b"A3,2024-03-02," * 300),
        ("limit-sheets", {"sheets": 1}, workbook(("a", SHEET), ("b", SHEET))),
        ("limit-shared-string-bytes", {"shared_string_bytes": 10}, xlsx_with("xl/sharedStrings.xml", b"<sst></sst>")),
        ("limit-rows", {"rows": 1}, workbook(("a", SHEET * 40))),
        ("xml-entities", {}, xlsx_with("xl/sharedStrings.xml", ENTITIES)),
    ],
)
def test_a_file_past_a_limit_is_refused_by_the_limits_name(read, code, limits, data):
    with pytest.raises(OperatorError) as error:
        read(data, currency="USD", limits=Limits(**limits))
    assert error.value.code == code


def test_the_same_file_gives_the_same_source_and_another_map_another(read):
    first, second = read(TEXT, currency="USD"), read(TEXT, currency="USD", name="renamed.csv")
    mapped = read(TEXT, currency="USD", map_text="date_order: dmy")
    assert first.batch.source == second.batch.source != mapped.batch.source
    assert first.batch.source.startswith("file/")
    assert first.batch.number == 1
