"""What an evaluation says where there is no number, how it compares, and what adds up."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from yunying.facts.reader import FactReader
from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.kernel.results import NotMeasured
from yunying.metrics.dictionary import METRICS
from yunying.metrics.evaluate import evaluate
from yunying.metrics.tests.conftest import COSTLESS, STORE, arrow

PERIOD = Period(date(2025, 8, 1), date(2026, 2, 1))
ROW = {"store": "s", "date": date(2026, 1, 1), "currency": "CNY", "time_zone": "Asia/Shanghai", "capital_rate": 0.365}
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
LINE = {
    "store": "s", "order": "a", "line": "1", "state": "paid", "occurrence": "", "date": date(2026, 1, 5),
    "product": "p", "line_kind": "goods", "quantity": 2, "amount_minor": 1000, "member": "m", "reality": "real",
    "unit_cost": Decimal("1.5"), "commission_minor": 50, "payment_fee_minor": 6, "shipping_cost_minor": 100,
    "tax_minor": 100,
}  # fmt: skip
LEVEL = {"store": "s", "product": "p", "date": date(2026, 1, 1), "on_hand": 10}
SPEND = {"store": "s", "date": date(2026, 1, 3), "channel": "search", "campaign": "", "spend_minor": 40}
MOVE = {
    "store": "s", "movement": "1", "product": "p", "date": date(2026, 1, 9), "reason": "write_off", "direction": "out",
    "quantity": 1, "unit_cost": Decimal("1.5"),
}  # fmt: skip
PRODUCT = {"store": "s", "product": "p", "date": date(1970, 1, 1), "category": "lamps", "unit_cost": Decimal("1.5")}
WHOLE: dict[str, list[dict[str, Any]]] = {
    "store": [ROW], "product": [PRODUCT], "order_line": [LINE], "stock_level": [LEVEL], "ad_spend": [SPEND],
    "stock_movement": [MOVE],
}  # fmt: skip


def answer(*names: str, tables: Mapping[str, list[dict[str, Any]]], period: Period = JANUARY, **more: Any) -> Any:
    with FactReader.from_arrow({name: arrow(name, rows) for name, rows in tables.items()}, threads=1) as facts:
        return evaluate(facts, names, store="s", period=period, **more)


def figure(name: str, **tables: list[dict[str, Any]]) -> Any:
    return answer(name, tables={**WHOLE, **tables}).value(name).now


def test_contribution_profit_takes_off_every_cost_once() -> None:
    # 1000 paid - 100 tax - 300 goods - 50 - 6 - 100 - 40 ads - 150 written off - 10 x 150 x 31 days x 0.365 / 365
    assert figure("contribution_profit") == 1000 - 100 - 300 - 50 - 6 - 100 - 40 - 150 - 46
    assert figure("capital_cost") == 47  # 46.5, half away from zero; the profit above is 207.5 before it is rounded


def test_a_return_gives_its_cost_back_only_for_units_that_can_be_sold_again() -> None:
    back = {**LINE, "state": "refunded", "quantity": 2, "restocked_quantity": 1}
    assert figure("cogs", order_line=[LINE, back]) == 300 - 150
    assert figure("cogs", order_line=[LINE, back | {"restocked_quantity": 0}]) == 300


def test_a_return_that_does_not_say_gives_no_cost_back_and_a_note_says_so() -> None:
    table = answer("cogs", tables={**WHOLE, "order_line": [LINE, LINE | {"state": "refunded"}]})
    assert table.value("cogs").now == 300
    assert any("can be sold again" in note for note in table.notes)


def test_a_placed_row_carries_no_cost_twice() -> None:
    placed = LINE | {"state": "placed"}
    assert figure("contribution_profit", order_line=[LINE, placed]) == figure("contribution_profit")


@pytest.mark.parametrize(
    ("column", "words"),
    [("unit_cost", "unit cost"), ("commission_minor", "commission"), ("payment_fee_minor", "payment fee"),
     ("shipping_cost_minor", "shipping")],
)  # fmt: skip
def test_profit_is_not_measured_while_a_cost_of_a_paid_line_is_unknown(column: str, words: str) -> None:
    lines = [LINE, LINE | {"order": "b", column: None}]
    found = figure("contribution_profit", order_line=lines, product=[PRODUCT | {"unit_cost": None}])
    assert isinstance(found, NotMeasured)
    assert found.reason.startswith("1 ")
    assert words in found.reason


@pytest.mark.parametrize("table", ["ad_spend", "stock_level", "stock_movement"])
def test_profit_is_not_measured_without_the_facts_of_a_part(table: str) -> None:
    found = figure("contribution_profit", **{table: []})
    assert isinstance(found, NotMeasured)
    assert table in found.reason


def test_shipping_may_stand_on_the_shipped_rows_instead() -> None:
    lines = [LINE | {"shipping_cost_minor": None}, LINE | {"state": "shipped", "shipping_cost_minor": 70}]
    assert figure("shipping_cost", order_line=lines) == 70


def test_the_cost_of_a_line_falls_back_to_the_product_as_known_before_the_period_ends() -> None:
    products = [
        PRODUCT, PRODUCT | {"date": date(2026, 1, 20), "unit_cost": Decimal(2)},
        PRODUCT | {"date": date(2026, 1, 25), "unit_cost": None},
        PRODUCT | {"date": date(2026, 2, 1), "unit_cost": Decimal(9)},
    ]  # fmt: skip
    assert figure("cogs", order_line=[LINE | {"unit_cost": None}], product=products) == 400


def test_a_store_that_records_no_placing_has_no_gmv_instead_of_zero() -> None:
    assert isinstance(figure("gmv"), NotMeasured)
    assert figure("paid_amount") == 1000


def test_a_period_without_rows_is_not_measured() -> None:
    table = answer("paid_amount", "visitors", tables=WHOLE, period=Period(date(2026, 3, 1), date(2026, 4, 1)))
    assert "There is no order_line row of s from 2026-03-01" in table.value("paid_amount").now.reason
    assert "no event facts" in table.value("visitors").now.reason


def test_without_any_row_the_notes_say_why() -> None:
    table = answer("paid_amount", tables={"store": [ROW]}, by="category")
    assert table.rows == ()
    assert table.notes == ("Store s has no order_line facts; import them.",)


def test_facts_that_begin_or_end_inside_the_period_are_said_to() -> None:
    assert answer("paid_amount", tables=WHOLE).notes == (
        "The order_line facts begin on 2026-01-05, inside the period from 2026-01-01.",
        "The order_line facts end on 2026-01-05, inside the period to before 2026-02-01.",
    )
    whole_days = Period(date(2026, 1, 5), date(2026, 1, 6))
    assert answer("paid_amount", tables=WHOLE, period=whole_days).notes == ()


def test_new_buyers_are_new_as_far_as_the_facts_reach_and_a_note_says_so() -> None:
    lines = [LINE | {"order": "z", "date": date(2025, 11, 2)}, LINE, LINE | {"order": "b", "member": "n"}]
    lines.append(LINE | {"order": "c", "date": date(2026, 1, 31)})
    table = answer("new_buyers", tables={**WHOLE, "order_line": lines})
    assert table.value("new_buyers").now == 1
    assert table.notes == ("The order_line facts begin on 2025-11-02: what happened before is not known.",)


def test_a_month_before_the_facts_begin_is_unknown_and_not_zero() -> None:
    lines = [LINE, LINE | {"order": "b", "date": date(2025, 12, 30)}]
    year = Period(date(2026, 1, 1), date(2026, 3, 1))
    table = answer("paid_amount", tables={**WHOLE, "order_line": lines}, period=year, by="month", compare="previous")
    january, february = (table.value("paid_amount", date(2026, month, 1)) for month in (1, 2))
    assert january.then == NotMeasured("The order_line facts begin on 2025-12-30, after this month.")
    assert february.now == NotMeasured("The order_line facts end on 2026-01-05, before this month.")
    assert (february.then, february.change) == (1000, None)


def test_traffic_that_was_recorded_later_than_orders_is_unknown_before() -> None:
    event = {"store": "s", "event": "1", "type": "visit", "date": date(2026, 1, 20), "visitor": "v"}
    table = answer("paid_amount", "visitors", tables={**WHOLE, "event": [event]}, by="day")
    assert isinstance(table.value("visitors", date(2026, 1, 5)).now, NotMeasured)
    assert table.value("paid_amount", date(2026, 1, 5)).now == 1000


def test_test_and_brushed_orders_count_nowhere() -> None:
    lines = [LINE, *(LINE | {"order": kind, "reality": kind} for kind in ("test", "brushed"))]
    assert figure("paid_amount", order_line=lines) == 1000
    assert figure("buyers", order_line=lines) == 1


def test_division_by_nothing_is_not_measured() -> None:
    assert "nothing to divide by" in figure("return_rate", order_line=[LINE | {"line_kind": "fee"}]).reason


def test_advertising_is_left_out_of_profit_by_category_and_a_note_says_so() -> None:
    table = answer("contribution_profit", tables=WHOLE, by="category")
    assert table.value("contribution_profit", "lamps").now == 1000 - 100 - 300 - 50 - 6 - 100 - 150 - 46
    assert "contribution_profit by category leaves out ad_spend: ad_spend facts have no category." in table.notes


def test_a_category_whose_cost_is_unknown_does_not_silence_the_others(facts: FactReader) -> None:
    spring = Period(date(2026, 3, 1), date(2026, 5, 1))
    table = evaluate(facts, ["gross_profit"], store=STORE, period=spring, by="product")
    assert isinstance(table.value("gross_profit", COSTLESS).now, NotMeasured)
    assert isinstance(table.value("gross_profit", "P01").now, int)
    assert isinstance(
        evaluate(facts, ["gross_profit"], store=STORE, period=spring).value("gross_profit").now, NotMeasured
    )


def test_days_before_the_first_known_level_are_not_counted_as_out_of_stock() -> None:
    levels = [LEVEL | {"date": date(2026, 1, 22)}, LEVEL | {"date": date(2026, 1, 30), "on_hand": 0}]
    assert figure("stockout_rate", stock_level=levels) == 2 / 10


def test_a_product_that_was_never_in_stock_has_no_pace_and_does_not_stop_the_others() -> None:
    lines = [LINE, LINE | {"order": "b", "product": "q"}]
    levels = [LEVEL, LEVEL | {"product": "q", "on_hand": 0}]
    assert figure("days_of_cover", order_line=lines, stock_level=levels) == pytest.approx(10 / (2 / 31))


def test_a_comparison_with_the_previous_period_gives_the_change() -> None:
    before = LINE | {"order": "z", "date": date(2025, 12, 31), "amount_minor": 800}
    value = answer("paid_amount", tables={**WHOLE, "order_line": [LINE, before]}, compare="previous").value(
        "paid_amount"
    )
    assert (value.now, value.then, value.change) == (1000, 800, 0.25)


def test_there_is_no_change_from_zero_or_from_the_unknown() -> None:
    before = LINE | {"order": "z", "date": date(2025, 12, 31), "state": "placed", "amount_minor": 800}
    table = answer("paid_amount", tables={**WHOLE, "order_line": [LINE, before]}, compare="previous")
    assert (table.value("paid_amount").then, table.value("paid_amount").change) == (0, None)
    unknown = answer("paid_amount", tables=WHOLE, compare="year").value("paid_amount")
    assert isinstance(unknown.then, NotMeasured)
    assert unknown.change is None


def test_what_sold_only_in_the_compared_period_has_a_row_too() -> None:
    before = LINE | {"order": "z", "date": date(2025, 12, 31), "product": "old"}
    table = answer("paid_amount", tables={**WHOLE, "order_line": [LINE, before]}, compare="previous", by="product")
    assert (table.value("paid_amount", "old").now, table.value("paid_amount", "old").change) == (0, -1.0)
    assert table.value("paid_amount", "p").change is None


def test_days_stand_beside_the_day_of_the_same_number_and_beside_the_same_date_last_year() -> None:
    lines = [LINE | {"order": str(day), "date": day} for day in (date(2025, 1, 5), date(2025, 12, 5))]
    lines.append(LINE | {"amount_minor": 1500})
    tables = {**WHOLE, "order_line": lines}
    for compare, beside in (("previous", date(2026, 1, 5)), ("year", date(2026, 1, 5))):
        value = answer("paid_amount", tables=tables, by="day", compare=compare).value("paid_amount", beside)
        assert (value.now, value.then, value.change) == (1500, 1000, 0.5)


def test_all_compared_figures_equal_those_of_the_compared_period(facts: FactReader) -> None:
    names = list(METRICS)
    table = evaluate(facts, names, store=STORE, period=PERIOD, compare="previous")
    before = evaluate(facts, names, store=STORE, period=PERIOD.previous())
    assert all(table.value(name).then == before.value(name).now for name in names)


@pytest.mark.parametrize(
    ("names", "more", "words"),
    [
        (["paid_amout"], {}, "paid_amount"), (["客单"], {}, "客单价"), (["paid_amount"], {"by": "categry"}, "category"),
        (["visitors"], {"by": "region"}, "day, week, month"), (["paid_amount"], {"by": ("day", "month")}, "one of day"),
        (["paid_amount"], {"compare": "week"}, "previous or year"), ([], {}, "paid_amount"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_refused_with_the_near_ones(names: list[str], more: dict[str, Any], words: str) -> None:
    with pytest.raises(OperatorError) as refused:
        answer(*names, tables=WHOLE, **more)
    assert words in refused.value.remedy


def test_a_chinese_name_is_a_name() -> None:
    assert answer("支付金额", tables=WHOLE).value("paid_amount").now == 1000


def test_json_says_what_was_not_measured() -> None:
    table = answer("paid_amount", "gmv", tables=WHOLE, by="day", compare="previous").to_json()
    assert table["rows"][0]["day"] == "2026-01-05"
    assert table["rows"][0]["paid_amount"]["now"] == 1000
    assert "not_measured" in table["rows"][0]["gmv"]["now"]


@pytest.mark.parametrize("by", ["day", "month", "category", "supplier", "product", "channel", "region", "member"])
def test_additive_metrics_add_up_to_the_whole(facts: FactReader, by: str) -> None:
    names = [
        m.slug for m in METRICS.values() if m.additivity == "additive" and by in m.dimensions and not m.may_leave_out
    ]
    whole, split = (evaluate(facts, names, store=STORE, period=PERIOD, by=d) for d in (None, by))
    for name in names:
        parts = [row.values[name].now for row in split.rows]
        rounding = len(parts) / 2 if METRICS[name].unit == "money_minor" else 0
        assert abs(sum(parts) - whole.value(name).now) <= rounding, name


@pytest.mark.parametrize("seed", range(20))
def test_amounts_add_up_and_ratios_are_ratios_of_sums(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = [
        (
            ["paid", "refunded", "cancelled"][rng.integers(0, 3)], ["desk", "floor", None][rng.integers(0, 3)],
            int(rng.integers(0, 10 ** rng.integers(1, 10))), int(rng.integers(0, 50)),
        )
        for _ in range(rng.integers(1, 20))
    ]  # fmt: skip
    rows = [
        LINE | {"order": str(i), "state": state, "product": str(category), "amount_minor": amount, "quantity": quantity}
        for i, (state, category, amount, quantity) in enumerate(lines)
    ]
    products = [PRODUCT | {"product": str(name), "category": name} for name in ("desk", "floor", None)]
    tables = {"store": [ROW], "order_line": rows, "product": products}
    names = ("paid_amount", "refund_amount", "net_sales", "refund_rate", "units")
    split, whole = answer(*names, tables=tables, by="category"), answer(*names, tables=tables)
    total = {name: sum(row.values[name].now for row in split.rows) for name in names if name != "refund_rate"}
    assert all(whole.value(name).now == total[name] for name in total)
    rate = whole.value("refund_rate").now
    if total["paid_amount"]:
        assert rate == total["refund_amount"] / total["paid_amount"]
    else:
        assert isinstance(rate, NotMeasured)


def test_the_same_facts_in_another_order_give_the_same_figures_to_the_bit(shop: dict[str, pa.Table]) -> None:
    names = list(METRICS)
    turned = {name: rows.take(list(reversed(range(len(rows))))) for name, rows in shop.items()}
    found = []
    for tables, threads in ((shop, 1), (turned, 2)):
        with FactReader.from_arrow(tables, threads=threads) as facts:
            found.append(evaluate(facts, names, store=STORE, period=PERIOD, by=None).to_json())
    assert found[0] == found[1]
