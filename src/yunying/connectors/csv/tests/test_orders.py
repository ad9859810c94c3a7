# ruff: noqa: E501 - rows of exports are as long as they are
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from yunying.kernel.errors import FactError, OperatorError

PLAIN = """order id,date,sku,product name,quantity,unit price,customer id
A1,2024-03-01,S1,Cup,2,9.99,c1
A1,2024-03-01,S2,Plate,1,5,c1
A2,2024-03-02,S1,Cup,1,9.99,
"""


def test_a_plain_order_file_becomes_placed_and_paid_rows(read, rows):
    found = read(PLAIN, currency="USD", time_zone="America/New_York")
    assert (found.kind, found.rows_read, found.rows_set_aside, found.batch.whole_orders) == ("orders", 3, 0, True)
    paid = rows(found, state="paid")
    assert [(row["order"], row["product"], row["quantity"], row["amount_minor"]) for row in paid] == [
        ("A1", "S1", 2, 1998), ("A1", "S2", 1, 500), ("A2", "S1", 1, 999),
    ]  # fmt: skip
    assert [row["date"] for row in paid] == [date(2024, 3, 1), date(2024, 3, 1), date(2024, 3, 2)]
    assert [row.get("member") for row in paid] == ["member-0", "member-0", None]
    assert paid[0]["list_price"] == Decimal("9.99")
    assert len(rows(found, state="placed")) == 3
    assert any("count as paid" in note for note in found.notes)


def test_titles_become_products_as_of_their_first_order(read, rows):
    products = rows(read(PLAIN, currency="USD"), "product")
    assert [(row["product"], row["title"], row["date"]) for row in products] == [
        ("S1", "Cup", date(2024, 3, 1)), ("S2", "Plate", date(2024, 3, 1)),
    ]  # fmt: skip


def test_identical_lines_of_an_order_are_all_there(read, rows):
    text = "order id,date,sku,quantity,price\n" + "A1,2024-01-01,S1,1,5\n" * 3
    lines = [row["line"] for row in rows(read(text, currency="USD"), state="paid")]
    assert len(set(lines)) == 3
    assert [line.split("-")[1] for line in lines] == ["1", "2", "3"]


def test_a_line_keeps_its_key_when_its_order_moves_on(read, rows):
    header = "order id,sku,quantity,price,status,created at,paid at,fulfilled at\n"
    first = read(header + "A1,S1,1,5,pending,2024-01-01,,\n", currency="USD")
    later = read(header + "A1,S1,1,5,completed,2024-01-01,2024-01-02,2024-01-04\n", currency="USD")
    assert [row["state"] for row in rows(first)] == ["placed"]
    assert [(row["state"], row["date"].day) for row in rows(later)] == [("placed", 1), ("paid", 2), ("shipped", 4)]
    assert {row["line"] for row in rows(first)} == {row["line"] for row in rows(later)}
    same = {k: v for k, v in rows(first)[0].items() if k != "_source_row"}
    assert same == {k: v for k, v in rows(later)[0].items() if k != "_source_row"}


def test_line_numbers_make_lines_that_stand_alone(read, rows):
    text = "order id,line id,date,sku,quantity,price\nA1,7,2024-01-01,S1,1,5\nA1,8,2024-01-01,S1,1,5\n"
    found = read(text, currency="USD")
    assert not found.batch.whole_orders
    assert [row["line"] for row in rows(found, state="paid")] == ["7", "8"]


def test_a_line_number_that_stands_twice_in_an_order_is_refused(read):
    text = "order id,line id,date,sku,quantity,price\nA1,7,2024-01-01,S1,1,5\nA1,7,2024-01-01,S2,1,5\n"
    with pytest.raises(FactError) as error:
        read(text, currency="USD")
    assert [problem.row for problem in error.value.problems] == [2]


def test_an_order_cancelled_before_payment_gives_nothing_back(read, rows):
    text = "order id,date,sku,quantity,price,status\nA1,2024-01-01,S1,2,5,cancelled\n"
    states = {row["state"]: row for row in rows(read(text, currency="USD"))}
    assert set(states) == {"placed", "cancelled"}
    assert (states["cancelled"]["quantity"], states["cancelled"]["amount_minor"]) == (0, 0)


