"""The tables that an order file becomes: order lines in their states, and the products they name."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yunying.connectors.csv.dates import Moments
from yunying.connectors.csv.numbers import price_array
from yunying.connectors.csv.order_lines import GOODS, Int, Lines, Mask
from yunying.connectors.csv.order_states import StateRows, fill_order
from yunying.connectors.csv.problems import shown
from yunying.connectors.csv.reading import Reading, without_trailing_zeros
from yunying.connectors.csv.records import TextColumn, take_texts
from yunying.connectors.csv.synonyms import marks
from yunying.facts.schema import AT, DATE, LINE_KINDS, REALITIES, SOURCE_ROW, WHOLE

_CARRIED = {"channel": "channel", "campaign": "campaign", "promotion": "promotion"}
_TRUE = frozenset(("true", "yes", "1", "y", "是", "测试", "test"))


def order_table(reading: Reading, lines: Lines, states: Sequence[StateRows], extra: dict[str, Int]) -> pa.Table:
    """All rows of all states.

    Args:
        reading: the file being read.
        lines: all lines.
        states: the parts, one for each state.
        extra: nullable amounts by column, int64 per line, negative where unknown; they stand on the paid rows, and on
            the placed row of a line that was not paid.
    """
    attributes = _attributes(reading, lines)
    reality = realities(reading, lines)
    return pa.concat_tables([_state_table(reading, lines, part, attributes, reality, extra) for part in states])


def _state_table(
    reading: Reading,
    lines: Lines,
    part: StateRows,
    attributes: dict[str, TextColumn],
    reality: Int,
    extra: dict[str, Int],
) -> pa.Table:
    line = part.line
    size = len(line)
    columns: dict[str, pa.Array] = {
        "order": take_texts(lines.orders, lines.order[line]),
        "line": pa.array(lines.key[line], pa.string()),
        "state": _constant(part.state, size),
        "occurrence": _constant("", size),
        "date": date_array(part.when),
        "at": moment_array(part.when),
        "product": take_texts(lines.product.texts, lines.product.codes[line]),
        "line_kind": take_texts(LINE_KINDS, part.kind),
        "quantity": pa.array(part.quantity, WHOLE),
        "list_price": price_array(lines.price.values[line], lines.price.present[line]),
        "amount_minor": pa.array(part.amount, WHOLE),
        "reality": take_texts(REALITIES, reality[line]),
        SOURCE_ROW: pa.array(reading.records.row_numbers[lines.row[line]], WHOLE),
    }
    for name, column in attributes.items():
        columns[name] = take_texts(column.texts, column.codes[lines.row[line]])
    for name, values in extra.items():
        known = values[line] if part.state in ("placed", "paid") else np.full(size, -1, dtype=np.int64)
        columns[name] = pa.array(known, WHOLE, mask=known < 0)
    if reading.has("unit_cost"):
        cost = reading.positive("unit_cost", reading.decimals("unit_cost"))
        columns["unit_cost"] = price_array(cost.values[lines.row[line]], cost.present[lines.row[line]])
    return pa.table(columns)


def _constant(text: str, size: int) -> pa.Array:
    return pa.array([text], pa.string()).take(pa.array(np.zeros(size, dtype=np.int64)))


def date_array(moments: Moments) -> pa.Array:
    """The dates as Arrow dates, null where absent."""
    return pa.array(moments.days.astype(np.int32), pa.int32(), mask=~moments.present).cast(DATE)


def moment_array(moments: Moments) -> pa.Array:
    """The moments as Arrow timestamps in UTC, null where the text gave no time of day or the zone is not known."""
    return pa.array(moments.at, pa.int64(), mask=~(moments.present & moments.timed)).cast(AT)


def _attributes(reading: Reading, lines: Lines) -> dict[str, TextColumn]:
    """Texts of the order that go with each line: member, region, channel, campaign, promotion."""
    order = order_of_rows(reading, lines)
    found = {column: fill_order(reading.text(name), order) for name, column in _CARRIED.items() if reading.has(name)}
    region = next((name for name in ("region", "country") if reading.has(name)), None)
    if region:
        found["region"] = fill_order(reading.text(region), order)
    if member := _members(reading, order):
        found["member"] = member
    return found


def order_of_rows(reading: Reading, lines: Lines) -> Int:
    """The order's code of every record."""
    order = np.zeros(len(reading), dtype=np.int64)
    order[lines.row] = lines.order
    return order


