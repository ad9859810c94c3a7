"""Order files: from records to order lines in their states, with every total kept to the cent."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from yunying.connectors.csv.numbers import Numbers, to_minor
from yunying.connectors.csv.order_levels import with_levels
from yunying.connectors.csv.order_lines import Int, Lines, Mask, read_lines
from yunying.connectors.csv.order_states import (
    History,
    Reached,
    StateRows,
    event_states,
    money_went_back,
    reached_states,
    read_history,
    take_moments,
)
from yunying.connectors.csv.order_table import order_of_rows, order_table, product_table
from yunying.connectors.csv.order_totals import Totals, first_of_order, settle
from yunying.connectors.csv.reading import Reading
from yunying.connectors.csv.records import TextColumn
from yunying.connectors.csv.spreading import spread
from yunying.facts.schema import LINE_KINDS

SHIPPING_KEY, OTHER_KEY = "shipping", "other"
_COSTS = {"commission": "commission_minor", "payment_fee": "payment_fee_minor", "shipping_cost": "shipping_cost_minor"}


def read_orders(reading: Reading) -> dict[str, pa.Table]:
    """The tables ``order_line`` and, where the file names products, ``product``; empty if rows are bad."""
    reading = with_levels(reading)
    found = read_lines(reading) if not len(reading.problems) else None
    if found is None:
        return {}
    lines, title = found
    history = read_history(reading, order_of_rows(reading, lines))
    if len(reading.problems):
        return {}
    dates = history.first_known("placed_at", "date", "paid_at")
    products = product_table(reading, lines, title, dates)
    if reading.map.option("rows_are") == "events":
        states = event_states(reading, lines, history)
        table = order_table(reading, lines, states, {})
    else:
        table = _lives(reading, lines, history)
    if table is None or len(reading.problems):
        return {}
    return {"order_line": table, **({"product": products} if products is not None else {})}


def _lives(reading: Reading, all_lines: Lines, history: History) -> pa.Table | None:
    """The rows of orders that move through states; negative lines are goods sent back."""
    lines = _subset(all_lines, ~all_lines.is_negative)
    returns = _subset(all_lines, all_lines.is_negative)
    reached = reached_states(reading, history, lines.row)
    # Rows of their own say what went back: the order's state says it once more.
    told_apart = np.isin(lines.order, returns.order)
    reached = replace(reached, refunded=reached.refunded & ~told_apart)
    repaid = _repaid(reading, lines) & ~reached.paid
    if repaid.any():
        reading.notes.append(f"{int(repaid.sum()):,} lines count as paid since money went back for them.")
        reached = replace(reached, paid=reached.paid | repaid)
    order_is_paid = np.zeros(len(lines.orders), dtype=bool)
    np.logical_or.at(order_is_paid, lines.order, reached.paid)
    totals = settle(reading, lines, order_is_paid)
    refund = _refunds(reading, lines, totals, reached)
    if refund is None or len(reading.problems):
        return None
    full, amounts, refund = _with_order_lines(lines, totals, refund)
    source = np.concatenate((np.arange(len(lines)), full.row[len(lines) :]))
    states = _states(full, amounts, refund, _take(reached, _row_places(lines, full, source)), reading)
    if len(returns):
        when = take_moments(history.first_known("refunded_at", "date", "placed_at", "paid_at"), returns.row)
        place = np.arange(len(returns)) + len(full)
        states.append(StateRows("refunded", place, when, returns.quantity, returns.net, returns.kind))
        full = _joined(full, returns)
    extra = _extra(reading, lines, totals, len(full))
    return order_table(reading, full, [part for part in states if len(part.line)], extra)


def _repaid(reading: Reading, lines: Lines) -> Mask:
    """Lines for which money went back, so that it must have been paid, whatever their state says."""
    back = np.zeros(len(reading), dtype=bool)
    if reading.has("refund_amount"):
        cells = reading.decimals("refund_amount")
        went_back = money_went_back(reading)
        back = cells.present & (cells.values != 0) & (True if went_back is None else went_back)
    refunds = first_of_order(reading, lines, "order_refund", len(lines.orders))
    repaid: Mask = back[lines.row] | (refunds.present & (refunds.values != 0))[lines.order]
    return repaid


def _row_places(lines: Lines, full: Lines, source: Int) -> Int:
    """For each line of ``full`` the line of ``lines`` whose history it shares: itself, or its order's first line."""
    first = np.full(len(lines.orders), -1, dtype=np.int64)
    first[lines.order[::-1]] = np.arange(len(lines))[::-1]
    places = source.copy()
    places[len(lines) :] = first[full.order[len(lines) :]]
    return places


def _take(reached: Reached, places: Int) -> Reached:
    return Reached(
        *(getattr(reached, name)[places] for name in ("paid", "shipped", "cancelled", "refunded")),
        *(
            take_moments(getattr(reached, f"{name}_when"), places)
            for name in ("placed", "paid", "shipped", "cancelled", "refunded")
        ),
    )


