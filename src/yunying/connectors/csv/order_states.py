"""What happened to each order line, and when: the rows that a line has, one for each state it has reached."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.connectors.csv.dates import Moments
from yunying.connectors.csv.order_lines import Int, Lines, Mask
from yunying.connectors.csv.problems import refuse_texts, shown
from yunying.connectors.csv.reading import Reading
from yunying.connectors.csv.records import TextColumn
from yunying.connectors.csv.synonyms import normal_form, refund_statuses, statuses
from yunying.facts.schema import LINE_KINDS, ORDER_STATES
from yunying.kernel.errors import OperatorError

_STATUS_FIELDS = ("status", "financial_status", "fulfillment_status")
_DATE_FIELDS = ("date", "placed_at", "paid_at", "shipped_at", "refunded_at", "cancelled_at")


@dataclass(frozen=True)
class StateRows:
    """Rows of one state.

    Args:
        line: index into the lines.
        when: the date of each row.
        quantity: units of this state.
        amount: minor units of this state.
        kind: code into ``LINE_KINDS``.
    """

    state: str
    line: Int
    when: Moments
    quantity: Int
    amount: Int
    kind: Int


@dataclass(frozen=True)
class History:
    """Dates and reached states of each record; the dates are those that the file gives, by field.

    Args:
        reached: bool, shape (rows, states) in the order of ``ORDER_STATES``: what the status words say.
        has_status: where the file gives a status word.
    """

    dates: dict[str, Moments]
    reached: NDArray[np.bool_]
    has_status: Mask

    def first_known(self, *names: str) -> Moments:
        """The first of these dates that a row has."""
        return _first_known([self.dates[name] for name in names if name in self.dates])


def read_history(reading: Reading, order: Int) -> History:
    """Read dates and states; a cell that an export writes only on an order's first line holds for the whole order.

    Raises:
        OperatorError: ``missing-column`` if no column holds a date.
    """
    dates = {name: _dates_of(reading, name, order) for name in _DATE_FIELDS if reading.has(name)}
    if not {"date", "placed_at", "paid_at"} & dates.keys():
        raise OperatorError(
            "missing-column",
            "No column was recognised as the date of the order or of its payment.",
            "Export with dates, or name the column in a map (--map).",
        )
    reached = np.zeros((len(reading), len(ORDER_STATES)), dtype=bool)
    has_status = np.zeros(len(reading), dtype=bool)
    for name in _STATUS_FIELDS:
        if reading.has(name):
            column = fill_order(reading.text(name), order)
            reached |= _reached(reading, column)
            has_status |= column.present
    history = History(dates, reached, has_status)
    placed = history.first_known("placed_at", "date", "paid_at")
    header = next(reading.header(name) for name in ("placed_at", "date", "paid_at") if name in dates)
    reading.problems.refuse_all(
        np.flatnonzero(~placed.present), header, "the row has no date.", "Fill it in, or leave the order out."
    )
    return history


def fill_order(column: TextColumn, order: Int) -> TextColumn:
    """The column with an order's cell on all its lines, if only first lines of orders are filled."""
    filled = _fill_places(column.present, order)
    return column if filled is None else TextColumn(column.header, column.codes[filled], column.texts)


def _fill_places(present: Mask, order: Int) -> Int | None:
    """For each row the row to take the cell from; None if cells stand on every line."""
    if not len(present):
        return None
    first = np.full(int(order.max()) + 1, -1, dtype=np.int64)
    rows = np.arange(len(order))
    first[order[::-1]] = rows[::-1]
    if present.all() or (present & (first[order] != rows)).any():
        return None
    return first[order]


def _dates_of(reading: Reading, name: str, order: Int) -> Moments:
    moments = reading.moments(name)
    filled = None if _tells_lines_apart(reading) else _fill_places(moments.present, order)
    return moments if filled is None else take_moments(moments, filled)


def _tells_lines_apart(reading: Reading) -> bool:
    """Whether each line has a number and a state of its own, so that an empty date is that line's too."""
    return reading.has("line") and any(reading.text(name).present.all() for name in _STATUS_FIELDS)


def take_moments(moments: Moments, places: Int) -> Moments:
    """The dates at these rows."""
    return Moments(moments.days[places], moments.at[places], moments.present[places], moments.timed[places])


def _first_known(choices: list[Moments]) -> Moments:
    result = choices[0]
    for other in choices[1:]:
        result = _choose(result.present, result, other)
    return result


def _choose(mask: Mask, first: Moments, second: Moments) -> Moments:
    return Moments(
        np.where(mask, first.days, second.days), np.where(mask, first.at, second.at),
        np.where(mask, first.present, second.present), np.where(mask, first.timed, second.timed),
    )  # fmt: skip


def _latest_known(choices: list[Moments]) -> Moments:
    result = choices[0]
    for other in choices[1:]:
        later = other.present & (~result.present | (other.days > result.days))
        result = _choose(later, other, result)
    return result


