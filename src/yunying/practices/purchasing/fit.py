"""What purchasing learns from history, stored by its hash and used by every plan until the next fit."""

from dataclasses import dataclass

import numpy as np

from yunying.methods.calendars import event_slugs
from yunying.methods.forecasting.demand import DemandModel
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.mortality import LifeLaw, life_fit, product_ages, yearly_spoilage
from yunying.methods.forecasting.order_backtest import ForecastChoice, demand_fit_by_cost
from yunying.methods.forecasting.substitution import UNSEEN, Substitution, substitution_fit
from yunying.practices.purchasing.boosted import order_terms
from yunying.practices.purchasing.demand import demand_history
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.outlook import Outlook, outlook_of
from yunying.practices.purchasing.policy import PurchasingPolicy
from yunying.practices.purchasing.possible import possible
from yunying.practices.purchasing.promotions import elasticities_learned


@dataclass(frozen=True)
class PurchasingModel:
    """What is learned of a store; None where the history is too short to learn from.

    Args:
        categories: what the groups of the parts below are, in their order.
        demand: the pooled demand model.
        life: how long products live.
        spoilage: in each category, the yearly share of waiting stock that is written off.
        promotion_elasticity: in each category, what a discount does to demand; see ``methods.forecasting``.
        substitution: how many buyers take another product of the same category and style.
        choice: how the learned forecast did beside the robust one; None where the history is too short to judge.
        outlook: what the store and its categories are expected to sell in the four weeks after the history.
    """

    categories: tuple[str, ...]
    demand: DemandModel | None
    life: LifeLaw | None
    spoilage: tuple[float, ...]
    promotion_elasticity: tuple[float, ...] = ()
    substitution: Substitution = UNSEEN
    choice: ForecastChoice | None = None
    outlook: Outlook | None = None


def fit(inputs: Inputs, policy: PurchasingPolicy, seed: int) -> PurchasingModel:
    """Fit demand, lives and spoilage; ``seed`` draws what trees are learned from and judged on."""
    inputs, _ = possible(inputs)
    days = (inputs.as_of - inputs.first_date).days
    if days < policy.least_history_days or not inputs.units.any():
        return PurchasingModel((), None, None, ())
    history = demand_history(inputs, policy)
    stock = np.nan_to_num(np.maximum(inputs.closing_stock, 0.0)).sum(axis=1, dtype=float)
    spoilage = yearly_spoilage(_spoilt(inputs, history), stock, inputs.group, history.groups)
    life = life_fit(history, inputs.on_sale)
    terms = order_terms(inputs, history, life, spoilage[inputs.group], policy)
    demand, choice = demand_fit_by_cost(history, event_slugs(), terms, seed)
    elasticity = elasticities_learned(inputs, history, demand)
    outlook = outlook_of(inputs, history, demand, elasticity, seed)
    return PurchasingModel(
        inputs.categories,
        demand,
        life,
        tuple(spoilage.tolist()),
        elasticity,
        substitution_fit(history, inputs.kind),
        choice,
        outlook,
    )


def _spoilt(inputs: Inputs, history: DemandHistory) -> Floats:
    """Units written off while their product still sold; what is left at its end is the life law's."""
    ages = product_ages(history, inputs.on_sale)
    written = inputs.write_offs
    during = ~ages.is_dead[written.product] | (written.day < ages.last[written.product])
    return np.bincount(written.product[during], written.quantity[during], len(inputs.products)).astype(float)