def _subset(lines: Lines, mask: Mask) -> Lines:
    if mask.all():
        return lines
    return Lines(
        lines.row[mask], lines.order[mask], lines.orders,
        TextColumn(lines.product.header, lines.product.codes[mask], lines.product.texts), lines.kind[mask],
        lines.quantity[mask], Numbers(lines.price.values[mask], lines.price.present[mask]),
        Numbers(lines.gross.values[mask], lines.gross.present[mask]), lines.net[mask], lines.is_negative[mask],
        lines.key[mask],
    )  # fmt: skip


def _joined(first: Lines, second: Lines) -> Lines:
    def numbers(name: str) -> Numbers:
        one, two = getattr(first, name), getattr(second, name)
        return Numbers(np.concatenate((one.values, two.values)), np.concatenate((one.present, two.present)))

    texts: dict[str, int] = {text: place for place, text in enumerate(first.product.texts)}
    moved = np.array([texts.setdefault(text, len(texts)) for text in second.product.texts], dtype=np.int64)
    codes = np.concatenate((first.product.codes, moved[second.product.codes]))
    return Lines(
        np.concatenate((first.row, second.row)), np.concatenate((first.order, second.order)), first.orders,
        TextColumn(first.product.header, codes, tuple(texts)), np.concatenate((first.kind, second.kind)),
        np.concatenate((first.quantity, second.quantity)), numbers("price"), numbers("gross"),
        np.concatenate((first.net, second.net)), np.concatenate((first.is_negative, second.is_negative)),
        np.concatenate((first.key, second.key)),
    )  # fmt: skip


def _with_order_lines(lines: Lines, totals: Totals, refund: "Refund") -> tuple[Lines, Int, "Refund"]:
    """The lines with one more for each order's postage and for what its total holds beyond."""
    first = np.full(len(lines.orders), -1, dtype=np.int64)
    first[lines.order[::-1]] = lines.row[::-1]
    full, amounts = lines, totals.amount
    amounts_back = [refund.amount]
    for key, kind, money, back in (
        (SHIPPING_KEY, "shipping", totals.shipping, refund.shipping),
        (OTHER_KEY, "fee", totals.other, refund.other),
    ):
        orders = np.flatnonzero((money > 0) & (first >= 0))
        size = len(orders)
        if not size:
            continue
        nothing = Numbers(np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool))
        extra = Lines(
            first[orders], orders, lines.orders, TextColumn(key, np.zeros(size, dtype=np.int64), (key,)),
            np.full(size, LINE_KINDS.index(kind)), np.ones(size, dtype=np.int64), nothing, nothing, money[orders],
            np.zeros(size, dtype=bool), np.full(size, key, dtype=object),
        )  # fmt: skip
        full = _joined(full, extra)
        amounts = np.concatenate((amounts, money[orders]))
        amounts_back.append(back[orders])
    back_all = np.concatenate(amounts_back)
    units = np.concatenate((refund.units, np.zeros(len(full) - len(lines), dtype=np.int64)))
    return full, amounts, Refund(back_all, units, refund.shipping, refund.other, refund.is_stated)


@dataclass(frozen=True)
class Refund:
    """What went back.

    Args:
        amount: minor units per line.
        units: units per line.
        shipping: minor units of postage per order.
        other: minor units per order of what is neither goods nor postage.
        is_stated: whether the file says what went back, so that a cancellation need not.
    """

    amount: Int
    units: Int
    shipping: Int
    other: Int
    is_stated: bool


def _refunds(reading: Reading, lines: Lines, totals: Totals, reached: Reached) -> Refund | None:
    """Refunds per line, from a column of the line, a column of the order, or a state that says all went back."""
    orders = len(lines.orders)
    went_back = money_went_back(reading)
    nothing = np.zeros(orders, dtype=np.int64)
    if reading.has("refund_amount"):
        amount = to_minor(np.abs(reading.decimals("refund_amount").or_zero()), reading.money)[lines.row]
        if went_back is not None:
            amount = np.where(went_back[lines.row], amount, 0)
        over = np.flatnonzero(amount > totals.amount)
        # What goes back beyond the line's own money is its postage.
        beyond = np.zeros(orders, dtype=np.int64)
        np.add.at(beyond, lines.order[over], (amount - totals.amount)[over])
        _refuse_excess(reading, lines, "refund_amount", beyond > totals.shipping)
        shipping, other = np.minimum(beyond, totals.shipping), nothing
        amount = np.minimum(amount, totals.amount)
        if reading.has("order_refund"):
            shipping, other = _beyond_lines(reading, lines, totals, amount)
        stated = True
    elif reading.has("order_refund"):
        amount, shipping, other = _order_refunds(reading, lines, totals)
        stated = True
    else:
        is_back = reached.refunded if went_back is None else went_back[lines.row] & reached.paid
        all_back = np.bincount(lines.order, weights=~is_back, minlength=orders) == 0
        amount = np.where(is_back, totals.amount, 0)
        shipping, other = np.where(all_back, totals.shipping, 0), np.where(all_back, totals.other, 0)
        stated = went_back is not None
    whole = reached.refunded & (amount == 0) & reached.paid
    if whole.any():
        whole_orders = np.bincount(lines.order, weights=~whole, minlength=orders) == 0
        amount = np.where(whole, totals.amount, amount)
        shipping = np.where(whole_orders, totals.shipping, shipping)
        other = np.where(whole_orders, totals.other, other)
    units = np.where((amount > 0) & (amount == totals.amount) & ~reached.cancelled, lines.quantity, 0)
    if reading.has("refund_quantity"):
        given = reading.positive("refund_quantity", reading.wholes("refund_quantity"))
        units = np.where(given.present[lines.row], given.values[lines.row], units)
    elif ((amount > 0) & (amount < totals.amount)).any():
        reading.notes.append("Partial refunds count as money; the file does not say how many units came back.")
    return Refund(amount, units, shipping, other, stated)


