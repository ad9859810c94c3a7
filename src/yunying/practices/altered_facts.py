"""A store's facts in another unit of money, with other numbers, and with days that have not come yet."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yunying.facts.schema import DATE, PRICE, TABLES, WHOLE

MONEY_FACTOR = 100
FUTURE_DAYS = 30


def with_more_money(rows: pa.Table, name: str) -> pa.Table:
    """The rows of a fact table with every price and amount times ``MONEY_FACTOR``."""
    for column in TABLES[name].columns:
        if column.name not in rows.column_names:
            continue
        at, values = rows.schema.get_field_index(column.name), rows.column(column.name)
        if column.type == PRICE:
            # Decimals widen when multiplied; the schema's type holds the product all the same.
            more = pc.multiply(values.cast(pa.decimal128(30, 6)), pa.scalar(MONEY_FACTOR, pa.decimal128(3, 0)))
            rows = rows.set_column(at, column.name, more.cast(PRICE))
        elif column.name.endswith("_minor"):
            rows = rows.set_column(at, column.name, pc.multiply(values, MONEY_FACTOR))
    return rows


def with_richer_settings(policy: Any) -> Any:
    """The policy with its settings of money times ``MONEY_FACTOR``."""
    in_money = [each.name for each in fields(policy) if each.metadata["setting"].unit == "minor units"]
    known = {name: getattr(policy, name) for name in in_money}
    return replace(policy, **{name: value * MONEY_FACTOR for name, value in known.items() if value is not None})


def mangled(rows: pa.Table, name: str) -> pa.Table:
    """Other numbers in every column that holds some, still within the schema's ranges."""
    for column in TABLES[name].columns:
        if column.name in rows.column_names and column.type in (WHOLE, PRICE):
            at, values = rows.schema.get_field_index(column.name), rows.column(column.name)
            more = pc.add(pc.multiply(values.cast(pa.float64()), 7.0), 1.0)
            rows = rows.set_column(at, column.name, more.cast(rows.schema.field(at).type))
    return rows


def with_future(rows: pa.Table, name: str, as_of: date) -> pa.Table:
    """The rows, and their newest ones once more with other numbers on ``as_of`` and the days after it."""
    at = rows.schema.get_field_index("date")
    newest = rows.sort_by([("date", "descending")]).slice(0, 2000)
    days = [as_of + timedelta(days=place % FUTURE_DAYS) for place in range(len(newest))]
    later = mangled(newest.set_column(at, "date", pa.array(days, DATE)), name)
    return pa.concat_tables([rows, later.cast(rows.schema)])
