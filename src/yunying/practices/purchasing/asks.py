"""What products ask for where they compete: small arrays over all of them, kept while their histories come and go."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from yunying.kernel.money import minor_digits
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.order import Orders
from yunying.practices.purchasing.terms import Terms


@dataclass(frozen=True)
class Asks:
    """Orders of n products as far as they compete for a supplier's smallest order and for cash.

    Args:
        suppliers: names; ``minimum``: the smallest order of each in major units, 0 where he names none.
        terms: of the products; their suppliers are indices into ``suppliers``.
        position: units on hand and due by the end of the cover period.
        stock_then: units expected in the store, without the order, when it arrives.
        daily: mean demand a day.
        saved: what ordering now is expected to earn more than ordering at the next review, major units.
        effect_minor, cost_minor: expected profit and cash of each order, minor units.
    """

    currency: str
    products: tuple[str, ...]
    suppliers: tuple[str, ...]
    minimum: Floats
    terms: Terms
    quantity: Floats
    position: Floats
    stock_then: Floats
    daily: Floats
    saved: Floats
    effect_minor: Floats
    cost_minor: Floats


def asks_of(inputs: Inputs, terms: Terms, orders: Orders) -> Asks:
    """What the orders of one group ask for."""
    scale = 10.0 ** minor_digits(inputs.currency)
    return Asks(
        currency=inputs.currency,
        products=inputs.products,
        suppliers=inputs.suppliers,
        minimum=inputs.supplier_minimum,
        terms=terms,
        quantity=orders.quantity,
        position=orders.position,
        stock_then=orders.stock_then,
        daily=orders.cover_demand[:, 1] / orders.review_days,
        saved=orders.saved,
        effect_minor=np.rint(orders.effect[:, 1] * scale),
        cost_minor=np.rint(orders.quantity * terms.cost_at(orders.quantity) * scale),
    )


def asks_joined(groups: Sequence[Asks]) -> Asks:
    """The asks of several groups, at least one, in their order, with one numbering of suppliers."""
    suppliers = tuple(sorted({name for group in groups for name in group.suppliers}))
    place = {name: index for index, name in enumerate(suppliers)}
    minimum = np.zeros(len(suppliers))
    terms = []
    for group in groups:
        theirs = np.array([place[name] for name in group.suppliers], dtype=np.int64)
        minimum[theirs] = group.minimum
        # The last place stands for index -1, nobody known.
        numbers = np.append(theirs, -1)[group.terms.supplier]
        terms.append(replace(group.terms, supplier=numbers))
    arrays = ("quantity", "position", "stock_then", "daily", "saved", "effect_minor", "cost_minor")
    return Asks(
        currency=groups[0].currency,
        products=tuple(product for group in groups for product in group.products),
        suppliers=suppliers,
        minimum=minimum,
        terms=Terms(
            **{each.name: np.concatenate([getattr(one, each.name) for one in terms]) for each in fields(Terms)}
        ),
        **{name: np.concatenate([getattr(group, name) for group in groups]) for name in arrays},
    )
