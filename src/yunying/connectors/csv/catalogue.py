"""Files about products, stock, purchases, advertising and suppliers: one row of the file is one row of a table."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yunying.connectors.csv.dates import Moments
from yunying.connectors.csv.numbers import Numbers, price_array, to_minor
from yunying.connectors.csv.order_lines import nth_identical
from yunying.connectors.csv.order_table import date_array
from yunying.connectors.csv.problems import refuse_texts, shown
from yunying.connectors.csv.reading import Reading
from yunying.connectors.csv.records import TextColumn, take_texts
from yunying.connectors.csv.synonyms import normal_form
from yunying.facts.schema import SOURCE_ROW, UNDATED, WHOLE
from yunying.kernel.errors import OperatorError

Int = NDArray[np.int64]
Mask = NDArray[np.bool_]

_EPOCH = date(1970, 1, 1)
_STATUS = {
    "on_sale": (
        "on_sale",
        "active",
        "true",
        "published",
        "publish",
        "1",
        "yes",
        "enabled",
        "上架",
        "在售",
        "已上架",
        "出售中",
    ),
    "off_sale": (
        "off_sale",
        "draft",
        "false",
        "0",
        "no",
        "inactive",
        "disabled",
        "private",
        "下架",
        "已下架",
        "仓库中",
    ),
    "discontinued": ("discontinued", "archived", "停产", "停售", "淘汰"),
}
_STATUS_OF = {normal_form(word): status for status, words in _STATUS.items() for word in words}


def read_products(reading: Reading) -> dict[str, pa.Table]:
    """The table ``product``; undated attributes hold since ever."""
    product = reading.key("product", needed=True)
    moments = _dates(reading, date.fromisoformat(UNDATED))
    columns: dict[str, pa.Array] = {"product": product.to_arrow(), "date": date_array(moments)}
    for name in ("title", "category", "style", "brand", "supplier"):
        if reading.has(name):
            columns[name] = reading.text(name).to_arrow()
    for name in ("unit_cost", "list_price"):
        if reading.has(name):
            _ = reading.money
            columns[name] = _price(reading, name)
    if reading.has("status"):
        columns["status"] = _status(reading)
    if reading.has("sale_end_date"):
        columns["sale_end_date"] = date_array(reading.moments("sale_end_date", may_be_future=True))
    _refuse_twins(reading, ("product", "date"), product.codes, moments.days)
    return {"product": _table(reading, columns)}


def read_stock(reading: Reading) -> dict[str, pa.Table]:
    """The table ``stock_level``; a product's places of storage are summed.

    Raises:
        OperatorError: ``date-needed`` if neither the file nor the caller names the day.
    """
    product = reading.key("product", needed=True)
    on_hand = reading.wholes("on_hand")
    reading.need("on_hand", on_hand.present)
    if not reading.has("date") and reading.default_date is None:
        raise OperatorError(
            "date-needed",
            "The file does not say which day's stock it holds.",
            "Give the day of the count, or add a column with the date.",
        )
    moments = _dates(reading, reading.default_date)
    if not reading.has("location"):
        _refuse_twins(reading, ("product", "date"), product.codes, moments.days)
        columns = {
            "product": product.to_arrow(), "date": date_array(moments), "on_hand": pa.array(on_hand.values, WHOLE)
        }  # fmt: skip
        return {"stock_level": _table(reading, columns)}
    location = reading.text("location")
    _refuse_twins(reading, ("product", "location", "date"), product.codes, location.codes, moments.days)
    reading.notes.append("Stock of several places was summed per product and day.")
    return {"stock_level": _summed(reading, product, moments.days, on_hand.values)}


def _summed(reading: Reading, product: TextColumn, days: Int, on_hand: Int) -> pa.Table:
    keys = np.stack((product.codes, days), axis=1)
    distinct, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    sums = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(sums, place.reshape(-1), on_hand)
    return pa.table(
        {
            "product": take_texts(product.texts, distinct[:, 0]),
            "date": pa.array(distinct[:, 1].astype(np.int32), pa.int32()).cast(pa.date32()),
            "on_hand": pa.array(sums, WHOLE),
            SOURCE_ROW: pa.array(reading.records.row_numbers[first], WHOLE),
        }
    )


def read_purchases(reading: Reading) -> dict[str, pa.Table]:
    """The table ``purchase_line``: rows ordered, received and cancelled, each on its date.

    Raises:
        OperatorError: ``missing-column`` if there is no date of any state.
    """
    if not any(reading.has(name) for name in ("ordered_date", "received_date", "cancelled_date")):
        raise OperatorError(
            "missing-column",
            "No column was recognised as the date of an order or a receipt.",
            "Name it in a map (--map).",
        )
    purchase, product = reading.key("purchase", needed=True), reading.key("product", needed=True)
    quantity = reading.positive("quantity", reading.wholes("quantity"))
    reading.need("quantity", quantity.present)
    received = reading.positive("received_quantity", reading.wholes("received_quantity"))
    received = Numbers(np.where(received.present, received.values, quantity.values), received.present)
    line = _purchase_lines(reading, purchase, product)
    if reading.has("unit_cost"):
        _ = reading.money
    promised = reading.moments("promised_date", may_be_future=True)
    shared: dict[str, pa.Array] = {
        "purchase": purchase.to_arrow(), "line": pa.array(line, pa.string()), "product": product.to_arrow(),
        "occurrence": pa.array([""] * len(reading), pa.string()), "supplier": reading.key("supplier").to_arrow(),
        "unit_cost": _price(reading, "unit_cost"), "promised_date": date_array(promised),
        SOURCE_ROW: reading.source_rows(),
    }  # fmt: skip
    parts = []
    some_date = np.zeros(len(reading), dtype=bool)
    for state, units in (("ordered", quantity), ("received", received), ("cancelled", quantity)):
        name = f"{state}_date"
        when = reading.moments(name)
        some_date |= when.present
        own = {"state": pa.array([state] * len(reading), pa.string()), "date": date_array(when)}
        table = pa.table({**shared, **own, "quantity": pa.array(units.values, WHOLE)})
        parts.append(table.filter(pa.array(when.present)))
    reading.need("ordered_date", some_date)
    return {"purchase_line": pa.concat_tables(parts)}


def _purchase_lines(reading: Reading, purchase: TextColumn, product: TextColumn) -> list[str]:
    """The file's line numbers, else the product and which of the order's lines with it this is."""
    if reading.has("line"):
        line = reading.key("line", needed=True)
        _refuse_twins(reading, ("purchase", "line"), purchase.codes, line.codes)
        return [line.text(index) for index in range(len(reading))]
    twin = nth_identical(purchase.codes, product.codes)
    return [f"{product.text(index)}-{twin[index] + 1}" for index in range(len(reading))]


def read_ad_spend(reading: Reading) -> dict[str, pa.Table]:
    """The table ``ad_spend``; rows of one day, channel and campaign (ad groups, ads) are summed.

    Raises:
        OperatorError: ``missing-column`` if neither channel nor campaign is there.
    """
    if not reading.has("channel") and not reading.has("campaign"):
        raise OperatorError(
            "missing-column", "No column was recognised as the channel or the campaign.", "Name it in a map (--map)."
        )
    moments = _dates(reading, None)
    channel, campaign = reading.text("channel"), reading.text("campaign")
    if reading.has("channel"):
        reading.need("channel", channel.present)
    else:
        reading.notes.append("The file names no channel; its campaigns are recorded under the channel 'unknown'.")
        channel = TextColumn("channel", np.zeros(len(reading), dtype=np.int64), ("unknown",))
    spend = reading.positive("spend", reading.decimals("spend"))
    reading.need("spend", spend.present)
    counts = {
        name: reading.positive(name, reading.wholes(name)) for name in ("impressions", "clicks") if reading.has(name)
    }
    keys = np.stack((moments.days, channel.codes, campaign.codes), axis=1)
    distinct, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    place = place.reshape(-1)
    if len(distinct) < len(reading):
        reading.notes.append("Several rows of one day, channel and campaign were summed.")
    columns: dict[str, pa.Array] = {
        "date": pa.array(distinct[:, 0].astype(np.int32), pa.int32()).cast(pa.date32()),
        "channel": take_texts(channel.texts, distinct[:, 1]),
        "campaign": take_texts(campaign.texts, distinct[:, 2]).fill_null(""),
        "spend_minor": _sums(to_minor(spend.values, reading.money), spend.present, place, len(distinct)),
        SOURCE_ROW: pa.array(reading.records.row_numbers[first], WHOLE),
    }
    for name, numbers in counts.items():
        columns[name] = _sums(numbers.values, numbers.present, place, len(distinct))
    return {"ad_spend": pa.table(columns)}


def _sums(values: Int, present: Mask, place: Int, size: int) -> pa.Array:
    """Sums per group, null where a group has an unknown value."""
    sums, unknown = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool)
    np.add.at(sums, place, values)
    unknown[place[~present]] = True
    return pa.array(sums, WHOLE, mask=unknown)


def read_suppliers(reading: Reading) -> dict[str, pa.Table]:
    """The tables ``supplier_offer`` and ``supplier``; undated terms hold since ever."""
    supplier, product = reading.key("supplier", needed=True), reading.key("product", needed=True)
    cost = reading.positive("unit_cost", reading.decimals("unit_cost"))
    reading.need("unit_cost", cost.present)
    moments = _dates(reading, date.fromisoformat(UNDATED))
    start = reading.positive("from_quantity", reading.wholes("from_quantity"), 1)
    if not reading.has("from_quantity"):
        start = Numbers(np.ones(len(reading), dtype=np.int64), np.ones(len(reading), dtype=bool))
    reading.need("from_quantity", start.present)
    _ = reading.money
    columns: dict[str, pa.Array] = {
        "supplier": supplier.to_arrow(), "product": product.to_arrow(), "from_quantity": pa.array(start.values, WHOLE),
        "date": date_array(moments), "unit_cost": price_array(cost.values, cost.present),
    }  # fmt: skip
    for name, minimum in (("lead_time_days", 0), ("pack_quantity", 1), ("minimum_quantity", 0)):
        if reading.has(name):
            numbers = reading.positive(name, reading.wholes(name), minimum)
            columns[name] = pa.array(numbers.values, WHOLE, mask=~numbers.present)
    if reading.has("lead_time_days"):
        days = reading.wholes("lead_time_days")
        long = np.flatnonzero(days.present & (days.values > 3650))
        reading.problems.refuse_all(
            long, reading.header("lead_time_days"), "the lead time is longer than ten years.", "Give days."
        )
    _refuse_twins(
        reading,
        ("supplier", "product", "from_quantity", "date"),
        supplier.codes,
        product.codes,
        start.values,
        moments.days,
    )
    return {"supplier_offer": _table(reading, columns), "supplier": _supplier_table(reading, supplier, moments)}


def _supplier_table(reading: Reading, supplier: TextColumn, moments: Moments) -> pa.Table:
    """Each supplier once a date, with the first name and minimum that the file gives."""
    title, minimum = reading.text("title"), reading.positive("minimum_order", reading.decimals("minimum_order"))
    # Rows with a name first, so that the first of a supplier is one that has it.
    order = np.lexsort((np.arange(len(reading)), ~(title.present | minimum.present), moments.days, supplier.codes))
    changes = np.ones(len(order), dtype=bool)
    codes, days = supplier.codes[order], moments.days[order]
    changes[1:] = (codes[1:] != codes[:-1]) | (days[1:] != days[:-1])
    rows = np.sort(order[changes])
    columns: dict[str, pa.Array] = {
        "supplier": take_texts(supplier.texts, supplier.codes[rows]),
        "date": date_array(moments).take(pa.array(rows)),
        "title": take_texts(title.texts, title.codes[rows]),
        SOURCE_ROW: pa.array(reading.records.row_numbers[rows], WHOLE),
    }
    if reading.has("minimum_order"):
        minor = to_minor(minimum.values, reading.money)[rows]
        columns["minimum_order_minor"] = pa.array(minor, WHOLE, mask=~minimum.present[rows])
    return pa.table(columns)


def _dates(reading: Reading, undated: date | None) -> Moments:
    """The file's dates, or one date for all where it has no column of them; an empty cell is a problem."""
    if reading.has("date"):
        moments = reading.moments("date")
        reading.need("date", moments.present)
        return moments
    if undated is None:
        raise OperatorError("missing-column", "No column was recognised as the date.", "Name it in a map (--map).")
    if undated.isoformat() == UNDATED:
        reading.notes.append("The file has no dates: its values are taken to hold since ever.")
    else:
        reading.notes.append(f"The file has no dates: its values are taken as of {undated.isoformat()}.")
    days = np.full(len(reading), (undated - _EPOCH).days, dtype=np.int64)
    here = np.ones(len(reading), dtype=bool)
    return Moments(days, days, here, np.zeros(len(reading), dtype=bool))


def _price(reading: Reading, name: str) -> pa.Array:
    numbers = reading.positive(name, reading.decimals(name))
    return price_array(numbers.values, numbers.present)


def _status(reading: Reading) -> pa.Array:
    column = reading.text("status")
    refuse_texts(
        column, lambda text: "" if normal_form(text) in _STATUS_OF else f"the status {shown(text)} is not known.",
        reading.problems, "Write on_sale, off_sale or discontinued.",
    )  # fmt: skip
    words = tuple(_STATUS_OF.get(normal_form(text), "") for text in column.texts)
    return take_texts(words, column.codes)


def _refuse_twins(reading: Reading, names: Sequence[str], *keys: Int) -> None:
    """Rows whose key stands above them already are problems: which of two values holds cannot be known."""
    twins = np.flatnonzero(nth_identical(*keys) > 0)
    reading.problems.refuse_all(
        twins, reading.header(names[0]), f"another row above has the same {', '.join(names)}.",
        "Leave only the row that is right.",
    )  # fmt: skip


def _table(reading: Reading, columns: dict[str, pa.Array]) -> pa.Table:
    return pa.table({**columns, SOURCE_ROW: reading.source_rows()})
