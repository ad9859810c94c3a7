"""A simulated store that lives between processes: commands come in, days are lived, facts go out.

The journal is the record: each applied command with its key, and each lived day with the keys it began with. The world
follows from it by living the days again, to the bit; checkpoints make that short. Whatever dies, the next one who opens
the store finds each command applied once and each day lived once.
"""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Self

import pyarrow as pa

from yunying.connectors.journal import Journal
from yunying.connectors.manifest import application_check, key_reused
from yunying.connectors.sim.birth import Birth, birth_read, birth_record
from yunying.connectors.sim.checkpoints import Checkpoints
from yunying.connectors.sim.desk_work import DECLARED, in_force, planned, receipt_for, waiting
from yunying.connectors.sim.diary import Diary
from yunying.connectors.site_lock import site_lock
from yunying.facts.batch import FactBatch
from yunying.kernel.command import Command
from yunying.kernel.json_form import to_plain
from yunying.kernel.receipt import Receipt
from yunying.sim.book import Book
from yunying.sim.history import batch_of
from yunying.sim.minmax import MinMaxRule
from yunying.sim.truth import Truth
from yunying.sim.world import World

JOURNAL_NAME = "journal.jsonl"
CHECKPOINT_FOLDER = "checkpoints"
LivedDay = tuple[date, dict[str, pa.Table]]

DAYS_PER_BATCH = 30
DAYS_PER_CHECKPOINT = 10


