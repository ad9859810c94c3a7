"""Order lines: what was bought, how many, for how much, and the key that makes a line one line of its order."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yunying.connectors.csv.numbers import Numbers, multiply, to_minor
from yunying.connectors.csv.reading import Reading
from yunying.connectors.csv.records import TextColumn, clean
from yunying.connectors.csv.spreading import spread
from yunying.facts.schema import LINE_KINDS
from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import digest

Int = NDArray[np.int64]
Mask = NDArray[np.bool_]

GOODS = LINE_KINDS.index("goods")
_LARGEST_CODE = 2**62
_LISTED_PRODUCT = re.compile(r"(?:^|,\s*)(-?\d+)\s*[×xX]\s+")


@dataclass(frozen=True)
class Lines:
    """Order lines as arrays of one length.

    Args:
        row: index of the record that each line comes from.
        order: code into ``orders`` (0 to number of orders - 1).
        product: the product's key by ``product.codes``.
        kind: code into ``LINE_KINDS``.
        quantity: units, not negative; ``is_negative`` says that the file gave them below zero.
        price: millionths per unit, where the file gives a price.
        gross: minor units of quantity times price, where there is a price.
        net: minor units that the line itself says it costs, or its gross less its own discount; not negative.
        key: the line's key within its order.
    """

    row: Int
    order: Int
    orders: tuple[str, ...]
    product: TextColumn
    kind: Int
    quantity: Int
    price: Numbers
    gross: Numbers
    net: Int
    is_negative: Mask
    key: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.row)


def read_lines(reading: Reading) -> tuple[Lines, TextColumn] | None:
    """The file's lines and their titles; None if rows are bad (the problems say which).

    Raises:
        OperatorError: no column holds money, quantity or product.
    """
    if reading.has("product_list"):
        return _listed_lines(reading)
    order = reading.key("order", needed=True)
    product, title = _products(reading)
    quantity, price, amount = _quantities_and_money(reading)
    if len(reading.problems):
        return None
    product_sum, too_large = multiply(quantity.values, price.values)
    reading.problems.refuse_all(
        np.flatnonzero(too_large), reading.header("unit_price"), "quantity times price is too large.", "Correct it."
    )
    gross = to_minor(product_sum, reading.money)
    is_negative = (quantity.values < 0) | (price.values < 0) | (amount.present & (amount.values < 0))
    net = np.where(amount.present, to_minor(amount.values, reading.money), gross - _line_discount(reading))
    # A promotion is taken off amounts that the marketplace gives before it; a discount is in them already.
    net -= np.minimum(to_minor(np.abs(reading.decimals("line_promotion").or_zero()), reading.money), np.maximum(net, 0))
    lines = Lines(
        row=np.arange(len(reading), dtype=np.int64), order=order.codes, orders=order.texts, product=product,
        kind=_kinds(reading, product), quantity=np.abs(quantity.values),
        price=Numbers(np.abs(price.values), price.present), gross=Numbers(np.abs(gross), price.present),
        net=np.abs(net), is_negative=is_negative, key=np.empty(0, dtype=object),
    )  # fmt: skip
    if not reading.has("line"):
        return replace(lines, key=nth_keys(lines)), title
    return replace(lines, key=_given_keys(reading, order)), title


def _products(reading: Reading) -> tuple[TextColumn, TextColumn]:
    """The products' keys and titles; a title stands in where there is no key, and that is noted."""
    title = reading.text("title")
    if reading.has("product"):
        product = reading.key("product")
        if product.present.all() or not title.present.any():
            reading.need("product", product.present)
            return product, title
    elif not reading.has("title"):
        raise OperatorError(
            "missing-column", "No column was recognised as the product's key or title.", "Name it in a map (--map)."
        )
    else:
        product = TextColumn(title.header, np.full(len(title.codes), -1, dtype=np.int64), ())
    stand_in = _with_variant(title, reading.text("variant"))
    missing = ~product.present
    reading.need("title", ~(missing & ~title.present))
    reading.notes.append(
        f"{int(missing.sum()):,} rows have no product code; their title was taken as the product's key."
    )
    return merge_columns(product, stand_in), title


