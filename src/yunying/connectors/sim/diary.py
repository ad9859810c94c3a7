"""What a living store's journal says: which command came under which key, and which days were lived with which."""

from dataclasses import dataclass, field
from typing import Any

from yunying.connectors.journal import START, Journal, Place
from yunying.connectors.receipt_form import receipt_from
from yunying.connectors.sim.desk_work import numbered
from yunying.kernel.command import Command
from yunying.kernel.json_form import from_plain, to_plain
from yunying.kernel.receipt import Receipt


@dataclass(frozen=True)
class Morning:
    """One lived day after the take-over: its number, counted from 1, and the keys of the commands it began with."""

    day: int
    keys: tuple[str, ...]
    check: str


@dataclass
class Diary:
    """The journal as it was read so far.

    Args:
        starts: by key, the byte at which its line begins; ``commands``: of the keys that wait for a morning, in the
            order in which they came.
        mornings: the days lived since the take-over.
    """

    journal: Journal
    place: Place = START
    starts: dict[str, int] = field(default_factory=dict)
    pending: dict[str, Command] = field(default_factory=dict)
    mornings: list[Morning] = field(default_factory=list)

    def catch_up(self) -> None:
        """Read what was added since."""
        for place, entry in self.journal.read(self.place):
            self._enter(entry, self.place.offset, place)

    def add_command(self, key: str, command: Command, receipt: Receipt) -> None:
        """Record an applied command for good."""
        self._append({"applied": key, "command": to_plain(command), "receipt": to_plain(receipt)})

    def add_morning(self, day: int, keys: tuple[str, ...]) -> None:
        """Record for good that a day is lived with these commands."""
        self._append({"lived": day, "keys": list(keys)})

    def applied(self, key: str) -> tuple[Command, Receipt] | None:
        """What was applied under a key, and its receipt."""
        if key not in self.starts:
            return None
        entry = self.journal.read_one(self.starts[key])
        return from_plain(Command, entry["command"]), receipt_from(entry["receipt"])

    def commands_of(self, morning: Morning) -> tuple[Command, ...]:
        """The commands that a morning began with."""
        return tuple(_lived(self.journal.read_one(self.starts[key])) for key in morning.keys)

    def _append(self, entry: dict[str, Any]) -> None:
        start = self.place.offset
        self._enter(entry, start, self.journal.append(self.place, entry))

    def _enter(self, entry: dict[str, Any], start: int, place: Place) -> None:
        if "applied" in entry:
            self.starts[entry["applied"]] = start
            self.pending[entry["applied"]] = _lived(entry)
        else:
            for key in entry["keys"]:
                del self.pending[key]
            self.mornings.append(Morning(entry["lived"], tuple(entry["keys"]), place.check))
        self.place = place


def _lived(entry: dict[str, Any]) -> Command:
    """The command as the world gets it: a purchase order under the number that its receipt names."""
    return numbered(from_plain(Command, entry["command"]), entry["receipt"]["reference"])
