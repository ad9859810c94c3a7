"""Where a world stands: everything that changes from day to day."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yunying.sim.ledger import Ledger
from yunying.sim.lines import LineStates
from yunying.sim.members import Members
from yunying.sim.plan import Promotion
from yunying.sim.supply import PurchaseLine

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]


@dataclass
class State:
    """Arrays are over products unless said otherwise.

    Args:
        day: the next day to live, from 0.
        on_hand: units at the end of the day before; ``cost_micros``: their average cost of one unit.
        priced_by_hand: products whose list price a command has set; the store's own moves leave them alone.
        missing: units that promotions took from the future, in days of plain demand.
        budget_minor, adstock_minor: over channels.
        promotions: all that were ever planned, own ones first; lines name them by index.
        pending: states of order lines by the later day on which they come.
        deliveries: purchase lines by the day on which they arrive.
        references: numbers of purchases that commands gave.
    """

    day: int
    on_hand: Wholes
    cost_micros: Wholes
    list_price_minor: Wholes
    priced_by_hand: NDArray[np.bool_]
    missing: Floats
    budget_minor: Wholes
    adstock_minor: Floats
    promotions: list[Promotion]
    members: Members
    ledger: Ledger
    pending: dict[int, list[LineStates]] = field(default_factory=dict)
    deliveries: dict[int, list[PurchaseLine]] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)

    def copy(self) -> "State":
        """A state that changes alone; values that nothing changes in place are shared."""
        return State(
            day=self.day,
            on_hand=self.on_hand.copy(),
            cost_micros=self.cost_micros.copy(),
            list_price_minor=self.list_price_minor.copy(),
            priced_by_hand=self.priced_by_hand.copy(),
            missing=self.missing.copy(),
            budget_minor=self.budget_minor.copy(),
            adstock_minor=self.adstock_minor.copy(),
            promotions=list(self.promotions),
            members=self.members.copy(),
            ledger=self.ledger.copy(),
            pending={day: list(states) for day, states in self.pending.items()},
            deliveries={day: list(lines) for day, lines in self.deliveries.items()},
            references=set(self.references),
        )


@dataclass
class DayRecord:
    """All that happened on one day, as numbers; ``tables`` writes it as facts. Arrays are over products.

    Args:
        day: from 0.
        states: what entered which state of an order line.
        ordered, arrived: purchase lines.
        opening_stock: units that the store's first day, or the product's launch, begins with; else 0.
        sold, restocked, written_off, on_hand: units; on_hand is the closing stock.
        cost_micros: average cost of one unit at the day's end.
        announced, launched, ended, discontinued: indexes of products whose status changes.
        repriced: indexes of products whose list price holds from today; ``recosted``: whose average cost changed.
        new_members: indexes of members who joined.
        ad_spend_minor, clicks, impressions, visits: over channels.
        expected: demand by the true laws, which browsing follows.
    """

    day: int
    states: list[LineStates]
    ordered: list[PurchaseLine]
    arrived: list[PurchaseLine]
    opening_stock: Wholes
    sold: Wholes
    restocked: Wholes
    written_off: Wholes
    on_hand: Wholes
    cost_micros: Wholes
    list_price_minor: Wholes
    announced: Wholes
    launched: Wholes
    ended: Wholes
    discontinued: Wholes
    repriced: Wholes
    recosted: Wholes
    new_members: Wholes
    ad_spend_minor: Wholes
    clicks: Wholes
    impressions: Wholes
    visits: Wholes
    expected: Floats
