"""The sheets that commands become: every approved line once, nothing that runs, nothing outside the folder."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from yunying.connectors.csv.connector import CONNECTOR
from yunying.connectors.csv.purchase_sheets import HEADER
from yunying.connectors.manifest import Site
from yunying.kernel.command import Command
from yunying.kernel.errors import ConnectorError, OperatorError
from yunying.kernel.ids import digest
from yunying.kernel.receipt import Receipt

DAY = date(2026, 11, 25)
PERIOD = {"start_date": "2026-11-26", "end_date": "2026-12-01"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site("shop", "CNY", tmp_path / "hands" / "shop" / "csv", DAY, titles={"P1": "陶瓷马克杯"})


def apply(site: Site, key: str, kind: str, **params: object) -> Receipt:
    return CONNECTOR.apply(site, Command(kind, 1, params), key, False)  # type: ignore[arg-type]


def order(site: Site, key: str, supplier: str | None, *products: str, **params: object) -> Receipt:
    lines = tuple({"product": product, "quantity": 3, "unit_cost": "1.505"} for product in products)
    return apply(site, key, "purchase_order", supplier=supplier, lines=lines, **params)


def table(site: Site, path: str) -> list[list[str]]:
    content = (site.folder / path).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def workbook(site: Site, path: str) -> list[list[object]]:
    sheet = load_workbook(site.folder / path).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_approved_orders_of_a_supplier_and_day_stand_on_one_sheet_in_both_forms(site: Site) -> None:
    first, second = order(site, "a", "S01", "P1", "P2"), order(site, "b", "S01", "P3")
    order(site, "c", "S02", "P1")
    path = "purchase-orders/2026-11-25/S01"
    assert [file.path for file in first.files] == [f"{path}.csv", f"{path}.xlsx"]
    assert table(site, f"{path}.csv") == [
        list(HEADER),
        [first.reference, "1", "S01", "P1", "陶瓷马克杯", "3", "1.505", "4.52", "CNY", "2026-11-25"],
        [first.reference, "2", "S01", "P2", "", "3", "1.505", "4.52", "CNY", "2026-11-25"],
        [second.reference, "1", "S01", "P3", "", "3", "1.505", "4.52", "CNY", "2026-11-25"],
    ]
    read = workbook(site, f"{path}.xlsx")
    assert read[0] == list(HEADER)
    assert read[1] == [first.reference, 1, "S01", "P1", "陶瓷马克杯", 3, 1.505, 4.52, "CNY", "2026-11-25"]
    assert len(read) == 4
    assert len(table(site, "purchase-orders/2026-11-25/S02.csv")) == 2


def test_another_day_has_other_sheets(site: Site) -> None:
    order(site, "a", "S01", "P1")
    tomorrow = Site(site.store, site.currency, site.folder, DAY + timedelta(days=1))
    order(tomorrow, "b", "S01", "P1")
    assert len(table(site, "purchase-orders/2026-11-25/S01.csv")) == 2
    assert len(table(site, "purchase-orders/2026-11-26/S01.csv")) == 2
    # The same key on a later day is still the first day's.
    assert order(tomorrow, "a", "S01", "P1").files[0].path == "purchase-orders/2026-11-25/S01.csv"
    assert len(table(site, "purchase-orders/2026-11-26/S01.csv")) == 2


def test_the_receipt_says_what_was_ordered_so_that_the_next_plan_knows(site: Site) -> None:
    receipt = order(site, "a", "S01", "P1", "P2")
    assert receipt.facts["purchase_line"][1] == {
        "purchase": receipt.reference, "line": "2", "state": "ordered", "occurrence": "", "date": "2026-11-25",
        "supplier": "S01", "product": "P2", "quantity": 3, "unit_cost": "1.505",
    }  # fmt: skip
    assert order(site, "b", None, "P1").facts["purchase_line"][0]["supplier"] is None


def test_a_given_number_may_come_again_for_the_same_supplier_and_goes_on_counting_lines(site: Site) -> None:
    first = order(site, "a", "S01", "P1", "P2", reference="PO-7")
    again = order(site, "b", "S01", "P3", reference="PO-7")
    assert (first.reference, again.reference) == ("PO-7", "PO-7")
    assert [row["line"] for row in again.facts["purchase_line"]] == ["3"]
    with pytest.raises(OperatorError) as caught:
        order(site, "c", "S02", "P3", reference="PO-7")
    assert caught.value.code == "used-reference"


RUNS = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠A", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", RUNS)
def test_no_cell_runs(site: Site, text: str) -> None:
    site = Site(site.store, site.currency, site.folder, DAY, titles={text: "\t=1", "P1": "\r=1", "P2": "\0=1"})
    receipt = order(site, "a", text, text, "P1", "P2", reference=text)
    rows = table(site, receipt.files[0].path)[1:]
    for row in rows:
        assert row[0] == row[2] == f"'{text}"
        assert all(not cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\0")) for cell in row)
    sheet = load_workbook(site.folder / receipt.files[1].path).active
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} == {"s", "n"}
    assert sheet.cell(2, 3).value == f"'{text}"


NAMES = ["../../../etc/passwd", "/etc/passwd", "..", ".", "C:\\Windows", "NUL", "com1", "aux.txt", "a" * 100,
         "供" * 100, " ", "a/b", "a\\b", "-rf", "名\u202egpj.exe", ".hidden", "~", "$HOME", "a\u200bb"]  # fmt: skip
TWINS = ["A/B", "a_b", "A_B", f"a_b-{digest('a/b', 8)}", "unassigned"]


def test_no_suppliers_name_leaves_the_folder_or_takes_anothers_sheet(site: Site) -> None:
    receipts = {name: order(site, f"k{place}", name, "P1") for place, name in enumerate([*NAMES, *TWINS])}
    paths = {name: receipt.files[0].path for name, receipt in receipts.items()}
    assert len({path.casefold() for path in paths.values()}) == len(paths)
    for name, path in paths.items():
        assert (site.folder / path).resolve().parent == (site.folder / "purchase-orders" / "2026-11-25").resolve()
        assert len(path.rsplit("/", 1)[1].encode()) <= 100
        assert not path.rsplit("/", 1)[1].startswith(".")
        assert path.rsplit("/", 1)[1].split(".")[0].casefold() not in ("con", "nul", "aux", "com1")
        assert {row[2] for row in table(site, path)[1:]} in ({name}, {f"'{name}"})
    outside = [path for path in site.folder.parent.parent.parent.rglob("*") if site.folder not in (path, *path.parents)]
    assert {path.name for path in outside} == {"hands", "shop"}


def test_a_price_list_says_the_price_so_far_where_it_is_known(site: Site) -> None:
    first = apply(site, "a", "set_price", product="P1", list_price="39.90")
    second = apply(site, "b", "set_price", product="P1", list_price="35.90")
    rows = table(site, "price-lists/2026-11-25.csv")
    assert rows[1:] == [
        [first.reference, "2026-11-25", "调价", "P1", "陶瓷马克杯", "", "39.90", "CNY"],
        [second.reference, "2026-11-25", "调价", "P1", "陶瓷马克杯", "39.90", "35.90", "CNY"],
    ]
    assert first.facts == {"price": ({"product": "P1", "date": "2026-11-25", "list_price": "39.90"},)}
    assert first.undo is None
    assert second.undo == Command("set_price", 1, {"product": "P1", "list_price": "39.90"})


def test_a_promotion_has_a_row_for_each_product_and_one_for_its_end(site: Site) -> None:
    products = ({"product": "P1"}, {"product": "P2"})
    started = apply(
        site, "a", "start_promotion", promotion="冬", discount_rate_permille=155, products=products, **PERIOD
    )
    assert started.undo == Command("stop_promotion", 1, {"promotion": "冬"})
    CONNECTOR.apply(site, started.undo, "b", False)
    rows = [row[2:] for row in table(site, "promotions/2026-11-25.csv")[1:]]
    assert rows == [
        ["开始促销", "冬", "P1", "陶瓷马克杯", "2026-11-26", "2026-12-01", "15.5", "0.845"],
        ["开始促销", "冬", "P2", "", "2026-11-26", "2026-12-01", "15.5", "0.845"],
        ["停止促销", "冬", "", "", "", "2026-11-25", "", ""],
    ]


def test_an_undo_is_named_only_where_it_restores(site: Site) -> None:
    place = {"product": "P1", "slot": "home-1"}
    assert apply(site, "a", "feature", **place, **PERIOD).undo == Command("unfeature", 1, place)
    assert apply(site, "b", "feature", **place, **PERIOD).undo is None
    later = Site(site.store, site.currency, site.folder, date(2026, 12, 1))
    period = {"start_date": "2026-12-02", "end_date": "2026-12-05"}
    assert apply(later, "c", "feature", **place, **period).undo == Command("unfeature", 1, place)
    budget = {"channel": "ads", "campaign": "C"}
    assert apply(site, "d", "set_budget", **budget, daily_minor=100).undo is None
    assert apply(site, "e", "set_budget", **budget, daily_minor=200).undo == Command(
        "set_budget", 1, {**budget, "daily_minor": 100}
    )
    assert apply(site, "f", "unfeature", **place).undo is None


def test_an_article_can_be_copied_whole_and_its_sheet_opens(site: Site) -> None:
    body = "=第一行\n" + "正文" * 24_000
    receipt = apply(site, "a", "publish", column="指南", title="+1", body=body)
    text = receipt.files[-1]
    assert (site.folder / text.path).read_text(encoding="utf-8") == body
    assert table(site, "work/2026-11-25/publish.csv")[1][6] == f"'{body}"
    assert len(str(workbook(site, "work/2026-11-25/publish.xlsx")[1][6])) == 32_767
    assert receipt.undo == Command("unpublish", 1, {"column": "指南", "title": "+1"})


def test_each_other_kind_has_a_work_sheet_of_the_day(site: Site) -> None:
    apply(site, "a", "set_budget", channel="ads", campaign="C", daily_minor=12_345)
    message = {"segment": "睡", "channel": "sms", "subject": "好久不见", "body": "回来", "cost_minor": 1200}
    apply(site, "b", "message", **message)
    assert table(site, "work/2026-11-25/set_budget.csv")[1][3:] == ["ads", "C", "123.45", ""]
    assert table(site, "work/2026-11-25/message.csv")[1][3:] == ["睡", "sms", "好久不见", "回来", "12.00"]
    english = Site(site.store, site.currency, site.folder, DAY, language="en")
    apply(english, "c", "message", **message)
    assert [row[2] for row in table(site, "work/2026-11-25/message.csv")[1:]] == ["发送消息", "Send a message"]


def test_the_same_rows_give_the_same_bytes(site: Site, tmp_path: Path) -> None:
    other = Site(site.store, site.currency, tmp_path / "other", DAY, titles=site.titles)
    paths = [order(each, "a", "S01", "P1").files[1].path for each in (site, other)]
    assert (site.folder / paths[0]).read_bytes() == (other.folder / paths[1]).read_bytes()


@pytest.mark.parametrize("lost", ["csv", "xlsx", "both", "old csv"])
def test_a_call_that_died_before_the_sheets_were_written_is_finished_by_the_next(site: Site, lost: str) -> None:
    first = order(site, "a", "S01", "P1")
    old = {file.path: (site.folder / file.path).read_bytes() for file in first.files}
    second = order(site, "b", "S01", "P2")
    whole = {file.path: (site.folder / file.path).read_bytes() for file in second.files}
    for file in second.files:
        if lost == "both" or file.path.endswith(f".{lost}"):
            (site.folder / file.path).unlink()
        elif lost == "old csv" and file.path.endswith(".csv"):
            (site.folder / file.path).write_bytes(old[file.path])
    assert order(site, "b", "S01", "P2") == second
    assert {path: (site.folder / path).read_bytes() for path in whole} == whole


def test_a_full_or_missing_disk_passes_and_the_same_key_works_then(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.pwrite", full)
        with pytest.raises(ConnectorError, match="No space left") as caught:
            order(site, "a", "S01", "P1")
        assert caught.value.retryable
    order(site, "a", "S01", "P1")
    assert len(table(site, "purchase-orders/2026-11-25/S01.csv")) == 2


def test_rows_given_as_lists_are_the_same_command(site: Site) -> None:
    first = order(site, "a", "S01", "P1")
    lines = [{"unit_cost": "1.505", "quantity": 3, "product": "P1"}]
    assert apply(site, "a", "purchase_order", supplier="S01", lines=lines) == first
