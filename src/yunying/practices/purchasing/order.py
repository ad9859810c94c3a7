"""How much of each product to order today, what that should earn, and what a day of delay loses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.demand import DemandModel, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.inventory.newsvendor import critical_ratio
from yunying.methods.inventory.order_sizes import packs_up
from yunying.methods.inventory.projected import (
    DemandScenarios,
    demand_scenarios,
    lost_sales_ratio,
    order_to_fill_rate,
    order_to_fractile,
    orders_to_fractiles,
    projected_stock,
    stock_at_arrival,
)
from yunying.practices.purchasing.gains import Gains, best_size
from yunying.practices.purchasing.inputs import Floats, Floats32, Inputs, Ints
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.promotions import planned_factors
from yunying.practices.purchasing.returns import returning
from yunying.practices.purchasing.review import overage_days, review_days
from yunying.practices.purchasing.season import Season, open_days, season_of
from yunying.practices.purchasing.terms import SUPPORT, Terms
from yunying.practices.purchasing.unit_money import FREE, Prices, UnitMoney

INBOUND_STEPS = 4
"""Parts of the lead time at whose ends stock under way is taken to arrive."""
CHUNK = 1000
"""Products whose scenarios are held at once, so that memory does not grow with the number of products."""


@dataclass(frozen=True)
class Orders:
    """For n products; money in major units over ``effect_days``.

    Args:
        quantity: units to order today, 0 where waiting is better.
        effect: shape (n, 3): 10 % quantile, mean and 90 % quantile of the change against not ordering.
        delay_loss: expected loss of ordering a day later.
        ratio: critical ratio.
        lead_demand: mean demand over the lead time.
        cover_demand: shape (n, 3): 10 % quantile, mean, 90 % quantile of demand over the cover period.
        short_without: probability of running short in the cover period without an order.
        position: units on hand and due by the end of the cover period.
        stock_then: units expected in the store, without the order, when it arrives.
        saved: what ordering now is expected to earn more than ordering at the next review.
        review_days: days from one order to the next.
        daily_mean: shape (n, h): forecast per day.
    """

    quantity: Floats
    effect: Floats
    delay_loss: Floats
    ratio: Floats
    lead_days: Floats
    effect_days: Ints
    lead_demand: Floats
    cover_demand: Floats
    short_without: Floats
    position: Floats
    stock_then: Floats
    saved: Floats
    daily_mean: Floats32
    review_days: Ints


class Sizing:
    """The sizing of one plan: orders can be sized, and sized again with quantities that something else decided.

    Scenarios are drawn anew from the same seed for each chunk, so they need not be kept.
    """

    def __init__(
        self,
        inputs: Inputs,
        history: DemandHistory,
        model: DemandModel,
        terms: Terms,
        money: UnitMoney,
        policy: PurchasingPolicy,
        seed: int,
        promotion_elasticity: tuple[float, ...] = (),
    ) -> None:
        self._inputs, self._model, self._terms, self._policy = inputs, model, terms, policy
        longest = max(policy.review_days, policy.list_days)
        horizon = int(np.ceil(terms.lead_time_days.max(initial=0.0))) + longest + 1
        usual = demand_forecast(model, history, horizon).mean
        ahead = planned_factors(inputs, promotion_elasticity, horizon) * open_days(inputs, horizon)
        self._forecast = (usual * ahead).astype(np.float32)
        self._daily = self._forecast.mean(axis=1, dtype=float)
        self._review = review_days(self._daily, money, policy, inputs.currency)
        self._season = season_of(inputs, terms.lead_time_days.mean(axis=1), self._review)
        self._returning = returning(inputs, self._forecast)
        self._money = money
        self._seed = seed

    def orders(self, fixed: Floats | None = None, prices: Prices = FREE) -> Orders:
        """Orders of the best quantity, or the figures of ``fixed`` quantities, shape (n,).

        ``prices`` hold for the cover period.
        """
        n = len(self._inputs.products)
        parts = [self._chunk(np.arange(at, min(at + CHUNK, n)), fixed, prices) for at in range(0, n, CHUNK)]
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return Orders(**joined, daily_mean=self._forecast, review_days=self._review)

    def used_at(self, prices: Sequence[Prices], most: Floats) -> Floats:
        """What the orders would cost, major units, and how many units they hold, at each of k prices: shape (k, 2).

        None is above ``most`` units, shape (n,).
        """
        used, n = np.zeros((len(prices), 2)), len(self._inputs.products)
        for at in range(0, n, CHUNK):
            chosen = np.arange(at, min(at + CHUNK, n))
            drawn = self._drawn(chosen)
            ratios = np.column_stack([self._covered(drawn, price) for price in prices])
            wanted = orders_to_fractiles(drawn.shortage, ratios)
            for place, units in enumerate(wanted.T):
                sized = packs_up(units, drawn.terms.pack_quantity, drawn.terms.minimum_quantity)
                bought = np.minimum(sized, most[chosen])
                used[place] += float((bought * drawn.terms.cost_at(bought)).sum()), float(bought.sum())
        return used

    def _drawn(self, chosen: Ints) -> "_Drawn":
        terms, money = self._terms.of(chosen), self._money.of(chosen)
        leads = np.rint(terms.lead_time_days).astype(np.int64)
        lead = np.rint(terms.lead_time_days.mean(axis=1)).astype(np.int64)
        review = self._review[chosen]
        scenarios, lead_mean, cover_mean, (this, until) = self._scenarios(chosen, lead, leads)
        early, late = _inbound(self._inputs, chosen, lead, lead + review, self._policy)
        net, back = scenarios.lead, np.zeros(1)
        if len(self._inputs.returned_by):
            in_hand = np.maximum(self._inputs.on_hand[chosen], 0.0) + early.sum(axis=1)
            in_lead, back = self._returning.of(chosen, this, until, scenarios, in_hand, lead_mean, cover_mean)
            net = scenarios.lead - in_lead
        stock = self._stock_at_arrival(chosen, early, net, money, lead) + late[:, None] + back
        season, per_sale = self._season.of(chosen), money.units_per_sale(review.astype(float))
        return _Drawn(
            terms, money, lead, review, scenarios, lead_mean, cover_mean, early, late, stock, season, per_sale
        )

    def _ratio(self, drawn: "_Drawn", prices: Prices) -> Floats:
        days = overage_days(drawn.review, drawn.cover_mean.mean(axis=1) / drawn.review)
        dear = prices.of_unit(drawn.money.cost)
        overage = drawn.money.per_day() * days + drawn.season.last_share * drawn.money.end_loss + dear
        # What a unit must earn for its cash and room is also lost of what a sale brings.
        margin = drawn.money.margin + drawn.money.goodwill - dear
        kept = drawn.money.kept(margin, drawn.review.astype(float))
        return np.minimum(critical_ratio(kept, overage), self._policy.highest_ratio)

    def _covered(self, drawn: "_Drawn", prices: Prices) -> Floats:
        """The share of outcomes that an order should cover."""
        periods = drawn.terms.lead_time_days.mean(axis=1) / drawn.review
        # After the last order there is no next one that a wrong one could leave too small: the newsvendor's own ratio.
        return lost_sales_ratio(self._ratio(drawn, prices), periods * (1.0 - drawn.season.last_share))

    def _chunk(self, chosen: Ints, fixed: Floats | None, prices: Prices) -> dict[str, NDArray[Any]]:
        drawn = self._drawn(chosen)
        days = drawn.review.astype(float)
        terms, money, lead, scenarios = drawn.terms, drawn.money, drawn.lead, drawn.scenarios
        lead_mean, cover_mean, early, late = drawn.lead_mean, drawn.cover_mean, drawn.early, drawn.late
        stock, shortage = drawn.stock, drawn.shortage
        margin, holding = money.margin, money.per_day()
        ratio = self._ratio(drawn, prices)
        rate = cover_mean.mean(axis=1) / days
        gains = Gains(stock, scenarios.cover, money, rate, days, drawn.per_sale, terms, prices, drawn.season)

        # A day of waiting spares the day's cost of the whole order where stock lasts. Where there is none, waiting only
        # moves everything that follows, and spares the cost of the half that lies there on average.
        lacking = np.maximum(shortage, 0.0).mean(axis=1) / np.maximum(scenarios.cover.mean(axis=1), 1e-9)
        spared = holding * (1.0 - np.minimum(lacking, 1.0) / 2.0)

        def saved_by(quantity: Floats) -> Floats:
            sold = np.minimum(np.maximum(shortage, 0.0), quantity[:, None]).mean(axis=1)
            return np.asarray(sold * (margin + money.goodwill) - quantity * spared * days)

        if fixed is None:
            wanted = order_to_fractile(shortage, self._covered(drawn, prices))
            quantity = best_size(wanted, terms, gains)
            # Ordering now must beat ordering at the next review: what that would lose against what it would save.
            dear = quantity * prices.of_unit(terms.cost_at(quantity))
            kept = gains.in_full(quantity).mean(axis=1) + self._goodwill_saved(drawn, quantity)
            quantity = np.where((saved_by(quantity) > dear) & (kept > dear), quantity, 0.0)
            if self._policy.target_service_rate is not None:
                quantity = np.maximum(quantity, self._promised(drawn, self._policy.target_service_rate))
        else:
            quantity = fixed[chosen]
        # An order whose cover period does not repay it, because the smallest one is large, is judged until it is sold.
        is_long = (quantity > 0) & (gains.of(quantity).mean(axis=1) <= 0)
        change = np.where(is_long[:, None], gains.in_full(quantity), gains.of(quantity))
        until_sold = np.where(is_long, np.ceil(gains.days_to_sell(quantity)), 0).astype(np.int64)
        first_short = np.maximum(scenarios.first_day - stock, 0.0)
        delayed = np.minimum(first_short, quantity[:, None]).mean(axis=1) * margin - quantity * spared
        return {
            "quantity": quantity,
            "effect": _interval(change),
            "delay_loss": np.maximum(delayed, 0.0),
            "ratio": ratio,
            "lead_days": lead.astype(float),
            "effect_days": lead + drawn.review + until_sold,
            "lead_demand": lead_mean.mean(axis=1),
            "cover_demand": _interval(scenarios.cover),
            "short_without": (shortage > 0).mean(axis=1),
            "position": self._inputs.on_hand[chosen] + early.sum(axis=1) + late,
            "stock_then": stock.mean(axis=1),
            "saved": saved_by(quantity),
        }

    def _goodwill_saved(self, drawn: "_Drawn", quantity: Floats) -> Floats:
        """What the buyers whom an order serves would have cost the shop by staying away, shape (n,)."""
        served = np.minimum(np.maximum(drawn.shortage, 0.0), quantity[:, None]).mean(axis=1)
        return np.asarray(served * drawn.money.goodwill)

    def _promised(self, drawn: "_Drawn", rate: float) -> Floats:
        """The packs that serve a share of demand, whatever they earn, shape (n,)."""
        demand = drawn.scenarios.cover.mean(axis=1)
        wanted = order_to_fill_rate(drawn.shortage, demand, np.full(len(demand), rate))
        return packs_up(wanted, drawn.terms.pack_quantity, drawn.terms.minimum_quantity)

    def _stock_at_arrival(
        self, chosen: Ints, early: Floats, lead_demand: Floats, money: UnitMoney, lead: Ints
    ) -> Floats:
        """Stock without the order when it arrives; only what comes in between asks for a look at every step.

        Of goods that spoil, stock is counted in units that keep until then; a sale in between takes fewer of those.
        """
        ahead = np.outer(lead, np.linspace(1.0, 0.0, early.shape[1]))
        early = early * (1.0 - money.spoilt_in(ahead.T).T)
        keep = 1.0 - money.spoilt_in(lead.astype(float))
        lead_demand = lead_demand * (keep * money.units_per_sale(lead.astype(float)))[:, None]
        on_hand = self._inputs.on_hand[chosen] * keep + early[:, 0]
        stock = projected_stock(on_hand, lead_demand)
        awaited = np.flatnonzero(early[:, 1:].any(axis=1))
        if len(awaited):
            rng = np.random.default_rng([self._seed, int(chosen[0]), 1])
            shares = np.full(INBOUND_STEPS, 1.0 / INBOUND_STEPS)
            # Where more comes back than is wanted, the rest lies there at the end.
            net = np.rint(lead_demand[awaited])
            demand = rng.multinomial(np.maximum(net, 0.0).astype(np.int64), shares).astype(float)
            left = np.maximum(-net, 0.0)
            stock[awaited] = stock_at_arrival(on_hand[awaited], early[awaited, 1:], demand) + left
        return stock

    def _scenarios(
        self, chosen: Ints, lead: Ints, leads: Ints
    ) -> tuple[DemandScenarios, Floats, Floats, tuple[Ints, Ints]]:
        policy, review = self._policy, self._review[chosen]
        law = self._model.law(float(np.median(lead + review)))
        ahead = self._forecast[chosen]
        total = np.hstack([np.zeros((len(chosen), 1)), np.cumsum(ahead, axis=1, dtype=float)]) * law.bias
        rows = np.arange(len(chosen))
        first_mean = total[rows, lead + 1] - total[rows, lead]
        # Scenarios take every pair of lead times, of this order and of the next one, equally often: an order must last
        # until the next one is really there.
        turn = np.arange(policy.draws)
        this, following = leads[:, turn % SUPPORT], leads[:, turn // SUPPORT % SUPPORT]
        lead_mean = np.take_along_axis(total, this, axis=1)
        until = np.maximum(following + review[:, None], this + 1)
        cover_mean = np.take_along_axis(total, until, axis=1) - lead_mean
        rng = np.random.default_rng([self._seed, int(chosen[0])])
        drawn = demand_scenarios(lead_mean, first_mean, cover_mean, law.alpha, law.beta, policy.draws, rng)
        return drawn, lead_mean, cover_mean, (this, until)


@dataclass(frozen=True)
class _Drawn:
    """The scenarios of a chunk of products, and what stands in their way."""

    terms: Terms
    money: UnitMoney
    lead: Ints
    review: Ints
    scenarios: DemandScenarios
    lead_mean: Floats
    cover_mean: Floats
    early: Floats
    late: Floats
    stock: Floats
    season: Season
    per_sale: Floats

    @property
    def shortage(self) -> Floats:
        """Units lacking in the cover period, shape (n, m); where goods spoil, each sale takes more than one."""
        return self.scenarios.cover * self.per_sale[:, None] - self.stock


def _inbound(inputs: Inputs, chosen: Ints, lead: Ints, until: Ints, policy: PurchasingPolicy) -> tuple[Floats, Floats]:
    """Units due before an order of today would arrive, and units due in the cover period after it.

    The former have shape (n, 1 + INBOUND_STEPS): those due at once, then those due by the end of each part of the lead
    time.
    """
    today = inputs.as_of.toordinal()
    due = np.where(inputs.inbound.due > 0, inputs.inbound.due, inputs.inbound.ordered)
    place = np.full(len(inputs.products), -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    where = place[inputs.inbound.product]
    mine = (where >= 0) & (due >= today - policy.overdue_days)
    where, days, quantity = where[mine], due[mine] - today, inputs.inbound.quantity[mine]
    early, late = np.zeros((len(chosen), 1 + INBOUND_STEPS)), np.zeros(len(chosen))
    soon = days <= lead[where]
    step = np.ceil(np.clip(days, 0, None) / np.maximum(lead[where], 1) * INBOUND_STEPS - 0.5).astype(np.int64)
    np.add.at(early, (where[soon], np.clip(step, 0, INBOUND_STEPS)[soon]), quantity[soon])
    within = ~soon & (days <= until[where])
    np.add.at(late, where[within], quantity[within])
    return early, late


def _interval(values: Floats) -> Floats:
    low, high = np.quantile(values, [0.1, 0.9], axis=1)
    mean = values.mean(axis=1)
    # A few large scenarios may pull the mean out of the middle; the interval must hold it all the same.
    return np.column_stack([np.minimum(low, mean), mean, np.maximum(high, mean)])
