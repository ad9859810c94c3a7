# ruff: noqa: E501 - rows of exports are as long as they are
from datetime import date

import pyarrow.compute as pc
import pytest

from yunying.facts.schema import SOURCE_ROW, TABLES

TAOBAO_LIST = '''订单编号,买家会员名,买家应付货款,买家应付邮费,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝种类,宝贝总数量,订单备注
"=""2024031512345678901""",tb_one,100.00,10.00,110.00,110.00,交易成功,王某,浙江省 杭州市,'13800000001,2024-03-15 10:00:00,2024-03-15 10:01:00,纯棉短袖,1,2,
"=""2024031512345678902""",tb_two,50.00,0.00,50.00,0.00,等待买家付款,李某,上海,'13800000002,2024-03-15 11:00:00,,陶瓷杯,1,1,
"=""2024031612345678903""",tb_one,80.00,0.00,80.00,80.00,买家已付款，等待卖家发货,王某,浙江省 杭州市,'13800000001,2024-03-16 23:59:59,2024-03-17 00:00:10,红茶礼盒,1,1,刷单
"=""2024031612345678904""",tb_three,60.00,0.00,60.00,60.00,交易关闭,赵某,北京,'13800000003,2024-03-16 09:00:00,2024-03-16 09:05:00,毛巾,1,3,
'''
TAOBAO_DETAIL = """子订单编号,主订单编号,买家会员名,商品标题,商品价格,购买数量,外部系统编号,商品属性,商家编码,买家应付货款,买家实际支付金额,订单状态,退款状态,退款金额,订单创建时间,订单付款时间,发货时间
\t2024001,\t2024000,tb_one,纯棉短袖,60.00,2,,颜色:白,TS-01,120.00,100.00,卖家已发货，等待买家确认,没有申请退款,0.00,2024-03-15 10:00:00,2024-03-15 10:01:00,2024-03-16 08:00:00
\t2024002,\t2024000,tb_one,陶瓷杯,20.00,1,,颜色:蓝,CUP-1,20.00,20.00,交易关闭,退款成功,20.00,2024-03-15 10:00:00,2024-03-15 10:01:00,
"""
SHOPIFY = """Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Shipping Country,Notes,Cancelled at,Payment Method,Refunded Amount,Vendor,Tags
#1001,a@example.org,partially_refunded,2024-05-01 10:00:00 -0400,fulfilled,2024-05-02 09:00:00 -0400,USD,45.00,5.00,4.00,54.00,SPRING,5.00,2024-05-01 09:59:00 -0400,2,Mug - Blue,10.00,MUG-B,0.00,US,,,Shopify Payments,9.00,Acme,
#1001,a@example.org,,,,,,,,,,,,2024-05-01 09:59:00 -0400,1,Teapot,30.00,TEA-1,0.00,,,,,,Acme,
#1002,b@example.org,paid,2024-05-02 01:00:00 -0400,unfulfilled,,USD,10.00,0.00,0.00,10.00,,0.00,2024-05-02 00:59:00 -0400,1,Mug - Blue,10.00,MUG-B,0.00,US,,,Bogus,0.00,Acme,
#1003,c@example.org,voided,,unfulfilled,,USD,10.00,0.00,0.00,10.00,,0.00,2024-05-03 12:00:00 -0400,1,Mug - Blue,10.00,MUG-B,0.00,US,,2024-05-04 12:00:00 -0400,Shopify Payments,0.00,Acme,
"""
WOO = """Order Number,Order Status,Order Date,Customer Note,Email (Billing),Country Code (Shipping),Payment Method Title,Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost,Coupon Code
501,Completed,2024-06-01 12:00,,a@example.org,DE,PayPal,3,30,4.9,0,31.9,0,HAT,1,Hat,1,10,SAVE
501,Completed,2024-06-01 12:00,,a@example.org,DE,PayPal,3,30,4.9,0,31.9,0,CAP,2,Cap,2,10,SAVE
502,Cancelled,2024-06-02 12:00,,b@example.org,DE,PayPal,0,10,0,0,10,0,HAT,1,Hat,1,10,
"""
WOO_ANALYTICS = """Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution
2024-06-01 12:00:00,501,$27.00,completed,Ann,new,"1× Hat, 2× Cap, red",3,SAVE,27.00,Organic
"""
AMAZON = """amazon-order-id\tpurchase-date\torder-status\tproduct-name\tsku\tquantity\tcurrency\titem-price\titem-tax\tshipping-price
111-1\t2024-01-02T05:00:00+00:00\tShipped\tCup\tS1\t2\tUSD\t20.00\t1.60\t4.99
111-2\t2024-01-02T09:00:00+00:00\tCancelled\tCup\tS1\t0\tUSD\t\t\t
"""
UCI = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom
536365,85123A,WHITE HEART,6,12/1/2010 8:26,2.55,17850,United Kingdom
536370,POST,POSTAGE,3,12/1/2010 8:45,18,12583,France
C536379,D,Discount,-1,12/1/2010 9:41,27.5,14527,United Kingdom
536414,22139,,-4,12/1/2010 11:52,0,,United Kingdom
A563186,B,Adjust bad debt,1,8/12/2011 14:51,-11062.06,,United Kingdom
537000,gift_0001_20,Dotcomgiftshop Gift Voucher £20.00,1,12/3/2010 10:00,17.02,,United Kingdom
537001,BANK CHARGES,Bank Charges,1,12/3/2010 10:00,15,,United Kingdom
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_taobao_order_list_is_read(read, rows, encoding):
    found = read(TAOBAO_LIST.encode(encoding))
    assert (found.preset, found.currency, found.time_zone, found.rows_read) == ("taobao", "CNY", "Asia/Shanghai", 4)
    paid = rows(found, state="paid")
    assert [(row["order"][-2:], row["line_kind"], row["amount_minor"]) for row in paid] == [
        ("01", "goods", 10000), ("03", "goods", 8000), ("04", "goods", 6000), ("01", "shipping", 1000),
    ]  # fmt: skip
    assert [row["reality"] for row in paid] == ["real", "brushed", "real", "real"]
    assert paid[1]["date"] == date(2024, 3, 17)
    assert [(row["order"][-2:], row["amount_minor"]) for row in rows(found, state="cancelled")] == [("04", 6000)]
    assert len(rows(found, state="placed")) == 5


