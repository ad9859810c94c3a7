"""From inputs to a demand history: which days could have sold, and what counts as demand at all."""

import numpy as np
from numpy.typing import NDArray

from yunying.methods.forecasting.history import DemandHistory
from yunying.practices.purchasing.inputs import Floats32, Inputs
from yunying.practices.purchasing.policy import PurchasingPolicy

LEAST_SHARE = 0.05
"""A day that sold out in its first minutes still counts as this share, so that one early order is not a flood."""


def demand_history(inputs: Inputs, policy: PurchasingPolicy) -> DemandHistory:
    """Sales with stock-outs taken as censored, bulk orders capped, and nothing before a product's first day.

    A day that began and ended without stock could sell nothing: exposure 0. A day that ended without stock but sold
    something was on sale until its last sale, where the time of that is known; else it wanted at least what it sold:
    censored. Days whose stock is not known count as on sale.
    """
    units = bulk_capped(inputs.units, policy.bulk_multiple)
    closing = inputs.closing_stock
    empty = closing <= 0
    began_empty = np.zeros_like(empty)
    began_empty[:, 1:] = empty[:, :-1]
    sold = units > 0
    exposure = np.where(empty & began_empty & ~sold, 0.0, 1.0).astype(np.float32)
    is_unseen = unseen_days(sold, closing > 0)
    units, exposure = np.where(is_unseen, np.float32(0.0), units), np.where(is_unseen, np.float32(0.0), exposure)
    sold_out = empty & sold
    timed = sold_out & np.isfinite(inputs.selling_share) & ~is_unseen
    exposure[timed] = np.clip(inputs.selling_share[timed], LEAST_SHARE, 1.0)
    return DemandHistory(
        inputs.first_date,
        units,
        exposure,
        sold_out & ~timed & ~is_unseen,
        inputs.group,
        len(inputs.categories),
        inputs.on_sale,
        discounts(inputs),
    )


def unseen_days(sold: NDArray[np.bool_], in_stock: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Days before anything is known of a product, and the day of its first sale where that alone made it known.

    Such a day sold by construction: counted as demand it makes rare sellers look frequent, and every beginning busy.
    """
    known = sold | in_stock
    days = np.arange(sold.shape[1])
    first = np.where(known.any(axis=1), known.argmax(axis=1), sold.shape[1])[:, None]
    return np.asarray((days < first) | ((days == first) & ~in_stock))


def discounts(inputs: Inputs) -> Floats32 | None:
    """The share that promotions took off each product's price on each past day; None where none did."""
    shown = inputs.promoted
    if not len(shown.product):
        return None
    days = inputs.units.shape[1]
    found = np.zeros(inputs.units.shape, dtype=np.float32)
    first = np.clip(shown.start - inputs.first_date.toordinal(), 0, days)
    end = np.clip(shown.end - inputs.first_date.toordinal(), 0, days)
    for product, start, stop, rate in zip(shown.product, first, end, shown.rate, strict=True):
        found[product, start:stop] = np.maximum(found[product, start:stop], min(float(rate), 0.95))
    return found


def bulk_capped(units: Floats32, multiple: float) -> Floats32:
    """Cap a day at a multiple of the product's usual selling day (the median of days that sold, at least 2)."""
    selling = np.where(units > 0, units, np.nan)
    usual = np.full(len(units), 2.0, dtype=np.float32)
    some = (units > 0).any(axis=1)
    usual[some] = np.maximum(np.nanmedian(selling[some], axis=1), 2.0)
    return np.minimum(units, usual[:, None] * np.float32(multiple))
