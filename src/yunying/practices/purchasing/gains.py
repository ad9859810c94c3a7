"""Contribution profit of an order of some size against none, and the size that is expected to earn most."""

import numpy as np

from yunying.methods.inventory.order_sizes import packs_down, packs_up
from yunying.practices.purchasing.inputs import Floats
from yunying.practices.purchasing.season import Season
from yunying.practices.purchasing.terms import Terms
from yunying.practices.purchasing.unit_money import Prices, UnitMoney


class Gains:
    """Contribution profit of an order against none, scenario by scenario.

    Args:
        stock, demand: shape (n, m): units in the store when the order arrives, and wanted in the cover period.
        cover_days: shape (n,).
        per_sale: shape (n,): units that go for each one sold in the cover period; above 1 where goods spoil.
    """

    def __init__(
        self,
        stock: Floats,
        demand: Floats,
        money: UnitMoney,
        rate: Floats,
        cover_days: Floats,
        per_sale: Floats,
        terms: Terms,
        prices: Prices,
        season: Season,
    ) -> None:
        self._stock, self._demand, self._cover_days, self._terms = stock, demand, cover_days[:, None], terms
        self._per_sale = per_sale[:, None]
        self._prices, self._season = prices, season
        self._rate = np.maximum(rate, 1e-3)[:, None]
        self._money = money
        self._sold_without = np.minimum(stock / self._per_sale, demand)
        self._late_without = season.too_many(np.maximum(stock - demand, 0.0), self._rate)

    def of(self, quantity: Floats) -> Floats:
        """Shape (n, m) for an order of ``quantity`` units, shape (n,)."""
        ordered = quantity[:, None]
        extra = self._sold_more(ordered)
        kept = ordered - extra * self._per_sale
        left_days = self._left_days(ordered)
        sold_waiting = extra * self._money.waiting_cost(self._cover_days / 2)
        left_waiting = kept * self._money.waiting_cost(self._cover_days + left_days)
        bargain = quantity * (self._terms.unit_cost - self._terms.cost_at(quantity))
        sold_off = self._too_late(ordered) * self._money.end_loss[:, None]
        return np.asarray(
            extra * self._money.margin[:, None] - sold_waiting - left_waiting - sold_off + bargain[:, None]
        )

    def in_full(self, quantity: Floats) -> Floats:
        """The same until the order is sold: what is left over earns its margin later, if the product still lives."""
        ordered = quantity[:, None]
        kept = ordered - self._sold_more(ordered) * self._per_sale
        kept -= self._too_late(ordered)
        alive = np.exp(-self._money.hazard[:, None] * (self._cover_days + self._left_days(ordered)))
        return np.asarray(self.of(quantity) + kept * alive * self._money.margin[:, None])

    def days_to_sell(self, quantity: Floats) -> Floats:
        """Expected days after the cover period until all is sold, shape (n,)."""
        return np.asarray(np.minimum(2 * self._left_days(quantity[:, None]).mean(axis=1), self._season.days_after))

    def _sold_more(self, ordered: Floats) -> Floats:
        return np.asarray(np.minimum((self._stock + ordered) / self._per_sale, self._demand) - self._sold_without)

    def _too_late(self, ordered: Floats) -> Floats:
        """Units of the order that the end of sale finds in the store, shape (n, m), or (1, 1) where no end is known."""
        if self._season.is_endless:
            return np.zeros((1, 1))
        left = np.maximum(self._stock + ordered - self._demand, 0.0)
        return self._season.too_many(left, self._rate) - self._late_without

    def _left_days(self, ordered: Floats) -> Floats:
        # What is left waits for the sales that come after; nobody waits longer than two years for a unit to go.
        days = np.minimum((self._stock + ordered - self._demand).clip(0) / (2 * self._rate), 730.0)
        return days if self._season.is_endless else np.minimum(days, self._season.days_after[:, None])

    def mean(self, quantity: Floats) -> Floats:
        """Expected profit, less what its cash and room must earn elsewhere, shape (n,)."""
        return self.of(quantity).mean(axis=1) - quantity * self._prices.of_unit(self._terms.cost_at(quantity))


def best_size(wanted: Floats, terms: Terms, gains: Gains) -> Floats:
    """The size that is expected to earn most: whole packs above or below what is wanted, or up to a price break."""
    pack, least = terms.pack_quantity, terms.minimum_quantity
    up, down = packs_up(wanted, pack, least), packs_down(wanted, pack, least)
    best, most = up, gains.mean(up)
    larger = [np.where(np.isfinite(at), at, 0.0) for at in terms.break_quantity.T]
    # A break is worth a look only for what is ordered anyway.
    for size in [down, *(packs_up(np.where(up > 0, at, 0.0), pack, least) for at in larger)]:
        earned = gains.mean(size)
        # Whether to order at all is not a question of size.
        better = (earned > most) & (size > 0) & ((size > up) | (size <= wanted))
        best, most = np.where(better, size, best), np.where(better, earned, most)
    return best
