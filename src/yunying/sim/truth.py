"""The truth of a world, for judging what was decided: no practice may read it."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import OperatorError
from yunying.kernel.periods import Period
from yunying.sim.laws import Law
from yunying.sim.ledger import PROFIT_SIGNS
from yunying.sim.nature import Nature
from yunying.sim.state import State

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class Profit:
    """Contribution profit in minor units, without tax, with its parts (all positive).

    Args:
        parts: by the names of ``ledger.PROFIT_SIGNS``.
        ads: advertising by channel.
    """

    parts: dict[str, float]
    ads: dict[str, float]

    @property
    def total_minor(self) -> float:
        """Paid and goods back, minus everything else."""
        return sum(PROFIT_SIGNS[name] * value for name, value in self.parts.items()) - sum(self.ads.values())


class Truth:
    """Questions to a world as it stands; it must not be stepped between a question and the use of its answer."""

    def __init__(self, nature: Nature, state: State) -> None:
        self._nature = nature
        self._state = state

    @property
    def products(self) -> tuple[str, ...]:
        """The keys, in the order of every array over products."""
        return self._nature.catalogue.products

    def expected_demand(self, product: str, day: date, list_price_minor: int, *, discount_permille: int = 0) -> float:
        """Units wanted on a day of the horizon at a price, by the laws alone.

        With the promotion's effect where ``discount_permille`` (0 to 999) is above 0; without advertising, the
        after-dip of earlier promotions, and the day's luck.
        """
        return float(self.expected(day, discount_permille, list_price_minor)[self._product(product)])

    def expected(self, day: date, discount_permille: int = 0, list_price_minor: int | None = None) -> Floats:
        """Shape (products,): the same for all, at one price or, where none is given, at today's list prices."""
        law, count = self._nature.law, len(self.products)
        price = self._state.list_price_minor if list_price_minor is None else np.full(count, list_price_minor, np.int64)
        place = (day - self._nature.settings.start_date).days
        if not 0 <= place < self._nature.settings.horizon_days:
            raise OperatorError("outside-horizon", f"{day} is outside the world.", "Ask for a day of its horizon.")
        permille = np.full(count, discount_permille, np.int64)
        return law.plain(place) * law.price_factor(price) * law.promotion_factor(permille)

    def units(self, column: str, period: Period) -> Floats:
        """Shape (days, products): a column of ``ledger.UNIT_COLUMNS`` over lived days.

        ``expected`` holds what the laws gave with everything that was done, ``demand`` what came of it.
        """
        return self._state.ledger.matrix(column, *self._lived(period))

    def demand(self, product: str, day: date) -> int:
        """Units that were wanted on a lived day, in stock or not."""
        return self._one("demand", product, day)

    def lost_sales(self, product: str, day: date) -> int:
        """Units that were wanted on a lived day and not in stock."""
        return self._one("lost", product, day)

    def profit(self, period: Period) -> Profit:
        """Contribution profit over lived days: of all products, less advertising."""
        start, end = self._lived(period)
        ledger = self._state.ledger
        spend = np.sum(ledger.ad_spend[start:end], axis=0)
        channels = self._nature.settings.traffic.channels
        return Profit(
            {name: float(ledger.matrix(name, start, end).sum()) for name in PROFIT_SIGNS},
            {channel.name: float(spend[place]) for place, channel in enumerate(channels) if channel.paid},
        )

    def product_profit(self, period: Period) -> Floats:
        """Shape (days, products): contribution profit before advertising in minor units."""
        start, end = self._lived(period)
        total: Floats = sum(
            (sign * self._state.ledger.matrix(name, start, end) for name, sign in PROFIT_SIGNS.items()),
            start=np.zeros((end - start, len(self.products))),
        )
        return total

    def ad_lift(self, period: Period) -> dict[str, Floats]:
        """By paid channel, shape (days,): the demand it added, as a share of the demand without advertising."""
        start, end = self._lived(period)
        lift = np.array(self._state.ledger.ad_lift[start:end])
        channels = self._nature.settings.traffic.channels
        return {channel.name: lift[:, place] for place, channel in enumerate(channels) if channel.paid}

    def lead_time_law(self, supplier: str) -> Law:
        """The supplier's law of the days from order to usable stock (before the closed season)."""
        for entry in self._nature.settings.supply.suppliers:
            if entry.name == supplier:
                return entry.lead_time
        raise OperatorError("unknown-supplier", f"There is no supplier {supplier!r}.", "Use a key of its facts.")

    def elasticity(self, product: str) -> float:
        """Price elasticity, positive."""
        return float(self._nature.catalogue.elasticity[self._product(product)])

    def life(self, product: str) -> tuple[date, date | None]:
        """First day on sale, and the first day no longer (None: never)."""
        place, start = self._product(product), self._nature.settings.start_date
        launch, end = int(self._nature.catalogue.launch_day[place]), int(self._nature.catalogue.end_day[place])
        return start + timedelta(days=launch), (start + timedelta(days=end) if end < 10**8 else None)

    @property
    def spoilage_rate(self) -> Floats:
        """Shape (products,): share of the stock that spoils each day."""
        rates = np.array([category.spoilage_rate for category in self._nature.settings.catalogue.categories])
        return np.asarray(rates[self._nature.catalogue.category])

    def members_alive(self) -> int:
        """Known members who may order again."""
        return int(self._state.members.alive.sum())

    def _one(self, column: str, product: str, day: date) -> int:
        return int(self.units(column, Period(day, day + timedelta(days=1)))[0, self._product(product)])

    def _product(self, key: str) -> int:
        if key not in self._nature.index:
            raise OperatorError("unknown-product", f"There is no product {key!r}.", "Use a key of the product facts.")
        return self._nature.index[key]

    def _lived(self, period: Period) -> tuple[int, int]:
        first = self._nature.settings.start_date
        start, end = (period.start_date - first).days, (period.end_date - first).days
        if start < 0 or end > self._state.day:
            raise OperatorError(
                "not-lived",
                f"The world has lived the {self._state.day} days from {first}, not all of {period}.",
                "Ask for days that are over.",
            )
        return start, end
