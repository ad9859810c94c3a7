"""Terms and attributes as facts: products, prices, suppliers and their offers, campaigns, the store itself."""

import numpy as np
import pyarrow as pa

from yunying.facts.schema import DATE
from yunying.sim import columns as col
from yunying.sim.catalogue import Offer
from yunying.sim.nature import Nature
from yunying.sim.state import DayRecord


def product_table(nature: Nature, record: DayRecord) -> pa.Table:
    """All attributes of products announced today; else what changed: the status or the average cost."""
    parts = [_announced_products(nature, record)]
    changed = np.union1d(np.concatenate([record.launched, record.ended, record.discontinued]), record.recosted)
    changed = np.setdiff1d(changed, record.announced).astype(np.int64)
    if len(changed):
        statuses: list[str | None] = [_status(record, product) for product in changed.tolist()]
        recosted = np.isin(changed, record.recosted)
        parts.append(
            col.table(
                "product",
                {
                    "product": col.chosen(nature.catalogue.products, changed),
                    "date": col.dates(nature.date(record.day), len(changed)),
                    "unit_cost": col.prices(record.cost_micros[changed], known=recosted),
                    "status": pa.array(statuses, pa.string()),
                },
            )
        )
    return pa.concat_tables(parts, promote_options="default")


def _status(record: DayRecord, product: int) -> str | None:
    for status, products in (
        ("discontinued", record.discontinued),
        ("off_sale", record.ended),
        ("on_sale", record.launched),
    ):
        if product in products:
            return status
    return None


def _announced_products(nature: Nature, record: DayRecord) -> pa.Table:
    new, catalogue, settings = record.announced, nature.catalogue, nature.settings
    on_sale = (catalogue.launch_day[new] <= record.day) & (record.day < catalogue.end_day[new])
    return col.table(
        "product",
        {
            "product": col.chosen(catalogue.products, new),
            "date": col.dates(nature.date(record.day), len(new)),
            "title": col.chosen(catalogue.titles, new),
            "category": col.chosen(
                [category.name for category in settings.catalogue.categories], catalogue.category[new]
            ),
            "style": col.chosen(catalogue.styles, new),
            "brand": col.chosen(catalogue.brands, new),
            "supplier": col.chosen([supplier.name for supplier in settings.supply.suppliers], catalogue.supplier[new]),
            "unit_cost": col.prices(record.cost_micros[new]),
            "list_price": col.prices(record.list_price_minor[new] * nature.micros_per_minor),
            "status": col.chosen(["off_sale", "on_sale"], on_sale.astype(np.int64)),
        },
    )


def price_table(nature: Nature, record: DayRecord) -> pa.Table:
    """List prices that hold from today on."""
    which = record.repriced
    return col.table(
        "price",
        {
            "product": col.chosen(nature.catalogue.products, which),
            "date": col.dates(nature.date(record.day), len(which)),
            "list_price": col.prices(record.list_price_minor[which] * nature.micros_per_minor),
        },
    )


def offer_table(nature: Nature, record: DayRecord) -> pa.Table:
    """The terms of all suppliers for the products announced today, one row for each price break."""
    announced = set(record.announced.tolist())
    rows: list[tuple[Offer, int, int]] = []
    for offer in nature.offers.values():
        if offer.product in announced:
            rows.append((offer, 1, offer.unit_cost_micros))
            if offer.break_quantity > 1:
                rows.append((offer, offer.break_quantity, offer.break_cost_micros))
    suppliers = nature.settings.supply.suppliers
    promised = np.array([suppliers[offer.supplier].promised_days for offer, _, _ in rows], dtype=np.int64)
    supplier = np.array([offer.supplier for offer, _, _ in rows], dtype=np.int64)
    return col.table(
        "supplier_offer",
        {
            "supplier": col.chosen([entry.name for entry in suppliers], supplier),
            "product": col.chosen(nature.catalogue.products, np.array([o.product for o, _, _ in rows], dtype=np.int64)),
            "from_quantity": pa.array([start for _, start, _ in rows], pa.int64()),
            "date": col.dates(nature.date(record.day), len(rows)),
            "unit_cost": col.prices(np.array([cost for _, _, cost in rows], dtype=np.int64)),
            "lead_time_days": col.wholes(promised),
            "pack_quantity": pa.array([offer.pack for offer, _, _ in rows], pa.int64()),
            "minimum_quantity": pa.array([offer.minimum_quantity for offer, _, _ in rows], pa.int64()),
        },
    )


def supplier_table(nature: Nature) -> pa.Table:
    """All suppliers, as of the first day."""
    suppliers = nature.settings.supply.suppliers
    return col.table(
        "supplier",
        {
            "supplier": pa.array([supplier.name for supplier in suppliers], pa.string()),
            "date": col.dates(nature.settings.start_date, len(suppliers)),
            "title": pa.array([supplier.title for supplier in suppliers], pa.string()),
            "minimum_order_minor": pa.array([supplier.minimum_order_minor for supplier in suppliers], pa.int64()),
        },
    )


def campaign_table(nature: Nature) -> pa.Table:
    """The campaign of each paid channel; it runs from the first day and has no end."""
    paid = [(channel, channel.paid) for channel in nature.settings.traffic.channels if channel.paid]
    start = nature.settings.start_date
    return col.table(
        "campaign",
        {
            "campaign": pa.array([terms.campaign for _, terms in paid], pa.string()),
            "date": col.dates(start, len(paid)),
            "title": pa.array([channel.title for channel, _ in paid], pa.string()),
            "channel": pa.array([channel.name for channel, _ in paid], pa.string()),
            "start_date": col.dates(start, len(paid)),
        },
    )


def store_table(nature: Nature) -> pa.Table:
    """The store's one row."""
    store = nature.settings.store
    return col.table(
        "store",
        {
            "date": pa.array([nature.settings.start_date], DATE),
            "title": pa.array([store.title], pa.string()),
            "currency": pa.array([store.currency], pa.string()),
            "time_zone": pa.array([store.time_zone], pa.string()),
            "capital_rate": pa.array([store.capital_rate], pa.float64()),
        },
    )
