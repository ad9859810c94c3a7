"""What is lacking is said in English and Chinese, with the same numbers, and one product is not "1 products"."""

import re
from datetime import date
from decimal import Decimal

import pytest

from yunying.kernel.results import Abstention
from yunying.practices.purchasing import lacking

ONE, MANY = ("A",), tuple(f"P{number:04}" for number in range(1200))
NUMBERS = re.compile(r"\d[\d,.]*\d|\d")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODES = ("no-stock-facts", "no-price", "no-cost-facts", "no-lead-time", "no-margin")


def every(subjects: tuple[str, ...]) -> list[Abstention]:
    lost = Decimal("1234.50")
    return [
        *(lacking.product_lacks(code, subjects, 14) for code in CODES),
        lacking.nothing_known("tea"),
        lacking.too_little_history(12, date(2026, 11, 20), 28),
        lacking.impossible_number(subjects, "unit cost"),
        lacking.supplier_minimum(subjects, "S1", 2000.0, "CNY"),
        *(lacking.no_room(subjects, 30.0, lost, "CNY", price) for price in (0.0, 2.5)),
        *(lacking.no_cash(subjects, Decimal("500.00"), lost, "CNY", price) for price in (0.0, 0.31)),
    ]


@pytest.mark.parametrize("subjects", [ONE, MANY])
def test_both_languages_say_the_same_numbers(subjects: tuple[str, ...]) -> None:
    for each in every(subjects):
        assert sorted(NUMBERS.findall(each.reason_zh)) == sorted(NUMBERS.findall(each.reason)), each.reason
        assert CHINESE.search(each.reason_zh), each.code
        assert CHINESE.search(each.remedy_zh), each.code
        # Names of settings and commands are the same in both.
        assert sorted(re.findall(r"purchasing\.\w+|--\w+", each.remedy_zh)) == sorted(
            re.findall(r"purchasing\.\w+|--\w+", each.remedy)
        )


def test_one_product_is_one() -> None:
    said = " ".join(each.reason for each in every(ONE))
    assert not re.search(r"\b1 (products|orders)\b|product have|product of S1 do ", said)
    assert "1,200 products" in " ".join(each.reason for each in every(MANY))
