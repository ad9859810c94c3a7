"""What purchasing learns from history, stored by its hash and used by every plan until the next fit."""

from dataclasses import dataclass

from yunying.methods.calendars import event_slugs
from yunying.methods.forecasting.demand import DemandModel, demand_fit
from yunying.methods.forecasting.mortality import yearly_hazard
from yunying.practices.purchasing.demand import demand_history
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy


@dataclass(frozen=True)
class PurchasingModel:
    """What is learned of a store.

    Args:
        demand: the pooled demand model; None where the history is too short to learn from.
        hazard: deaths per product-year in each category.
    """

    demand: DemandModel | None
    hazard: tuple[float, ...]


def fit(inputs: Inputs, policy: PurchasingPolicy, seed: int) -> PurchasingModel:
    """Fit the demand model; ``seed`` is not used, because nothing here is drawn."""
    days = (inputs.as_of - inputs.first_date).days
    if days < policy.least_history_days or not inputs.units.any():
        return PurchasingModel(None, ())
    history = demand_history(inputs, policy)
    hazard = yearly_hazard(history, inputs.on_sale)
    return PurchasingModel(demand_fit(history, event_slugs()), tuple(hazard.tolist()))
