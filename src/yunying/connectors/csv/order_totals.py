"""Money that stands once per order (discount, postage, tax, refund), spread over its lines so that sums stay exact."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.connectors.csv.numbers import Numbers, to_minor
from yunying.connectors.csv.order_lines import Int, Lines
from yunying.connectors.csv.reading import Reading
from yunying.connectors.csv.spreading import spread


@dataclass(frozen=True)
class Totals:
    """What the orders' own money comes to.

    Args:
        amount: int64, shape (lines,): minor units of each line with its shares of discount and tax.
        before_tax: int64, shape (lines,): the same without the tax that came on top of the file's prices.
        tax: int64, shape (lines,): the tax inside; ``has_tax`` says whether the order states one.
        shipping: int64, shape (orders,): postage charged.
        other: int64, shape (orders,): what the total holds beyond goods, postage and tax (tips, duties).
    """

    amount: Int
    before_tax: Int
    tax: Int
    has_tax: NDArray[np.bool_]
    shipping: Int
    other: Int


def settle(reading: Reading, lines: Lines, is_paid: NDArray[np.bool_]) -> Totals:
    """Reconcile the lines with the orders' totals.

    The order's total decides: whether a stated discount is already in the lines, and whether tax comes on top, is
    whichever reading makes lines, discount, postage and tax sum to it; what no reading explains is a discount (below)
    or a line of its own (above).

    Args:
        reading: the file being read.
        lines: the lines of the orders, none of them negative.
        is_paid: bool, shape (orders,): whether the order was paid, so that what was paid is its total.
    """
    orders = len(lines.orders)
    stated = _Stated(reading, lines, orders)
    goods = np.zeros(orders, dtype=np.int64)
    np.add.at(goods, lines.order, lines.net)
    total = stated.total(is_paid)
    # Amounts of lines are what was paid: only a total can say that a discount is still to be taken off them.
    expected_discount = np.zeros_like(goods) if reading.has("line_amount") else _discount(goods, stated)
    total_value = np.where(total.present, total.values, goods - expected_discount + stated.shipping)
    if (stated.tax.present & ~total.present & (stated.tax.values > 0)).any():
        reading.notes.append("No total tells whether the file's tax is inside its prices: it was taken to be inside.")
    discount, tax_on_top = _explain(goods, stated, total_value)
    rest = total_value - (goods - discount + stated.shipping + tax_on_top)
    discount += np.maximum(-rest, 0)
    other = np.maximum(rest, 0)
    has_line_money = any(reading.has(name) for name in ("unit_price", "line_amount", "line_due"))
    by_quantity = (goods == 0) & (other > 0) & (not has_line_money)
    shipping = stated.shipping - np.maximum(discount - goods, 0)
    discount = np.minimum(discount, goods)
    _refuse_negative(reading, lines, shipping)
    shipping = np.maximum(shipping, 0)
    amount = lines.net - spread(discount, lines.net, lines.order)
    amount += spread(np.where(by_quantity, other, 0), lines.quantity, lines.order)
    before_tax = amount
    amount = before_tax + spread(tax_on_top, before_tax, lines.order)
    sums = goods - discount + tax_on_top + np.where(by_quantity, other, 0)
    tax = spread(np.clip(stated.tax.or_zero(), 0, sums), amount, lines.order)
    return Totals(amount, before_tax, tax, stated.tax.present, shipping, np.where(by_quantity, 0, other))


class _Stated:
    """The order-level money that the file gives, per order."""

    def __init__(self, reading: Reading, lines: Lines, orders: int) -> None:
        def per_order(name: str) -> Numbers:
            return first_of_order(reading, lines, name, orders)

        self.due = per_order("order_total")
        self.paid = per_order("order_paid")
        self.goods = per_order("order_goods")
        self.tax = per_order("order_tax")
        if reading.has("line_tax"):
            self.tax = sum_of_order(reading, lines, "line_tax", orders)
        self.shipping = np.abs(per_order("order_shipping").or_zero())
        if reading.has("line_shipping"):
            promotion = sum_of_order(reading, lines, "line_shipping_promotion", orders).values
            self.shipping = np.maximum(sum_of_order(reading, lines, "line_shipping", orders).values - promotion, 0)
        self.discount = np.abs(per_order("order_discount").or_zero())

    def total(self, is_paid: NDArray[np.bool_]) -> Numbers:
        use_paid = self.paid.present & np.where(self.due.present, is_paid & (self.paid.values > 0), True)
        present = use_paid | self.due.present
        return Numbers(np.where(use_paid, self.paid.values, self.due.values), present)


def _discount(goods: Int, stated: _Stated) -> Int:
    by_subtotal = stated.goods.present & (stated.goods.values < goods)
    return np.where(by_subtotal, goods - stated.goods.values, np.minimum(stated.discount, goods))


def _explain(goods: Int, stated: _Stated, total: Int) -> tuple[Int, Int]:
    """Discount and tax on top of each order, where they explain its total; else none."""
    none = np.zeros(len(goods), dtype=np.int64)
    below = np.where(stated.goods.present, np.maximum(goods - stated.goods.values, 0), 0)
    tax = stated.tax.or_zero()
    discount, on_top = none.copy(), none.copy()
    open_orders = np.ones(len(goods), dtype=bool)
    for extra in (none, tax):
        for taken in (none, below, stated.discount, below + stated.discount):
            fits = open_orders & (goods - taken + stated.shipping + extra == total)
            discount[fits], on_top[fits] = taken[fits], extra[fits]
            open_orders &= ~fits
    return discount, on_top


def _refuse_negative(reading: Reading, lines: Lines, shipping: Int) -> None:
    for order in np.flatnonzero(shipping < 0).tolist():
        row = int(lines.row[np.flatnonzero(lines.order == order)[0]])
        reading.problems.refuse(
            row, reading.header("order_total"), "the discount exceeds goods and postage: less than nothing is due.",
            "Correct the amounts, or leave the order out.",
        )  # fmt: skip


def sum_of_order(reading: Reading, lines: Lines, name: str, orders: int) -> Numbers:
    """Money that stands on each line but belongs to the order as a whole: its sum in minor units."""
    cells = reading.decimals(name)
    minor = np.abs(to_minor(cells.values, reading.money))
    filled = np.flatnonzero(cells.present[lines.row])
    values, present = np.zeros(orders, dtype=np.int64), np.zeros(orders, dtype=bool)
    np.add.at(values, lines.order[filled], minor[lines.row[filled]])
    present[lines.order[filled]] = True
    return Numbers(values, present)


def first_of_order(reading: Reading, lines: Lines, name: str, orders: int) -> Numbers:
    """Order-level money in minor units: the order's first filled cell; lines that disagree become problems."""
    if not reading.has(name):
        return Numbers(np.zeros(orders, dtype=np.int64), np.zeros(orders, dtype=bool))
    cells = reading.decimals(name)
    minor = to_minor(cells.values, reading.money)
    filled = np.flatnonzero(cells.present[lines.row])[::-1]
    values, present = np.zeros(orders, dtype=np.int64), np.zeros(orders, dtype=bool)
    values[lines.order[filled]] = minor[lines.row[filled]]
    present[lines.order[filled]] = True
    differs = cells.present[lines.row] & (minor[lines.row] != values[lines.order])
    reading.problems.refuse_all(
        lines.row[differs], reading.header(name), "the lines of the order give different amounts for the whole order.",
        "If the column holds money of the line, map it to line_amount, line_discount or refund_amount.",
    )  # fmt: skip
    negative = (
        cells.present[lines.row] & (minor[lines.row] < 0) & (name in ("order_total", "order_paid", "order_goods"))
    )
    reading.problems.refuse_all(lines.row[negative], reading.header(name), "the amount is below zero.", "Correct it.")
    return Numbers(values, present)
