"""Exchange rates by day: what one unit of a currency was worth in another."""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from yunying.connectors.csv.numbers import price_array
from yunying.connectors.csv.order_lines import nth_identical
from yunying.connectors.csv.reading import Reading
from yunying.connectors.csv.records import TextColumn
from yunying.facts.schema import SOURCE_ROW

_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY = "date"


def read_rates(reading: Reading) -> dict[str, pa.Table]:
    """The table ``fx_rate``: a row per day and pair.

    Raises:
        OperatorError: a date cannot be told from another order of its parts.
    """
    moments = reading.moments(_DAY)
    reading.need(_DAY, moments.present)
    one, other = (_currency(reading, name) for name in ("from_currency", "to_currency"))
    rate = reading.positive("rate", reading.decimals("rate"), 1)
    reading.need("rate", rate.present)
    pairs = list(zip(_upper(reading, one), _upper(reading, other), strict=True))
    same = [index for index, (first, second) in enumerate(pairs) if first and first == second]
    reading.problems.refuse_all(
        np.array(same, dtype=np.int64), reading.header("to_currency"), "both currencies are the same.",
        "Leave the row out.",
    )  # fmt: skip
    names = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
    codes = np.array([names[pair] for pair in pairs], dtype=np.int64)
    twins = np.flatnonzero(nth_identical(moments.days, codes) > 0)
    reading.problems.refuse_all(
        twins, reading.header("rate"), "a row above has the same day and pair.", "Leave only the row that is right."
    )
    return {
        "fx_rate": pa.table(
            {
                "date": pa.array(moments.days.astype(np.int32), pa.int32()).cast(pa.date32()),
                "from_currency": pa.array(_upper(reading, one)),
                "to_currency": pa.array(_upper(reading, other)),
                "rate": price_array(rate.values, rate.present),
                SOURCE_ROW: reading.source_rows(),
            }
        )
    }


def _upper(reading: Reading, column: TextColumn) -> Sequence[str]:
    return [(column.text(index) or "").strip().upper() for index in range(len(reading))]


def _currency(reading: Reading, name: str) -> TextColumn:
    column = reading.text(name)
    reading.need(name, column.present)
    odd = [index for index, text in enumerate(_upper(reading, column)) if text and not _CURRENCY.fullmatch(text)]
    reading.problems.refuse_all(
        np.array(odd, dtype=np.int64), reading.header(name), "this is no currency.",
        "Write three letters such as CNY, USD or EUR.",
    )  # fmt: skip
    return column
