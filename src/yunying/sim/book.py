"""What the store's own books say: figures that its facts carry, and no truth. Rules of buying read nothing else."""

import copy
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.command import Command
from yunying.sim.catalogue import Offer
from yunying.sim.lines import REAL
from yunying.sim.nature import Nature
from yunying.sim.state import DayRecord

Wholes = NDArray[np.int64]

_DAYS_KEPT = 120


@dataclass
class Book:
    """Kept from day to day; arrays are over products, in the order of ``products``.

    Args:
        suppliers: keys; ``minimum_order_minor``, ``promised_days``: their terms, in the same order. Their true lead
            times are no fact and stand nowhere here.
        offers: one for each product, from its usual supplier.
        paid_units: of real goods, one array for each of the last 120 days.
        on_hand: closing stock; ``on_order``: ordered and not yet received.
        micros_per_minor: millionths of a major unit in a minor one.
        first_day: of each product on sale, -1 while it is not; ``is_on_sale``: today.
    """

    products: tuple[str, ...]
    suppliers: tuple[str, ...]
    minimum_order_minor: tuple[int, ...]
    promised_days: tuple[int, ...]
    micros_per_minor: int
    offers: tuple[Offer, ...]
    paid_units: deque[Wholes]
    on_hand: Wholes
    on_order: Wholes
    first_day: Wholes
    is_on_sale: NDArray[np.bool_]
    day: int

    @classmethod
    def empty(cls, nature: Nature) -> "Book":
        """The book before the first day."""
        count = len(nature.catalogue)
        suppliers = nature.settings.supply.suppliers
        usual = nature.catalogue.supplier
        return cls(
            products=nature.catalogue.products,
            suppliers=tuple(supplier.name for supplier in suppliers),
            minimum_order_minor=tuple(supplier.minimum_order_minor for supplier in suppliers),
            promised_days=tuple(supplier.promised_days for supplier in suppliers),
            micros_per_minor=nature.micros_per_minor,
            offers=tuple(nature.offers[int(usual[product]), product] for product in range(count)),
            paid_units=deque(maxlen=_DAYS_KEPT),
            on_hand=np.zeros(count, dtype=np.int64),
            on_order=np.zeros(count, dtype=np.int64),
            first_day=np.full(count, -1),
            is_on_sale=np.zeros(count, dtype=bool),
            day=0,
        )

    def copy(self) -> "Book":
        """A book that is kept alone."""
        twin = copy.copy(self)
        twin.paid_units = self.paid_units.copy()
        for name in ("on_hand", "on_order", "first_day", "is_on_sale"):
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def observe(self, record: DayRecord) -> None:
        """Enter a day that is over."""
        paid = np.zeros(len(self.products), dtype=np.int64)
        for entry in record.states:
            if entry.state == "paid":
                real = entry.lines.reality == REAL
                np.add.at(paid, entry.lines.product[real], entry.quantity[real])
        self.paid_units.append(paid)
        self.on_hand = record.on_hand
        for line in record.ordered:
            self.on_order[line.product] += line.quantity
        for line in record.arrived:
            self.on_order[line.product] -= line.quantity
        started = record.launched
        if record.day == 0:
            started = np.flatnonzero(record.opening_stock > 0)
        self.first_day[started] = record.day
        self.is_on_sale[started] = True
        self.is_on_sale[record.ended] = False
        self.day = record.day + 1

    def daily_units(self, days: int) -> NDArray[np.float64]:
        """Mean units paid a day over the last ``days`` days on sale, at most 120; 0 before the first day on sale."""
        kept = list(self.paid_units)[-days:]
        if not kept:
            return np.zeros(len(self.products))
        lived = np.clip(self.day - self.first_day, 1, len(kept))
        mean: NDArray[np.float64] = np.sum(kept, axis=0) / lived
        return mean


Rule = Callable[[date, Book], Sequence[Command]]
"""A rule of operating: the morning's date and the books in, commands out."""
