"""How the simulated store's hands are tried out: on a small store that somebody has just taken over."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np

from yunying.connectors.manifest import Site
from yunying.connectors.sim.connector import living_store
from yunying.connectors.sim.living_store import LivingStore
from yunying.connectors.trial import Trial, folder_tree
from yunying.kernel.command import Command, Value
from yunying.sim.minmax import MinMaxRule

Params = dict[str, Value | tuple[Mapping[str, Value], ...]]

_SETTINGS = """extends: demo
store: {id: trial}
horizon_days: 400
catalogue: {products: 30}
members: {initial: 200}
traffic: {event_sample_rate: 0}
"""
_DAYS = 40


def _prepare(folder: Path) -> Site:
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "world.yaml"
    settings.write_text(_SETTINGS, encoding="utf-8")
    site_folder = folder / "trial" / "sim"
    store = LivingStore.create(site_folder, settings, 5, _DAYS, MinMaxRule(14, 35))
    return Site("trial", "CNY", site_folder, store.today)


def _orders(site: Site) -> tuple[Command, ...]:
    """One order below the supplier's smallest one, and one that brings both above it."""
    book = living_store(site).book
    found = []
    for supplier, minimum in enumerate(book.minimum_order_minor):
        sold = (each for each in book.offers if each.supplier == supplier and book.is_on_sale[each.product])
        offer = next(sold, None)
        if offer is None or not minimum:
            continue
        packs = -(-minimum * book.micros_per_minor // (offer.pack * offer.cost_micros(offer.minimum_quantity)))
        for quantity in (max(offer.minimum_quantity, offer.pack), max(offer.minimum_quantity, 2 * packs * offer.pack)):
            cost = str(Decimal(offer.cost_micros(quantity)).scaleb(-6))
            line: Mapping[str, Value] = {
                "product": book.products[offer.product],
                "quantity": quantity,
                "unit_cost": cost,
            }
            found.append(Command("purchase_order", 1, {"supplier": book.suppliers[supplier], "lines": (line,)}))
    return tuple(found)


def _samples(site: Site) -> tuple[Command, ...]:
    store = living_store(site)
    first, second = (store.book.products[place] for place in np.flatnonzero(store.book.is_on_sale)[:2])
    promotion: Params = {
        "promotion": "winter",
        "start_date": store.today.isoformat(),
        "end_date": store.today.replace(year=store.today.year + 1).isoformat(),
        "discount_rate_permille": 150,
        "products": ({"product": first}, {"product": second}),
    }
    budget: Params = {"channel": "search_ads", "campaign": "C-search"}
    return (
        *_orders(site),
        Command("set_price", 1, {"product": first, "list_price": "88.80"}),
        Command("set_price", 1, {"product": first, "list_price": "77.70"}),
        Command("set_budget", 1, {**budget, "daily_minor": 10_000}),
        Command("set_budget", 1, {**budget, "daily_minor": 20_000, "days": 7}),
        Command("start_promotion", 1, promotion),
        Command("stop_promotion", 1, {"promotion": "winter"}),
    )


def _refused(site: Site) -> tuple[Command, ...]:
    return (
        Command("set_price", 1, {"product": "nothing", "list_price": "1.00"}),
        Command("set_budget", 1, {"channel": "search", "campaign": "C-search", "daily_minor": 1}),
        Command("stop_promotion", 1, {"promotion": "winter"}),
    )


def _condition(site: Site, command: Command) -> object:
    return living_store(site).in_force(command)


def _observe(site: Site) -> object:
    """Everything but the checkpoints, which are shortcuts, and what the world says of itself."""
    tree = {path: content for path, content in folder_tree(site.folder).items() if not path.startswith("checkpoints")}
    book = living_store(site).book
    return tree, book.day, book.on_hand.tolist(), book.on_order.tolist()


def _pass_time(site: Site) -> None:
    for _ in range(3):
        living_store(site).advance()


TRIAL = Trial(
    prepare=_prepare, samples=_samples, refused=_refused, condition=_condition, observe=_observe, pass_time=_pass_time
)