def test_a_paid_order_that_was_cancelled_gives_back_what_was_paid(read, rows):
    text = "order id,created at,paid at,sku,quantity,price,status\nA1,2024-01-01,2024-01-02,S1,2,5,cancelled\n"
    states = {row["state"]: row for row in rows(read(text, currency="USD"))}
    assert set(states) == {"placed", "paid", "cancelled"}
    assert (states["cancelled"]["quantity"], states["cancelled"]["amount_minor"]) == (2, 1000)
    assert states["cancelled"]["date"] == date(2024, 1, 2)


def test_a_refunded_state_gives_back_the_whole_line(read, rows):
    text = "order id,date,sku,quantity,price,status,refund date\nA1,2024-01-01,S1,2,5,refunded,2024-01-09\n"
    states = {row["state"]: row for row in rows(read(text, currency="USD"))}
    assert (states["refunded"]["quantity"], states["refunded"]["amount_minor"]) == (2, 1000)
    assert states["refunded"]["date"] == date(2024, 1, 9)


def test_a_negative_line_is_goods_sent_back(read, rows):
    text = "order id,date,sku,quantity,price\nA1,2024-01-01,S1,3,5\nA1,2024-01-01,S1,-1,5\n"
    found = read(text, currency="USD")
    back = rows(found, state="refunded")
    assert [(row["quantity"], row["amount_minor"], row["line_kind"]) for row in back] == [(1, 500, "goods")]
    assert len(rows(found, state="paid")) == 1


def test_an_unknown_state_is_refused_and_a_map_can_explain_it(read, rows):
    text = "order id,date,sku,quantity,price,status\nA1,2024-01-01,S1,2,5,in der Schwebe\n"
    with pytest.raises(FactError, match="in der Schwebe"):
        read(text, currency="EUR")
    found = read(text, currency="EUR", map_text="statuses: {in der Schwebe: [placed]}")
    assert [row["state"] for row in rows(found)] == ["placed"]


def test_order_money_is_spread_over_lines_to_the_cent(read, rows):
    text = (
        "order id,date,sku,quantity,price,order discount,order shipping amount,order total\n"
        "A1,2024-01-01,S1,1,10,1,4.50,33.50\nA1,2024-01-01,S2,1,10,1,4.50,33.50\nA1,2024-01-01,S3,1,10,1,4.50,33.50\n"
    )
    paid = rows(read(text, currency="USD"), state="paid")
    assert [(row["line_kind"], row["amount_minor"], row.get("discount_minor")) for row in paid] == [
        ("goods", 966, 34), ("goods", 967, 33), ("goods", 967, 33), ("shipping", 450, None),
    ]  # fmt: skip
    assert sum(row["amount_minor"] for row in paid) == 3350


@pytest.mark.parametrize(
    ("_case", "total", "amounts"),
    [
        ("the discount is on top of the prices", "19.00", [950, 950]),
        ("tax comes on top", "21.60", [1080, 1080]),
        ("discount and tax come on top", "20.60", [1030, 1030]),
        ("the prices hold everything", "20.00", [1000, 1000]),
        ("nothing explains it, so it was a discount", "15.00", [750, 750]),
    ],
)
def test_the_total_decides_what_is_in_the_prices(read, rows, _case, total, amounts):
    line = f"A1,2024-01-01,S%d,1,10,1,1.60,{total}\n"
    text = "order id,date,sku,quantity,price,discount,taxes,order total\n" + line % 1 + line % 2
    assert [row["amount_minor"] for row in rows(read(text, currency="USD"), state="paid")] == amounts


def test_what_a_total_holds_beyond_its_lines_is_a_line_of_its_own(read, rows):
    text = "order id,date,sku,quantity,price,order total\nA1,2024-01-01,S1,1,10,13\n"
    paid = rows(read(text, currency="USD"), state="paid")
    assert [(row["product"], row["line_kind"], row["amount_minor"]) for row in paid] == [
        ("S1", "goods", 1000), ("other", "fee", 300),
    ]  # fmt: skip


