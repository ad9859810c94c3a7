"""From whom, at what cost and how soon: the offer that each product would be bought on, and what had to be assumed."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.evidence import Assumption
from yunying.practices.purchasing.inputs import Floats, Inputs, Ints
from yunying.practices.purchasing.policy import PurchasingPolicy

SUPPORT = 5
"""Random lead times are carried as this many equally likely values."""
BREAKS = 3
"""Price breaks of an offer that are looked at, the nearest first."""


@dataclass(frozen=True)
class Terms:
    """The terms of n products; NaN where neither facts nor policy give a value.

    Args:
        supplier: index, -1 where nobody is known to sell the product.
        unit_cost: at the smallest order.
        break_quantity: shape (n, BREAKS): from which quantity each lower cost holds, infinite where there is none.
        break_cost: shape (n, BREAKS): the unit cost from there on.
        lead_time_days: shape (n, SUPPORT): equally likely lead times, ascending.
        assumed_cost: the cost is the policy's share of the price.
        assumed_lead_time: the lead time is the policy's.
    """

    supplier: Ints
    unit_cost: Floats
    pack_quantity: Floats
    minimum_quantity: Floats
    break_quantity: Floats
    break_cost: Floats
    lead_time_days: Floats
    assumed_cost: NDArray[np.bool_]
    assumed_lead_time: NDArray[np.bool_]

    def of(self, chosen: Ints) -> "Terms":
        """The terms of some products only."""
        return Terms(**{each.name: getattr(self, each.name)[chosen] for each in fields(self)})

    def cost_at(self, quantity: Floats) -> Floats:
        """Unit cost of an order of ``quantity`` units, shape (n,)."""
        cost = self.unit_cost
        for at in range(BREAKS):
            reached = quantity >= self.break_quantity[:, at]
            cost = np.where(reached, np.minimum(cost, self.break_cost[:, at]), cost)
        return cost

    def assumptions(self, product: int, policy: PurchasingPolicy) -> tuple[Assumption, ...]:
        """What stands in for a missing fact of this product."""
        found = []
        if self.assumed_cost[product]:
            why = "no cost in sales, product, purchase or supplier facts"
            found.append(Assumption("assumed_cost_rate", f"{policy.assumed_cost_rate:g} of the net price", why))
        if self.assumed_lead_time[product]:
            why = "neither the supplier's terms nor past deliveries give one"
            found.append(Assumption("assumed_lead_time_days", f"{policy.assumed_lead_time_days} days", why))
        return tuple(found)


def terms_chosen(inputs: Inputs, policy: PurchasingPolicy) -> Terms:
    """The cheapest offer at one pack, else the usual supplier at the known cost."""
    n = len(inputs.products)
    offers = inputs.offers
    best = np.full(n, -1, dtype=np.int64)
    usable = np.flatnonzero((offers.product >= 0) & (offers.from_quantity <= np.fmax(offers.pack_quantity, 1.0)))
    # Offers come sorted by cost, so the first one of a product is its cheapest; writing backwards lets it win.
    best[offers.product[usable][::-1]] = usable[::-1]
    has = best >= 0

    def offered(values: Floats, empty: float) -> Floats:
        found = np.full(n, empty)
        found[has] = values[best[has]]
        return np.where(np.isnan(found), empty, found)

    cost = np.where(has, offered(offers.unit_cost, np.nan), inputs.economics.unit_cost)
    assumed_cost = np.isnan(cost) & np.isfinite(inputs.economics.net_price)
    assumed_cost &= policy.assumed_cost_rate is not None
    cost = np.where(assumed_cost, inputs.economics.net_price * (policy.assumed_cost_rate or np.nan), cost)
    supplier = np.where(has, offered(offers.supplier.astype(float), -1.0), inputs.usual_supplier).astype(np.int64)
    break_quantity, break_cost = _price_breaks(inputs, supplier, has)
    lead, assumed_lead = _lead_times(inputs, supplier, offered(offers.lead_time_days, np.nan), policy)
    return Terms(
        supplier=supplier,
        unit_cost=cost,
        pack_quantity=np.maximum(offered(offers.pack_quantity, 1.0), 1.0),
        minimum_quantity=offered(offers.minimum_quantity, 0.0),
        break_quantity=break_quantity,
        break_cost=break_cost,
        lead_time_days=lead,
        assumed_cost=assumed_cost,
        assumed_lead_time=assumed_lead,
    )


def _price_breaks(inputs: Inputs, supplier: Ints, has: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Larger quantities of the chosen supplier's offers, ascending; infinite quantities fill up."""
    offers = inputs.offers
    quantity = np.full((len(supplier), BREAKS), np.inf)
    cost = np.full((len(supplier), BREAKS), np.inf)
    used = np.zeros(len(supplier), dtype=np.int64)
    for offer in np.lexsort((offers.from_quantity, offers.product)).tolist():
        product = int(offers.product[offer])
        is_theirs = product >= 0 and has[product] and offers.supplier[offer] == supplier[product]
        is_break = offers.from_quantity[offer] > max(1.0, float(np.nan_to_num(offers.pack_quantity[offer], nan=1.0)))
        if is_theirs and is_break and used[product] < BREAKS:
            quantity[product, used[product]] = offers.from_quantity[offer]
            cost[product, used[product]] = offers.unit_cost[offer]
            used[product] += 1
    return quantity, cost


def _lead_times(
    inputs: Inputs, supplier: Ints, promised: Floats, policy: PurchasingPolicy
) -> tuple[Floats, NDArray[np.bool_]]:
    """Past deliveries of the supplier (eight or more) before his word, his word before the policy."""
    lead = np.repeat(promised[:, None], SUPPORT, axis=1)
    middle = (np.arange(SUPPORT) + 0.5) / SUPPORT
    for which, took in enumerate(inputs.lead_times):
        if len(took) >= 8:
            lead[supplier == which] = np.quantile(np.array(took), middle)
    assumed = np.asarray(np.isnan(lead).any(axis=1), dtype=bool)
    if policy.assumed_lead_time_days is None:
        return lead, np.zeros(len(lead), dtype=bool)
    lead[assumed] = float(policy.assumed_lead_time_days)
    return lead, assumed
