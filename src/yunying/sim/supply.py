"""Purchases: what is on its way, when it comes, and what goods cost on average."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from yunying.methods.calendars import occurrences
from yunying.sim.catalogue import Catalogue, Offer
from yunying.sim.draws import Draws, Purpose
from yunying.sim.settings import WorldSettings

Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class PurchaseLine:
    """One line of a purchase order; days count from the world's start."""

    purchase: str
    line: int
    supplier: int
    product: int
    quantity: int
    cost_micros: int
    ordered_day: int
    promised_day: int
    due_day: int


def lead_time_days(settings: WorldSettings, draws: Draws, day: int, supplier: int) -> int:
    """Days from order to usable stock; all orders to one supplier on one day share it, under every rule."""
    law = settings.supply.suppliers[supplier].lead_time
    return int(law.quantile(draws.uniform(Purpose.LEAD_TIME, day, supplier))[0])


def open_day(settings: WorldSettings, day: int) -> int:
    """The first day from ``day`` on that lies in none of the events in which nothing arrives."""
    date = settings.start_date + timedelta(days=day)
    closed = [event.period for slug in settings.supply.closed_events for event in occurrences(slug)]
    while any(date in period for period in closed):
        date += timedelta(days=1)
    return (date - settings.start_date).days


def launch_quantities(settings: WorldSettings, catalogue: Catalogue, offers: dict[tuple[int, int], Offer]) -> Wholes:
    """What each product's launch begins with: days of its category's median demand, in whole packs."""
    quantities = np.zeros(len(catalogue), dtype=np.int64)
    for category in range(len(settings.catalogue.categories)):
        members = np.flatnonzero(catalogue.category == category)
        if len(members):
            quantities[members] = round(settings.life.launch_cover_days * float(np.median(catalogue.level[members])))
    for product in range(len(catalogue)):
        offer = offers[int(catalogue.supplier[product]), product]
        quantities[product] = whole_packs(max(int(quantities[product]), offer.minimum_quantity), offer.pack)
    return quantities


def whole_packs(quantity: int, pack: int) -> int:
    """The quantity rounded up to whole packs.

    >>> whole_packs(13, 6)
    18
    """
    return -(-quantity // pack) * pack


def average_cost(on_hand: Wholes, cost_micros: Wholes, added: Wholes, value_micros: Wholes) -> Wholes:
    """Moving average cost of one unit after units are added; unchanged where none are.

    Args:
        on_hand: units before, shape (products,), as all of these.
        cost_micros: cost of one unit before.
        added: units added.
        value_micros: their whole cost.
    """
    total = on_hand + added
    value = on_hand * cost_micros + value_micros
    return np.where(added > 0, (2 * value + total) // np.maximum(1, 2 * total), cost_micros)
