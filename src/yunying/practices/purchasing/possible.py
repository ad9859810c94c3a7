"""Numbers that cannot be: a product that bears one is left out and named, a store that does is refused."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yunying.kernel.errors import OperatorError
from yunying.kernel.results import Abstention
from yunying.practices.purchasing.inputs import Inputs, Ints
from yunying.practices.purchasing.lacking import impossible_number

Truths = NDArray[np.bool_]

MOST = 1e12
"""Units or money of one product beyond which a number is a mistake; counts are drawn only up to 1e18."""
MOST_LEAD_DAYS = 3650.0


def possible(inputs: Inputs) -> tuple[Inputs, tuple[Abstention, ...]]:
    """The products all of whose numbers can be, and the name of every other one.

    Raises:
        OperatorError: a number that all products share cannot be (``impossible-number``).
    """
    _store_check(inputs)
    wrong: dict[str, Truths] = {}
    for name, bad in (*_of_products(inputs), *_of_rows(inputs)):
        wrong[name] = wrong.get(name, np.zeros(len(inputs.products), dtype=bool)) | bad
    left_out = np.array(list(wrong.values())).any(axis=0)
    if not left_out.any():
        return inputs, ()
    names = ", ".join(name for name, bad in wrong.items() if bad.any())
    subjects = tuple(inputs.products[product] for product in np.flatnonzero(left_out))
    return inputs.of(np.flatnonzero(~left_out)), (impossible_number(subjects, names),)


def _of_products(inputs: Inputs) -> list[tuple[str, Truths]]:
    money = inputs.economics
    is_counted = inputs.on_hand_age >= 0
    return [
        ("units sold", _in_any_day(~_within(inputs.units))),
        ("closing stock", _in_any_day(np.isinf(inputs.closing_stock))),
        ("stock on hand", is_counted & ~(np.abs(inputs.on_hand) <= MOST)),
        ("price", ~(np.isnan(money.net_price) | (np.abs(money.net_price) <= MOST))),
        ("unit cost", ~(np.isnan(money.unit_cost) | _within(money.unit_cost))),
        ("fees", ~np.isnan(money.net_price) & ~(np.abs(money.fees) <= MOST)),
        *(
            ("returns", ~((rate >= 0) & (rate <= 1)))
            for rate in (money.return_rate, money.restocked_rate, money.refund_rate)
        ),
    ]


def _of_rows(inputs: Inputs) -> list[tuple[str, Truths]]:
    offers, n = inputs.offers, len(inputs.products)

    def products(name: str, product: Ints, bad: Truths) -> tuple[str, Truths]:
        found = np.zeros(n, dtype=bool)
        found[product[bad & (product >= 0)]] = True
        return name, found

    offered = [
        ("offered quantity", offers.from_quantity, MOST),
        ("offered cost", offers.unit_cost, MOST),
        ("lead time", offers.lead_time_days, MOST_LEAD_DAYS),
        ("pack", offers.pack_quantity, MOST),
        ("smallest order", offers.minimum_quantity, MOST),
    ]
    return [
        *(
            products(name, offers.product, ~(np.isnan(values) | _within(values, most)))
            for name, values, most in offered
        ),
        products("units on order", inputs.inbound.product, ~_within(inputs.inbound.quantity)),
        products("units written off", inputs.write_offs.product, ~_within(inputs.write_offs.quantity)),
    ]


def _store_check(inputs: Inputs) -> None:
    took = np.array([days for times in inputs.lead_times for days in times])
    shared = (
        ("capital rate", inputs.capital_rate, 100.0, "Set the store's capital rate anew."),
        ("supplier's smallest order", inputs.supplier_minimum, np.inf, "Import the supplier file again."),
        ("past lead time", took, MOST_LEAD_DAYS, "Correct the purchase file and import it again."),
    )
    for name, values, most, remedy in shared:
        if not (_within(values, most) & np.isfinite(values)).all():
            raise OperatorError(
                "impossible-number", f"A {name} of {inputs.store} is not finite, below zero or far too large.", remedy
            )


def _within(values: ArrayLike, most: float = MOST) -> Truths:
    """Whether each is a number from 0 to ``most``; NaN is none."""
    given = np.asarray(values)
    return np.asarray((given >= 0) & (given <= most))


def _in_any_day(bad: Truths) -> Truths:
    return np.asarray(bad.any(axis=1))