def _with_variant(title: TextColumn, variant: TextColumn) -> TextColumn:
    if not variant.present.any():
        return title
    pairs = title.codes * (len(variant.texts) + 1) + variant.codes + 1
    distinct, codes = np.unique(pairs, return_inverse=True)
    texts: list[str] = []
    for pair in distinct.tolist():
        name, option = divmod(pair, len(variant.texts) + 1)
        texts.append(title.texts[name] + (f" / {variant.texts[option - 1]}" if option else "") if pair >= 0 else "")
    return merge_columns(TextColumn(title.header, np.where(title.present, codes, -1), tuple(texts)), title)


def merge_columns(first: TextColumn, second: TextColumn) -> TextColumn:
    """The first column's texts, the second's where the first is empty."""
    places: dict[str, int] = {text: place for place, text in enumerate(first.texts)}
    moved = np.array([*(places.setdefault(text, len(places)) for text in second.texts), -1], dtype=np.int64)
    return TextColumn(first.header, np.where(first.present, first.codes, moved[second.codes]), tuple(places))


def _quantities_and_money(reading: Reading) -> tuple[Numbers, Numbers, Numbers]:
    """Quantity, unit price and the line's own amount; rows that lack what they need become problems."""
    if not reading.has("quantity"):
        raise OperatorError("missing-column", "No column was recognised as the quantity.", "Name it in a map (--map).")
    quantity = reading.wholes("quantity")
    reading.need("quantity", quantity.present)
    price, amount = reading.decimals("unit_price"), reading.decimals("line_amount")
    due = reading.decimals("line_due")
    amount = Numbers(np.where(amount.present, amount.values, due.values), amount.present | due.present)
    if reading.has("unit_price") or reading.has("line_amount"):
        header = "unit_price" if reading.has("unit_price") else "line_amount"
        nothing_sold = quantity.present & (quantity.values == 0)  # a cancelled line may come without money
        reading.need(header, price.present | amount.present | nothing_sold)
    elif not reading.has("order_total") and not reading.has("order_paid"):
        raise OperatorError(
            "missing-column", "No column was recognised as a price or an amount.", "Name one in a map (--map)."
        )
    else:
        reading.notes.append("No price stands on the lines: an order's money is spread over its lines by quantity.")
    return quantity, price, amount


def _line_discount(reading: Reading) -> Int:
    return np.abs(to_minor(reading.decimals("line_discount").or_zero(), reading.money))


def _kinds(reading: Reading, product: TextColumn) -> Int:
    """Codes into ``LINE_KINDS``, by the product keys that the map or preset lists."""
    codes = np.full(len(product.texts), GOODS, dtype=np.int64)
    for name, keys in reading.map.line_kinds.items():
        exact = {key for key in keys if not key.endswith("_")}
        starts = tuple(key for key in keys if key.endswith("_"))
        for place, text in enumerate(product.texts):
            if text in exact or (starts and text.startswith(starts)):
                codes[place] = LINE_KINDS.index(name)
    return codes[product.codes]


def nth_identical(*columns: Int) -> Int:
    """For each row, how many rows with the same values stand above it.

    >>> nth_identical(np.array([7, 7, 8, 7])).tolist()
    [0, 1, 0, 2]
    """
    size = len(columns[0])
    if not size:
        return np.empty(0, dtype=np.int64)
    codes = _combined(*columns)
    order = np.argsort(codes, kind="stable")
    sorted_codes = codes[order]
    changes = np.concatenate(([True], sorted_codes[1:] != sorted_codes[:-1]))
    places = np.arange(size)
    counts = np.empty(size, dtype=np.int64)
    counts[order] = places - np.maximum.accumulate(np.where(changes, places, 0))
    return counts


def nth_keys(lines: Lines) -> NDArray[np.object_]:
    """Keys made of what does not change when an order moves on: product, quantity, price, and which twin it is."""
    price = np.where(lines.price.present, lines.price.values, -1)
    same = _distinct_codes(_combined(lines.product.codes, lines.quantity, price))
    twin = nth_identical(lines.order, same, lines.is_negative.astype(np.int64))
    codes = _distinct_codes(_combined(same, twin))
    where = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    where[codes] = np.arange(len(codes))
    product = np.array([int(digest(text), 16) for text in lines.product.texts], dtype=np.uint64)
    mixed = _mixed(product[lines.product.codes[where]], lines.quantity[where], price[where]) >> np.uint64(16)
    texts = [f"{number:012x}-{nth + 1}" for number, nth in zip(mixed.tolist(), twin[where].tolist(), strict=True)]
    return np.array(texts, dtype=object)[codes]


