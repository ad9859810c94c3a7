"""What a unit is worth: sold, waiting, and where cash or room is scarce."""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from yunying.practices.purchasing.inputs import Floats, Inputs, Ints
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.terms import Terms


class Prices(NamedTuple):
    """What must be earned beside an order's own return where something is scarce; 0 where it is not.

    Args:
        cash: for each unit of money that the order binds.
        room: for each unit of goods that has to be stored, major units.
    """

    cash: float = 0.0
    room: float = 0.0

    def of_unit(self, cost: Floats) -> Floats:
        """For one unit that costs so much, any shape."""
        return np.asarray(self.cash * cost + self.room)


FREE = Prices()


@dataclass(frozen=True)
class UnitMoney:
    """Money per unit in major units, each of shape (n,).

    Args:
        margin: contribution profit that a unit sold brings, returns counted.
        capital_per_day: what a unit in stock costs a day in capital and storage.
        cost: what a unit costs.
        hazard: deaths of such products a day: a unit left t days is worthless with probability 1 - exp(-hazard t).
        spoilage: the part of the hazard that takes unit by unit while the product goes on to sell.
        goodwill: what a lost sale costs beside its margin.
        end_loss: what a unit loses that is left at a known end of sale.
    """

    margin: Floats
    capital_per_day: Floats
    cost: Floats
    hazard: Floats
    spoilage: Floats
    goodwill: Floats
    end_loss: Floats

    def of(self, chosen: Ints) -> "UnitMoney":
        """The money of some products only."""
        return UnitMoney(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})

    def waiting_cost(self, days: Floats) -> Floats:
        """What it costs to keep a unit for some days, shape (n, m) for days of that shape."""
        decay = -np.expm1(-self.hazard[:, None] * days)
        return np.asarray(self.capital_per_day[:, None] * days + self.cost[:, None] * decay)

    def spoilt_in(self, days: Floats) -> Floats:
        """Share of units that spoil within so many days, shape (n,)."""
        return np.asarray(-np.expm1(-self.spoilage * days))

    def units_per_sale(self, days: Floats) -> Floats:
        """Units that must be there at first for each one sold evenly over so many days, shape (n,), at least 1."""
        span = self.spoilage * days
        return np.asarray(np.where(span > 1e-9, np.expm1(span) / np.maximum(span, 1e-9), 1.0))

    def kept(self, margin: Floats, days: Floats) -> Floats:
        """What is left of a margin where the last unit must keep until the next order comes, shape (n,), >= 0."""
        return np.maximum(margin - self.spoilt_in(days) * (margin + self.cost), 0.0)

    def per_day(self) -> Floats:
        """What a unit costs on one day of waiting, above 0."""
        return np.maximum(self.waiting_cost(np.ones((len(self.margin), 1)))[:, 0], 1e-9)


def unit_money(
    inputs: Inputs, terms: Terms, policy: PurchasingPolicy, hazard: Floats, spoilage: Floats | float = 0.0
) -> UnitMoney:
    """Margin and holding cost of a unit.

    Args:
        hazard: the yearly rate at which each product turns worthless, shape (n,), ``spoilage`` included.
        spoilage: the yearly rate at which units spoil while their product sells.
    """
    money = inputs.economics
    kept = money.net_price * (1.0 - money.refund_rate)
    # A unit sent back and sold again gives its cost back.
    cost_used = terms.unit_cost * (1.0 - money.restocked_rate)
    yearly = terms.unit_cost * (inputs.capital_rate + policy.storage_rate)
    deaths = np.maximum(hazard, policy.least_obsolescence_rate)
    goodwill = policy.lost_sale_rate * np.nan_to_num(money.net_price)
    end_loss = terms.unit_cost * (1.0 - policy.season_salvage_rate)
    spoilt = np.broadcast_to(np.asarray(spoilage, dtype=float) / 365.0, deaths.shape)
    margin = kept - money.fees - cost_used
    return UnitMoney(margin, yearly / 365.0, terms.unit_cost, deaths / 365.0, spoilt, goodwill, end_loss)
