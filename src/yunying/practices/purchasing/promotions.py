"""Promotions and the stock they need: what past ones did to demand, and what approved ones will do to it."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.evidence import Sentence
from yunying.methods.forecasting.demand import DemandModel
from yunying.methods.forecasting.history import DemandHistory
from yunying.methods.forecasting.promotion_uplift import (
    PRIOR_ELASTICITY,
    promotion_elasticities,
    promotion_factor,
)
from yunying.methods.forecasting.shared_factors import day_factors
from yunying.practices.purchasing.inputs import Floats, Inputs

AROUND_DAYS = 28
"""Days before and after a promotion that tell what its days would have sold without it."""


def elasticities_learned(inputs: Inputs, history: DemandHistory, demand: DemandModel) -> tuple[float, ...]:
    """What a discount does to demand in each category, from the promotions that sales have shown."""
    past, days = inputs.promoted, history.days
    first = history.first_date.toordinal()
    start = np.clip(past.start - first, 0, days)
    end = np.clip(past.end - first, 0, days)
    is_plain = ~_promoted_days(inputs, first, days)
    by_day = day_factors(demand.factors, history.first_date, days)
    units, expected = np.zeros(len(start)), np.zeros(len(start))
    for entry, product in enumerate(past.product.tolist()):
        span = slice(int(start[entry]), int(end[entry]))
        around = slice(max(0, span.start - AROUND_DAYS), min(days, span.stop + AROUND_DAYS))
        weight = history.exposure[product] * by_day[history.group[product]]
        plain = is_plain[product, around]
        seen = float(weight[around][plain].sum())
        if seen > 0:
            level = float(history.units[product, around][plain].sum()) / seen
            expected[entry] = level * float(weight[span].sum())
            units[entry] = float(history.units[product, span].sum())
    found = promotion_elasticities(units, expected, past.rate, history.group[past.product], history.groups)
    return tuple(found.tolist())


def _promoted_days(inputs: Inputs, first: int, days: int) -> NDArray[np.bool_]:
    found = np.zeros((len(inputs.products), days), dtype=bool)
    past = inputs.promoted
    for product, start, end in zip(past.product.tolist(), past.start.tolist(), past.end.tolist(), strict=True):
        found[product, max(0, start - first) : max(0, end - first)] = True
    return found


def planned_factors(inputs: Inputs, elasticity: tuple[float, ...], horizon_days: int) -> Floats:
    """What approved promotions multiply each day's demand by from ``as_of`` on: shape (n, horizon_days).

    Where promotions overlap, the one that moves demand most counts.
    """
    factors = np.ones((len(inputs.products), horizon_days))
    planned, today = inputs.planned, inputs.as_of.toordinal()
    lift = promotion_factor(planned.rate, _elasticity_of(inputs, elasticity)[planned.product])
    for entry, product in enumerate(planned.product.tolist()):
        span = slice(max(0, int(planned.start[entry]) - today), max(0, int(planned.end[entry]) - today))
        factors[product, span] = np.maximum(factors[product, span], lift[entry])
    return factors


def _elasticity_of(inputs: Inputs, elasticity: tuple[float, ...]) -> Floats:
    known = np.array(elasticity or [PRIOR_ELASTICITY] * len(inputs.categories))
    return np.asarray(known[inputs.group])


def promotion_sentence(inputs: Inputs, elasticity: tuple[float, ...], product: int, days: int) -> Sentence | None:
    """What the proposal says of the first approved promotion that begins within ``days``, if there is one."""
    planned, today = inputs.planned, inputs.as_of.toordinal()
    mine = np.flatnonzero((planned.product == product) & (planned.start < today + days))
    if not len(mine):
        return None
    entry = int(mine[0])
    rate = float(planned.rate[entry])
    factor = float(promotion_factor(np.array(rate), _elasticity_of(inputs, elasticity)[product]))
    first, last = (_written(int(day)) for day in (planned.start[entry], planned.end[entry] - 1))
    name = planned.name[entry]
    past = int((inputs.group[inputs.promoted.product] == inputs.group[product]).sum())
    source_en = (
        f"learned from {past} past promotions of its category" if past else "the store's own or the usual figure"
    )
    source_zh = f"由该品类以往 {past} 次促销得出" if past else "该品类没有促销记录，采用全店或通常的数值"
    return Sentence(
        en=(
            f"The approved promotion {name} takes {rate:.0%} off from {first} to {last}; on those days demand is "
            f"expected to be {factor:.2f} times the usual ({source_en}). The order counts it in."
        ),
        zh=(
            f"已批准的促销“{name}”于 {first} 至 {last} 降价 {rate:.0%}；"
            f"期间需求预计为平时的 {factor:.2f} 倍（{source_zh}），订货量已计入。"
        ),
    )


def _written(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
