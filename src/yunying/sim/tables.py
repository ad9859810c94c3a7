"""A day's record written as facts: Arrow tables that fit the schema, without the store column."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yunying.facts.schema import ORDER_STATES, REALITIES
from yunying.sim import columns as col
from yunying.sim.events import event_table
from yunying.sim.lines import Lines, LineStates, joined
from yunying.sim.members import Members, member_keys
from yunying.sim.nature import Nature
from yunying.sim.plan import Promotion
from yunying.sim.state import DayRecord
from yunying.sim.stock_tables import purchase_table, stock_level_table, stock_movement_table
from yunying.sim.term_tables import campaign_table, offer_table, price_table, product_table, store_table, supplier_table

Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class _DayStates:
    """All states of a day in one; every array has shape (n,), ``state`` is an index of the schema's ORDER_STATES."""

    lines: Lines
    state: Wholes
    seconds: Wholes
    quantity: Wholes
    amount_minor: Wholes
    tax_minor: Wholes
    restocked: Wholes

    def entered(self, *states: str) -> NDArray[np.bool_]:
        return np.isin(self.state, [ORDER_STATES.index(state) for state in states])


def _joined_states(states: list[LineStates]) -> _DayStates:
    columns = ("seconds", "quantity", "amount_minor", "tax_minor", "restocked")
    return _DayStates(
        joined([entry.lines for entry in states]),
        np.concatenate([np.full(len(entry.lines), ORDER_STATES.index(entry.state)) for entry in states]),
        *(np.concatenate([getattr(entry, name) for entry in states]) for name in columns),
    )


def joined_tables(days: Sequence[dict[str, pa.Table]]) -> dict[str, pa.Table]:
    """The facts of several days in one table each, days in their order."""
    names = sorted({name for tables in days for name in tables})
    return {name: pa.concat_tables([tables[name] for tables in days if name in tables]) for name in names}


class Writer:
    """Writes records of one world."""

    def __init__(self, nature: Nature) -> None:
        self._nature = nature
        self._zone = ZoneInfo(nature.settings.store.time_zone)

    def tables(self, record: DayRecord, members: Members, promotions: list[Promotion]) -> dict[str, pa.Table]:
        """All facts of a day, by table; tables without rows are left out."""
        nature = self._nature
        found = {
            "order_line": self._order_lines(record, promotions),
            "event": event_table(nature, record, self._zone),
            "stock_level": stock_level_table(nature, record),
            "stock_movement": stock_movement_table(nature, record),
            "purchase_line": purchase_table(nature, record),
            "price": price_table(nature, record),
            "ad_spend": self._ad_spend(record),
            "product": product_table(nature, record),
            "member": self._members(record, members),
            "supplier_offer": offer_table(nature, record),
        }
        if record.day == 0:
            found["supplier"] = supplier_table(nature)
            found["campaign"] = campaign_table(nature)
            found["store"] = store_table(nature)
        return {name: rows for name, rows in found.items() if len(rows)}

    def _order_lines(self, record: DayRecord, promotions: list[Promotion]) -> pa.Table:
        if not record.states:
            return pa.table({})
        nature, settings, date = self._nature, self._nature.settings, self._nature.date(record.day)
        day = _joined_states(record.states)
        lines, count, step = day.lines, len(day.lines), nature.micros_per_minor
        channels = settings.traffic.channels
        return col.table(
            "order_line",
            {
                "order": col.numbered(lines.order),
                "line": col.numbered(lines.line),
                "state": col.chosen(ORDER_STATES, day.state),
                "occurrence": col.repeated("", count),
                "date": col.dates(date, count),
                "at": col.instants(date, day.seconds, self._zone),
                "product": col.chosen(nature.catalogue.products, lines.product),
                "line_kind": col.repeated("goods", count),
                "quantity": col.wholes(day.quantity),
                "list_price": col.prices(lines.list_minor * step),
                "amount_minor": col.wholes(day.amount_minor),
                "discount_minor": col.wholes(lines.discount_minor, known=day.entered("placed", "paid")),
                "tax_minor": col.wholes(day.tax_minor),
                "unit_cost": col.prices(lines.cost_micros),
                "commission_minor": col.wholes(lines.commission_minor, known=day.entered("paid")),
                "payment_fee_minor": col.wholes(lines.payment_fee_minor, known=day.entered("paid")),
                "shipping_cost_minor": col.wholes(lines.shipping_minor, known=day.entered("paid")),
                "restocked_quantity": col.wholes(day.restocked, known=day.entered("refunded", "cancelled")),
                "promotion": col.chosen([*(promotion.name for promotion in promotions), None], lines.promotion),
                "channel": col.chosen([channel.name for channel in channels], lines.channel),
                "campaign": col.chosen(_campaigns(nature), lines.channel),
                "member": self._member_texts(lines.member),
                "session": col.numbered(lines.order, "S"),
                "region": col.chosen(list(settings.store.regions), lines.region),
                "reality": col.chosen(REALITIES, lines.reality),
            },
        )

    def _member_texts(self, member: Wholes) -> pa.Array:
        keys = member_keys(self._nature.draws, np.maximum(member, 0))
        return pa.array(keys, pa.string(), mask=member < 0)

    def _ad_spend(self, record: DayRecord) -> pa.Table:
        channels = self._nature.settings.traffic.channels
        paid = np.array([place for place, channel in enumerate(channels) if channel.paid], dtype=np.int64)
        return col.table(
            "ad_spend",
            {
                "date": col.dates(self._nature.date(record.day), len(paid)),
                "channel": col.chosen([channel.name for channel in channels], paid),
                "campaign": col.chosen(_campaigns(self._nature), paid),
                "spend_minor": col.wholes(record.ad_spend_minor[paid]),
                "impressions": col.wholes(record.impressions[paid]),
                "clicks": col.wholes(record.clicks[paid]),
            },
        )

    def _members(self, record: DayRecord, members: Members) -> pa.Table:
        settings = self._nature.settings
        new = record.new_members
        if record.day == 0:
            new = np.concatenate([np.flatnonzero(members.joined_day < 0), new])
        return col.table(
            "member",
            {
                "member": pa.array(member_keys(self._nature.draws, new), pa.string()),
                "date": col.dates_of(np.minimum(members.joined_day[new], record.day), settings.start_date),
                "joined_date": col.dates_of(members.joined_day[new], settings.start_date),
                "region": col.chosen(list(settings.store.regions), members.region[new]),
                "channel": col.chosen([channel.name for channel in settings.traffic.channels], members.channel[new]),
            },
        )


def _campaigns(nature: Nature) -> list[str | None]:
    return [channel.paid.campaign if channel.paid else None for channel in nature.settings.traffic.channels]
