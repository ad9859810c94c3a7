"""From a day's demand to order lines: who wanted what when, what stock could give, and how lines make orders."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.sim.draws import Draws, Purpose, subject
from yunying.sim.settings import DemandSettings

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class Wishes:
    """n lines that buyers want, sorted by product and moment.

    Args:
        product, quantity, seconds: what, how many, when (after local midnight).
        rank: of the first unit among the product's units of the day.
    """

    product: Wholes
    quantity: Wholes
    seconds: Wholes
    rank: Wholes

    def __len__(self) -> int:
        return len(self.product)


def wishes_of(demand: Wholes, settings: DemandSettings, draws: Draws, day: int) -> Wishes:
    """Cut each product's demanded units (shape (products,)) into lines of geometric length, each at its moment."""
    product = np.repeat(np.arange(len(demand)), demand)
    rank = np.arange(len(product)) - np.repeat(np.cumsum(demand) - demand, demand)
    units = subject(day, product, rank)
    is_first = (rank == 0) | (draws.uniform_of(Purpose.LINE_BREAK, units) < 1 / settings.units_per_line)
    starts = np.flatnonzero(is_first)
    quantity = np.diff(np.append(starts, len(product)))
    seconds = moments(settings, draws.uniform_of(Purpose.LINE_TIME, units[starts]))
    order = np.lexsort((rank[starts], seconds, product[starts]))
    return Wishes(product[starts][order], quantity[order], seconds[order], rank[starts][order])


def moments(settings: DemandSettings, u: Floats) -> Wholes:
    """Seconds after midnight from uniform numbers, by the weights of the hours."""
    cumulated = np.concatenate([[0.0], np.cumsum(settings.hours)])
    hours = np.interp(u, cumulated / cumulated[-1], np.arange(25.0))
    seconds: Wholes = np.minimum(86399, (hours * 3600).astype(np.int64))
    return seconds


def units_sold(wishes: Wishes, opening: Wholes, received: Wholes, receipt_seconds: Wholes) -> Wholes:
    """What each wish gets, first come first served: the opening stock, and from its moment on the delivery.

    Args:
        wishes: n lines.
        opening: units on hand in the morning, shape (products,).
        received: units delivered in the day, shape (products,).
        receipt_seconds: when they are delivered, shape (products,).

    Returns:
        Units from 0 to the wished quantity, shape (n,). A buyer takes what is there; the rest is lost.
    """
    is_early = wishes.seconds < receipt_seconds[wishes.product]
    early = _served(wishes, np.where(is_early, wishes.quantity, 0), opening)
    rest = opening - np.bincount(wishes.product, weights=early, minlength=len(opening)).astype(np.int64) + received
    return early + _served(wishes, np.where(is_early, 0, wishes.quantity), rest)


def _served(wishes: Wishes, wanted: Wholes, stock: Wholes) -> Wholes:
    if not len(wishes):
        return wanted
    before = np.cumsum(wanted) - wanted
    is_first = np.append(True, wishes.product[1:] != wishes.product[:-1])
    before -= np.maximum.accumulate(np.where(is_first, before, 0))
    served: Wholes = np.clip(stock[wishes.product] - before, 0, wanted)
    return served


@dataclass(frozen=True)
class Baskets:
    """How n lines make orders: ``place`` sorts the lines by moment; the rest is shape (n,) in that order.

    Args:
        order: index of the order from 0; ``line``: number in the order from 1.
        seconds: the order's moment, which is that of its last line: whatever a delivery brought was there by then.
    """

    place: Wholes
    order: Wholes
    line: Wholes
    seconds: Wholes


def baskets_of(wishes: Wishes, settings: DemandSettings, draws: Draws, day: int) -> Baskets:
    """Join lines that follow each other in time into orders of geometric length."""
    place = np.lexsort((wishes.product, wishes.seconds))
    product, rank = wishes.product[place], wishes.rank[place]
    opens = draws.uniform(Purpose.ORDER_BREAK, day, product, rank) < 1 / settings.lines_per_order
    if len(opens):
        opens[0] = True
    order = np.cumsum(opens) - 1
    starts = np.flatnonzero(opens)
    ends = np.append(starts[1:], len(place)) - 1
    line = np.arange(len(place)) - starts[order] + 1 if len(place) else np.zeros(0, dtype=np.int64)
    seconds = wishes.seconds[place][ends][order] if len(place) else np.zeros(0, dtype=np.int64)
    return Baskets(place, order, line, seconds)
