import csv

import numpy as np
import pytest

from yunying.connectors.csv.records import clean
from yunying.connectors.csv.set_aside import guarded
from yunying.kernel.errors import FactError, OperatorError

MIXED = (
    "order id,date,sku,quantity,price,phone\n"
    "A1,2024-03-01,S1,2,9.99,+86 13800001111\nA1,2024-03-01,S2,oops,5,+86 13800001111\nA2,2024-03-02,S2,1,5,\n"
    "A3,2024-03-02,S2,1\nA4,2024-03-02,=1+1,1,5,\n"
)


def test_bad_rows_go_aside_with_their_whole_order_and_a_reason(read, rows, tmp_path):
    aside = tmp_path / "aside.csv"
    found = read(MIXED, currency="USD", set_aside=aside)
    assert (found.rows_read, found.rows_set_aside) == (5, 3)
    assert {row["order"] for row in rows(found)} == {"A2", "A4"}
    assert aside.read_bytes().startswith(b"\xef\xbb\xbf")
    with aside.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.reader(file))
    assert listed[0][:6] == ["order id", "date", "sku", "quantity", "price", "phone"]
    assert [(row[0], row[6]) for row in listed[1:]] == [("A1", "1"), ("A1", "2"), ("A3", "4")]
    assert "another row of its order" in listed[1][7]
    assert "not a number" in listed[2][7]
    assert listed[1][5] == "'+86 13800001111"
    assert {problem.row for problem in found.problems} == {2, 4}


def test_a_mended_set_aside_file_is_imported_like_the_original(read, rows, tmp_path):
    aside = tmp_path / "aside.csv"
    whole = read(MIXED.replace("oops", "3").replace("A3,2024-03-02,S2,1\n", ""), currency="USD")
    read(MIXED, currency="USD", set_aside=aside)
    mended = "".join(
        line
        for line in aside.read_text("utf-8-sig").replace("oops", "3").splitlines(keepends=True)
        if not line.startswith("A3")
    )
    again = read(mended, currency="USD")
    wanted = [{k: v for k, v in row.items() if k != "_source_row"} for row in rows(whole, order="A1")]
    assert [{k: v for k, v in row.items() if k != "_source_row"} for row in rows(again)] == wanted


def test_nothing_is_written_where_no_row_is_bad(read, tmp_path):
    found = read(
        "order id,date,sku,quantity,price\nA1,2024-01-01,S1,1,5\n", currency="USD", set_aside=tmp_path / "a.csv"
    )
    assert found.rows_set_aside == 0
    assert not (tmp_path / "a.csv").exists()


def test_a_file_of_bad_rows_only_is_refused_also_when_setting_aside(read, tmp_path):
    with pytest.raises(FactError):
        read("order id,date,sku,quantity,price\nA1,2024-01-01,S1,x,5\n", currency="USD", set_aside=tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()


def test_a_place_that_cannot_be_written_is_an_operators_error(read, tmp_path):
    with pytest.raises(OperatorError) as error:
        read(MIXED, currency="USD", set_aside=tmp_path / "no" / "such" / "folder.csv")
    assert error.value.code == "unwritable-file"


def test_ten_thousand_hostile_cells_stay_dead_and_come_back_unchanged():
    rng = np.random.default_rng(4)
    starts = [*list("=+-@\t\r\n＝＋－＠'"), "=cmd|", "+86 ", "-1+", '="1"', "@SUM("]
    letters = list("abc12= +-\"',()订单")
    for _ in range(10_000):
        cell = str(rng.choice(starts)) + "".join(rng.choice(letters, int(rng.integers(0, 8))))
        safe = guarded(cell)
        assert not safe or safe[:1] not in "=+@\t\r\n＝＋－＠"
        assert safe[:1] != "-" or safe[1:].replace(".", "", 1).isdigit()
        assert clean(safe) == clean(cell)


def test_the_list_of_problems_is_capped_and_the_rest_counted(read):
    text = "order id,date,sku,quantity,price\n" + "".join(f"A{n},2024-01-01,S1,x{n},5\n" for n in range(500))
    with pytest.raises(FactError) as error:
        read(text, currency="USD")
    assert len(error.value.problems) == 101
    assert "400 more" in error.value.problems[-1].what
