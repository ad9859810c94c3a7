"""What the desk shows of the facts: figures by the parts that people hold, and the rates of the last days."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from yunying.accounts.people import person_make
from yunying.facts.batch import FactBatch
from yunying.interventions.desk_facts import store_save
from yunying.interventions.selectors.reports import report_latest
from yunying.interventions.tests.two_stores import TODAY, facts_write
from yunying.loop.home import Home
from yunying.loop.reports import reports_make
from yunying.org.grants import grant_give
from yunying.org.structure import shops_ready


@pytest.fixture
def home(ledger_database: None, tmp_path: Path) -> Home:
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai", today_date=TODAY)
    shops_ready(["shop"])
    facts_write(tmp_path, "shop", "plain")
    return Home(tmp_path)


def test_a_split_is_worked_out_for_the_parts_that_somebody_holds(home: Home) -> None:
    reports_make(home, "shop")
    assert report_latest("shop", "parts")["splits"] == []
    someone = person_make("someone", "a long enough password")
    grant_give(someone, "operator", None, store="shop", categories=["plain-cups"])
    grant_give(someone, "buyer", None, store="shop", channels=["plain"])
    reports_make(home, "shop")
    splits = {tuple(each["by"]): each for each in report_latest("shop", "parts")["splits"]}
    assert set(splits) == {("category",), ("channel",)}
    (row,) = splits["category",]["rows"]
    assert row["key"] == ["plain-cups"]
    assert row["figures"]["paid_amount"]["value"] == 1000
    slugs = {each["slug"] for each in report_latest("shop", "numbers")["metrics"]}
    assert {"paid_amount", "stockout_rate"} <= slugs, "a buyer's figures are there beside the store's"
    assert "roas" not in slugs, "nobody holds promotion only"


def test_the_newest_rate_of_the_last_days_counts_also_turned_round(home: Home) -> None:
    rows = [(1, "USD", "CNY", "7.20"), (3, "USD", "CNY", "7.10"), (2, "CNY", "JPY", "20"), (9, "EUR", "CNY", "8"),
            (0, "GBP", "CNY", "9")]  # fmt: skip
    table = pa.table({
        "date": pa.array([TODAY - timedelta(days=ago) for ago, *_ in rows]),
        "from_currency": [row[1] for row in rows], "to_currency": [row[2] for row in rows],
        "rate": pa.array([Decimal(row[3]) for row in rows]).cast(pa.decimal128(18, 6)),
    })  # fmt: skip
    home.facts.write(FactBatch("test/rates", 1, "shop", {"fx_rate": table}, "fx_rate"))
    reports_make(home, "shop")
    rates = report_latest("shop", "numbers")["rates"]
    assert set(rates) == {"USD", "JPY"}, "one is too old, one is of a day that is not over"
    assert Decimal(rates["JPY"]["rate"]) == 20
    assert abs(Decimal(rates["USD"]["rate"]) * Decimal("7.2") - 1) < Decimal("1e-20")