def test_an_order_total_on_lines_that_disagree_is_refused(read):
    text = "order id,date,sku,quantity,price,order total\nA1,2024-01-01,S1,1,10,13\nA1,2024-01-01,S2,1,1,14\n"
    with pytest.raises(FactError, match="different amounts"):
        read(text, currency="USD")


def test_brushed_and_test_orders_are_kept_and_marked(read, rows):
    text = (
        "订单编号,商家编码,数量,单价,日期,备注\n1,S1,1,5,2024-01-01,刷单勿发\n1,S2,1,5,2024-01-01,\n"
        "2,S1,1,5,2024-01-01,测试\n3,S1,1,5,2024-01-01,请测量尺寸\n"
    )
    found = rows(read(text, currency="CNY"), state="paid")
    assert [row["reality"] for row in found] == ["brushed", "brushed", "test", "real"]


def test_names_addresses_and_phones_never_enter_the_facts(read):
    text = (
        "order id,date,sku,quantity,price,email,phone,name,shipping address\n"
        "A1,2024-01-01,S1,1,5,canary@example.org,+8613800001111,Canary Wang,Canary Road 7\n"
    )
    found = read(text, currency="USD")
    everything = " ".join(str(table.to_pydict()) for table in found.batch.tables.values()) + str(found.batch.note)
    assert "anary" not in everything
    assert "138" not in everything


def test_a_time_with_an_offset_is_dated_in_the_stores_zone(read, rows):
    text = "order id,created at,sku,quantity,price\nA1,2024-01-01 23:30:00 -0500,S1,1,5\n"
    row = rows(read(text, currency="USD", time_zone="Asia/Shanghai"), state="paid")[0]
    assert (row["date"], row["at"]) == (date(2024, 1, 2), datetime(2024, 1, 2, 4, 30, tzinfo=UTC))
    with pytest.raises(OperatorError) as error:
        read(text, currency="USD")
    assert error.value.code == "zone-needed"


def test_money_without_a_currency_is_asked_about(read):
    with pytest.raises(OperatorError) as error:
        read(PLAIN)
    assert error.value.code == "currency-needed"


def test_rows_of_another_currency_are_refused(read):
    text = "order id,date,sku,quantity,price,currency\nA1,2024-01-01,S1,1,5,USD\nA2,2024-01-01,S1,1,5,EUR\n"
    with pytest.raises(FactError, match="'EUR'"):
        read(text, currency="USD")
    with pytest.raises(FactError, match="'USD'"):
        read(text, currency="EUR")


def test_every_bad_row_is_named_with_its_column(read):
    text = "order id,date,sku,quantity,price\nA1,2024-01-01,S1,x,5\nA2,31.2.2024,S1,1,5\n,2024-01-01,S1,1,5\nA4,2024-01-01,S1,1.5,5\n"
    with pytest.raises(FactError) as error:
        read(text, currency="USD")
    found = {(problem.row, problem.column) for problem in error.value.problems}
    assert {(1, "quantity"), (4, "quantity"), (3, "order id")} <= found


def test_future_dates_are_refused_where_the_caller_knows_the_day(read):
    with pytest.raises(FactError, match="future"):
        read(PLAIN, currency="USD", latest_date=date(2024, 3, 1))


def test_ids_that_a_spreadsheet_has_mangled_are_refused(read):
    header = "order id,date,sku,quantity,price\n"
    with pytest.raises(FactError, match="lost the last digits"):
        read(header + "1.23457E+18,2024-01-01,S1,1,5\n", currency="USD")
    with pytest.raises(FactError, match="cut its digits"):
        read(header + "2024010112345678000,2024-01-01,S1,1,5\n2024010112345679000,2024-01-01,S1,1,5\n", currency="USD")


def test_ids_in_excel_quotes_and_with_leading_apostrophes_are_read(read, rows):
    text = 'order id,date,sku,quantity,price\n"=""1234567890123456789""",2024-01-01,\'007,1,5\n'
    row = rows(read(text, currency="USD"), state="paid")[0]
    assert (row["order"], row["product"]) == ("1234567890123456789", "007")


def test_a_row_of_totals_is_left_out(read, rows):
    text = "订单编号,商家编码,数量,单价,日期\n1,S1,1,5,2024-01-01\n合计,,1,5,\n"
    found = read(text, currency="CNY")
    assert len(rows(found, state="paid")) == 1
    assert any("totals" in note for note in found.notes)


