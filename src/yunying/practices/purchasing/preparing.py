"""What orders are sized from: which products can be decided, on which terms, and what a unit of each is worth."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError
from yunying.kernel.results import Abstention
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.mortality import LifeLaw, product_ages
from yunying.methods.forecasting.order_backtest import ForecastChoice
from yunying.methods.forecasting.substitution import margin_beside_kin
from yunying.practices.purchasing.demand import demand_history
from yunying.practices.purchasing.fit import PurchasingModel
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.lacking import product_lacks
from yunying.practices.purchasing.order import Sizing
from yunying.practices.purchasing.outlook import Outlook
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.terms import Terms, terms_chosen
from yunying.practices.purchasing.unit_money import FREE, Prices, UnitMoney, unit_money

HAZARD_AHEAD_DAYS = 30
KIN_DAYS = 28
"""Days of sales by which buyers are taken to choose among products of one kind."""
Truths = NDArray[np.bool_] | np.bool_


@dataclass(frozen=True)
class Prepared:
    """The products that can be decided, the terms they are bought on, and the sizing of their orders."""

    inputs: Inputs
    terms: Terms
    sizing: Sizing
    promotion_elasticity: tuple[float, ...]
    prices: Prices = FREE
    choice: ForecastChoice | None = None
    outlook: Outlook | None = None
    kin_rate: float = 0.0


def prepared(
    inputs: Inputs, model: PurchasingModel, policy: PurchasingPolicy, seed: int
) -> tuple[Prepared | None, tuple[Abstention, ...]]:
    """What orders are sized from, and the products that cannot be decided; the model must hold a demand."""
    if model.demand is None or model.life is None:
        raise InternalError("without a model of demand nothing can be sized")
    inputs = _grouped_as(inputs, model)
    terms = terms_chosen(inputs, policy)
    history = demand_history(inputs, policy)
    spoilage = np.array(model.spoilage)[inputs.group]
    money = unit_money(inputs, terms, policy, _hazard(inputs, model.life, history) + spoilage, spoilage)
    usable, abstentions = _usable(inputs, terms, money, policy)
    chosen = np.flatnonzero(usable)
    if not len(chosen):
        return None, abstentions
    some, some_terms = inputs.of(chosen), terms.of(chosen)
    known = history.of(chosen)
    lift = model.promotion_elasticity
    earned = replace(money, margin=_margin_beside_kin(inputs, money, model.substitution.believed)).of(chosen)
    sizing = Sizing(some, known, model.demand, some_terms, earned, policy, seed, lift)
    return Prepared(
        some,
        some_terms,
        sizing,
        lift,
        choice=model.choice,
        outlook=model.outlook,
        kin_rate=model.substitution.believed,
    ), abstentions


def _margin_beside_kin(inputs: Inputs, money: UnitMoney, rate: float) -> Floats:
    """Margin of a unit, less what its buyers would bring the shop anyway by taking another of its kind."""
    if rate <= 0 or not len(inputs.kind):
        return money.margin
    recent = inputs.units[:, -KIN_DAYS:].mean(axis=1, dtype=float)
    is_there = inputs.on_sale & (np.nan_to_num(inputs.on_hand) > 0)
    return margin_beside_kin(money.margin, recent, inputs.kind, is_there, rate)


def _grouped_as(inputs: Inputs, model: PurchasingModel) -> Inputs:
    """The inputs with the model's groups: it may be older than a category, whose products then have none."""
    place = {name: index for index, name in enumerate(model.categories)}
    known = np.array([place.get(name, 0) for name in inputs.categories], dtype=np.int64)
    return replace(inputs, group=known[inputs.group], categories=model.categories)


def _hazard(inputs: Inputs, life: LifeLaw, history: DemandHistory) -> Floats:
    """Yearly rate at which each product ends, and its waiting stock with it."""
    ages = product_ages(history, inputs.on_sale)
    # What is ordered today waits some weeks from now, so that age counts.
    years = (history.days - ages.first + HAZARD_AHEAD_DAYS) / 365.0
    return life.hazard(inputs.group, years, ages.is_settled)


def _usable(
    inputs: Inputs, terms: Terms, money: UnitMoney, policy: PurchasingPolicy
) -> tuple[Truths, tuple[Abstention, ...]]:
    """Which products can be decided; every other one is named with what it lacks."""
    wanted = inputs.on_sale & (inputs.units.any(axis=1) | (inputs.on_hand > 0))
    stale = (inputs.on_hand_age < 0) | (inputs.on_hand_age > policy.stock_age_days)
    lacking: tuple[tuple[str, Truths, int], ...] = (
        ("no-stock-facts", stale, policy.stock_age_days),
        ("no-price", np.isnan(inputs.economics.net_price), policy.price_days),
        ("no-cost-facts", np.isnan(terms.unit_cost), 0),
        ("no-lead-time", np.isnan(terms.lead_time_days).any(axis=1), 0),
        ("no-margin", money.margin <= 0, 0),
    )
    usable, abstentions = wanted, []
    for code, lacks, days in lacking:
        found = np.flatnonzero(usable & lacks)
        if len(found):
            abstentions.append(product_lacks(code, tuple(inputs.products[product] for product in found), days))
        usable = usable & ~lacks
    return usable, tuple(abstentions)
