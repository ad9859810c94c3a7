"""From published facts to purchasing's inputs; the only file of the folder that touches facts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yunying.facts.reader import FactReader
from yunying.facts.stores import store_settings
from yunying.kernel.money import minor_digits
from yunying.practices.purchasing.cancellations import without_vain_cancellations
from yunying.practices.purchasing.inputs import (
    Economics,
    Floats,
    Floats32,
    Inbound,
    Inputs,
    Ints,
    Offers,
    Promotions,
    WriteOffs,
)
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.possible import MOST_LEAD_DAYS
from yunying.practices.purchasing.season import NO_END

_EPOCH = date(1970, 1, 1).toordinal()
POOLED_UNITS = 40.0
"""Units of a category that a product's own return rates are weighed against."""
TIME_STEP_SECONDS = 600
"""How finely the time of the day is looked at."""


@dataclass(frozen=True)
class Part:
    """The products whose keys lie between two; None is no bound, and ``below_key`` itself lies outside."""

    from_key: str | None
    below_key: str | None


WHOLE = Part(None, None)
RETURN_DAYS = 60
"""Goods that come back later than this after payment are not counted on."""
NEWEST_DELIVERIES = 200
"""Deliveries of a supplier that its lead times are taken from."""


def parts(facts: FactReader, store: str, as_of: date, policy: PurchasingPolicy, size: int) -> tuple[Part, ...]:
    """The store's products in parts of ``size`` neighbours by key, for inputs too large to be held at once.

    A part's rates of return and fees are pooled over the products of a category within it, all else is as in the whole.
    """
    source = _Source(facts, store, as_of, policy, WHOLE)
    keys = source.product_keys().column("product").to_pylist()
    bounds = [None, *keys[size::size], None]
    return tuple(Part(first, below) for first, below in pairwise(bounds))


def read(facts: FactReader, store: str, as_of: date, policy: PurchasingPolicy, part: Part = WHOLE) -> Inputs:
    """Everything known of the store's products, or of a part of them, before ``as_of``.

    Raises:
        OperatorError: the store is not known.
    """
    settings = store_settings(facts, store)
    source = _Source(facts, store, as_of, policy, part)
    daily, stock, attributes = source.daily_sales(), source.stock_levels(), source.product_attributes()
    offers, orders, money = source.offers(), source.purchase_orders(), source.money()
    keys = _sorted_distinct(*(t.column("product") for t in (daily, stock, attributes, offers, orders)))
    suppliers = _sorted_distinct(attributes.column("supplier"), offers.column("supplier"), orders.column("supplier"))
    first_date = min([as_of - timedelta(days=1), *_extremes(daily)[:1]])
    days = (as_of - first_date).days
    on_hand, age = _rolled_forward(_newest_count(stock, keys), daily, source.receipts(), keys, as_of)
    group, categories, on_sale, titles = _shown(attributes, keys)
    sale_end = _sale_ends(attributes, keys)
    return Inputs(
        store=store,
        currency=settings.currency,
        capital_rate=settings.capital_rate,
        as_of=as_of,
        first_date=first_date,
        products=tuple(keys.to_pylist()),
        titles=titles,
        on_sale=on_sale & ((sale_end == NO_END) | (sale_end > as_of.toordinal())),
        group=group,
        categories=categories,
        suppliers=tuple(suppliers.to_pylist()),
        supplier_minimum=_supplier_minimum(source.supplier_terms(), suppliers, settings.currency),
        units=np.maximum(_matrix(daily, "units", keys, first_date, days, 0.0), 0.0),
        closing_stock=_matrix(stock, "on_hand", keys, first_date, days, np.nan),
        selling_share=_matrix(
            _with_share(daily, source.sales_by_time(), settings.time_zone), "share", keys, first_date, days, np.nan
        ),
        write_offs=_write_offs(source.write_offs(), keys, first_date),
        on_hand=on_hand,
        on_hand_age=age,
        inbound=_inbound(orders, keys),
        economics=_economics(money, attributes, orders, keys, group, 10.0 ** -minor_digits(settings.currency)),
        kind=_kinds(attributes, keys, group),
        returned_by=_returned_by(source.return_delays()),
        sale_end=sale_end,
        offers=_offers(offers, keys, suppliers),
        lead_times=_lead_times(source.deliveries(), suppliers),
        usual_supplier=_usual_supplier(attributes, orders, keys, suppliers),
        rows=tuple(
            (name, _rows_behind(table, keys))
            for name, table in (("order_line", daily), ("stock_level", stock), ("purchase_line", orders))
        ),
        last_order_date=_extremes(daily)[-1] if len(daily) else None,
        promoted=_promotions(source.past_promotions(), keys),
        planned=_promotions(source.planned_promotions(), keys),
    )


