"""Order lines as columns, and the states that they go through."""

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yunying.sim.draws import Words, subject

Wholes = NDArray[np.int64]

REAL, TEST, BRUSHED = 0, 1, 2
"""Codes of ``reality``."""
NOBODY = -1
"""Code where a line has no member or no promotion."""


@dataclass(frozen=True)
class Lines:
    """n order lines; every field has shape (n,).

    Args:
        order, line: the order's number, and the line's in it from 1.
        rank: of the line's first unit among the product's units of its day; with day and product it keys the luck.
        day: on which it was placed.
        seconds: after local midnight.
        list_minor: list price of one unit; ``discount_minor``: off the whole line; ``amount_minor``: due or paid.
        cost_micros: cost of one unit.
        promotion: index in the world's promotions; ``member``: index in the population; ``NOBODY`` where there is none.
        channel, region: indexes in the settings.
        reality: REAL, TEST or BRUSHED.
    """

    order: Wholes
    line: Wholes
    product: Wholes
    rank: Wholes
    day: Wholes
    seconds: Wholes
    quantity: Wholes
    list_minor: Wholes
    discount_minor: Wholes
    amount_minor: Wholes
    tax_minor: Wholes
    cost_micros: Wholes
    commission_minor: Wholes
    payment_fee_minor: Wholes
    shipping_minor: Wholes
    promotion: Wholes
    member: Wholes
    channel: Wholes
    region: Wholes
    reality: Wholes

    def __len__(self) -> int:
        return len(self.order)

    @cached_property
    def subject(self) -> Words:
        """What keys the luck of each line."""
        return subject(self.day, self.product, self.rank, self.reality)

    def columns(self) -> dict[str, Wholes]:
        """Every column by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def take(self, which: NDArray[np.bool_] | Wholes) -> "Lines":
        """The lines at a mask or at indexes."""
        return Lines(**{name: column[which] for name, column in self.columns().items()})


def joined(parts: list[Lines]) -> Lines:
    """All lines of at least one part, in order."""
    return Lines(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Lines)}
    )


@dataclass(frozen=True)
class LineStates:
    """n lines entering one state on one day.

    Args:
        state: a state of the fact schema.
        seconds: moments of the day; ``quantity``, ``amount_minor``, ``tax_minor``: of this state; ``restocked``: of the
            units sent back, those that can be sold again.
    """

    state: str
    lines: Lines
    seconds: Wholes
    quantity: Wholes
    amount_minor: Wholes
    tax_minor: Wholes
    restocked: Wholes


def share_of(amount_minor: Wholes, part: Wholes, whole: Wholes) -> Wholes:
    """The amount * part / whole, rounded half up; all at least 0, whole above 0."""
    return (2 * amount_minor * part + whole) // (2 * whole)
