# ruff: noqa: E501 - rows of exports are as long as they are
from datetime import date
from decimal import Decimal

import pytest

from yunying.kernel.errors import FactError, OperatorError


def test_products_hold_since_ever_where_no_date_is_given(read, rows):
    text = "商家编码,商品标题,类目,品牌,成本价,售价,状态\nS1,茶杯,家居,甲,12.5,29.9,上架\nS2,盘子,家居,,,19,下架\n"
    found = read(text, currency="CNY")
    assert found.kind == "products"
    assert rows(found, "product") == [
        {"product": "S1", "date": date(1970, 1, 1), "title": "茶杯", "category": "家居", "brand": "甲", "_source_row": 1,
         "unit_cost": Decimal("12.5"), "list_price": Decimal("29.9"), "status": "on_sale"},
        {"product": "S2", "date": date(1970, 1, 1), "title": "盘子", "category": "家居", "_source_row": 2,
         "list_price": Decimal(19), "status": "off_sale"},
    ]  # fmt: skip
    assert any("since ever" in note for note in found.notes)


def test_a_products_end_of_sale_may_lie_in_the_future(read, rows):
    found = read("sku,下架日期\nS1,2031-03-01\nS2,\n")
    assert [row.get("sale_end_date") for row in rows(found, "product")] == [date(2031, 3, 1), None]


def test_stock_takes_the_callers_date_and_says_so(read, rows):
    text = "sku,on hand\nS1,5\nS2,-1\n"
    with pytest.raises(OperatorError) as error:
        read(text)
    assert error.value.code == "date-needed"
    found = read(text, default_date=date(2024, 5, 1))
    assert [(row["product"], row["on_hand"], row["date"]) for row in rows(found, "stock_level")] == [
        ("S1", 5, date(2024, 5, 1)), ("S2", -1, date(2024, 5, 1)),
    ]  # fmt: skip
    assert any("2024-05-01" in note for note in found.notes)
    assert (found.kind, found.currency) == ("stock", None)


def test_stock_of_several_places_is_summed(read, rows):
    text = "sku,date,location,quantity\nS1,2024-05-01,North,5\nS1,2024-05-01,South,7\nS1,2024-05-02,North,1\n"
    levels = [(row["date"].day, row["on_hand"]) for row in rows(read(text), "stock_level")]
    assert levels == [(1, 12), (2, 1)]


def test_the_same_product_twice_on_a_day_is_refused(read):
    with pytest.raises(FactError) as error:
        read("sku,date,stock\nS1,2024-05-01,5\nS1,2024-05-01,6\n")
    assert [problem.row for problem in error.value.problems] == [2]


def test_purchases_become_ordered_and_received_rows(read, rows):
    text = (
        "po number,sku,supplier,quantity,unit cost,order date,expected date,received date,received quantity\n"
        "P1,S1,Acme,100,2.50,2024-01-02,2024-01-20,2024-01-22,98\nP1,S2,Acme,10,7,2024-01-02,2024-01-20,,\n"
    )
    found = read(text, currency="USD")
    assert found.kind == "purchases"
    lines = [(r["product"], r["state"], r["quantity"], r["date"]) for r in rows(found, "purchase_line")]
    assert sorted(lines) == [
        ("S1", "ordered", 100, date(2024, 1, 2)), ("S1", "received", 98, date(2024, 1, 22)),
        ("S2", "ordered", 10, date(2024, 1, 2)),
    ]  # fmt: skip
    assert {row["line"] for row in rows(found, "purchase_line")} == {"S1-1", "S2-1"}


def test_a_promised_date_may_lie_in_the_future(read, rows):
    text = "po,sku,quantity,order date,eta\nP1,S1,5,2024-01-02,2024-09-01\n"
    found = read(text, latest_date=date(2024, 1, 3))
    assert rows(found, "purchase_line")[0]["promised_date"] == date(2024, 9, 1)


def test_ad_spend_of_a_day_and_campaign_is_summed(read, rows):
    text = '日期,渠道,计划名称,花费,展现量,点击量\n2024-01-01,直通车,A,"1,000.50",100,5\n2024-01-01,直通车,A,1,50,1\n2024-01-02,直通车,,2,,\n'
    found = read(text.encode("gbk"), currency="CNY")
    assert rows(found, "ad_spend") == [
        {"date": date(2024, 1, 1), "channel": "直通车", "campaign": "A", "spend_minor": 100150, "impressions": 150,
         "clicks": 6, "_source_row": 1},
        {"date": date(2024, 1, 2), "channel": "直通车", "campaign": "", "spend_minor": 200, "_source_row": 3},
    ]  # fmt: skip


def test_supplier_terms_become_offers_and_suppliers(read, rows):
    text = (
        "supplier,supplier name,product,unit_cost,lead_time_days,pack_quantity,minimum_quantity,from_quantity\n"
        "acme,Acme Ltd,S1,2.5,14,12,24,1\nacme,Acme Ltd,S1,2.2,14,12,24,144\nbeta,,S1,2.4,7,,,1\n"
    )
    found = read(text, currency="USD")
    assert found.kind == "suppliers"
    offers = [
        (r["supplier"], r["from_quantity"], r["unit_cost"], r.get("pack_quantity"))
        for r in rows(found, "supplier_offer")
    ]
    assert offers == [
        ("acme", 1, Decimal("2.5"), 12),
        ("acme", 144, Decimal("2.2"), 12),
        ("beta", 1, Decimal("2.4"), None),
    ]
    assert [(row["supplier"], row.get("title")) for row in rows(found, "supplier")] == [
        ("acme", "Acme Ltd"),
        ("beta", None),
    ]


@pytest.mark.parametrize(
    ("_case", "text", "row", "column"),
    [
        ("a cost below zero", "supplier,sku,unit cost\na,S1,-1\n", 1, "unit cost"),
        ("no cost", "supplier,sku,unit cost\na,S1,1\na,S2,\n", 2, "unit cost"),
        ("a pack of nothing", "supplier,sku,unit cost,pack size\na,S1,1,0\n", 1, "pack size"),
        ("a lead time of ages", "supplier,sku,unit cost,lead time\na,S1,1,9999\n", 1, "lead time"),
        ("the same offer twice", "supplier,sku,unit cost\na,S1,1\na,S1,2\n", 2, "supplier"),
    ],
)
def test_terms_that_cannot_be_are_refused(read, _case, text, row, column):
    with pytest.raises(FactError) as error:
        read(text, currency="USD")
    assert [(problem.row, problem.column) for problem in error.value.problems] == [(row, column)]