def _members(reading: Reading, order: Int) -> TextColumn | None:
    """Random keys for the buyers: from their id, else their e-mail or phone, which never enter the facts."""
    for name in ("customer", "email", "phone"):
        column = fill_order(without_trailing_zeros(reading.text(name)), order)
        if column.texts:
            break
    else:
        return None
    keys = reading.member_keys(sorted(column.texts))
    return TextColumn(column.header, column.codes, tuple(keys[text] for text in column.texts))


def realities(reading: Reading, lines: Lines) -> Int:
    """Codes into ``REALITIES`` per line: a mark on any line of an order marks the order."""
    test = np.zeros(len(reading), dtype=bool)
    brushed = np.zeros(len(reading), dtype=bool)
    for name in ("note", "tags", "payment_method"):
        test |= _matching(reading.text(name), "test")
        brushed |= _matching(reading.text(name), "brushed")
    flag = reading.text("test")
    test |= flag.flags([text.casefold() in _TRUE for text in flag.texts])
    stated = reading.text("reality")
    for text in stated.texts:
        if text not in REALITIES:
            rows = np.flatnonzero(stated.codes == stated.texts.index(text))
            reading.problems.refuse_all(
                rows, stated.header, f"{shown(text)} is none of {', '.join(REALITIES)}.", "Write one of them."
            )
    test |= stated.flags([text == "test" for text in stated.texts])
    brushed |= stated.flags([text == "brushed" for text in stated.texts])
    code = np.where(brushed, REALITIES.index("brushed"), np.where(test, REALITIES.index("test"), 0))
    if not code.any():
        return np.zeros(len(lines), dtype=np.int64)
    per_order = np.zeros(len(lines.orders), dtype=np.int64)
    np.maximum.at(per_order, lines.order, code[lines.row])
    return per_order[lines.order]


def _matching(column: TextColumn, reality: str) -> Mask:
    pattern = marks(reality)
    return column.flags(bool(pattern.search(text)) for text in column.texts)


def product_table(reading: Reading, lines: Lines, title: TextColumn, dates: Moments) -> pa.Table | None:
    """Each product's most frequent title (and category, brand) as of its first order in the file."""
    texts = {"title": title, "category": reading.text("category"), "brand": reading.text("brand")}
    texts = {name: column for name, column in texts.items() if column.texts}
    goods = np.flatnonzero(lines.kind == GOODS)
    if not texts or not len(goods):
        return None
    product = lines.product.codes[goods]
    first_day = np.full(len(lines.product.texts), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(first_day, product, dates.days[lines.row[goods]])
    first_row = np.zeros(len(lines.product.texts), dtype=np.int64)
    first_row[product[::-1]] = lines.row[goods][::-1]
    known = np.unique(product)
    columns: dict[str, pa.Array] = {
        "product": take_texts(lines.product.texts, known),
        "date": pa.array(first_day[known].astype(np.int32), pa.int32()).cast(DATE),
        SOURCE_ROW: pa.array(reading.records.row_numbers[first_row[known]], WHOLE),
    }
    for name, column in texts.items():
        per_line = column.codes if len(column.codes) == len(lines) else column.codes[lines.row]
        usual = most_frequent(product, per_line[goods], len(lines.product.texts))
        columns[name] = take_texts(column.texts, usual[known])
    table = pa.table(columns)
    return table.filter(pc.invert(pc.is_null(table.column("title")))) if "title" in texts else table


def most_frequent(group: Int, codes: Int, groups: int) -> Int:
    """For each group the code that stands most often; the first of equals; -1 if all are empty.

    >>> most_frequent(np.array([0, 0, 0, 1]), np.array([5, 6, 6, -1]), 2).tolist()
    [6, -1]
    """
    filled = np.flatnonzero(codes >= 0)
    result = np.full(groups, -1, dtype=np.int64)
    if not len(filled):
        return result
    width = int(codes.max()) + 1
    pairs, first, counts = np.unique(group[filled] * width + codes[filled], return_index=True, return_counts=True)
    order = np.lexsort((-first, counts))
    result[pairs[order] // width] = pairs[order] % width
    return result
