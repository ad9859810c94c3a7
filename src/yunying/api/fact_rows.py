"""Rows that came as JSON, checked as the door of the facts checks them, before anything is kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from yunying.facts.door import admit
from yunying.facts.schema import AMOUNT, AT, DATE, PRICE, SHARE, TABLES, TEXT, TRUTH, Column, FactTable
from yunying.inbox.box import Incoming
from yunying.kernel.errors import FactError, RowProblem

TAKEN = tuple(name for name in TABLES if name not in ("store", "intervention", "audit_head", "promotion"))
"""The tables that programs may write to: a store's currency, and what the ledger says, come from elsewhere."""
MOST_CHARS = 1000
MOST_ID_CHARS = 120
_FIRST_YEAR = 1970
_WHOLE_PRICE = Decimal(10) ** 12


class _Odd(Exception):
    """A value that is none of its column's; what it should be stands in the arguments."""


def rows_checked(table: FactTable, rows: Sequence[Mapping[str, Any]], latest_date: date) -> list[Incoming]:
    """The rows in one canonical form, each with its id.

    Raises:
        FactError: what is wrong, row by row; nothing of them may be kept.
    """
    columns = {column.name: column for column in table.columns if column.name != "store"}
    problems: list[RowProblem] = []
    read: list[dict[str, Any]] = []
    found: list[Incoming] = []
    for number, row in enumerate(rows, 1):
        typed, plain = _row(columns, row, number, problems)
        day = typed.get(table.date_column)
        if isinstance(day, date) and day > latest_date:
            problems.append(RowProblem(number, table.date_column, "the day has not come yet.", "Correct it."))
        found.append(Incoming(plain, _identity(row.get("id"), number, problems)))
        read.append(typed)
    if problems:
        raise FactError(table.name, problems)
    schema = pa.schema([pa.field(column.name, column.type) for column in columns.values()])
    admit(table, pa.Table.from_pylist([{name: row.get(name) for name in columns} for row in read], schema=schema))
    return found


def _row(
    columns: Mapping[str, Column], row: Mapping[str, Any], number: int, problems: list[RowProblem]
) -> tuple[dict[str, Any], dict[str, Any]]:
    typed: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for name, value in row.items():
        if name == "id" or value is None:
            continue
        column = columns.get(name)
        if column is None:
            problems.append(RowProblem(number, name[:60], "there is no such column.", f"Use: {', '.join(columns)}."))
            continue
        try:
            typed[name], plain[name] = _READ[column.type](value)
        except _Odd as error:
            problems.append(RowProblem(number, name, "the value does not fit.", f"Write {error.args[0]}."))
    return typed, plain


def _identity(value: Any, number: int, problems: list[RowProblem]) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and 1 <= len(value) <= MOST_ID_CHARS:
        return value
    problems.append(RowProblem(number, "id", "the id cannot be used.", f"Give a text of 1 to {MOST_ID_CHARS}."))
    return ""


def _text(value: Any) -> tuple[str, str]:
    if not isinstance(value, str) or len(value) > MOST_CHARS:
        raise _Odd(f"a text of at most {MOST_CHARS} characters")
    return value, value


def _day(value: Any) -> tuple[date, str]:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _Odd("a day such as 2026-11-25") from None
    if day.year < _FIRST_YEAR:
        raise _Odd("a day from 1970 on")
    return day, day.isoformat()


def _moment(value: Any) -> tuple[datetime, str]:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None or at.year < _FIRST_YEAR or at.year > 9998:
            raise ValueError
        at = at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise _Odd("a moment with its offset, such as 2026-11-25T10:00:00+08:00") from None
    return at, at.isoformat()


def _whole(value: Any) -> tuple[int, int]:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise _Odd("a whole number")
    return value, value


def _price(value: Any) -> tuple[Decimal, str]:
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 40:
            raise _Odd("")
        price = Decimal(str(value))
        is_kept = price.is_finite() and abs(price) < _WHOLE_PRICE and price == round(price, 6)
    except (_Odd, InvalidOperation, ValueError):
        is_kept = False
    if not is_kept:
        raise _Odd('a price with at most six decimals, best as a text such as "19.90"')
    return price, format(price.normalize(), "f")


def _share(value: Any) -> tuple[float, float]:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**12:
        raise _Odd("a number")
    return float(value), float(value)


def _truth(value: Any) -> tuple[bool, bool]:
    if not isinstance(value, bool):
        raise _Odd("true or false")
    return value, value


_READ: Mapping[pa.DataType, Callable[[Any], tuple[Any, Any]]] = {
    TEXT: _text, DATE: _day, AT: _moment, AMOUNT: _whole, PRICE: _price, SHARE: _share, TRUTH: _truth,
}  # fmt: skip
