"""Past origins, each seen as it was known then: what was forecast, what was wanted, and what errors had in common."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.demand import DemandModel, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.shared_errors import SharedErrors, shared_errors_measured
from yunying.methods.forecasting.shared_factors import shared_factors_learned

Floats = NDArray[np.float64]

ORIGINS = 10
STEP_DAYS = 28
LEAST_DAYS_BEFORE = 112
LEAST_SOLD_DAYS = 0.8


def as_known_then(model: DemandModel, known: DemandHistory) -> DemandModel:
    """The robust model with the factors that could be learned from a shorter history.

    Memories and laws stay those of all days; looked at beforehand, they can only flatter the robust forecast.
    """
    factors = shared_factors_learned(known, model.factors.events)
    return replace(model, factors=factors, boost=None)


def outcome(
    history: DemandHistory, mean: NDArray[np.float32], origin: int, horizon: int
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Which products could mostly sell, what was forecast of the days on which they could, and what was sold on them.

    Days of a discount are left out: they are forecast with their promotion.

    Args:
        mean: shape (n, h): forecast of the days after ``origin``, h at least ``horizon``.
    """
    span = slice(origin, origin + horizon)
    exposure = history.exposure[:, span]
    usual = exposure > 0
    if history.discount is not None:
        usual = usual & (history.discount[:, span] <= 0)
    forecast = (mean[:, :horizon] * exposure).sum(axis=1, where=usual, dtype=float)
    sold = history.units[:, span].sum(axis=1, where=usual, dtype=float)
    return usual.mean(axis=1) >= LEAST_SOLD_DAYS, forecast, sold


def shared_errors_backtested(model: DemandModel, history: DemandHistory) -> tuple[SharedErrors, ...]:
    """What products' errors have in common at the horizon of each law.

    Factors of the year and of events must be those known at each origin: learned with hindsight they hide the very
    errors that all products share.
    """
    origins = [history.days - STEP_DAYS * back for back in range(ORIGINS, 0, -1)]
    origins = [origin for origin in origins if origin >= LEAST_DAYS_BEFORE]
    seen: dict[int, list[tuple[Floats, Floats]]] = {law.horizon_days: [] for law in model.laws}
    for origin in origins:
        known = history.before(origin)
        ahead = max(law.horizon_days for law in model.laws)
        mean = demand_forecast(as_known_then(model, known), known, ahead).mean
        for law in model.laws:
            if origin + law.horizon_days <= history.days:
                usable, forecast, sold = outcome(history, mean, origin, law.horizon_days)
                seen[law.horizon_days].append((forecast * usable * law.bias, sold * usable))
    found = []
    for law in model.laws:
        pairs = seen[law.horizon_days] or [(np.zeros(len(history.units)), np.zeros(len(history.units)))]
        forecast, sold = (np.column_stack([pair[part] for pair in pairs]) for part in range(2))
        found.append(shared_errors_measured(forecast, sold, history.group, law.horizon_days, STEP_DAYS))
    return tuple(found)