class _Source:
    """The queries: one store's rows before ``as_of``, each summed as far as purchasing needs."""

    def __init__(self, facts: FactReader, store: str, as_of: date, policy: PurchasingPolicy, part: Part) -> None:
        self._facts, self._store, self._as_of, self._policy, self._part = facts, store, as_of, policy, part

    def product_keys(self) -> pa.Table:
        """product: every key that sales, stock, attributes, offers or purchases name, sorted."""
        names = ("order_line", "stock_level", "product", "supplier_offer", "purchase_line")
        keys = ibis.union(*(self._before(name).select("product").distinct() for name in names), distinct=True)
        return self._facts.to_arrow(keys.filter(keys["product"].notnull()).order_by("product"))

    def daily_sales(self) -> pa.Table:
        """product, date, units, rows, last_seconds: what real buyers paid for, and until when on that day."""
        lines = without_vain_cancellations(self._goods(self._policy.history_days))
        paid = lines.state == "paid"
        signed = ibis.ifelse(paid, lines.quantity, -lines.quantity)
        daily = (
            lines.filter(lines.state.isin(["paid", "cancelled"]))
            .group_by(["product", "date"])
            .agg(units=signed.sum(), rows=paid.sum(), last_seconds=_seconds(lines).max(where=paid))
        )
        return self._facts.to_arrow(daily.filter(daily.rows > 0).order_by(["product", "date"]))

    def sales_by_time(self) -> pa.Table:
        """date, seconds, units: at what time of the day the store sells, over the last ``price_days``."""
        lines = self._goods(self._policy.price_days, WHOLE)
        timed = lines.filter((lines.state == "paid") & lines["at"].notnull())
        step = (_seconds(timed) // TIME_STEP_SECONDS) * TIME_STEP_SECONDS
        by_time = timed.group_by(["date", step.name("seconds")]).agg(units=timed.quantity.sum())
        return self._facts.to_arrow(by_time.order_by(["date", "seconds"]))

    def money(self) -> pa.Table:
        """Per product over the last ``price_days``: units and money paid, given back, taken by fees, and cost."""
        lines = without_vain_cancellations(self._goods(self._policy.price_days))
        paid, void, back = lines.state == "paid", lines.state == "cancelled", lines.state == "refunded"
        net = lines.amount_minor - lines.tax_minor.fill_null(0)
        fees = [lines.commission_minor, lines.payment_fee_minor, lines.shipping_cost_minor]
        has_fee = fees[0].notnull() | fees[1].notnull() | fees[2].notnull()
        fee = fees[0].fill_null(0) + fees[1].fill_null(0) + fees[2].fill_null(0)
        costed = paid & lines.unit_cost.notnull()

        def kept(values: ir.Value) -> ir.Value:
            # What was cancelled was never sold, so it counts neither as sale nor as return.
            return values.sum(where=paid).fill_null(0) - values.sum(where=void).fill_null(0)

        sums = {
            "paid_units": kept(lines.quantity),
            "net_minor": kept(net),
            "fees_minor": fee.sum(where=paid),
            "fee_rows": (paid & has_fee).sum(),
            "returned_units": lines.quantity.sum(where=back),
            "restocked_units": lines.restocked_quantity.sum(where=back),
            "refunds_minor": net.sum(where=back),
            "costed_units": lines.quantity.sum(where=costed),
            "cost": (lines.quantity * lines.unit_cost).sum(where=costed),
        }
        summed = lines.group_by("product").agg({name: total.cast("float64") for name, total in sums.items()})
        return self._facts.to_arrow(summed.fill_null(dict.fromkeys(sums, 0.0)).order_by("product"))

    def return_delays(self) -> pa.Table:
        """days, units: how long after payment goods came back fit for sale, over the last ``price_days``."""
        lines = self._goods(self._policy.price_days, WHOLE)
        back = lines.filter((lines.state == "refunded") & (lines.restocked_quantity > 0))
        back = back.select("order", "line", "product", "date", "restocked_quantity")
        sold = self._goods(self._policy.price_days + RETURN_DAYS, WHOLE)
        line = ["order", "line", "product"]
        first = sold.filter(sold.state == "paid").semi_join(back, line).group_by(line).agg(paid_date=ibis._.date.min())
        known = back.join(first, line)
        aged = known.mutate(days=known.date.delta(known.paid_date, unit="day"))
        aged = aged.filter((aged.days >= 0) & (aged.days < RETURN_DAYS))
        summed = aged.group_by("days").agg(units=aged.restocked_quantity.sum().cast("float64"))
        return self._facts.to_arrow(summed.order_by("days"))

    def stock_levels(self) -> pa.Table:
        """product, date, on_hand: closing stock over the history."""
        levels = self._before("stock_level")
        levels = levels.filter(levels.date >= self._since(self._policy.history_days))
        return self._facts.to_arrow(levels.select("product", "date", "on_hand").order_by(["product", "date"]))

    def receipts(self) -> pa.Table:
        """product, date, units received."""
        lines = self._before("purchase_line")
        lines = lines.filter((lines.state == "received") & (lines.date >= self._since(self._policy.stock_age_days + 1)))
        return self._facts.to_arrow(
            lines.group_by(["product", "date"]).agg(units=lines.quantity.sum()).order_by(["product", "date"])
        )

    def write_offs(self) -> pa.Table:
        """product, date, units thrown away or spoilt."""
        moves = self._before("stock_movement")
        moves = moves.filter((moves.reason == "write_off") & (moves.date >= self._since(self._policy.history_days)))
        return self._facts.to_arrow(
            moves.group_by(["product", "date"]).agg(units=moves.quantity.sum()).order_by(["product", "date"])
        )

    def product_attributes(self) -> pa.Table:
        """One row per product: the newest known value of each attribute."""
        table = self._before("product")
        names = ("title", "category", "style", "supplier", "unit_cost", "list_price", "status", "sale_end_date")
        newest = {name: table[name].argmax(table.date, where=table[name].notnull()) for name in names}
        return self._facts.to_arrow(table.group_by("product").agg(newest).order_by("product"))

    def offers(self) -> pa.Table:
        """The newest terms of each supplier, product and price break."""
        table = self._before("supplier_offer")
        key = ["supplier", "product", "from_quantity"]
        newest = ibis.row_number().over(group_by=key, order_by=ibis.desc("date"))
        latest = table.mutate(age=newest).filter(ibis._.age == 0)
        return self._facts.to_arrow(latest.order_by(["product", "unit_cost", "supplier", "from_quantity"]))

    def supplier_terms(self) -> pa.Table:
        """supplier, minimum_order_minor: the newest known value."""
        table = self._before("supplier")
        least = table.minimum_order_minor
        newest = table.group_by("supplier").agg(minimum_order_minor=least.argmax(table.date, where=least.notnull()))
        return self._facts.to_arrow(newest.order_by("supplier"))

    def purchase_orders(self) -> pa.Table:
        """One row per purchase line: ordered, received and cancelled units, its dates, supplier, cost."""
        lines = self._before("purchase_line")
        ordered, received = lines.state == "ordered", lines.state == "received"
        per_line = lines.group_by(["purchase", "line", "product"]).agg(
            supplier=lines.supplier.max(),
            date=lines.date.min(where=ordered),
            promised_date=lines.promised_date.max(),
            ordered=lines.quantity.sum(where=ordered).fill_null(0),
            received=lines.quantity.sum(where=received).fill_null(0),
            cancelled=lines.quantity.sum(where=lines.state == "cancelled").fill_null(0),
            unit_cost=lines.unit_cost.max().cast("float64"),
        )
        return self._facts.to_arrow(per_line.order_by(["product", "date", "purchase", "line"]))

    def past_promotions(self) -> pa.Table:
        """product, promotion, start_date, end_date, discount_rate: what sales show of past promotions."""
        lines = self._goods(self._policy.history_days)
        lines = lines.filter((lines.state == "paid") & lines.promotion.notnull() & (lines.discount_minor > 0))
        listed = lines.amount_minor + lines.discount_minor
        spans = lines.group_by(["product", "promotion"]).agg(
            start_date=lines.date.min(),
            end_date=lines.date.max() + ibis.interval(days=1),
            discount_rate=lines.discount_minor.sum() / listed.sum(),
        )
        spans = spans.mutate(end_date=spans.end_date.cast("date"))
        return self._facts.to_arrow(spans.order_by(["product", "start_date", "promotion"]))

    def planned_promotions(self) -> pa.Table:
        """The same of approved promotions that are not over, as newest known."""
        table = self._before("promotion")
        order = ibis.desc("date")
        place = ibis.row_number().over(group_by=["promotion", "product"], order_by=order)
        newest = table.mutate(place=place).filter(ibis._.place == 0)
        ahead = newest.filter((newest.end_date > ibis.literal(self._as_of)) & (newest.end_date > newest.start_date))
        chosen = ahead.select("product", "promotion", "start_date", "end_date", "discount_rate")
        return self._facts.to_arrow(chosen.order_by(["product", "start_date", "promotion"]))

    def deliveries(self) -> pa.Table:
        """supplier, days from order to receipt: the newest ones of each supplier, whatever was delivered."""
        lines = self._before("purchase_line", WHOLE)
        per_line = lines.group_by(["purchase", "line", "product"]).agg(
            supplier=lines.supplier.max(),
            ordered_date=lines.date.min(where=lines.state == "ordered"),
            received_date=lines.date.max(where=lines.state == "received"),
        )
        took = per_line.mutate(days=per_line.received_date.delta(per_line.ordered_date, unit="day"))
        took = took.filter(took.supplier.notnull() & (took.days >= 0) & (took.days <= int(MOST_LEAD_DAYS)))
        order = [ibis.desc("received_date"), "product", "purchase", "line"]
        place = ibis.row_number().over(group_by="supplier", order_by=order)
        newest = took.mutate(place=place).filter(ibis._.place < NEWEST_DELIVERIES)
        return self._facts.to_arrow(newest.select("supplier", "days").order_by(["supplier", "days"]))

    def _goods(self, days: int, part: Part | None = None) -> ir.Table:
        lines = self._before("order_line", part)
        return lines.filter(
            (lines.reality == "real") & (lines.line_kind == "goods") & (lines.date >= self._since(days))
        )

    def _since(self, days: int) -> ir.DateScalar:
        return ibis.literal(self._as_of - timedelta(days=days))

    def _before(self, name: str, part: Part | None = None) -> ir.Table:
        table = self._facts.table(name)
        table = table.filter((table.store == self._store) & (table.date < ibis.literal(self._as_of)))
        chosen = self._part if part is None else part
        if "product" in table.columns and chosen.from_key is not None:
            table = table.filter(table["product"] >= chosen.from_key)
        if "product" in table.columns and chosen.below_key is not None:
            table = table.filter(table["product"] < chosen.below_key)
        return table


def _seconds(lines: ir.Table) -> ir.Value:
    """Seconds from the store-local date's midnight, were it one of UTC, to each line's moment."""
    # A moment may hold parts of a second, which one engine would give as a number with digits behind the point.
    return lines["at"].truncate("s").epoch_seconds() - lines.date.cast("timestamp").epoch_seconds()


def _local_seconds(table: pa.Table, name: str, zone: str) -> Floats:
    """Seconds since store-local midnight; NaN where no moment is known."""
    dates = table.column("date").to_pylist()
    offsets = {
        day: datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).utcoffset() or timedelta(0)
        for day in set(dates)
    }
    return _numbers(table.column(name)) + np.array([offsets[day].total_seconds() for day in dates])