def _beyond_lines(reading: Reading, lines: Lines, totals: Totals, amount: Int) -> tuple[Int, Int]:
    """Postage and the rest that went back: what the order's refund holds beyond those of its lines."""
    refund = np.abs(first_of_order(reading, lines, "order_refund", len(lines.orders)).values)
    of_lines = np.zeros(len(lines.orders), dtype=np.int64)
    np.add.at(of_lines, lines.order, amount)
    beyond = np.maximum(refund - of_lines, 0)
    _refuse_excess(reading, lines, "order_refund", beyond > totals.shipping + totals.other)
    shipping = np.minimum(beyond, totals.shipping)
    return shipping, np.minimum(beyond - shipping, totals.other)


def _order_refunds(reading: Reading, lines: Lines, totals: Totals) -> tuple[Int, Int, Int]:
    """An order's refund spread over its lines, postage and the rest in proportion to their money."""
    orders = len(lines.orders)
    refund = np.abs(first_of_order(reading, lines, "order_refund", orders).values)
    paid = np.zeros(orders, dtype=np.int64)
    np.add.at(paid, lines.order, totals.amount)
    _refuse_excess(reading, lines, "order_refund", refund > paid + totals.shipping + totals.other)
    everyone = np.arange(orders)
    group = np.concatenate((lines.order, everyone, everyone))
    weights = np.concatenate((totals.amount, totals.shipping, totals.other))
    shares = spread(np.minimum(refund, paid + totals.shipping + totals.other), weights, group)
    size = len(lines)
    return shares[:size], shares[size : size + orders], shares[size + orders :]


def _refuse_excess(reading: Reading, lines: Lines, name: str, orders: Mask) -> None:
    rows = lines.row[np.flatnonzero(orders[lines.order])]
    reading.problems.refuse_all(
        rows, reading.header(name), "more went back than was paid.", "Correct the refund or the order's amounts."
    )


def _states(lines: Lines, amounts: Int, refund: Refund, reached: Reached, reading: Reading) -> list[StateRows]:
    """One part for each state that some line has reached."""
    back = refund.amount
    # A cancellation takes back what was paid; never-paid orders give nothing back, neither money nor units.
    undone = reached.cancelled & reached.paid
    cancelled_amount = np.where(undone & (not refund.is_stated), amounts, 0)
    if (cancelled_amount > 0).any():
        reading.notes.append("Paid orders that were cancelled count as paid back in full: the file has no refunds.")
    if (back > 0).any() and not reading.has("refunded_at"):
        reading.notes.append("The file has no time of refunds; they are dated on their order's last known date.")
    everyone = np.ones(len(lines), dtype=bool)
    parts = (
        ("placed", everyone, reached.placed_when, lines.quantity, amounts),
        ("paid", reached.paid, reached.paid_when, lines.quantity, amounts),
        ("shipped", reached.shipped, reached.shipped_when, lines.quantity, amounts),
        ("refunded", (back > 0) | (refund.units > 0), reached.refunded_when, refund.units, back),
        ("cancelled", reached.cancelled, reached.cancelled_when, np.where(undone, lines.quantity, 0), cancelled_amount),
    )
    states = []
    for state, mask, when, quantity, amount in parts:
        line = np.flatnonzero(mask)
        states.append(StateRows(state, line, take_moments(when, line), quantity[line], amount[line], lines.kind[line]))
    return states


def _extra(reading: Reading, lines: Lines, totals: Totals, size: int) -> dict[str, Int]:
    """Nullable amounts per line, -1 where unknown."""
    extra: dict[str, Int] = {}
    discount = np.maximum(lines.gross.values - totals.before_tax, 0)
    extra["discount_minor"] = np.where(lines.gross.present, discount, -1)
    extra["tax_minor"] = np.where(totals.has_tax[lines.order], totals.tax, -1)
    for name, column in _COSTS.items():
        if reading.has(name):
            cells = reading.positive(name, reading.decimals(name))
            minor = to_minor(cells.values, reading.money)
            extra[column] = np.where(cells.present, minor, -1)[lines.row]
    padding = size - len(lines)
    return {name: np.concatenate((values, np.full(padding, -1, dtype=np.int64))) for name, values in extra.items()}
