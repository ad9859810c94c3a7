import pytest
import yaml

from yunying.connectors.csv.preview import draft_map, sniff
from yunying.kernel.errors import OperatorError

ODD = "Bestellung;Tag;Artikel;Menge;Preis\n1001;31.12.2024;Tasse: blau # 1;2;9,99\n1002;31.12.2024;Kanne;1;5,00\n"


def test_a_known_export_is_seen_for_what_it_is(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes("订单编号;商品编码;数量;单价;日期;心情\n1;S1;2;5;2024-01-01;好\n".encode("gb18030"))
    guess = sniff(path)
    assert (guess.format, guess.encoding, guess.delimiter, guess.kind, guess.preset) == (
        "text",
        "gb18030",
        ";",
        "orders",
        "",
    )
    assert guess.recognised == {
        "order": "订单编号",
        "product": "商品编码",
        "quantity": "数量",
        "unit_price": "单价",
        "date": "日期",
    }
    assert guess.unrecognised == ("心情",)
    assert guess.samples["数量"] == ("2",)


def test_a_preset_is_named(tmp_path):
    path = tmp_path / "uci.csv"
    path.write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,2,3,4,5,6,7,8\n"
    )
    assert (sniff(path).kind, sniff(path).preset) == ("orders", "uci_online_retail")


def test_a_draft_of_a_known_file_reads_it(tmp_path, read, rows):
    text = "订单编号,商品编码,数量,单价,日期\n1,S1,2,5,2024-01-01\n"
    path = tmp_path / "known.csv"
    path.write_text(text, encoding="utf-8")
    draft = draft_map(path)
    assert yaml.safe_load(draft)["columns"]["order"] == "订单编号"
    assert "e.g. S1" in draft
    assert rows(read(text, currency="CNY", map_text=draft)) == rows(read(text, currency="CNY"))


def test_a_draft_marks_what_the_operator_must_choose(tmp_path, read, rows):
    path = tmp_path / "odd.csv"
    path.write_text(ODD, encoding="utf-8")
    draft = draft_map(path, kind="orders")
    assert "order: TODO  # needed" in draft
    assert "#   Artikel  # e.g. Tasse: blau # 1 | Kanne" in draft
    with pytest.raises(OperatorError) as error:
        read(ODD, currency="EUR", map_text=draft)
    assert error.value.code == "missing-column"
    filled = draft.replace(
        "  order: TODO", "  order: Bestellung\n  date: Tag\n  product: Artikel\n  quantity: Menge\n  unit_price: Preis"
    )
    paid = rows(read(ODD, currency="EUR", map_text=filled), state="paid")
    assert [(row["order"], row["product"], row["amount_minor"]) for row in paid] == [
        ("1001", "Tasse: blau # 1", 1998), ("1002", "Kanne", 500),
    ]  # fmt: skip


def test_a_draft_of_an_unknown_file_asks_for_the_kind(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text(ODD, encoding="utf-8")
    assert yaml.safe_load(draft_map(path))["kind"] == "TODO"


@pytest.mark.parametrize(
    "text",
    ["- a list", "kind: nonsense", "colums: {}", "columns: {order: No such column}", "columns: {nonsense: date}",
     "a: [", "statuses: {x: [eaten]}", "line_kinds: {nonsense: [a]}", "currency: EURO", "time_zone: Mars/Olympus",
     "delimiter: ab", "date_order: ydm", "columns: 7", "columns: {order: [a, b]}", "encoding: [utf-8]",
     "a: " + "[" * 5000],
)  # fmt: skip
def test_a_map_that_does_not_hold_is_refused(read, text):
    with pytest.raises(OperatorError):
        read("order id,date,sku,quantity,price\nA1,2024-01-01,S1,1,5\n", currency="USD", map_text=text)


def test_a_map_can_take_a_column_away(read):
    text = "order id,line id,date,sku,quantity,price\nA1,7,2024-01-01,S1,1,5\n"
    assert read(text, currency="USD", map_text="columns: {line: }").batch.whole_orders
