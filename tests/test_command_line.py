"""The command line as a newcomer meets it: in its own process, on an empty home, answering in JSON and in words."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from tests.databases import sqlite_copied

DAY = date(2026, 3, 1)
PATIENCE_SECONDS = 600
"""Only so that what hangs is told: the demo alone takes a minute and a half of processor."""


def yunying(home: Path, *arguments: str, language: str = "en") -> subprocess.CompletedProcess:
    environment = {**os.environ, "YUNYING_HOME": str(home), "YUNYING_LANG": language, "COLUMNS": "120"}
    return subprocess.run(
        [sys.executable, "-m", "yunying", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def answer(home: Path, *arguments: str) -> dict:
    told = yunying(home, *arguments, "--json")
    assert told.returncode == 0, told.stdout + told.stderr
    return json.loads(told.stdout)


def write_shop(folder: Path) -> None:
    """A home with four months of a small shop: two products that sell daily, a stock count, and one supplier."""
    sqlite_copied(folder)
    rows = ["order number,line number,order date,sku,title,quantity,unit price,customer"]
    for day in range(120):
        for sku, units in (("CUP", 3 + day % 2), ("POT", 1)):
            when = (DAY + timedelta(days=day)).isoformat()
            rows.append(f"{sku}{day},1,{when} 10:00:00,{sku},{sku.title()},{units},20.00,buyer{day % 7}")
    (folder / "orders.csv").write_text("\n".join(rows), encoding="utf-8")
    last = (DAY + timedelta(days=119)).isoformat()
    (folder / "stock.csv").write_text(f"sku,date,stock\nCUP,{last},4\nPOT,{last},500\n", encoding="utf-8")
    (folder / "suppliers.csv").write_text(
        "supplier,sku,unit cost,lead time days,pack size,minimum order quantity\nACME,CUP,8.00,10,12,24\n"
        "ACME,POT,9.00,10,1,1\n",
        encoding="utf-8",
    )


NEW_STORE = ("--store", "corner", "--currency", "CNY", "--time-zone", "Asia/Shanghai")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    write_shop(home)
    answer(home, "import", str(home / "orders.csv"), *NEW_STORE)
    answer(home, "import", str(home / "stock.csv"), str(home / "suppliers.csv"), "--store", "corner")
    return home


def test_an_import_says_what_it_did_and_the_same_file_again_changes_nothing(shop: Path) -> None:
    again = answer(shop, "import", str(shop / "orders.csv"), "--store", "corner")
    assert (again["rows_read"], again["rows_new"], again["rows_superseded"]) == (240, 0, 0)
    assert again["snapshot"] == 3


def test_facts_count_orders_buyers_and_money(shop: Path) -> None:
    facts = answer(shop, "facts", "--store", "corner", "--quality")
    orders = facts["orders"]
    assert (orders["lines"], orders["orders"], orders["customers"]) == (240, 240, 7)
    assert orders["net_amount"] == (120 * 3 + 60 + 120) * 20
    assert facts["order_line"]["from"] == "2026-03-01"
    assert facts["order_line"]["to"] == "2026-06-28"
    assert isinstance(facts["findings"], list)


def test_metrics_by_month_with_comparison(shop: Path) -> None:
    told = answer(
        shop, "metrics", "paid_amount", "units", "--store", "corner", "--by", "product",
        "--from", "2026-04-01", "--to", "2026-05-01", "--compare", "previous",
    )  # fmt: skip
    cup, pot = told["rows"]
    assert (cup["product"], pot["product"]) == ("CUP", "POT")
    assert pot["paid_amount"]["now"] == 30 * 2000
    assert pot["units"] == {"now": 30, "then": 30, "change": 0}


def test_a_plan_orders_what_runs_short_and_can_be_replayed(shop: Path, tmp_path: Path) -> None:
    files = tmp_path / "list.csv", tmp_path / "list.xlsx"
    told = answer(shop, "plan", "--store", "corner", "--csv", str(files[0]), "--xlsx", str(files[1]))
    (proposal,) = told["proposals"]
    assert told["as_of"] == "2026-06-29"
    assert proposal["subject"] == "CUP"
    (line,) = proposal["command"]["params"]["lines"]
    assert line["quantity"] % 12 == 0
    assert line["quantity"] >= 36
    assert line["unit_cost"] == "8"
    assert proposal["effect"]["low_minor"] <= proposal["effect"]["mid_minor"] <= proposal["effect"]["high_minor"]
    assert proposal["delay_loss_minor"] > 0
    again = answer(shop, "plan", "--store", "corner")
    assert again == told
    replayed = answer(shop, "replay", told["run"])
    assert replayed == {"run": told["run"], "identical": True, "differences": []}
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbfrank")
    sheet = openpyxl.load_workbook(files[1]).active
    assert sheet["C2"].value == "CUP"
    assert sheet["G2"].value == line["quantity"]


def test_a_plan_before_the_facts_is_an_abstention_with_its_remedy(shop: Path) -> None:
    told = answer(shop, "plan", "--store", "corner", "--as-of", "2026-02-01")
    assert told["proposals"] == []
    assert told["abstentions"][0]["code"] == "too-little-history"
    assert "Import older orders" in told["abstentions"][0]["remedy"]


def test_a_plan_without_a_stock_count_names_the_products_and_the_remedy(shop: Path) -> None:
    told = answer(shop, "plan", "--store", "corner", "--as-of", "2026-05-01")
    (abstention,) = told["abstentions"]
    assert (abstention["code"], abstention["subjects"]) == ("no-stock-facts", ["CUP", "POT"])
    assert "--kind stock" in abstention["remedy"]


def test_the_plan_speaks_chinese(shop: Path) -> None:
    told = yunying(shop, "plan", "--store", "corner", language="zh")
    assert told.returncode == 0, told.stderr
    assert "订购" in told.stdout
    assert "预计利润" in told.stdout


def test_check_finds_the_installation_sound(shop: Path) -> None:
    told = answer(shop, "check")
    assert told["problems"] == []
    assert told["facts"]["transaction_mode"] == "IMMEDIATE"
    assert told["facts"]["stores"] == "corner"


def test_check_finds_a_missing_file_and_a_bad_setting(tmp_path: Path) -> None:
    write_shop(tmp_path)
    answer(tmp_path, "import", str(tmp_path / "orders.csv"), *NEW_STORE)
    next((tmp_path / "facts" / "order_line" / "store=corner").glob("*.parquet")).unlink()
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "corner.yaml").write_text("purchasing: {review_days: 0}", encoding="utf-8")
    told = yunying(tmp_path, "check", "--json")
    assert told.returncode == 5
    problems = json.loads(told.stdout)["problems"]
    assert any("is missing" in problem for problem in problems)
    assert any("review_days = 0 does not fit" in problem for problem in problems)


def test_maintain_keeps_what_a_run_names(shop: Path) -> None:
    run = answer(shop, "plan", "--store", "corner")["run"]
    assert set(answer(shop, "maintain")) == {"files_merged", "files_deleted"}
    assert answer(shop, "replay", run)["identical"]


MISTAKES = {
    "new-store": (["import", "orders.csv", "--store", "other"], "--currency"),
    "bad-store": (["import", "orders.csv", "--store", "My Shop"], "small Latin letters"),
    "other-currency": (["import", "orders.csv", "--store", "corner", "--currency", "USD"], "CNY"),
    "bad-time-zone": (["import", "orders.csv", "--store", "x", "--currency", "USD", "--time-zone", "Mars"], "IANA"),
    "unknown-store": (["plan", "--store", "nowhere"], "corner"),
    "unknown-run": (["replay", "nothing"], "newest"),
    "unknown-metric": (["metrics", "paid_amont", "--store", "corner"], "paid_amount"),
    "unknown-practice": (["plan", "--store", "corner", "--practice", "magic"], "purchasing"),
    "bad-date": (["plan", "--store", "corner", "--as-of", "11/12/2026"], "2026-11-11"),
    "unwritable-file": (["plan", "--store", "corner", "--csv", "/no/such/folder/list.csv"], "folder"),
    "one-set-aside": (
        ["import", "orders.csv", "orders.csv", "--store", "corner", "--set-aside", "x.csv"],
        "one by one",
    ),
    "set-aside-is-input": (["import", "orders.csv", "--store", "corner", "--set-aside", "orders.csv"], "another"),
    "empty-period": (["metrics", "units", "--store", "corner", "--from", "2026-05-01", "--to", "2026-04-01"], "after"),
}


@pytest.mark.parametrize("code", MISTAKES)
def test_a_mistake_is_told_with_its_remedy_and_exit_code_2(shop: Path, code: str) -> None:
    arguments, hint = MISTAKES[code]
    arguments = [str(shop / "orders.csv") if each == "orders.csv" else each for each in arguments]
    told = yunying(shop, *arguments, "--json")
    assert told.returncode == 2, told.stdout + told.stderr
    error = json.loads(told.stdout)["error"]
    assert error["code"] == code
    assert hint in error["what"] + error["remedy"]
    assert "Traceback" not in told.stderr


def test_a_bad_row_refuses_the_file_whole_and_set_aside_takes_the_rest(tmp_path: Path) -> None:
    write_shop(tmp_path)
    text = (tmp_path / "orders.csv").read_text(encoding="utf-8").replace("CUP5,1,2026-03-06", "CUP5,1,2026-13-06")
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    refused = yunying(tmp_path, "import", str(tmp_path / "bad.csv"), *NEW_STORE, "--json")
    assert refused.returncode == 3
    (problem,) = json.loads(refused.stdout)["error"]["problems"]
    assert (problem["row"], problem["column"]) == (11, "order date")
    assert not (tmp_path / "facts" / "snapshot").exists()
    aside = tmp_path / "aside.csv"
    told = answer(tmp_path, "import", str(tmp_path / "bad.csv"), *NEW_STORE, "--set-aside", str(aside))
    assert (told["rows_read"], told["rows_new"], told["rows_set_aside"]) == (240, 239, 1)
    assert "2026-13-06" in aside.read_text(encoding="utf-8-sig")


def test_dry_run_drafts_a_map_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("Bestellung;Tag;Ware;Menge;Preis\n1;2026-01-02;A;2;9,90\n", encoding="utf-8")
    told = yunying(tmp_path, "import", str(tmp_path / "odd.csv"), "--store", "s", "--dry-run")
    assert told.returncode == 0, told.stderr
    assert "kind:" in told.stdout
    assert "9,90" in told.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd.csv"]


def test_a_missing_file_and_a_missing_option_are_told(tmp_path: Path) -> None:
    assert yunying(tmp_path, "import", str(tmp_path / "none.csv"), *NEW_STORE).returncode == 2
    told = yunying(tmp_path, "plan")
    assert told.returncode == 2
    assert "--store" in told.stderr


def test_the_demo_is_built_once_and_a_cut_off_build_goes_on(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "YUNYING_HOME": str(tmp_path),
        "YUNYING_DEBUG": "1",
        "YUNYING_CRASH_AT": "before-publish",
    }
    few = ("demo", "--days", "70", "--lived", "2", "--shop-days", "0", "--no-serve")
    command = [sys.executable, "-m", "yunying", *few, "--json"]
    assert subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE_SECONDS).returncode == -9
    first = answer(tmp_path, *few)
    assert first["built"]
    assert first["as_of"] == "2025-03-12"
    assert first["proposals"]
    again = answer(tmp_path, *few)
    assert not again["built"]
    assert (again["run"], again["proposals"]) == (first["run"], first["proposals"])
    facts = answer(tmp_path, "facts", "--store", "demo")
    assert (facts["stock_level"]["from"], facts["stock_level"]["to"]) == ("2025-01-01", "2025-03-11")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_out_of_all_range_is_told(shop: Path, day: str) -> None:
    told = yunying(shop, "metrics", "units", "--store", "corner", "--from", day, "--to", day, "--compare", "year")
    assert told.returncode == 2
    assert "1971 to 2200" in told.stderr


def test_the_home_may_be_named_before_the_command(shop: Path, tmp_path: Path) -> None:
    told = yunying(tmp_path, "--home", str(shop), "facts", "--store", "corner", "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["orders"]["orders"] == 240


def test_what_is_damaged_in_the_home_is_told_in_a_sentence(tmp_path: Path) -> None:
    write_shop(tmp_path)
    answer(tmp_path, "import", str(tmp_path / "orders.csv"), *NEW_STORE)
    run = answer(tmp_path, "plan", "--store", "corner")["run"]
    (tmp_path / "runs" / f"{run}.json").write_text("{cut off", encoding="utf-8")
    (tmp_path / "facts" / "journal.json").write_text("{cut off", encoding="utf-8")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "corner.yaml").write_text("purchasng: {review_days: 7}", encoding="utf-8")
    for arguments, code in (
        (["replay", run], "damaged-run"),
        (["import", str(tmp_path / "stock.csv"), "--store", "corner"], "facts-damaged"),
        (["plan", "--store", "corner"], "bad-settings"),
        (["replay", "x" * 300], "unknown-run"),
    ):
        told = yunying(tmp_path, *arguments, "--json")
        assert told.returncode == 2, told.stdout + told.stderr
        assert json.loads(told.stdout)["error"]["code"] == code
        assert "Traceback" not in told.stderr
    problems = json.loads(yunying(tmp_path, "check", "--json").stdout)["problems"]
    assert any("journal.json is damaged" in problem for problem in problems)
    assert any("'purchasng', which is no practice" in problem for problem in problems)


@pytest.mark.parametrize("url", ["mysql://nowhere/x", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("YUNYING_DATABASE_URL", url)
    told = yunying(tmp_path, "check")
    assert (told.returncode, "Traceback" in told.stderr) == (2, False)
    assert "YUNYING_DATABASE_URL" in told.stderr


def test_a_reader_that_stops_reading_sees_no_complaint(shop: Path) -> None:
    command = f"{sys.executable} -m yunying facts --store corner --json --home {shop} | true"
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=os.environ, timeout=60)
    assert (told.stdout, told.stderr) == ("", "")


def test_a_long_list_of_bad_rows_is_counted_whole(tmp_path: Path) -> None:
    rows = "".join(f"N{place},2026-13-01,CUP,1,5\n" for place in range(150))
    (tmp_path / "bad.csv").write_text("order number,order date,sku,quantity,unit price\n" + rows, encoding="utf-8")
    told = yunying(tmp_path, "import", str(tmp_path / "bad.csv"), *NEW_STORE)
    assert told.returncode == 3
    assert "100 bad rows and more: 50 more rows are bad" in told.stderr


def test_dry_run_reads_the_file_as_the_map_says(tmp_path: Path) -> None:
    text = "注文番号,注文日,商品,数量,単価\n1,2026-01-02,マグカップ,2,900\n"
    (tmp_path / "japan.csv").write_bytes(text.encode("cp932"))
    asked = yunying(tmp_path, "import", str(tmp_path / "japan.csv"), "--store", "s", "--dry-run")
    assert asked.returncode == 2
    assert "cp932" in asked.stderr
    (tmp_path / "map.yaml").write_text("encoding: cp932", encoding="utf-8")
    draft = ("--map", str(tmp_path / "map.yaml"), "--kind", "orders", "--dry-run")
    told = yunying(tmp_path, "import", str(tmp_path / "japan.csv"), "--store", "s", *draft)
    assert told.returncode == 0, told.stderr
    assert "マグカップ" in told.stdout
    assert "order: TODO  # needed" in told.stdout