class LivingStore:
    """One store in one folder; made by ``create`` or ``open``. Processes that use it at once take turns.

    Args:
        folder: where it lives.
        birth: how it began.
    """

    def __init__(self, folder: Path, birth: Birth) -> None:
        self.folder = folder
        self._birth = birth
        self._checkpoints = Checkpoints(folder / CHECKPOINT_FOLDER, birth.digest)
        self._diary = Diary(Journal(folder / JOURNAL_NAME))
        self._world: World | None = None
        self._saved_day: int | None = None
        self._last: list[LivedDay] = []
        # Threads of one process share a store; processes are held apart by the lock on the folder.
        self._turn = threading.RLock()

    @classmethod
    def create(
        cls, folder: Path, world: str | Path, seed: int, days: int, rule: MinMaxRule | None, *, store: str | None = None
    ) -> Self:
        """Let a store begin; the same call again finds the same store.

        Args:
            folder: made if it is missing.
            world: the name of a world that comes with the program, or a settings file.
            seed: of the world's luck.
            days: lived before anyone takes over, at least 0.
            rule: under which they are lived; None orders nothing.
            store: another id than the one in the settings.

        Raises:
            OperatorError: the settings do not fit, or another store lives in the folder.
        """
        return cls(folder, birth_record(folder, world, seed, days, rule, store))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The store of a folder.

        Raises:
            OperatorError: none lives there, or its record is damaged.
        """
        return cls(folder, birth_read(folder))

    @property
    def store(self) -> str:
        """The store's id."""
        return self._birth.settings.store.id

    @property
    def source(self) -> str:
        """The source of its batches of facts."""
        return f"sim/{self.store}"

    @property
    def days(self) -> int:
        """How many days were lived so far: the number of the last batch."""
        with self._turn:
            self._diary.catch_up()
            return self._birth.days + len(self._diary.mornings)

    @property
    def today(self) -> date:
        """The next day to live."""
        return self._now().today

    @property
    def truth(self) -> Truth:
        """What no shop knows about itself; for tests and benches only."""
        return self._now().truth

    @property
    def book(self) -> Book:
        """What the store's own books say."""
        return self._now().book

    @property
    def known_products(self) -> frozenset[str]:
        """Keys of the products that are in the catalogue this morning."""
        return frozenset(self._now().desk.products)

    @property
    def pending(self) -> tuple[Command, ...]:
        """Commands applied and not yet felt: they wait for the morning, or for a supplier's smallest order."""
        with self._turn:
            self._diary.catch_up()
            return tuple(self._diary.pending.values())

    def in_force(self, command: Command) -> str | int | bool | None:
        """What holds of the command's subject once the pending commands are felt: a price, a budget, a promotion."""
        with self._turn:
            return in_force(self._now(), self.pending, command)

    def apply(self, command: Command, key: str, dry_run: bool = False) -> Receipt:
        """Take a command for the coming morning; the same key is taken once and answered alike.

        Raises:
            OperatorError: the store refuses it as it stands, or the key belongs to another command; nothing happened.
        """
        command = application_check("sim", DECLARED, command, key)
        if dry_run:
            with self._turn:
                return planned(self._known(command, key) or self._receipt(command, key))
        with self._turn, site_lock(self.folder):
            receipt = self._known(command, key)
            if receipt is None:
                receipt = self._receipt(command, key)
                self._save(self._now())
                self._diary.add_command(key, command, receipt)
            return receipt

    def advance(self) -> None:
        """Live one day; the commands that wait are felt from its morning on.

        Raises:
            OperatorError: the world's horizon is over.
        """
        with self._turn, site_lock(self.folder):
            world = self._now()
            held = waiting(world, self._diary.pending)
            chosen = {key: command for key, command in self._diary.pending.items() if key not in held}
            # Asked before the day is written down: what is written down must be possible to live.
            world.day_check(world.today, tuple(chosen.values()))
            self._diary.add_morning(self.days + 1, tuple(chosen))
            day = world.today
            # The day is most often asked for next, so it is kept at hand; from a checkpoint it would be the same.
            self._last = [(day, world.step(day, self._commands(world)))]
            self._save(world)

    def batches(self, cursor: int = 0) -> Iterator[FactBatch]:
        """The lived days behind a cursor as batches, as they were or would have been at first.

        The days before the take-over come thirty at a time, the others alone; a batch's number is its last day's,
        counted from 1. A cursor within a batch gives the batch whole.
        """
        end, first = self.days, self._birth.days
        limits = [
            *range(DAYS_PER_BATCH, first, DAYS_PER_BATCH),
            *([first] if first else []),
            *range(first + 1, end + 1),
        ]
        wanted = [limit for limit in limits if limit > cursor]
        if not wanted:
            return
        last = self._last
        if wanted == [end] and end > first and last and last[0][0] == self._date_of(end):
            yield batch_of(self._birth.settings, last)
            return
        before = [limit for limit in limits if limit <= cursor]
        world = self._world_after(before[-1] if before else 0)
        for limit in wanted:
            lived: list[LivedDay] = []
            while self._day_of(world) < limit:
                day = world.today
                lived.append((day, world.step(day, self._commands(world))))
            yield batch_of(world.settings, lived)
        if self._saved_day is None:
            with self._turn, site_lock(self.folder):
                self._save(world)

    def _known(self, command: Command, key: str) -> Receipt | None:
        self._diary.catch_up()
        found = self._diary.applied(key)
        if found is None:
            return None
        if to_plain(found[0]) != to_plain(command):
            raise key_reused(key, found[0])
        return found[1]

    def _receipt(self, command: Command, key: str) -> Receipt:
        return receipt_for(self._now(), tuple(self._diary.pending.values()), command, self.store, key)

    def _now(self) -> World:
        """The world after all days that the journal names."""
        with self._turn:
            end = self.days
            if self._world is None:
                self._world = self._world_after(end)
            self._live_until(self._world, end)
            return self._world

    def _world_after(self, day: int) -> World:
        """A world that stands after a day, from the newest checkpoint that counts."""
        world = None
        for kept in self._checkpoints.days():
            if kept <= day and (standing := self._checkpoints.load(kept, self._check_of(kept))):
                world = World.resumed(self._birth.settings, self._birth.seed, standing)
                self._saved_day = max(kept, self._saved_day or 0)
                break
        if world is None:
            world = World(self._birth.settings, self._birth.seed)
        self._live_until(world, day)
        return world

    def _live_until(self, world: World, day: int) -> None:
        while self._day_of(world) < day:
            world.advance(world.today, self._commands(world))

    def _save(self, world: World) -> None:
        """Write a checkpoint if the last one that counted lies some days back."""
        day = self._day_of(world)
        if self._saved_day is None or day - self._saved_day >= DAYS_PER_CHECKPOINT:
            self._checkpoints.save(day, self._check_of(day), world.standing)
            self._saved_day = day

    def _commands(self, world: World) -> tuple[Command, ...]:
        """What the world's coming morning begins with."""
        day = self._day_of(world)
        if day >= self._birth.days:
            return self._diary.commands_of(self._diary.mornings[day - self._birth.days])
        return tuple(self._birth.rule(world.today, world.book)) if self._birth.rule else ()

    def _check_of(self, day: int) -> str:
        """The journal's check behind a lived day; empty for the days before the take-over."""
        return self._diary.mornings[day - self._birth.days - 1].check if day > self._birth.days else ""

    def _date_of(self, number: int) -> date:
        """The date of a lived day by its number, counted from 1."""
        return self._birth.settings.start_date + timedelta(days=number - 1)

    @staticmethod
    def _day_of(world: World) -> int:
        return (world.today - world.settings.start_date).days
