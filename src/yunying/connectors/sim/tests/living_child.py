"""Works a living store day after day, as the loop would: apply what is due, advance, publish. Made to be killed.

The modes: ``keys`` as it should be; ``keyless`` gives each call a key of its own, as if keys were not recorded.
``crash_before_advance`` names a day on which the process kills itself when its commands are applied.
"""

import os
import signal
import sys
from decimal import Decimal
from pathlib import Path

from yunying.connectors.sim import living_store
from yunying.connectors.sim.living_store import LivingStore
from yunying.facts.store import FactStore
from yunying.kernel.command import Command
from yunying.sim.minmax import MinMaxRule
from yunying.sim.supply import whole_packs

DAYS = 35
RULE = MinMaxRule(14, 35)
SETTINGS = """extends: demo
store: {id: trial}
horizon_days: 730
catalogue: {products: 12}
members: {initial: 100}
traffic: {event_sample_rate: 0}
"""


def begun(folder: Path) -> LivingStore:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "world.yaml").write_text(SETTINGS, encoding="utf-8")
    return LivingStore.create(folder / "living", folder / "world.yaml", 5, DAYS, RULE)


def due(store: LivingStore) -> list[Command]:
    """What the day begins with: the rule's orders, a small or a large one of something, a price and a budget."""
    book, day = store.book, store.days
    place = day % len(book.products)
    product, offer = book.products[place], book.offers[place]
    found = list(RULE(store.today, book))
    if product in store.known_products:
        # A small order waits at most suppliers until a large one takes it along.
        quantity = whole_packs(offer.minimum_quantity + (0 if day % 2 else 400), offer.pack)
        cost = str(Decimal(offer.cost_micros(quantity)).scaleb(-6))
        line = {"product": product, "quantity": quantity, "unit_cost": cost}
        found.append(Command("purchase_order", 1, {"supplier": book.suppliers[offer.supplier], "lines": (line,)}))
        found.append(Command("set_price", 1, {"product": product, "list_price": f"{50 + day % 40}.50"}))
    budget = {"channel": "search_ads", "campaign": "C-search", "daily_minor": 1000 * (day % 30)}
    found.append(Command("set_budget", 1, budget))
    return found


def work(folder: Path, until: int, mode: str = "keys", crash_before_advance: int = -1) -> None:
    store, facts = begun(folder), FactStore(folder / "facts")
    while store.days < until:
        day = store.days
        for place, command in enumerate(due(store)):
            store.apply(command, f"{day}/{place}" + (f"/{os.getpid()}" if mode == "keyless" else ""))
        if day == crash_before_advance:
            os.kill(os.getpid(), signal.SIGKILL)
        store.advance()
        if day % 3 == 0:
            publish(store, facts)
        print(store.days, flush=True)
    publish(store, facts)


def publish(store: LivingStore, facts: FactStore) -> None:
    for batch in store.batches(facts.snapshots.last_number(store.source)):
        facts.write(batch)


if __name__ == "__main__":
    # Checkpoints come often, so that many a kill meets one on its way.
    living_store.DAYS_PER_CHECKPOINT = 2
    work(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
