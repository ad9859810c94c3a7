"""Exchange rates from a file: recognised in both languages, and refused row by row where one cannot be."""

from datetime import date
from decimal import Decimal

import pytest

from yunying.kernel.errors import FactError


@pytest.mark.parametrize("header", ["date,from,to,rate", "日期,原币种,目标币种,汇率"])
def test_rates_are_recognised(read, rows, header):
    found = read(f"{header}\n2026-11-23,USD,CNY,7.1834\n2026-11-24,usd,CNY,7.19\n")
    assert found.kind == "rates"
    assert rows(found, "fx_rate") == [
        {"date": date(2026, 11, 23), "from_currency": "USD", "to_currency": "CNY", "rate": Decimal("7.1834"),
         "_source_row": 1},
        {"date": date(2026, 11, 24), "from_currency": "USD", "to_currency": "CNY", "rate": Decimal("7.19"),
         "_source_row": 2},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2026-11-24,USD,CNY,0", "rate"),
        ("2026-11-24,USD,CNY,-7", "rate"),
        ("2026-11-24,USD,CNY,", "rate"),
        ("2026-11-24,dollar,CNY,7", "from"),
        ("2026-11-24,CNY,CNY,1", "to"),
        ("2026-11-23,usd,CNY,7.2", "rate"),
    ],
)
def test_what_is_no_rate_is_refused_with_its_row(read, row, column):
    with pytest.raises(FactError) as error:
        read(f"date,from,to,rate\n2026-11-23,USD,CNY,7.1\n{row}\n")
    assert [(each.row, each.column) for each in error.value.problems] == [(2, column)]
