"""Demand, stock and the order on one time axis, as series that any screen can draw."""

from datetime import timedelta

import numpy as np

from yunying.kernel.evidence import Series
from yunying.practices.purchasing.inputs import Floats, Inputs
from yunying.practices.purchasing.order import Orders

PAST_DAYS = 42


def chart_of(inputs: Inputs, orders: Orders, product: int) -> tuple[Series, ...]:
    """What was sold and in stock of late, what is expected, and the stock with and without the order."""
    past = min(PAST_DAYS, inputs.units.shape[1])
    ahead = min(int(orders.effect_days[product]), orders.daily_mean.shape[1])
    before = tuple((inputs.as_of - timedelta(days=day)).isoformat() for day in range(past, 0, -1))
    after = tuple((inputs.as_of + timedelta(days=day)).isoformat() for day in range(ahead))
    expected = orders.daily_mean[product, :ahead].astype(float)
    arriving = np.zeros(ahead)
    arrival = int(orders.lead_days[product])
    if arrival < ahead:
        arriving[arrival] = orders.quantity[product]
    due = _due(inputs, product, ahead)
    on_hand = float(inputs.on_hand[product])
    stock, days = "units 件", "units per day 件/天"
    return (
        Series("Sold 销量", days, before, _plain(inputs.units[product, -past:].astype(float))),
        Series("Expected demand 预计需求", days, after, _plain(expected)),
        Series("Stock 库存", stock, before, _plain(inputs.closing_stock[product, -past:].astype(float))),
        Series("Stock with this order 下单后库存", stock, after, _plain(_stock(on_hand, due + arriving, expected))),
        Series("Stock without it 不下单库存", stock, after, _plain(_stock(on_hand, due, expected))),
    )


def _due(inputs: Inputs, product: int, ahead: int) -> Floats:
    """Units on order by the day on which they are expected; what is overdue is expected tomorrow."""
    inbound = inputs.inbound
    mine = inbound.product == product
    when = np.where(inbound.due > 0, inbound.due, inbound.ordered)[mine] - inputs.as_of.toordinal()
    due = np.zeros(ahead)
    within = when < ahead
    np.add.at(due, np.maximum(when[within], min(1, ahead - 1)), inbound.quantity[mine][within])
    return due


def _stock(on_hand: float, arriving: Floats, demand: Floats) -> Floats:
    """Expected closing stock by day; what is lacking is lost, not owed."""
    closing, left = np.zeros(len(demand)), on_hand
    for day in range(len(demand)):
        left = max(left + arriving[day] - demand[day], 0.0)
        closing[day] = left
    return closing


def _plain(values: Floats) -> tuple[float | None, ...]:
    return tuple(round(float(value), 2) if np.isfinite(value) else None for value in values)