def _mixed(seed: NDArray[np.uint64], *columns: Int) -> NDArray[np.uint64]:
    """A 64-bit digest of each row, column by column, by the finaliser of splitmix64 (Steele, Lea, Flood 2014)."""
    state = seed
    for column in columns:
        state = (state ^ column.astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    return state


def _combined(*columns: Int) -> Int:
    """One whole number for each combination of values; equal combinations have equal numbers."""
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    span = 1
    for column in columns:
        lowest = int(column.min(initial=0))
        width = int(column.max(initial=0)) - lowest + 1
        if span * width > _LARGEST_CODE:
            codes, column, lowest = _distinct_codes(codes), _distinct_codes(column), 0
            span, width = int(codes.max(initial=0)) + 1, int(column.max(initial=0)) + 1
        codes = codes * width + (column - lowest)
        span *= width
    return codes


def _distinct_codes(values: Int) -> Int:
    encoded = pa.array(values).dictionary_encode()
    codes: Int = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _given_keys(reading: Reading, order: TextColumn) -> NDArray[np.object_]:
    """The file's own line numbers; the same one twice in an order is a problem."""
    line = reading.key("line", needed=True)
    twins = np.flatnonzero(nth_identical(order.codes, line.codes) > 0)
    reading.problems.refuse_all(
        twins, line.header, "the order has this line number twice.",
        "Leave the line number unmapped (line: in the map) if it does not number lines.",
    )  # fmt: skip
    texts = np.array([*line.texts, ""], dtype=object)
    return texts[line.codes]


def _shares_of_refunds(reading: Reading, row: Int, units: Int) -> Int:
    """What went back with the listed products of a refund's row: its total, spread over its units."""
    total = np.abs(to_minor(reading.decimals("order_total").or_zero(), reading.money))
    return spread(total, units, row)


def _listed_lines(reading: Reading) -> tuple[Lines, TextColumn] | None:
    """Lines from a cell that lists products, such as ``2× Beanie, 1× Hat``."""
    order = reading.key("order", needed=True)
    listed = reading.text("product_list")
    reading.need("product_list", listed.present)
    rows, quantities, names = [], [], []
    for index in np.flatnonzero(listed.present).tolist():
        parts = _LISTED_PRODUCT.split(listed.text(index))
        if len(parts) < 3 or parts[0]:
            reading.problems.refuse(
                index,
                listed.header,
                "the products are not listed as 2× Name, 1× Name.",
                "Use an export with one row per item.",
            )
            continue
        for count, name in zip(parts[1::2], parts[2::2], strict=True):
            rows.append(index)
            quantities.append(max(min(int(count[:9]), 10**8), -(10**8)))
            names.append(clean(name) or "?")
    if len(reading.problems):
        return None
    reading.notes.append("The report has no price per product: an order's net sales are spread over its units evenly.")
    places: dict[str, int] = {}
    codes = np.array([places.setdefault(name, len(places)) for name in names], dtype=np.int64)
    product = TextColumn(listed.header, codes, tuple(places))
    row, quantity = np.array(rows, dtype=np.int64), np.array(quantities, dtype=np.int64)
    nothing = Numbers(np.zeros(len(row), dtype=np.int64), np.zeros(len(row), dtype=bool))
    lines = Lines(
        row=row, order=order.codes[row], orders=order.texts, product=product,
        kind=np.full(len(row), GOODS, dtype=np.int64), quantity=np.abs(quantity), price=nothing, gross=nothing,
        net=np.where(quantity < 0, _shares_of_refunds(reading, row, np.abs(quantity)), 0), is_negative=quantity < 0,
        key=np.empty(0, dtype=object),
    )  # fmt: skip
    return replace(lines, key=nth_keys(lines)), product
