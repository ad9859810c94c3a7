"""What a buyer could earn at most who knew every buyer's wish of the days to come.

Demand does not depend on what is bought, so a copy of the world that buys nothing shows it. Another copy then lives the
days with goods laid on its shelves as they are wanted, single units at the lowest price that anybody offers, from the
first day on which an order of the first morning could have arrived. What lies there or is on its way stays.

So it is a bound and not a rule: packs, smallest orders, later lead times and the waiting of goods are left out, and
what a unit is expected to earn decides whether it is laid there, not the luck of its return.
"""

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.periods import Period
from yunying.sim.nature import Nature
from yunying.sim.plan import discounts
from yunying.sim.state import State
from yunying.sim.supply import average_cost, lead_time_days, open_day
from yunying.sim.world import World

Wholes = NDArray[np.int64]


class Foresight:
    """A copy of a world that lives the next days with every wish foreseen.

    Args:
        world: is copied, never stepped.
        days: how many days are foreseen, within the world's horizon.
    """

    def __init__(self, world: World, days: int) -> None:
        self.world = world.copy()
        self._wanted = _wanted(world, days)
        nature, _ = self._truth
        self._first_day = _first_arrivals(nature, self.world.standing[0].day, days)
        self._cost_micros = _lowest_cost(nature)

    def live(self) -> None:
        """Live the next day: lay what will be lacking on the shelves, then let the buyers come."""
        nature, state = self._truth
        day = state.day
        lacking = np.maximum(self._wanted[day] - state.on_hand, 0)
        earns = _margin_minor(nature, state, self._cost_micros) > 0
        added = np.where(earns & (self._first_day <= day), lacking, 0)
        state.cost_micros = average_cost(state.on_hand, state.cost_micros, added, added * self._cost_micros)
        state.on_hand += added
        self.world.advance(self.world.today)

    @property
    def _truth(self) -> tuple[Nature, State]:
        return self.world._nature, self.world.standing[0]


def _wanted(world: World, days: int) -> dict[int, Wholes]:
    scout = world.copy()
    first, start = scout.today, scout.standing[0].day
    for _ in range(days):
        scout.advance(scout.today)
    demand = scout.truth.units("demand", Period(first, scout.today)).astype(np.int64)
    return {start + place: units for place, units in enumerate(demand)}


def _first_arrivals(nature: Nature, start: int, days: int) -> Wholes:
    """The first day on which an order of these days reaches each product, from any supplier that offers it."""
    by_supplier = [
        min(
            open_day(nature.settings, day + lead_time_days(nature.settings, nature.draws, day, supplier))
            for day in range(start, start + days)
        )
        for supplier in range(len(nature.settings.supply.suppliers))
    ]
    first = np.full(len(nature.catalogue), np.iinfo(np.int64).max)
    for supplier, product in nature.offers:
        first[product] = min(first[product], by_supplier[supplier])
    return first


def _lowest_cost(nature: Nature) -> Wholes:
    lowest = np.full(len(nature.catalogue), np.iinfo(np.int64).max)
    for (_, product), offer in nature.offers.items():
        reached = offer.break_cost_micros if offer.break_quantity else offer.unit_cost_micros
        lowest[product] = min(lowest[product], offer.unit_cost_micros, reached)
    return lowest


def _margin_minor(nature: Nature, state: State, cost_micros: Wholes) -> NDArray[np.float64]:
    """What a unit sold today is expected to earn, returns and cancellations counted, in minor units."""
    settings = nature.settings
    store, after = settings.store, settings.after_sales
    permille, _ = discounts(state.promotions, state.day, len(nature.catalogue))
    paid = state.list_price_minor * (1 - permille / 1000)
    returned = np.array([category.return_rate for category in settings.catalogue.categories])[nature.catalogue.category]
    back = after.cancel_rate + (1 - after.cancel_rate) * returned
    kept_cost = 1 - after.cancel_rate - (1 - after.cancel_rate) * returned * after.restock_rate
    net = paid / (1 + store.tax_rate) * (1 - back) - paid * (store.commission_rate + store.payment_fee_rate)
    # Most orders hold more than one unit, and each further one is cheaper to send; the cheaper keeps it a bound.
    return np.asarray(net - store.shipping_unit_minor - cost_micros / nature.micros_per_minor * kept_cost)
