"""Goods on their way back: what was sold, and is still to be sold, returns in part and can be sold again.

Where four buyers in ten send clothes back, an order that leaves this out buys much of the lead time's demand twice.
"""

from dataclasses import dataclass

import numpy as np

from yunying.methods.inventory.projected import DemandScenarios
from yunying.practices.purchasing.inputs import Floats, Floats32, Inputs, Ints


@dataclass(frozen=True)
class Returning:
    """Units expected back and fit for sale by the beginning of each day ahead, n products, h days; both ascend.

    Args:
        of_past: shape (n, h + 1): of what was sold before today.
        of_ahead: shape (n, h + 1): of what the forecast says will be sold from today on.
    """

    of_past: Floats32
    of_ahead: Floats32

    def of(
        self,
        chosen: Ints,
        this: Ints,
        until: Ints,
        drawn: DemandScenarios,
        in_hand: Floats,
        lead_mean: Floats,
        cover_mean: Floats,
    ) -> tuple[Floats, Floats]:
        """Units back in the lead time and in the cover period of each scenario, both of shape (n, m).

        More is sent back where more was sold; what stock did not reach for was not sold.

        Args:
            chosen: the n products.
            this, until: shape (n, m): days at which an order of today, and the next one, arrive.
            drawn: their demand.
            in_hand: shape (n,): units on hand and due before the order arrives.
            lead_mean, cover_mean: shape (n, m): mean demand in both spans.
        """
        past_lead, past_cover = _by_both(self.of_past[chosen], this, until)
        ahead_lead, ahead_cover = _by_both(self.of_ahead[chosen], this, until)
        sold = np.minimum(drawn.lead, in_hand[:, None] + past_lead)
        in_lead = past_lead + ahead_lead * sold / np.maximum(lead_mean, 1e-9)
        in_both = (sold + drawn.cover) / np.maximum(lead_mean + cover_mean, 1e-9)
        return in_lead, past_cover + ahead_cover * in_both


def _by_both(back: Floats32, this: Ints, until: Ints) -> tuple[Floats, Floats]:
    by_this = np.take_along_axis(back, this, axis=1).astype(float)
    return by_this, np.take_along_axis(back, until, axis=1) - by_this


def returning(inputs: Inputs, forecast: Floats32) -> Returning:
    """What comes back, by the store's own delays and each product's own rate.

    Args:
        forecast: float32, shape (n, h): units a day.
    """
    n, h = forecast.shape
    past, ahead = (np.zeros((n, h + 1), dtype=np.float32) for _ in range(2))
    by = inputs.returned_by.astype(np.float32)
    k = len(by)
    if k:
        rate = inputs.economics.restocked_rate.astype(np.float32)[:, None]
        on_day = np.diff(by, prepend=np.float32(0.0))
        sold = inputs.units[:, max(inputs.units.shape[1] - k, 0) :]
        age = np.arange(sold.shape[1], 0, -1)
        for day in range(1, h + 1):
            # Back on the days from today to before this one; what was sold `age` days ago is older by then.
            then = by[np.minimum(age + day - 1, k - 1)] - by[np.minimum(age, k) - 1]
            past[:, day] = sold @ then
            reach = min(day, k)
            ahead[:, day] = ahead[:, day - 1] + forecast[:, day - reach : day] @ on_day[:reach][::-1]
        past *= rate
        ahead *= rate
    return Returning(past, ahead)
