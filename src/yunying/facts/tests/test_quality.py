import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from yunying.facts.quality import Finding, quality
from yunying.facts.reader import FactReader
from yunying.facts.schema import TABLES

NUMBERS = re.compile(r"\d[\d,.]*\d|\d")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
DAY = date(2026, 3, 1)
AS_OF = date(2026, 3, 3)
STORE = {"date": DAY, "currency": "CNY", "time_zone": "Asia/Shanghai", "capital_rate": 0.1}
PRODUCT = {"product": "p", "date": date(1970, 1, 1), "category": "lamps", "unit_cost": Decimal(3)}
LINE = {
    "order": "a", "line": "1", "state": "paid", "occurrence": "", "date": DAY, "product": "p", "line_kind": "goods",
    "quantity": 1, "amount_minor": 1, "member": "m", "reality": "real",
}  # fmt: skip


def arrow(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = TABLES[table].schema
    return pa.table({f.name: pa.array([{"store": "s", **row}.get(f.name) for row in rows], f.type) for f in schema})


def findings(as_of: date = AS_OF, **tables: list[dict[str, Any]]) -> dict[str, Finding]:
    full = {"store": [STORE], "product": [PRODUCT], "order_line": [LINE], **tables}
    with FactReader.from_arrow({name: arrow(name, rows) for name, rows in full.items()}) as facts:
        told = quality(facts, "s", as_of)
    for each in told:
        # Whatever is found is said in both languages, with the same numbers.
        assert sorted(NUMBERS.findall(each.what_zh)) == sorted(NUMBERS.findall(each.what)), each.what
        assert CHINESE.search(each.what_zh), each.code
        assert CHINESE.search(each.remedy_zh), each.code
        assert not re.search(r"\b1 (products|days|closing stock levels)\b", each.what), each.what
    return {f"{found.code}/{found.table}": found for found in told}


def test_good_facts_have_no_finding() -> None:
    assert findings() == {}


def test_goods_without_a_product_row_are_orphans_and_postage_is_not() -> None:
    lines = [LINE, LINE | {"line": "2", "product": "lost", "unit_cost": Decimal(1)}]
    lines.append(LINE | {"line": "3", "product": "POST", "line_kind": "shipping"})
    found = findings(order_line=lines)
    assert set(found) == {"orphan-products/order_line"}
    assert found["orphan-products/order_line"].count == 1
    assert found["orphan-products/order_line"].sample == ("lost",)


def test_days_without_an_order_are_a_gap() -> None:
    lines = [LINE, LINE | {"order": "b", "date": DAY - timedelta(days=4)}]
    found = findings(order_line=lines)["order-gaps/order_line"]
    assert (found.count, found.sample) == (3, ("2026-02-26", "2026-02-27", "2026-02-28"))


def test_a_table_without_a_row_for_over_a_week_is_stale() -> None:
    assert findings(as_of=DAY + timedelta(days=7)) == {}
    assert findings(as_of=DAY + timedelta(days=8))["stale/order_line"].count == 8


def test_a_product_sold_at_an_unknown_cost_is_found_unless_the_line_or_the_product_knows_it() -> None:
    lines = [
        LINE,
        LINE | {"order": "b", "product": "q"},
        LINE | {"order": "c", "product": "r", "unit_cost": Decimal(1)},
    ]
    products = [PRODUCT, *({**PRODUCT, "product": key, "unit_cost": None} for key in ("q", "r"))]
    found = findings(order_line=lines, product=products)["unknown-cost/product"]
    assert (found.count, found.sample) == (1, ("q",))


def test_a_product_whose_category_was_known_once_is_no_finding() -> None:
    later = PRODUCT | {"date": DAY, "category": None}
    assert findings(product=[PRODUCT, later]) == {}
    assert findings(product=[later])["unknown-category/product"].sample == ("p",)


def test_paid_lines_without_a_buyer_are_counted() -> None:
    found = findings(order_line=[LINE, LINE | {"order": "b", "member": None}])["unknown-member/order_line"]
    assert (found.count, found.sample) == (1, ("b",))
    assert "50.0%" in found.what


def test_stock_below_zero_is_found() -> None:
    levels = [{"product": "p", "date": DAY, "on_hand": -2}]
    assert findings(stock_level=levels)["stock-below-zero/stock_level"].sample == ("p",)


def test_a_store_without_a_time_zone_is_found() -> None:
    assert findings(store=[STORE | {"time_zone": ""}])["store-incomplete/store"].what == "The store has no time zone."


def test_facts_of_as_of_and_later_are_not_looked_at() -> None:
    lines = [LINE, LINE | {"order": "b", "date": AS_OF, "member": None, "product": "lost"}]
    assert findings(order_line=lines) == {}
