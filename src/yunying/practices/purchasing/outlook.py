"""Expected demand of the store and its categories over the next weeks, from paths in which the products add up."""

from dataclasses import dataclass

import numpy as np

from yunying.kernel.evidence import Table
from yunying.methods.forecasting.demand import DemandModel, demand_forecast
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.scenario_paths import total_paths
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.promotions import planned_factors
from yunying.practices.purchasing.season import open_days

DAYS, WEEK_DAYS = 28, 7
DRAWS = 400
GROUP = 5_000
"""Products that are forecast at once, so that memory stays flat."""
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Demand:
    """Units over ``DAYS`` days: mean, and the quantiles of ``QUANTILES``."""

    mean: float
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Outlook:
    """What the products on sale are expected to sell if they are in stock.

    Args:
        categories: in the order of the model's categories; one without products on sale expects nothing.
        store: of all; its quantiles lie closer together than the sums of the categories', which do not all err at once.
        store_weeks: of all, week by week.
        products: that were counted.
    """

    categories: tuple[Demand, ...]
    store: Demand
    store_weeks: tuple[Demand, ...]
    products: int


def outlook_of(
    inputs: Inputs, history: DemandHistory, model: DemandModel, elasticity: tuple[float, ...], seed: int
) -> Outlook:
    """Totals of the next four weeks, approved promotions counted in.

    Args:
        history: of the inputs' products.
        elasticity: of each category, see ``promotion_elasticities``.
        seed: of the paths.
    """
    counted = np.flatnonzero(inputs.on_sale)
    weekly = np.zeros((len(counted), DAYS // WEEK_DAYS))
    for at in range(0, len(counted), GROUP):
        some = counted[at : at + GROUP]
        part = inputs.of(some)
        ahead = planned_factors(part, elasticity, DAYS) * open_days(part, DAYS)
        daily = demand_forecast(model, history.of(some), DAYS).mean * ahead
        weekly[at : at + GROUP] = daily.reshape(len(some), -1, WEEK_DAYS).sum(axis=2)
    rng = np.random.default_rng([seed, 2])
    law, shared, group = model.law(DAYS), model.shared_errors(DAYS), inputs.group[counted]
    paths = total_paths(weekly, law, shared, group, history.groups, DRAWS, rng)
    whole, by_week = paths.sum(axis=2), paths.sum(axis=0)
    return Outlook(
        tuple(_demand(row) for row in whole),
        _demand(whole.sum(axis=0)),
        tuple(_demand(week) for week in by_week.T),
        len(counted),
    )


def outlook_table(outlook: Outlook | None, categories: tuple[str, ...], category: int) -> Table | None:
    """The store's and one category's expected demand, to hold one order against; nothing where it is not known."""
    if outlook is None:
        return None
    name = categories[category] or "no category 无品类"
    rows = [
        (f"Category 品类：{name}", *_written(outlook.categories[category])),
        ("Whole store 全店", *_written(outlook.store)),
        *((f"Whole store, week {number} 全店第 {number} 周", *_written(week))
          for number, week in enumerate(outlook.store_weeks, 1)),
    ]  # fmt: skip
    return Table(
        f"Expected demand of {DAYS} days, {outlook.products} products together 未来 {DAYS} 天合计预计需求",
        ("units 件", "mean 均值", "10 %", "50 %", "90 %"),
        tuple(rows),
    )


def _demand(draws: Floats) -> Demand:
    found = np.quantile(draws, QUANTILES)
    return Demand(round(float(draws.mean()), 1), tuple(round(float(value), 1) for value in found))


def _written(demand: Demand) -> tuple[str, ...]:
    return tuple(f"{value:,.0f}" for value in (demand.mean, *demand.quantiles))
