"""What purchasing learns from history, stored by its hash and used by every plan until the next fit."""

from dataclasses import dataclass

from yunying.methods.calendars import event_slugs
from yunying.methods.forecasting.demand import DemandModel, demand_fit
from yunying.practices.purchasing.demand import demand_history
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy


@dataclass(frozen=True)
class PurchasingModel:
    """The pooled demand model; None where the history is too short to learn from."""

    demand: DemandModel | None


def fit(inputs: Inputs, policy: PurchasingPolicy, seed: int) -> PurchasingModel:
    """Fit the demand model; ``seed`` is not used, because nothing here is drawn."""
    days = (inputs.as_of - inputs.first_date).days
    if days < policy.least_history_days or not inputs.units.any():
        return PurchasingModel(None)
    return PurchasingModel(demand_fit(demand_history(inputs, policy), event_slugs()))
