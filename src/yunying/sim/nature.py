"""What never changes in a world: its settings, its luck, its products and their laws."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from yunying.sim.catalogue import Catalogue, Offer, micros_per_minor
from yunying.sim.demand import DemandLaw
from yunying.sim.draws import Draws
from yunying.sim.plan import PriceMove, Promotion
from yunying.sim.settings import WorldSettings


@dataclass(frozen=True)
class Nature:
    """Shared by all copies of a world.

    Args:
        index: of each product by key; ``offers``: by (supplier index, product index).
        launch_quantity: the first stock of each product that is launched within the horizon, shape (products,).
        price_moves: the store's own, by day; ``own_promotions``: the store's own, by first day.
    """

    settings: WorldSettings
    draws: Draws
    catalogue: Catalogue
    index: Mapping[str, int]
    offers: Mapping[tuple[int, int], Offer]
    law: DemandLaw
    launch_quantity: NDArray[np.int64]
    price_moves: Mapping[int, tuple[PriceMove, ...]]
    own_promotions: tuple[Promotion, ...]

    def date(self, day: int) -> date:
        """The store-local date of a day."""
        return self.settings.start_date + timedelta(days=day)

    @property
    def micros_per_minor(self) -> int:
        """Millionths of a major unit in one minor unit of the store's currency."""
        return micros_per_minor(self.settings.store.currency)

    @property
    def baseline(self) -> float:
        """Units a day if every product were mature: members' rates are stated at that pace."""
        return self.settings.demand.mean_units * self.settings.catalogue.products

    @property
    def announced_day(self) -> NDArray[np.int64]:
        """The day on which each product enters the catalogue."""
        return np.maximum(0, self.catalogue.launch_day - self.settings.life.announce_days)

    @property
    def discontinued_day(self) -> NDArray[np.int64]:
        """The day at whose end each product's rest is written off."""
        return self.catalogue.end_day + self.settings.life.clearance_days
