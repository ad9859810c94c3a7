"""Whether a money column holds the line's or the order's money: names such as Total do not tell, the numbers do."""

from dataclasses import replace

import numpy as np

from yunying.connectors.csv.numbers import multiply
from yunying.connectors.csv.order_lines import Int
from yunying.connectors.csv.reading import Reading
from yunying.kernel.errors import OperatorError

_LINE_FIELD = {
    "order_total": "line_amount", "order_paid": "line_amount", "order_goods": "line_amount",
    "order_discount": "line_discount", "order_refund": "refund_amount", "order_shipping": "line_shipping",
    "order_tax": "line_tax",
}  # fmt: skip
"""What a column is when it turns out to hold money of the line."""

_MOST = 0.5
_DEAREST = 1.3  # of quantity times price: what tax can add to a line


def with_levels(reading: Reading) -> Reading:
    """The reading with every column of order money that really holds line money mapped as such.

    A preset knows its columns, so only those recognised by name are looked at. A column holds line money if it differs
    between the lines of most orders that have several, or if it always equals quantity times price.

    Raises:
        OperatorError: ``discount-rate`` if a discount per line is a share, not an amount.
    """
    if reading.map.preset or not reading.has("order"):
        return reading
    order = reading.text("order").codes
    sizes = np.bincount(order[order >= 0], minlength=1)
    several = (order >= 0) & (sizes[np.maximum(order, 0)] > 1)
    columns = dict(reading.map.columns)
    if "order_discount" in columns and not {"line_amount", "order_total", "order_paid"} & columns.keys():
        _refuse_rates(reading, "order_discount", columns["order_discount"])
    for name, line_field in _LINE_FIELD.items():
        if name not in columns or not several.any() or not _is_of_line(reading, name, order, several):
            continue
        header = columns.pop(name)
        if line_field in columns or (line_field == "line_discount" and "line_amount" in columns):
            reading.notes.append(f"Column {header!r} was not used: the lines' amounts hold it already.")
            continue
        if line_field == "line_discount":
            _refuse_rates(reading, name, header)
        columns[line_field] = header
        reading.notes.append(f"Column {header!r} was read as money of the line, since it differs within orders.")
    return replace(reading, map=replace(reading.map, columns=columns))


def _is_of_line(reading: Reading, name: str, order: Int, several: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    cells = reading.decimals(name)
    used = np.flatnonzero(several & cells.present)
    if not len(used):
        return False
    lowest = np.full(int(order.max()) + 1, np.iinfo(np.int64).max)
    highest = np.full(int(order.max()) + 1, np.iinfo(np.int64).min)
    np.minimum.at(lowest, order[used], cells.values[used])
    np.maximum.at(highest, order[used], cells.values[used])
    seen = lowest <= highest
    differ = (lowest < highest)[seen].mean() > _MOST
    if name not in ("order_total", "order_paid", "order_goods") or not reading.has("unit_price"):
        return bool(differ)
    quantity, price = reading.decimals("quantity"), reading.decimals("unit_price")
    gross, _ = multiply(quantity.values // 1_000_000, price.values)
    gross, own = np.abs(gross[used]), np.abs(cells.values[used])
    equal = np.abs(own - gross) <= 10_000
    return bool(equal.all() or (differ and (own <= gross * _DEAREST + 10_000).mean() > 0.9))


def _refuse_rates(reading: Reading, name: str, header: str) -> None:
    cells = reading.decimals(name)
    given = np.abs(cells.values[cells.present])
    if len(given) and (given < 1_000_000).all() and given.any():
        raise OperatorError(
            "discount-rate",
            f"Column {header!r} seems to hold shares (0 to 1), not money.",
            "Map the amount that was paid for the line to line_amount, and leave the discount out (order_discount: ).",
        )
