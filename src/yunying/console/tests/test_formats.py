"""Money, numbers and bilingual titles as they are written on a page."""

import pytest

from yunying.console import charts, drawing, formats, mapping_form
from yunying.console.numbers import key_numbers
from yunying.console.readable import readable
from yunying.console.views.imports import safe_name


@pytest.mark.parametrize(
    ("amount", "currency", "short", "chinese", "text"),
    [
        (123_456, "CNY", False, False, "¥1,234.56"),
        (-123_456, "CNY", False, False, "−¥1,234.56"),
        (0, "CNY", False, False, "¥0.00"),
        (123_456_789, "CNY", True, True, "¥123.46万"),
        (9_999_999, "CNY", True, True, "¥100,000"),
        (-20_000_000, "CNY", True, True, "−¥20.00万"),
        (123_456, "JPY", False, False, "JPY\u00a0123,456"),
        (1_234_567, "KWD", False, False, "KWD\u00a01,234.567"),
        (None, "CNY", False, False, "—"),
    ],
)
def test_money(amount: int | None, currency: str, short: bool, chinese: bool, text: str) -> None:
    assert formats.money(amount, currency, is_short=short, is_chinese=chinese) == text


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("Expected demand 预计需求", "Expected demand", "预计需求"),
        ("Pack / minimum 装箱量 / 起订量", "Pack / minimum", "装箱量 / 起订量"),
        ("Stock", "Stock", "Stock"),
        ("亚麻衬衫 M", "亚麻衬衫 M", "亚麻衬衫 M"),
        ("", "", ""),
    ],
)
def test_a_bilingual_title_is_halved(text: str, english: str, chinese: str) -> None:
    assert formats.in_language(text, is_chinese=False) == english
    assert formats.in_language(text, is_chinese=True) == chinese


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "a/b/c.csv", ".htaccess", "x" * 300 + ".csv"])
def test_a_name_of_a_file_leads_nowhere(name: str) -> None:
    safe = safe_name(name)
    assert "/" not in safe
    assert "\\" not in safe
    assert not safe.startswith(".")
    assert len(safe) < 90


def test_a_drawing_holds_numbers_only() -> None:
    assert "<polyline" in drawing.sparkline([1, 2, None, 3, 4])
    assert drawing.sparkline([None, 1]) == ""
    bar = drawing.interval_bar(-5, 0, 10, -5, 10)
    assert 'class="interval open"' in bar
    assert drawing.interval_bar(None, 1, 2, 0, 1) == ""


def test_a_change_is_no_number_where_the_other_day_had_none() -> None:
    metric = {"slug": "x", "unit": "count", "value": 5, "yesterday": 0, "last_week": None, "last_year": 4,
              "higher_is_better": False}  # fmt: skip
    (card,) = key_numbers({"currency": "CNY", "metrics": [metric]}, is_chinese=False)
    assert [(each.text, each.tone) for each in card.comparisons] == [("—", "plain"), ("—", "plain"), ("+25.0%", "bad")]


def test_what_was_not_measured_says_why() -> None:
    metric = {"slug": "x", "unit": "rate", "value": {"not_measured": "no visits"}}
    (card,) = key_numbers({"metrics": [metric]}, is_chinese=False)
    assert (card.text, card.why_not) == ("—", "no visits")


def series(title: str, unit: str, values: list[float | None]) -> dict[str, object]:
    return {"title": title, "unit": unit, "dates": ["2026-11-25", "2026-11-26", "2026-11-27"], "values": values}


def test_demand_and_stock_share_the_days_and_the_order_stands_where_it_arrives() -> None:
    evidence = {
        "series": [
            series("Sold 销量", "units per day 件/天", [1, 2, 3]),
            series("Stock with this order 下单后库存", "units 件", [5, 25, 20]),
            series("Stock without it 不下单库存", "units 件", [5, 5, 0]),
        ]
    }
    (chart,) = charts.charts_of(evidence, {"lines": [{"quantity": 20}]}, "2026-11-25", is_chinese=True)
    assert [trace["yaxis"] for trace in chart["data"]] == ["y", "y2", "y2", "y2"]
    assert chart["data"][0]["type"] == "bar"
    assert chart["data"][0]["name"] == "销量"
    assert (chart["data"][3]["x"], chart["data"][3]["y"], chart["data"][3]["text"]) == (["2026-11-26"], [25], ["+20"])


def test_evidence_without_series_draws_nothing() -> None:
    assert charts.charts_of({}, {}, "2026-11-25", is_chinese=False) == []


def test_a_map_is_written_from_the_form() -> None:
    draft = "# a note\nkind: TODO\nencoding: utf-8\ncolumns:\n  order: 单号\n  paid: TODO\n"
    posted = {"kind": "orders", "c-0": "order", "c-0-name": "订单编号", "c-1": "", "c-1-name": "备注",
              "c-2": "quantity", "c-2-name": "数量"}  # fmt: skip
    assert mapping_form.mapping_from(draft, posted) == (
        "kind: orders\nencoding: utf-8\ncolumns:\n  order: 订单编号\n  quantity: 数量\n"
    )
    assert mapping_form.fields_chosen_twice({"c-0": "order", "c-1": "order", "c-2": ""}) == ["order"]


def test_a_result_is_bounded_and_readable() -> None:
    found = readable({"rows_new": 1234, "is_repeat": False, "many": {str(each): each for each in range(99)}})
    assert [(name, node.content) for name, node in found["pairs"][:2]] == [("rows new", "1,234"), ("is repeat", "–")]
    assert readable(list(range(99)))["left"] == 59
