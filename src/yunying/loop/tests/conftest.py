"""A small shop whose facts came as files, and practices that are dropped in beside those of the program."""

import importlib
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from yunying import practices
from yunying.accounts.people import Person, person_make
from yunying.loop.home import Home
from yunying.loop.ingest import ImportOptions, ingest_file
from yunying.loop.sites import desk_tell

DAY = date(2026, 3, 1)
LATEST = date(2026, 12, 31)


def write_orders(path: Path, days: int = 60) -> Path:
    rows = ["order number,line number,order date,sku,title,quantity,unit price,customer"]
    for day in range(days):
        for sku, units in (("CUP", 3 + day % 2), ("POT", 1)):
            when = (DAY + timedelta(days=day)).isoformat()
            rows.append(f"{sku}{day},1,{when} 10:00:00,{sku},{sku.title()},{units},20.00,buyer{day % 7}")
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def write_suppliers(path: Path) -> Path:
    path.write_text(
        "supplier,sku,unit cost,lead time days,pack size,minimum order quantity\nACME,CUP,8.00,10,12,24\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def corner(tmp_path: Path, ledger_database: None) -> Home:
    """A home with the store ``corner``: orders, a stock count and a supplier."""
    home = Home(tmp_path / "home")
    options = ImportOptions("corner", LATEST, currency="CNY", time_zone="Asia/Shanghai")
    ingest_file(home, write_orders(tmp_path / "orders.csv"), options)
    (tmp_path / "stock.csv").write_text(f"sku,date,stock\nCUP,{DAY + timedelta(days=59)},4\n", encoding="utf-8")
    ingest_file(home, tmp_path / "stock.csv", ImportOptions("corner", LATEST))
    ingest_file(home, write_suppliers(tmp_path / "suppliers.csv"), ImportOptions("corner", LATEST))
    desk_tell(home, "corner")
    return home


@pytest.fixture
def manager(ledger_database: None) -> Person:
    return person_make("manager", "a long enough password")


@pytest.fixture
def drop_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Drop a practice folder in: its slug and the text of its practice.py; the same slug again replaces it."""
    monkeypatch.setattr(practices, "__path__", [*practices.__path__, str(tmp_path / "dropped")])
    dropped: set[str] = set()

    def forget() -> None:
        for slug in dropped:
            for name in [name for name in sys.modules if name.startswith(f"yunying.practices.{slug}")]:
                del sys.modules[name]
            vars(practices).pop(slug, None)

    def drop(slug: str, text: str) -> None:
        forget()
        dropped.add(slug)
        folder = tmp_path / "dropped" / slug
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text("", encoding="utf-8")
        (folder / "practice.py").write_text(text, encoding="utf-8")
        for cached in folder.rglob("*.pyc"):
            cached.unlink()
        importlib.invalidate_caches()

    yield drop
    forget()
