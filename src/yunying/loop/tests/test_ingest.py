from datetime import date
from pathlib import Path

import pytest

from yunying.facts.overview import overview
from yunying.loop.home import Home
from yunying.loop.ingest import Imported, ImportOptions, ingest_file

ORDERS = "order no,line no,order date,sku,quantity,price\n"


@pytest.fixture
def take(tmp_path: Path):
    """Import a text as a file into a store of one home."""

    def take_in(text: str, store: str = "shop", name: str = "file.csv", **options) -> Imported:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        chosen = {"latest_date": date(2026, 6, 1), "currency": "CNY", "time_zone": "Asia/Shanghai", **options}
        return ingest_file(Home(tmp_path / "home"), path, ImportOptions(store, **chosen))

    return take_in


@pytest.fixture
def known(tmp_path: Path):
    """What the home knows of a store."""

    def counted(store: str = "shop") -> dict:
        with Home(tmp_path / "home").facts.read([store]) as facts:
            return overview(facts, store)

    return counted


def test_one_file_can_be_imported_into_two_stores(take, known):
    text = ORDERS + "N1,1,2026-05-01,CUP,2,10\n"
    for store in ("north", "south"):
        outcome = take(text, store).outcome
        assert (outcome.rows_new, outcome.is_repeat) == (1, False)
        assert known(store)["orders"]["net_amount"] == 20


def test_an_old_file_again_does_not_take_back_what_a_newer_one_said(take, known):
    old, new = (ORDERS + f"N1,1,2026-05-01,CUP,2,{price}\n" for price in (10, 11))
    take(old)
    take(new)
    take(ORDERS + "N2,1,2026-05-09,CUP,1,5\n")
    again = take(old).outcome
    assert (again.is_repeat, again.rows_new, again.rows_superseded) == (True, 0, 0)
    assert known()["orders"]["net_amount"] == 27


def test_a_stock_file_without_dates_is_not_counted_again_on_a_later_day(take, known):
    take(ORDERS + "N1,1,2026-05-01,CUP,2,10\n")
    stock = "sku,stock\nCUP,5\n"
    take(stock)
    take(ORDERS + "N2,1,2026-05-09,CUP,2,10\n")
    assert take(stock).outcome.is_repeat
    assert known()["stock_level"] == {"rows": 1, "from": "2026-05-01", "to": "2026-05-01"}
    stated = take(stock, stock_date=date(2026, 5, 9)).outcome
    assert (stated.is_repeat, stated.rows_new) == (False, 1)
    assert known()["stock_level"]["to"] == "2026-05-09"