def test_a_file_without_dates_of_orders_is_refused(read):
    with pytest.raises(OperatorError, match="date of the order"):
        read("订单编号,标题,价格,购买数量,外部系统编号\n1,杯子,5,1,S1\n", currency="CNY", time_zone="Asia/Shanghai")


def test_a_total_that_differs_within_orders_is_the_lines_money(read, rows):
    text = "order id,date,sku,quantity,price,total\nA1,2024-01-01,S1,2,10,20\nA1,2024-01-01,S2,1,5,5\nA2,2024-01-01,S2,1,5,5\n"
    found = read(text, currency="USD")
    assert [row["amount_minor"] for row in rows(found, state="paid")] == [2000, 500, 500]
    assert any("'total' was read as money of the line" in note for note in found.notes)


def test_a_total_that_equals_quantity_times_price_is_the_lines_money_also_where_lines_cost_the_same(read, rows):
    text = "order id,date,sku,quantity,price,total\nA1,2024-01-01,S1,2,5,10\nA1,2024-01-01,S2,1,10,10\n"
    assert [row["amount_minor"] for row in rows(read(text, currency="USD"), state="paid")] == [1000, 1000]


def test_postage_and_tax_that_differ_within_orders_are_summed(read, rows):
    text = "order id,date,sku,quantity,price,shipping,tax\nA1,2024-01-01,S1,1,10,2,1.5\nA1,2024-01-01,S2,1,10,1,0.5\n"
    paid = rows(read(text, currency="USD"), state="paid")
    assert [(row["line_kind"], row["amount_minor"]) for row in paid] == [
        ("goods", 1000),
        ("goods", 1000),
        ("shipping", 300),
    ]
    assert sum(row.get("tax_minor", 0) for row in paid) == 200


def test_a_discount_that_is_a_share_is_asked_about(read):
    text = "order id,date,sku,quantity,price,discount\nA1,2024-01-01,S1,1,10,0.2\nA1,2024-01-01,S2,1,10,0.1\n"
    with pytest.raises(OperatorError) as error:
        read(text, currency="USD")
    assert error.value.code == "discount-rate"


def test_a_discount_share_beside_the_lines_own_amount_is_left_alone(read, rows):
    text = (
        "Order ID,Order Date,Product ID,Sales,Quantity,Discount\nA1,2024-01-01,S1,8,1,0.2\nA1,2024-01-01,S2,9,1,0.1\n"
    )
    assert [row["amount_minor"] for row in rows(read(text, currency="USD"), state="paid")] == [800, 900]


def test_a_discount_beside_the_lines_own_amount_is_not_taken_off_again(read, rows):
    text = "Order ID,Order Date,Product ID,Sales,Quantity,Discount\nA1,2024-01-01,S1,957.5775,5,0.45\n"
    assert [row["amount_minor"] for row in rows(read(text, currency="USD"), state="paid")] == [95758]


def test_another_date_column_can_show_which_number_is_the_day(read, rows):
    text = "order id,order date,sku,quantity,price,ship date\nA1,02/01/24,S1,1,5,02/13/24\n"
    found = read(text, currency="USD")
    assert [row["date"] for row in rows(found, state="paid")] == [date(2024, 2, 1)]
    assert any("mdy" in note for note in found.notes)


def test_money_that_went_back_must_have_been_paid(read, rows):
    text = "order id,date,sku,quantity,price,status,refund amount\nA1,2024-01-01,S1,2,5,cancelled,10\n"
    found = read(text, currency="USD")
    assert [(row["state"], row["quantity"], row["amount_minor"]) for row in rows(found)] == [
        ("placed", 2, 1000), ("paid", 2, 1000), ("refunded", 0, 1000), ("cancelled", 2, 0),
    ]  # fmt: skip


def test_more_money_back_than_was_paid_is_refused(read):
    text = "order id,date,sku,quantity,price,refund amount\nA1,2024-01-01,S1,2,5,10.01\n"
    with pytest.raises(FactError, match="more went back"):
        read(text, currency="USD")


GERMAN = """columns: {order: Auftrag, date: Datum, product: Artikel, quantity: Menge, unit_price: Preis}"""


