"""What purchasing learns from history, stored by its hash and used by every plan until the next fit."""

from dataclasses import dataclass

import numpy as np

from yunying.methods.calendars import event_slugs
from yunying.methods.forecasting.demand import DemandModel, demand_fit
from yunying.methods.forecasting.mortality import yearly_hazard, yearly_spoilage
from yunying.practices.purchasing.demand import demand_history
from yunying.practices.purchasing.inputs import Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy


@dataclass(frozen=True)
class PurchasingModel:
    """What is learned of a store.

    Args:
        demand: the pooled demand model; None where the history is too short to learn from.
        hazard: in each category, the yearly rate at which waiting stock turns worthless.
    """

    demand: DemandModel | None
    hazard: tuple[float, ...]


def fit(inputs: Inputs, policy: PurchasingPolicy, seed: int) -> PurchasingModel:
    """Fit the demand model; ``seed`` is not used, because nothing here is drawn."""
    days = (inputs.as_of - inputs.first_date).days
    if days < policy.least_history_days or not inputs.units.any():
        return PurchasingModel(None, ())
    history = demand_history(inputs, policy)
    stock = np.nan_to_num(np.maximum(inputs.closing_stock, 0.0)).sum(axis=1, dtype=float)
    spoilt = yearly_spoilage(inputs.written_off, stock, inputs.group)
    # Write-offs at a product's end are in both figures, so the larger one is taken, not their sum.
    hazard = np.maximum(yearly_hazard(history, inputs.on_sale), spoilt)
    return PurchasingModel(demand_fit(history, event_slugs()), tuple(hazard.tolist()))
