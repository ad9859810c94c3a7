"""Advertising and visits: what is spent, what it adds to demand, and which channel brings which order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.sim.draws import Draws, Purpose
from yunying.sim.settings import PaidChannel, TrafficSettings

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class AdDay:
    """One day's advertising; arrays over all channels of the settings, 0 where a channel is free.

    Args:
        spend_minor, clicks, impressions: as the channel reports them.
        adstock_minor: carried spend after the day.
        lift: demand that each channel adds, as a share of the demand without any.
    """

    spend_minor: Wholes
    clicks: Wholes
    impressions: Wholes
    adstock_minor: Floats
    lift: Floats

    @property
    def factor(self) -> float:
        """What advertising multiplies demand by."""
        return 1.0 + float(self.lift.sum())


def hill(carried_minor: float, paid: PaidChannel) -> float:
    """Saturation: carried^slope / (carried^slope + half^slope), from 0 to 1.

    Source: Jin et al., "Bayesian methods for media mix modeling with carryover and shape effects" (Google, 2017).
    """
    if carried_minor <= 0:
        return 0.0
    return float(1 / (1 + (paid.half_saturation_minor / carried_minor) ** paid.slope))


def advertise(settings: TrafficSettings, draws: Draws, day: int, budget_minor: Wholes, adstock_minor: Floats) -> AdDay:
    """Spend the day's budgets; the adstock is normalised, so a constant spend carries to itself.

    Args:
        settings: the channels.
        draws: the world's luck.
        day: the day.
        budget_minor: of each channel; the spend swings around it by weeks.
        adstock_minor: of each channel after the day before.
    """
    count = len(settings.channels)
    swing = draws.stream(Purpose.BUDGET, day // 7).standard_normal(count)
    luck = draws.stream(Purpose.CLICKS, day)
    spend, clicks, impressions = (np.zeros(count, dtype=np.int64) for _ in range(3))
    carried, lift = np.zeros(count), np.zeros(count)
    for index, channel in enumerate(settings.channels):
        if channel.paid is None:
            continue
        paid = channel.paid
        factor = float(np.exp(paid.budget_sigma * swing[index] - paid.budget_sigma**2 / 2))
        spend[index] = round(int(budget_minor[index]) * factor)
        clicks[index] = luck.poisson(spend[index] / paid.click_cost_minor)
        impressions[index] = max(int(clicks[index]), int(luck.poisson(clicks[index] / paid.click_rate)))
        carried[index] = paid.adstock_rate * adstock_minor[index] + (1 - paid.adstock_rate) * spend[index]
        lift[index] = paid.max_lift * hill(carried[index], paid)
    return AdDay(spend, clicks, impressions, carried, lift)


def channels_of(settings: TrafficSettings, ads: AdDay, u: Floats) -> Wholes:
    """The channel that each order is booked under, from uniform numbers.

    A paid channel gets the orders it caused and, of those that would have come anyway, the share that it claims.
    """
    free = np.array([channel.visit_share for channel in settings.channels])
    claimed = np.array([channel.paid.claim_rate if channel.paid else 0.0 for channel in settings.channels])
    claimed = np.where(ads.adstock_minor > 0, claimed, 0.0)
    organic = free / free.sum() * max(0.0, 1 - claimed.sum()) + claimed / max(1.0, claimed.sum())
    weights = np.cumsum(organic + ads.lift)
    return np.searchsorted(weights / weights[-1], u, side="right").clip(0, len(weights) - 1).astype(np.int64)


def visits_of(settings: TrafficSettings, draws: Draws, day: int, expected_orders: float, ads: AdDay) -> Wholes:
    """Visits of a day by channel: Poisson for those that cost nothing, the clicks for the paid ones."""
    free = np.array([channel.visit_share for channel in settings.channels])
    mean = expected_orders / settings.conversion_rate * free / free.sum()
    organic = draws.stream(Purpose.VISITS, day).poisson(np.maximum(0.0, mean))
    visits: Wholes = organic + ads.clicks
    return visits