def test_one_column_with_decimal_commas_tells_how_to_read_the_whole_file(read, rows):
    text = "Auftrag;Datum;Artikel;Menge;Preis\nA1;31.03.2024;0815;1.200;1,95\nA1;31.03.2024;0816;3;0,99\n"
    found = read(text, map_text="kind: orders\n" + GERMAN, currency="EUR", time_zone="Europe/Berlin")
    paid = {row["product"]: (row["quantity"], row["amount_minor"]) for row in rows(found, state="paid")}
    assert paid == {"0815": (1200, 234000), "0816": (3, 297)}


def test_dots_that_could_part_thousands_or_decimals_are_asked_about(read):
    text = "Auftrag;Datum;Artikel;Menge;Preis\nA1;31.03.2024;0815;2;1.200\nA1;31.03.2024;0816;3;1.500\n"
    with pytest.raises(OperatorError) as error:
        read(text, map_text="kind: orders\n" + GERMAN, currency="EUR", time_zone="Europe/Berlin")
    assert (error.value.code, "'Preis'" in error.value.what) == ("ambiguous-decimals", True)


def test_what_a_pinduoduo_buyer_paid_holds_the_postage_once_and_a_full_refund_gives_it_back(read, rows):
    text = (
        "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),用户实付金额(元),商家实收金额(元),商品数量(件),支付时间,商品id,售后状态,拼单成功时间\n"
        "毛巾,241111-1,已收货,39.80,0.00,5.00,34.80,34.80,2,2024-11-11 08:00:00,5,无售后或售后取消,2024-11-11 08:00:00\n"
        '毛巾,241111-2,"未发货，退款成功",19.90,3.00,0.00,22.90,22.90,1,2024-11-11 09:00:00,5,退款成功,2024-11-11 09:00:00\n'
        "毛巾,241111-3,已取消,19.90,0.00,0.00,19.90,19.90,1,,5,无售后或售后取消,2024-11-11 09:00:00\n"
    )
    found = read(text, currency="CNY", time_zone="Asia/Shanghai")
    sums = {
        state: sum(row["amount_minor"] for row in rows(found, state=state)) for state in ("placed", "paid", "refunded")
    }
    assert sums == {"placed": 3480 + 2290 + 1990, "paid": 3480 + 2290, "refunded": 2290}


def test_an_orders_refund_beyond_its_lines_is_that_of_its_postage(read, rows):
    text = (
        "order_id,order_date,status,shipping_total,order_total,refunded_total,item_sku,item_quantity,item_total,item_refunded,item_refunded_qty\n"
        "7,2024-05-02,refunded,4.00,24.00,24.00,BE-1,1,20.00,20.00,1\n"
    )
    found = read(text, currency="GBP", time_zone="Europe/London")
    back = {row["line_kind"]: (row["amount_minor"], row["quantity"]) for row in rows(found, state="refunded")}
    assert back == {"goods": (2000, 1), "shipping": (400, 0)}


def test_a_price_with_another_currencys_sign_is_refused(read, rows):
    for price, currency in (("€5", "CNY"), ("US$5", "EUR"), ("£5.00", "USD"), ("$5", "EUR"), ("5 EUR", "CNY")):
        with pytest.raises(FactError) as error:
            read(PLAIN.replace(",5,c1", f",{price},c1"), currency=currency, time_zone="UTC")
        (problem,) = error.value.problems
        assert (problem.row, problem.column, currency in problem.what) == (2, "unit price", True)
    for price, currency in (("€5", "EUR"), ("$5", "USD"), ("$5", "MXN"), ("A$5", "AUD"), ("¥5", "JPY"), ("5元", "CNY")):
        found = read(PLAIN.replace(",5,c1", f",{price},c1"), currency=currency, time_zone="UTC")
        assert [row["list_price"] for row in rows(found, state="paid", product="S2")] == [5]


def test_an_open_quote_is_told_under_the_files_name(read):
    with pytest.raises(FactError) as error:
        read(PLAIN + 'A3,2024-03-03,"S1,Cup,1,9.99,\n', name="may.csv", currency="USD")
    assert error.value.table == "may.csv"
