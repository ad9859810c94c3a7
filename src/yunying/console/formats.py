"""How numbers, money and bilingual texts are written on a page."""

import re
from decimal import Decimal

from yunying.kernel.amount_text import MINUS, NOTHING, grouped, money

__all__ = ["MINUS", "NOTHING", "grouped", "in_language", "money", "number", "percent"]

_BILINGUAL = re.compile(
    r"^(?P<en>[^\u3400-\u9fff]*[A-Za-z][^\u3400-\u9fff]*?)\s+(?P<zh>[\u3400-\u9fff（].*)$", re.DOTALL
)


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage.

    >>> percent(0.0345), percent(-0.2, 0)
    ('3.5%', '−20%')
    """
    return NOTHING if share is None else f"{grouped(Decimal(str(share)) * 100, digits)}%"


def number(value: float | None) -> str:
    """A plain number: whole where it is large or whole, else with two digits.

    >>> number(1234567), number(3.14159), number(1234.5)
    ('1,234,567', '3.14', '1,235')
    """
    if value is None:
        return NOTHING
    exact = Decimal(str(value))
    is_whole = exact == exact.to_integral_value() or abs(exact) >= 1000
    return grouped(exact, 0 if is_whole else 2)


def in_language(text: str, *, is_chinese: bool) -> str:
    """The half of a bilingual title such as ``Expected demand 预计需求``; a text in one language stays as it is.

    >>> in_language("Pack / minimum 装箱量 / 起订量", is_chinese=True)
    '装箱量 / 起订量'
    >>> in_language("units per day 件/天", is_chinese=False), in_language("亚麻衬衫 M", is_chinese=False)
    ('units per day', '亚麻衬衫 M')
    """
    found = _BILINGUAL.match(text)
    return found["zh" if is_chinese else "en"] if found else text
