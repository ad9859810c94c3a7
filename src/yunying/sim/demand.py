"""The demand of a day: its expectation by the world's true laws, and the count that came of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yunying.sim.catalogue import Catalogue
from yunying.sim.draws import Draws, Purpose
from yunying.sim.laws import poisson_quantile
from yunying.sim.seasons import DayFactors
from yunying.sim.settings import WorldSettings

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

_MOST_PULLED = 0.8
"""Even after a very deep promotion a fifth of the usual buyers come."""


@dataclass(frozen=True)
class DemandLaw:
    """The laws of demand of one world; all results are arrays over products."""

    settings: WorldSettings
    catalogue: Catalogue
    factors: DayFactors

    def plain(self, day: int) -> Floats:
        """Expected units of a day (0 to the horizon) at the first list price, without promotion, ads or after-dip."""
        catalogue = self.catalogue
        season = self.factors.by_category[day][catalogue.category]
        growth = np.exp(catalogue.growth * (day / 365.25))
        units: Floats = catalogue.level * growth * season * self.life(day) * self._wander(day)
        return units

    def life(self, day: int) -> Floats:
        """0 before launch and after the end; between, 1 - exp(-(age + 1) / ramp) times exp(-...) near the end."""
        life, catalogue = self.settings.life, self.catalogue
        age = day - catalogue.launch_day
        ramp = -np.expm1(-(np.maximum(age, 0) + 1) / life.ramp_days)
        left = np.minimum(catalogue.end_day - day, 1e6)
        # Decline begins two time constants before the end, so that a product ends at about an eighth of its level.
        decline = np.exp(np.minimum(0.0, left / life.decline_days - 2.0))
        return np.where(self.on_sale(day), ramp * decline, 0.0)

    def on_sale(self, day: int) -> NDArray[np.bool_]:
        """Which products are launched and not ended."""
        return (self.catalogue.launch_day <= day) & (day < self.catalogue.end_day)

    def price_factor(self, list_price_minor: Wholes) -> Floats:
        """(List price / first list price) to the power of minus the elasticity."""
        ratio = list_price_minor / self.catalogue.list_price_minor
        factor: Floats = np.maximum(ratio, 1e-3) ** -self.catalogue.elasticity
        return factor

    def promotion_factor(self, discount_permille: Wholes) -> Floats:
        """What a promotion multiplies demand by at a list price: the lower price and being seen."""
        seen = np.where(discount_permille > 0, 1 + self.settings.promotions.visibility, 1.0)
        price: Floats = (1 - discount_permille / 1000) ** -self.catalogue.elasticity
        return price * seen

    def _wander(self, day: int) -> Floats:
        """A smooth stationary swing with mean 1: a sum of random waves (Rahimi and Recht 2007), no state to carry."""
        sigma = self.settings.demand.wander_sigma
        if sigma == 0:
            return np.ones(len(self.catalogue))
        waves = np.cos(self.catalogue.wave_frequency * day + self.catalogue.wave_phase)
        swing = sigma * np.sqrt(2 / waves.shape[1]) * waves.sum(axis=1)
        factor: Floats = np.exp(swing - sigma**2 / 2)
        return factor


def pulled_forward(law: DemandLaw, missing: Floats, discount_permille: Wholes) -> tuple[Floats, Floats]:
    """The after-dip of promotions: the factor of a day, and the units still missing after it.

    Args:
        law: for the promotion's effect.
        missing: units that earlier promotions took from the future, in days of plain demand, at least 0.
        discount_permille: the day's discounts, 0 where there is none.
    """
    promotions = law.settings.promotions
    promoted = discount_permille > 0
    dip = np.where(promoted, 0.0, np.minimum(_MOST_PULLED, missing * promotions.release_rate))
    extra = np.where(promoted, law.promotion_factor(discount_permille) - 1, 0.0)
    return 1 - dip, missing - dip + promotions.pull_forward_rate * extra


def day_shock(settings: WorldSettings, draws: Draws, day: int) -> float:
    """The store-wide luck of a day: log-normal with mean 1."""
    sigma = settings.demand.day_shock_sigma
    return float(np.exp(sigma * draws.stream(Purpose.DAY_SHOCK, day).standard_normal() - sigma**2 / 2))


def counts(settings: WorldSettings, draws: Draws, day: int, mean: Floats) -> Wholes:
    """Negative binomial counts as a gamma mixture of Poissons (variance = mean + mean^2 / dispersion).

    With the same seed and day a larger mean never gives a smaller count, so two rules share their luck.
    """
    shape = settings.demand.dispersion
    mixing = draws.stream(Purpose.DEMAND_SHAPE, day).gamma(shape, 1 / shape, len(mean))
    luck = draws.uniform(Purpose.DEMAND_COUNT, day, np.arange(len(mean)))
    return poisson_quantile(luck, mean * mixing)
