"""A world: one simulated store that lives a day at a time, and whose truth can be asked."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yunying.kernel.command import Command
from yunying.kernel.errors import OperatorError
from yunying.sim.book import Book, Rule
from yunying.sim.catalogue import catalogue_draw, offers_draw
from yunying.sim.commands import Action, Desk
from yunying.sim.day import DayWork
from yunying.sim.demand import DemandLaw
from yunying.sim.draws import Draws, Purpose
from yunying.sim.ledger import Ledger
from yunying.sim.members import population_draw
from yunying.sim.nature import Nature
from yunying.sim.plan import own_price_moves, own_promotions
from yunying.sim.seasons import day_factors
from yunying.sim.settings import WorldSettings
from yunying.sim.state import DayRecord, State
from yunying.sim.supply import launch_quantities
from yunying.sim.tables import Writer, joined_tables
from yunying.sim.truth import Truth

Wholes = NDArray[np.int64]


class World:
    """A store whose future depends on its settings, its seed, and the commands that it is given.

    The same settings, seed and commands give the same tables to the bit. Two worlds that differ only in commands share
    every piece of luck that the commands do not touch.
    """

    def __init__(self, settings: WorldSettings, seed: int) -> None:
        self._nature = _nature(settings, seed)
        self._state = _first_state(self._nature)
        self._writer = Writer(self._nature)
        self.book = Book.empty(self._nature)

    @classmethod
    def resumed(cls, settings: WorldSettings, seed: int, standing: tuple[State, Book]) -> "World":
        """A world that goes on from where ``standing`` was taken; settings and seed must be the same."""
        world = object.__new__(cls)
        world._nature = _nature(settings, seed)
        world._writer = Writer(world._nature)
        world._state, world.book = standing
        return world

    @property
    def standing(self) -> tuple[State, Book]:
        """All of the world that changes from day to day; it goes on changing, so keep it or copy it at once."""
        return self._state, self.book

    @property
    def settings(self) -> WorldSettings:
        """The settings that the world was made from."""
        return self._nature.settings

    @property
    def today(self) -> date:
        """The next day to live."""
        return self.settings.start_date + timedelta(days=self._state.day)

    @property
    def truth(self) -> Truth:
        """What no shop knows about itself."""
        return Truth(self._nature, self._state)

    def step(self, day: date, commands: Sequence[Command] = ()) -> dict[str, pa.Table]:
        """Live one day and write its facts.

        Args:
            day: must be ``today``.
            commands: applied in the morning, all or none.

        Returns:
            Arrow tables by fact table, without the store column and without empty tables.

        Raises:
            OperatorError: a command cannot be applied, the day is not today, or the horizon is over; nothing happened.
        """
        return self._writer.tables(self.advance(day, commands), self._state.members, self._state.promotions)

    def advance(self, day: date, commands: Sequence[Command] = ()) -> DayRecord:
        """The same as ``step`` without writing tables: for trying rules out."""
        record = DayWork(self._nature, self._state).live(self.day_check(day, commands))
        self.book.observe(record)
        return record

    def run(self, days: int, rule: Rule | None = None) -> dict[str, pa.Table]:
        """Live many days, each with the commands that the rule gives from the book, and join their facts."""
        lived = [self.step(self.today, rule(self.today, self.book) if rule else ()) for _ in range(days)]
        return joined_tables(lived)

    def copy(self) -> "World":
        """A world that stands where this one does and goes on alone, with the same luck before it."""
        twin = object.__new__(World)
        twin._nature = self._nature
        twin._state = self._state.copy()
        twin._writer = self._writer
        twin.book = self.book.copy()
        return twin

    @property
    def desk(self) -> Desk:
        """What commands are checked against this morning."""
        nature, state = self._nature, self._state
        is_known = nature.announced_day <= state.day
        # Of its own plan the store knows what is running; a promotion that a command planned is known from then on.
        own = len(nature.own_promotions)
        stoppable = frozenset(
            promotion.name
            for place, promotion in enumerate(state.promotions)
            if promotion.end_day > max(state.day, promotion.start_day)
            and (place >= own or promotion.start_day <= state.day)
        )
        return Desk(
            settings=self.settings,
            products={key: place for key, place in nature.index.items() if is_known[place]},
            offers=nature.offers,
            promotions=stoppable,
            references=frozenset(state.references),
            today=self.today,
        )

    def list_price_minor(self, product: str) -> int:
        """The price on the product's label this morning, in minor units (KeyError: no such product)."""
        return int(self._state.list_price_minor[self._nature.index[product]])

    def budget_minor(self, channel: str) -> int:
        """A channel's daily advertising budget this morning, in minor units (ValueError: no such channel)."""
        names = [each.name for each in self.settings.traffic.channels]
        return int(self._state.budget_minor[names.index(channel)])

    def day_check(self, day: date, commands: Sequence[Command]) -> list[Action]:
        """What the commands would do on that day; nothing happens.

        Raises:
            OperatorError: as ``step``.
        """
        if self._state.day >= self.settings.horizon_days:
            raise OperatorError(
                "horizon-over",
                f"The world ends after {self.settings.horizon_days} days.",
                "Give the world's settings more horizon_days.",
            )
        if day != self.today:
            raise OperatorError(
                "wrong-day", f"The world lives {self.today} next, not {day}.", "Live its days one after the other."
            )
        return self.desk.read(commands) if commands else []


def _nature(settings: WorldSettings, seed: int) -> Nature:
    draws = Draws(seed)
    catalogue = catalogue_draw(settings, draws)
    offers = {(offer.supplier, offer.product): offer for offer in offers_draw(settings, catalogue, draws)}
    return Nature(
        settings=settings,
        draws=draws,
        catalogue=catalogue,
        index={key: place for place, key in enumerate(catalogue.products)},
        offers=offers,
        law=DemandLaw(settings, catalogue, day_factors(settings)),
        launch_quantity=launch_quantities(settings, catalogue, offers),
        price_moves=own_price_moves(settings, catalogue, draws),
        own_promotions=own_promotions(settings, draws),
    )


def _first_state(nature: Nature) -> State:
    settings, catalogue = nature.settings, nature.catalogue
    channels = settings.traffic.channels
    budget = np.array([channel.paid.daily_minor if channel.paid else 0 for channel in channels], dtype=np.int64)
    return State(
        day=0,
        on_hand=_opening_stock(nature),
        cost_micros=catalogue.unit_cost_micros.copy(),
        list_price_minor=catalogue.list_price_minor.copy(),
        priced_by_hand=np.zeros(len(catalogue), dtype=bool),
        missing=np.zeros(len(catalogue)),
        budget_minor=budget,
        adstock_minor=budget.astype(np.float64),
        promotions=list(nature.own_promotions),
        members=population_draw(settings, nature.draws),
        ledger=Ledger(),
    )


def _opening_stock(nature: Nature) -> Wholes:
    """Days of cover of each product that is on sale; at least one unit, for it is on sale."""
    count = len(nature.catalogue)
    luck = nature.draws.uniform(Purpose.SUPPLY, np.arange(count))
    cover = nature.settings.supply.initial_cover_days.quantile(luck)
    units = np.round(nature.law.plain(0) * cover).astype(np.int64)
    return np.where(nature.law.on_sale(0), np.maximum(1, units), 0)
