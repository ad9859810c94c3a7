"""From the units that a rule wants to the purchase orders of a morning: packs, minima, one order for each supplier."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.command import Command, Value
from yunying.sim.book import Book
from yunying.sim.supply import whole_packs

Wholes = NDArray[np.int64]


def orders_wanted(book: Book, wanted: Wholes, daily: NDArray[np.float64]) -> Sequence[Command]:
    """Orders from each product's usual supplier.

    Args:
        book: of the store; it says packs, minima and what is there.
        wanted: units of each product, at most 0 where none are.
        daily: mean units a day, above 0 where units are wanted; says where stock lasts shortest.
    """
    by_supplier: dict[int, dict[int, int]] = defaultdict(dict)
    for product in np.flatnonzero(wanted > 0).tolist():
        offer = book.offers[product]
        units = max(int(wanted[product]), offer.minimum_quantity)
        by_supplier[offer.supplier][product] = whole_packs(units, offer.pack)
    return tuple(
        _command(book, supplier, _topped_up(book, supplier, lines, daily))
        for supplier, lines in sorted(by_supplier.items())
    )


def _topped_up(book: Book, supplier: int, lines: dict[int, int], daily: NDArray[np.float64]) -> dict[int, int]:
    """Add packs where they last shortest until the supplier's smallest order is reached."""
    lines = dict(lines)
    while _value_minor(book, lines) < book.minimum_order_minor[supplier]:
        cover = {
            product: (book.on_hand[product] + book.on_order[product] + units) / daily[product]
            for product, units in lines.items()
        }
        shortest = min(cover, key=lambda product: (cover[product], product))
        lines[shortest] += book.offers[shortest].pack
    return lines


def _value_minor(book: Book, lines: dict[int, int]) -> float:
    return sum(units * book.offers[product].cost_micros(units) for product, units in lines.items()) / (
        book.micros_per_minor
    )


def _command(book: Book, supplier: int, lines: dict[int, int]) -> Command:
    rows: tuple[Mapping[str, Value], ...] = tuple(
        {
            "product": book.products[product],
            "quantity": units,
            "unit_cost": str(Decimal(book.offers[product].cost_micros(units)).scaleb(-6)),
        }
        for product, units in sorted(lines.items())
    )
    return Command("purchase_order", 1, {"supplier": book.suppliers[supplier], "lines": rows})