def test_a_taobao_detail_export_is_read(read, rows):
    found = read(TAOBAO_DETAIL.encode("gb18030"))
    assert (found.preset, found.batch.whole_orders) == ("taobao", True)
    assert [(row["order"], row["line"], row["product"], row["amount_minor"]) for row in rows(found, state="paid")] == [
        ("2024000", "2024001", "TS-01", 10000), ("2024000", "2024002", "CUP-1", 2000),
    ]  # fmt: skip
    assert [(row["line"], row["amount_minor"]) for row in rows(found, state="refunded")] == [("2024002", 2000)]
    assert [row["line"] for row in rows(found, state="shipped")] == ["2024001"]
    assert [(row["line"], row["quantity"], row["amount_minor"]) for row in rows(found, state="cancelled")] == [
        ("2024002", 1, 0)
    ]
    assert rows(found, state="paid")[0]["discount_minor"] == 2000


def test_a_shopify_export_is_read(read, rows):
    found = read(SHOPIFY, time_zone="America/New_York")
    assert (found.preset, found.currency) == ("shopify", "USD")
    first = rows(found, state="paid", order="#1001")
    assert sum(row["amount_minor"] for row in first) == 5400
    assert [row["line_kind"] for row in first] == ["goods", "goods", "shipping"]
    assert {row["date"] for row in first} == {date(2024, 5, 1)}
    assert {row["member"] for row in first} == {"member-0"}
    assert sum(row["amount_minor"] for row in rows(found, state="refunded", order="#1001")) == 900
    assert sum(row["quantity"] for row in rows(found, state="refunded")) == 0
    assert {row["date"] for row in rows(found, state="shipped")} == {date(2024, 5, 2)}
    assert [row["reality"] for row in rows(found, state="paid", order="#1002")] == ["test"]
    assert [row["state"] for row in rows(found, order="#1003")] == ["placed", "cancelled"]
    assert sum(row.get("tax_minor", 0) for row in first) == 400


def test_a_woocommerce_export_is_read(read, rows):
    found = read(WOO, currency="EUR", time_zone="Europe/Berlin")
    assert found.preset == "woocommerce"
    paid = rows(found, state="paid")
    assert sum(row["amount_minor"] for row in paid) == 3190
    assert [(row["product"], row["amount_minor"], row.get("discount_minor")) for row in paid] == [
        ("HAT", 900, 100), ("CAP", 1800, 200), ("shipping", 490, None),
    ]  # fmt: skip
    assert [row["order"] for row in rows(found, state="cancelled")] == ["502"]
    assert {row["region"] for row in paid} == {"DE"}


def test_a_woocommerce_analytics_report_is_read(read, rows):
    found = read(WOO_ANALYTICS, currency="USD", time_zone="America/New_York")
    assert found.preset == "woocommerce_analytics"
    paid = rows(found, state="paid")
    assert [(row["product"], row["quantity"], row["amount_minor"]) for row in paid] == [
        ("Hat", 1, 900),
        ("Cap, red", 2, 1800),
    ]


