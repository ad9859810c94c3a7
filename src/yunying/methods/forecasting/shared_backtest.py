"""Past origins, each seen as it was known then: what was forecast, what was wanted, and what errors had in common."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.backtest import begun
from yunying.methods.forecasting.demand import DemandModel, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.mortality import product_ages
from yunying.methods.forecasting.shared_errors import SharedErrors, shared_errors_measured
from yunying.methods.forecasting.shared_factors import shared_factors_learned

Floats = NDArray[np.float64]

ORIGINS = 10
STEP_DAYS = 28
LEAST_DAYS_BEFORE = 112


def as_known_then(model: DemandModel, known: DemandHistory) -> DemandModel:
    """The robust model with the factors that could be learned from a shorter history.

    Memories and laws stay those of all days; looked at beforehand, they can only flatter the robust forecast.
    """
    factors = shared_factors_learned(known, model.factors.events)
    return replace(model, factors=factors, boost=None)


@dataclass(frozen=True)
class SellingDays:
    """What could have sold on the days of a history.

    Args:
        exposure: float32, shape (n, t): share of the day; where lives are known, ends are days without demand.
        begin: shape (n,): the first day on which a product could sell, t where it never could.
        end: shape (n,): the day of a product's end, t where it lives.
    """

    exposure: NDArray[np.float32]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]


def selling_days(history: DemandHistory) -> SellingDays:
    """The selling days of a history."""
    if history.is_on_sale is None:
        return SellingDays(history.exposure, begun(history.exposure), np.full(len(history.units), history.days))
    ages = product_ages(history, history.is_on_sale)
    # The last day of a product that lives is the history's end.
    exposure = np.where(ages.ended(history.days), np.float32(1.0), history.exposure)
    return SellingDays(exposure, ages.first, ages.last)


def outcome(
    history: DemandHistory, selling: SellingDays, mean: NDArray[np.float32], origin: int, horizon: int
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Which products could sell at all, what was forecast of the days on which they could, and what was sold on them.

    Products that had not begun at the origin were not known then. Days of a discount are left out: they are forecast
    with their promotion. Who sold out half-way counts with the days until then; without those, only what sold little
    would be left.

    Args:
        selling: the selling days of the history.
        mean: shape (n, h): forecast of the days after ``origin``, h at least ``horizon``.
    """
    span = slice(origin, origin + horizon)
    could = selling.exposure[:, span]
    usual = could > 0
    if history.discount is not None:
        usual = usual & (history.discount[:, span] <= 0)
    forecast = (mean[:, :horizon] * could).sum(axis=1, where=usual, dtype=float)
    sold = history.units[:, span].sum(axis=1, where=usual, dtype=float)
    known = (selling.begin < origin) & (selling.end >= origin)
    return usual.any(axis=1) & known, forecast, sold


def shared_errors_backtested(model: DemandModel, history: DemandHistory) -> tuple[SharedErrors, ...]:
    """What products' errors have in common at the horizon of each law.

    Factors of the year and of events must be those known at each origin: learned with hindsight they hide the very
    errors that all products share.
    """
    origins = [history.days - STEP_DAYS * back for back in range(ORIGINS, 0, -1)]
    origins = [origin for origin in origins if origin >= LEAST_DAYS_BEFORE]
    selling = selling_days(history)
    seen: dict[int, list[tuple[Floats, Floats]]] = {law.horizon_days: [] for law in model.laws}
    for origin in origins:
        known = history.before(origin)
        ahead = max(law.horizon_days for law in model.laws)
        mean = demand_forecast(as_known_then(model, known), known, ahead).mean
        for law in model.laws:
            if origin + law.horizon_days <= history.days:
                usable, forecast, sold = outcome(history, selling, mean, origin, law.horizon_days)
                seen[law.horizon_days].append((forecast * usable * law.bias, sold * usable))
    found = []
    for law in model.laws:
        pairs = seen[law.horizon_days] or [(np.zeros(len(history.units)), np.zeros(len(history.units)))]
        forecast, sold = (np.column_stack([pair[part] for pair in pairs]) for part in range(2))
        found.append(shared_errors_measured(forecast, sold, history.group, law.horizon_days, STEP_DAYS))
    return tuple(found)