def _with_share(daily: pa.Table, by_time: pa.Table, zone: str) -> pa.Table:
    """The daily sales with the share of a usual day's sales that fall before each product's last sale."""
    seconds = _local_seconds(by_time, "seconds", zone)
    units = _numbers(by_time.column("units"))
    bins = np.clip(np.nan_to_num(seconds, nan=-1.0) // TIME_STEP_SECONDS, -1, 86_400 // TIME_STEP_SECONDS - 1)
    known = (bins >= 0) & (units > 0)
    profile = np.bincount(bins[known].astype(np.int64), units[known], minlength=86_400 // TIME_STEP_SECONDS)
    if profile.sum() <= 0:
        return daily.append_column("share", pa.nulls(len(daily), pa.float64()))
    reached = np.concatenate([[0.0], np.cumsum(profile) / profile.sum()])
    last = _local_seconds(daily, "last_seconds", zone) / TIME_STEP_SECONDS
    share = np.interp(np.nan_to_num(last, nan=0.0), np.arange(len(reached)), reached)
    # Orders that all bear midnight carry a date, not a time.
    share = np.where(np.isfinite(last) & (profile[0] < 0.5 * profile.sum()), share, np.nan)
    return daily.append_column("share", pa.array(share, from_pandas=True))


def _sorted_distinct(*columns: pa.ChunkedArray) -> pa.Array:
    chunks = [chunk.cast(pa.string()) for column in columns for chunk in column.chunks]
    distinct = pc.drop_null(pc.unique(pa.chunked_array(chunks, pa.string())))
    return distinct.take(pc.sort_indices(distinct))


def _index(values: pa.ChunkedArray, keys: pa.Array) -> Ints:
    """Position of each value among the keys; -1 where it is null."""
    return pc.fill_null(pc.index_in(values, value_set=keys), -1).to_numpy().astype(np.int64)


def _ordinals(values: pa.ChunkedArray) -> Ints:
    return pc.fill_null(values.cast(pa.int32()), -_EPOCH).to_numpy().astype(np.int64) + _EPOCH


def _numbers(values: pa.ChunkedArray) -> Floats:
    return pc.fill_null(values.cast(pa.float64()), np.nan).to_numpy().astype(np.float64)


def _extremes(table: pa.Table) -> list[date]:
    if not len(table):
        return []
    found = pc.min_max(table.column("date")).as_py()
    return [found["min"], found["max"]]


def _matrix(table: pa.Table, name: str, keys: pa.Array, first: date, days: int, empty: float) -> Floats32:
    filled = np.full((len(keys), days), empty, dtype=np.float32)
    column = _ordinals(table.column("date")) - first.toordinal()
    inside = (column >= 0) & (column < days)
    rows = _index(table.column("product"), keys)
    filled[rows[inside], column[inside]] = _numbers(table.column(name))[inside]
    return filled


def _vector(table: pa.Table, name: str, keys: pa.Array, empty: float = np.nan) -> Floats:
    filled = np.full(len(keys), empty)
    rows = _index(table.column("product"), keys)
    # A product sold long ago may have money rows without being among the keys of the history.
    filled[rows[rows >= 0]] = _numbers(table.column(name))[rows >= 0]
    return filled


def _shown(attributes: pa.Table, keys: pa.Array) -> tuple[Ints, tuple[str, ...], NDArray[np.bool_], tuple[str, ...]]:
    """Category index, the categories, whether it is on sale, and title of each product; no category is group 0."""
    rows = _index(attributes.column("product"), keys)
    categories = _sorted_distinct(attributes.column("category"))
    group = np.zeros(len(keys), dtype=np.int64)
    group[rows] = _index(attributes.column("category"), categories) + 1
    on_sale = np.ones(len(keys), dtype=bool)
    on_sale[rows] = ~pc.is_in(attributes.column("status"), pa.array(["off_sale", "discontinued"])).to_numpy()
    titles = keys.to_pylist()
    for row, title in zip(rows, attributes.column("title").to_pylist(), strict=True):
        titles[row] = title or titles[row]
    return group, ("", *categories.to_pylist()), on_sale, tuple(titles)


def _sale_ends(attributes: pa.Table, keys: pa.Array) -> Ints:
    """Ordinal of the first day without each product; ``NO_END`` where none is known."""
    ends = np.full(len(keys), NO_END, dtype=np.int64)
    ends[_index(attributes.column("product"), keys)] = _ordinals(attributes.column("sale_end_date"))
    return ends


def _kinds(attributes: pa.Table, keys: pa.Array, group: Ints) -> Ints:
    """A number for each category and style, -1 where no style is known."""
    styles = _sorted_distinct(attributes.column("style"))
    style = np.full(len(keys), -1, dtype=np.int64)
    style[_index(attributes.column("product"), keys)] = _index(attributes.column("style"), styles)
    return np.where(style >= 0, group * max(len(styles), 1) + style, -1)


def _newest_count(stock: pa.Table, keys: pa.Array) -> tuple[Floats, Ints]:
    on_hand, counted = np.full(len(keys), np.nan), np.zeros(len(keys), dtype=np.int64)
    rows = _index(stock.column("product"), keys)
    # Rows come sorted by date, so the last one of a product stays.
    on_hand[rows], counted[rows] = _numbers(stock.column("on_hand")), _ordinals(stock.column("date"))
    return on_hand, counted


def _rolled_forward(
    count: tuple[Floats, Ints], daily: pa.Table, receipts: pa.Table, keys: pa.Array, as_of: date
) -> tuple[Floats, Ints]:
    """The newest count less what was sold and plus what was received after its day; and its age in days."""
    on_hand, counted = count[0].copy(), count[1]
    for table, sign in ((daily, -1.0), (receipts, 1.0)):
        rows, days = _index(table.column("product"), keys), _ordinals(table.column("date"))
        later = (rows >= 0) & (days > counted[rows]) & (counted[rows] > 0)
        np.add.at(on_hand, rows[later], sign * _numbers(table.column("units"))[later])
    # The count is of the day's close; as_of begins the day after the last one known.
    age = np.where(counted > 0, as_of.toordinal() - 1 - counted, -1)
    return np.maximum(on_hand, 0.0), age


def _inbound(orders: pa.Table, keys: pa.Array) -> Inbound:
    open_units = _numbers(orders.column("ordered")) - _numbers(orders.column("received"))
    open_units -= _numbers(orders.column("cancelled"))
    waiting = open_units > 0
    promised, ordered = _ordinals(orders.column("promised_date")), _ordinals(orders.column("date"))
    return Inbound(
        product=_index(orders.column("product"), keys)[waiting],
        quantity=open_units[waiting],
        due=promised[waiting],
        ordered=ordered[waiting],
    )


def _pooled_share(part: Floats, whole: Floats, units: Floats, group: Ints) -> Floats:
    """Share of each product, drawn to its category's by POOLED_UNITS units: one return of two sales is no rate."""
    groups = int(group.max(initial=0)) + 1
    parts, wholes = np.bincount(group, part, groups), np.bincount(group, whole, groups)
    shared = np.divide(parts, wholes, out=np.zeros(groups), where=wholes > 0)[group]
    own = np.divide(part, whole, out=shared.copy(), where=whole > 0)
    return np.clip((own * units + shared * POOLED_UNITS) / (units + POOLED_UNITS), 0.0, 1.0)


def _write_offs(moves: pa.Table, keys: pa.Array, first: date) -> WriteOffs:
    product, day = _index(moves.column("product"), keys), _ordinals(moves.column("date")) - first.toordinal()
    known = (product >= 0) & (day >= 0)
    return WriteOffs(product[known], day[known], _numbers(moves.column("units"))[known])


def _promotions(table: pa.Table, keys: pa.Array) -> Promotions:
    product = _index(table.column("product"), keys)
    known = np.flatnonzero(product >= 0)
    names = table.column("promotion").to_pylist()
    return Promotions(
        product[known],
        _ordinals(table.column("start_date"))[known],
        _ordinals(table.column("end_date"))[known],
        np.clip(_numbers(table.column("discount_rate"))[known], 0.0, 1.0),
        tuple(names[entry] for entry in known),
    )


def _economics(
    money: pa.Table, attributes: pa.Table, orders: pa.Table, keys: pa.Array, group: Ints, scale: float
) -> Economics:
    sums = {name: _vector(money, name, keys, 0.0) for name in money.column_names if name != "product"}
    paid, net = sums["paid_units"], sums["net_minor"] * scale

    def rate(name: str, over: Floats, factor: float = 1.0) -> Floats:
        return np.divide(sums[name] * factor, over, out=np.zeros(len(keys)), where=over > 0)

    sold_cost = np.where(sums["costed_units"] > 0, rate("cost", sums["costed_units"]), np.nan)
    bought_cost = np.full(len(keys), np.nan)
    priced = orders.filter(orders.column("unit_cost").is_valid())
    # Orders come sorted by date, so the last one of a product that names a cost stays.
    bought_cost[_index(priced.column("product"), keys)] = _numbers(priced.column("unit_cost"))
    known_cost = np.where(np.isfinite(bought_cost), bought_cost, _vector(attributes, "unit_cost", keys))
    net_price = np.where(paid > 0, rate("net_minor", paid, scale), _vector(attributes, "list_price", keys))
    fee_rows = np.bincount(group, sums["fee_rows"], int(group.max(initial=0)) + 1)
    return Economics(
        net_price=net_price,
        fees=np.nan_to_num(net_price) * _pooled_share(sums["fees_minor"] * scale, net, paid, group),
        has_fees=fee_rows[group] > 0,
        return_rate=_pooled_share(sums["returned_units"], paid, paid, group),
        restocked_rate=_pooled_share(sums["restocked_units"], paid, paid, group),
        refund_rate=_pooled_share(sums["refunds_minor"] * scale, net, paid, group),
        unit_cost=np.where(np.isfinite(sold_cost), sold_cost, known_cost),
    )


def _returned_by(delays: pa.Table) -> Floats:
    units = np.zeros(RETURN_DAYS)
    units[_numbers(delays.column("days")).astype(np.int64)] = _numbers(delays.column("units"))
    return np.cumsum(units) / units.sum() if units.sum() > 0 else np.zeros(0)


def _offers(offers: pa.Table, keys: pa.Array, suppliers: pa.Array) -> Offers:
    return Offers(
        product=_index(offers.column("product"), keys),
        supplier=_index(offers.column("supplier"), suppliers),
        from_quantity=_numbers(offers.column("from_quantity")),
        unit_cost=_numbers(offers.column("unit_cost")),
        lead_time_days=_numbers(offers.column("lead_time_days")),
        pack_quantity=_numbers(offers.column("pack_quantity")),
        minimum_quantity=_numbers(offers.column("minimum_quantity")),
    )


def _supplier_minimum(terms: pa.Table, suppliers: pa.Array, currency: str) -> Floats:
    least = np.zeros(len(suppliers))
    rows = _index(terms.column("supplier"), suppliers)
    least[rows[rows >= 0]] = np.nan_to_num(_numbers(terms.column("minimum_order_minor")))[rows >= 0]
    return np.asarray(least * 10.0 ** -minor_digits(currency))


def _lead_times(deliveries: pa.Table, suppliers: pa.Array) -> tuple[tuple[float, ...], ...]:
    """Days from order to receipt by supplier, sorted."""
    supplier, took = _index(deliveries.column("supplier"), suppliers), _numbers(deliveries.column("days"))
    return tuple(tuple(sorted(took[supplier == which].tolist())) for which in range(len(suppliers)))


def _usual_supplier(attributes: pa.Table, orders: pa.Table, keys: pa.Array, suppliers: pa.Array) -> Ints:
    """The supplier of the last purchase, else the one named with the product; -1 where neither is known."""
    usual = np.full(len(keys), -1, dtype=np.int64)
    for table in (attributes, orders):
        named = _index(table.column("supplier"), suppliers)
        rows = _index(table.column("product"), keys)
        usual[rows[named >= 0]] = named[named >= 0]
    return usual


def _rows_behind(table: pa.Table, keys: pa.Array) -> Ints:
    """Rows, first and last ordinal per product: shape (n, 3)."""
    product, day = _index(table.column("product"), keys), _ordinals(table.column("date"))
    weight = _numbers(table.column("rows")).astype(np.int64) if "rows" in table.column_names else np.ones_like(day)
    dated = day > 0
    product, day, weight = product[dated], day[dated], weight[dated]
    found = np.zeros((len(keys), 3), dtype=np.int64)
    np.add.at(found[:, 0], product, weight)
    found[:, 1] = np.iinfo(np.int64).max
    np.minimum.at(found[:, 1], product, day)
    np.maximum.at(found[:, 2], product, day)
    return found