def _reached(reading: Reading, column: TextColumn) -> NDArray[np.bool_]:
    known = {**statuses(), **reading.map.statuses}
    table = np.zeros((len(column.texts) + 1, len(ORDER_STATES)), dtype=bool)
    for place, text in enumerate(column.texts):
        for state in _states_of(text, known) or ():
            table[place, ORDER_STATES.index(state)] = True

    def complaint(text: str) -> str:
        return "" if _states_of(text, known) else f"the state {shown(text)} is not known."

    refuse_texts(
        column, complaint, reading.problems,
        "Say in the map what has happened then, such as statuses: {my word: [placed, paid]}.",
    )  # fmt: skip
    return table[column.codes]


def _states_of(text: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    return known.get(normal_form(text))


def event_states(reading: Reading, lines: Lines, history: History) -> list[StateRows]:
    """Each row is a sale, or takes one back: by the prefix of its order's number, or because it is negative."""
    when = take_moments(history.first_known("placed_at", "date", "paid_at"), lines.row)
    prefix = reading.map.option("cancelled_prefix")
    has_prefix = np.array([bool(prefix) and text.startswith(str(prefix)) for text in lines.orders], dtype=bool)
    cancelled = lines.is_negative & (has_prefix[lines.order] if len(lines.orders) else lines.is_negative)
    refunded = lines.is_negative & ~cancelled
    adjustment = LINE_KINDS.index("adjustment")
    is_adjustment = refunded & (reading.map.option("negative_rows") == "adjustment")
    kind = np.where(is_adjustment, adjustment, lines.kind)
    parts = (("paid", ~lines.is_negative), ("refunded", refunded), ("cancelled", cancelled))
    return [
        StateRows(state, line, take_moments(when, line), lines.quantity[line], lines.net[line], kind[line])
        for state, mask in parts
        if len(line := np.flatnonzero(mask))
    ]


@dataclass(frozen=True)
class Reached:
    """Which states each line has reached, and when."""

    paid: Mask
    shipped: Mask
    cancelled: Mask
    refunded: Mask
    placed_when: Moments
    paid_when: Moments
    shipped_when: Moments
    cancelled_when: Moments
    refunded_when: Moments


def reached_states(reading: Reading, history: History, row: Int) -> Reached:
    """Join what status words and dates say; where a date is missing it is taken from a neighbour, and noted."""
    dates = {name: take_moments(moments, row) for name, moments in history.dates.items()}
    said = {state: history.reached[row, place] for place, state in enumerate(ORDER_STATES)}
    has_status = history.has_status[row]

    def given(name: str) -> Mask:
        return dates[name].present if name in dates else np.zeros(len(row), dtype=bool)

    nothing_said = ~has_status & ("paid_at" not in dates)
    if nothing_said.any():
        reading.notes.append(
            f"{int(nothing_said.sum()):,} lines have neither a state nor a payment time: they count as paid."
        )
    cancelled = said["cancelled"] | given("cancelled_at")
    paid = given("paid_at") | (said["paid"] & ~said["cancelled"]) | nothing_said
    placed_when = _first_known([dates[name] for name in ("placed_at", "date", "paid_at") if name in dates])
    paid_when = _first_known([dates[name] for name in ("paid_at", "date", "placed_at") if name in dates])
    if "paid_at" in dates and (undated := paid & ~given("paid_at")).any():
        reading.notes.append(f"{int(undated.sum()):,} paid lines have no payment time; the order's date was taken.")
    shipped = given("shipped_at")
    if (undated := said["shipped"] & ~shipped).any():
        reading.notes.append(f"{int(undated.sum()):,} shipped lines have no shipping time: no shipment is recorded.")
    last = _latest_known([placed_when, paid_when, *([dates["shipped_at"]] if "shipped_at" in dates else [])])
    cancelled_when = _first_known([dates["cancelled_at"], last]) if "cancelled_at" in dates else last
    if (undated := cancelled & ~given("cancelled_at")).any():
        reading.notes.append(
            f"{int(undated.sum()):,} cancelled lines have no time of it; their last known date was taken."
        )
    back = _choose(cancelled, cancelled_when, last)
    refunded_when = _first_known([dates["refunded_at"], back]) if "refunded_at" in dates else back
    return Reached(
        paid, shipped, cancelled, said["refunded"] & paid, placed_when, paid_when,
        dates.get("shipped_at", last), cancelled_when, refunded_when,
    )  # fmt: skip


def money_went_back(reading: Reading) -> Mask | None:
    """Per record, whether its refund's state says that money went back; None if the file has no such column."""
    if not reading.has("refund_status"):
        return None
    column = reading.text("refund_status")
    known = refund_statuses()
    refuse_texts(
        column, lambda text: "" if normal_form(text) in known else f"the refund's state {shown(text)} is not known.",
        reading.problems, "Correct it, or leave refund_status unmapped (refund_status: in the map).",
    )  # fmt: skip
    return column.flags([known.get(normal_form(text), False) for text in column.texts])