def test_an_amazon_report_is_read(read, rows):
    found = read(AMAZON, time_zone="America/Los_Angeles")
    assert (found.preset, found.currency) == ("amazon", "USD")
    paid = rows(found, state="paid")
    assert [(row["product"], row["quantity"], row["amount_minor"]) for row in paid] == [
        ("S1", 2, 2000),
        ("shipping", 1, 499),
    ]
    assert paid[0]["date"] == date(2024, 1, 1)
    assert {row["state"] for row in rows(found, order="111-2")} == {"placed", "cancelled"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_uci_online_retail_is_read_as_events(read, rows, encoding):
    found = read(UCI.encode(encoding))
    assert (found.preset, found.currency, found.time_zone) == ("uci_online_retail", "GBP", "Europe/London")
    kinds = [(row["product"], row["state"], row["line_kind"], row["amount_minor"]) for row in rows(found)]
    assert sorted(kinds) == sorted([
        ("85123A", "paid", "goods", 1530), ("85123A", "paid", "goods", 1530), ("POST", "paid", "shipping", 5400),
        ("D", "cancelled", "discount", 2750), ("22139", "refunded", "adjustment", 0),
        ("B", "refunded", "adjustment", 1106206), ("gift_0001_20", "paid", "gift", 1702),
        ("BANK CHARGES", "paid", "fee", 1500),
    ])  # fmt: skip
    assert {row["date"] for row in rows(found, order="536365")} == {date(2010, 12, 1)}
    assert rows(found, order="A563186")[0]["date"] == date(2011, 8, 12)


@pytest.mark.parametrize(
    "text",
    [TAOBAO_LIST, TAOBAO_DETAIL, SHOPIFY, WOO, WOO_ANALYTICS, AMAZON, UCI,
     "sku,title,cost,status\nS1,Cup,2.5,active\n", "sku,date,stock\nS1,2024-01-01,5\n",
     "po,sku,quantity,order date,eta,cost\nP1,S1,5,2024-01-02,2024-09-01,2\n",
     "date,channel,spend,clicks\n2024-01-01,Search,5,\n", "supplier,sku,unit cost,lead time,moq\na,S1,1,7,\n"],
)  # fmt: skip
def test_what_comes_out_fits_the_facts_schema(read, text):
    found = read(
        text,
        currency=None if "Currency" in text or text in (TAOBAO_LIST, TAOBAO_DETAIL, AMAZON, UCI) else "EUR",
        time_zone="UTC",
    )
    assert found.batch.primary in found.batch.tables
    for name, table in found.batch.tables.items():
        known = {column.name: column for column in TABLES[name].columns}
        required = {column.name for column in known.values() if not column.nullable} - {"store"}
        assert required <= set(table.column_names)
        for column_name in table.column_names:
            if column_name == SOURCE_ROW:
                assert table[column_name].null_count == 0
                continue
            column, values = known[column_name], table[column_name]
            assert values.type == column.type, column_name
            assert column.nullable or values.null_count == 0, column_name
            if column.choices:
                assert set(values.drop_null().to_pylist()) <= set(column.choices)
            if column.minimum is not None and len(values.drop_null()):
                assert pc.min(values).as_py() >= column.minimum
        keys = [name for name in TABLES[name].key if name != "store"]
        assert len(table.group_by(keys).aggregate([])) == len(table)


def test_refund_rows_of_the_woocommerce_report_give_their_money_back_once(read, rows):
    text = (
        "Date,Order #,Status,Customer,Product(s),Items sold,Coupon(s),Net Sales\n"
        '2024-05-01 10:00:00,501,refunded,Ann,"2× Beanie, 1× Hat",3,,60\n'
        '2024-05-03 10:00:00,501,refunded,Ann,"-2× Beanie, -1× Hat",-3,,-60\n'
        "2024-05-02 10:00:00,502,completed,Bob,2× Beanie,2,,40\n"
        "2024-05-04 10:00:00,502,completed,Bob,-1× Beanie,-1,,-20\n"
        "2024-05-05 10:00:00,400,completed,Cid,-1× Hat,-1,,-20\n"
    )
    found = read(text, currency="USD", time_zone="America/New_York")
    sums = {state: sum(row["amount_minor"] for row in rows(found, state=state)) for state in ("paid", "refunded")}
    assert sums == {"paid": 10000, "refunded": 10000}
    back = {(row["order"], row["product"]): (row["quantity"], row["date"].day) for row in rows(found, state="refunded")}
    assert back == {
        ("501", "Beanie"): (2, 3),
        ("501", "Hat"): (1, 3),
        ("502", "Beanie"): (1, 4),
        ("400", "Hat"): (1, 5),
    }
