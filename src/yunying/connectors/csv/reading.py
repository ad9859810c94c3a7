"""One file being read: its records, its map, what the operator stated, and the problems and notes met on the way."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yunying.connectors.csv.dates import Moments, order_of_columns, read_moments
from yunying.connectors.csv.mapping import ColumnMap
from yunying.connectors.csv.numbers import Mark, Numbers, read_decimals, read_wholes, refuse_other_signs, telling_mark
from yunying.connectors.csv.problems import Problems, refuse_texts, shown
from yunying.connectors.csv.records import Records, TextColumn
from yunying.kernel.errors import OperatorError

MemberKeys = Callable[[Sequence[str]], Mapping[str, str]]

_SCIENTIFIC = re.compile(r"\d\.\d+[eE]\+?\d+|\d[eE]\+\d+")
_LONG_DIGITS = re.compile(r"\d{16,}")
_TRAILING_ZERO = re.compile(r"\d+\.0+")
_KEY_LENGTH = 200
_SHORT = 16
_NUMERIC = frozenset(
    (
        "quantity", "unit_price", "line_amount", "line_due", "line_discount", "line_tax", "line_shipping",
        "order_total", "order_paid", "order_goods", "order_shipping", "order_discount", "order_tax", "order_refund",
        "refund_amount", "line_promotion", "line_shipping_promotion",
        "refund_quantity", "unit_cost", "commission", "payment_fee", "shipping_cost", "list_price", "on_hand",
        "received_quantity", "spend", "impressions", "clicks", "from_quantity", "lead_time_days", "pack_quantity",
        "minimum_quantity", "minimum_order",
    )
)  # fmt: skip
_SHEET_ERRORS = frozenset(("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))


@dataclass(frozen=True)
class Reading:
    """What the readers of every kind work on.

    Args:
        currency: the file's currency, None if nobody has said.
        time_zone: the store's zone, None if nobody has said.
        default_date: the date of undated rows, where the kind allows one.
        latest_date: the last date that a row may have; None to accept any.
        notes: assumptions that were made, one sentence each.
    """

    records: Records
    map: ColumnMap
    member_keys: MemberKeys
    currency: str | None
    time_zone: str | None
    default_date: date | None
    latest_date: date | None
    problems: Problems
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.records)

    def has(self, name: str) -> bool:
        """Whether a column holds this field."""
        return name in self.map.columns

    def header(self, name: str) -> str:
        """The column's name in the file, or the field's if there is none."""
        return self.map.columns.get(name, name)

    def text(self, name: str) -> TextColumn:
        """The field's column; all empty if there is none."""
        if not self.has(name):
            return TextColumn(name, np.full(len(self), -1, dtype=np.int64), ())
        return self.records.column(self.map.columns[name])

    def key(self, name: str, *, needed: bool = False) -> TextColumn:
        """The field's column as an identifier: numbers that a spreadsheet has mangled become problems."""
        column = without_trailing_zeros(self.text(name))
        refuse_mangled(column, self.problems)
        if needed:
            self.need(name, column.present)
        return column

    def need(self, name: str, present: NDArray[np.bool_]) -> None:
        """Rows where the field is empty become problems."""
        empty = np.flatnonzero(~present)
        header = self.header(name)
        self.problems.refuse_all(empty, header, "the cell is empty.", "Fill it in, or leave the row out.")

    @cached_property
    def decimal_mark(self) -> Mark:
        """What parts decimals, as the map says or the file's numbers tell; None where each column may decide."""
        stated = self.map.option("decimal")
        if stated is not None:
            return stated
        return telling_mark((self.text(name) for name in self.map.columns if name in _NUMERIC), self.records.delimiter)

    def decimals(self, name: str) -> Numbers:
        """The field in millionths; sums that bear the sign of another currency become problems."""
        if self.currency is not None:
            refuse_other_signs(self.text(name), self.problems, self.currency)
        return read_decimals(self.text(name), self.problems, self.decimal_mark, self.records.delimiter)

    def wholes(self, name: str) -> Numbers:
        """The field as whole numbers."""
        return read_wholes(self.text(name), self.problems, self.decimal_mark, self.records.delimiter)

    def positive(self, name: str, numbers: Numbers, minimum: int = 0) -> Numbers:
        """Values below the minimum become problems."""
        low = np.flatnonzero(numbers.present & (numbers.values < minimum))
        self.problems.refuse_all(low, self.header(name), f"the value is below {minimum}.", "Correct it.")
        return numbers

    def moments(self, name: str, *, may_be_future: bool = False) -> Moments:
        """The field as dates of the store's zone; where it cannot tell day from month, the other dates may."""
        latest = None if may_be_future else self.latest_date
        order = self.map.option("date_order")
        try:
            return read_moments(self.text(name), self.problems, zone=self.time_zone, order=order, latest=latest)
        except OperatorError as error:
            dates = [self.text(other) for other in self.map.columns if other.endswith(("date", "_at"))]
            order = order_of_columns(dates)
            if error.code != "ambiguous-dates" or order is None:
                raise
        self.notes.append(f"The file's other dates show which number is the day: {order}.")
        return read_moments(self.text(name), self.problems, zone=self.time_zone, order=order, latest=latest)

    @property
    def money(self) -> str:
        """The currency; OperatorError if nobody has said."""
        if self.currency is None:
            raise OperatorError(
                "currency-needed",
                "The file does not say in which currency its money is.",
                "Give the store's currency, such as --currency CNY.",
            )
        return self.currency

    def source_rows(self) -> pa.Array:
        """Each row's record number."""
        return pa.array(self.records.row_numbers, pa.int64())


def without_trailing_zeros(column: TextColumn) -> TextColumn:
    """Ids that a program wrote as fractions (17850.0), if all of the column are so, without the fraction."""
    if not column.texts or not all(_TRAILING_ZERO.fullmatch(text) for text in column.texts):
        return column
    places: dict[str, int] = {}
    codes = [places.setdefault(text.partition(".")[0], len(places)) for text in column.texts]
    new = np.array([*codes, -1], dtype=np.int64)
    return TextColumn(column.header, new[column.codes], tuple(places))


def refuse_mangled(column: TextColumn, problems: Problems) -> None:
    """Ids in scientific notation, and long ids that all end in zeros, have lost digits in a spreadsheet."""
    long = [text for text in column.texts if len(text) >= 16 and _LONG_DIGITS.fullmatch(text)]
    lost = len(long) > 1 and all(text.endswith("000") for text in long)

    def complaint(text: str) -> str:
        if len(text) < _SHORT and text.isalnum():
            return ""  # most ids: nothing below can be wrong with them
        if _SCIENTIFIC.fullmatch(text):
            return f"{shown(text)} is a number in which a spreadsheet has lost the last digits."
        if lost and _LONG_DIGITS.fullmatch(text):
            return f"{shown(text)} ends in zeros like all long numbers of the column: a spreadsheet has cut its digits."
        if text.upper() in _SHEET_ERRORS:
            return f"{text} is a spreadsheet's error, not a value."
        if len(text) > _KEY_LENGTH:
            return f"an identifier of {len(text)} characters is longer than {_KEY_LENGTH}."
        if any(character < " " for character in text):
            return "an identifier holds a line break or another control character."
        return ""

    refuse_texts(column, complaint, problems, "Export again, and keep the column as text when you open the file.")
