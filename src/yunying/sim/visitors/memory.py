"""What the crowd remembers between two runs: people, the prices it knew first, and orders whose story goes on."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from yunying.kernel.errors import OperatorError

PATIENCE = timedelta(days=14)
"""How long somebody waits for a page that lets him do what he means to."""
AGAIN = timedelta(hours=20)


@dataclass
class Shopper:
    """Somebody who bought once: the same name and telephone number again, and the keys that his browser kept."""

    name: str
    phone: str
    region: str
    city: str
    district: str
    agent: int
    is_chinese: bool
    cookies: dict[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    """Something that a buyer will do with an order: ``cancel``, ``return``, ``review`` or ``ask``."""

    deed: str
    path: str
    shopper: int
    due_at: str
    until: str


@dataclass
class Memory:
    """All of it.

    Args:
        visits: how many there were.
        known_prices: in major units, by product and variant.
        talk: addresses of pages that people tell each other of, with products' titles.
    """

    visits: int = 0
    known_prices: dict[str, float] = field(default_factory=dict)
    shoppers: list[Shopper] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    talk: dict[str, str] = field(default_factory=dict)

    def known_price(self, product: str, variant: str, price: float) -> float:
        """What the crowd thinks that something should cost: the first price that anybody of it saw."""
        return self.known_prices.setdefault(f"{product}/{variant}", price)

    def plan(self, deed: str, path: str, shopper: int, due_at: datetime) -> None:
        """Mean to do something later."""
        self.plans.append(Plan(deed, path, shopper, due_at.isoformat(), (due_at + PATIENCE).isoformat()))

    def due(self, now: datetime) -> list[Plan]:
        """What is to be done by now; it is taken out, and ``later`` puts it back."""
        ready = [each for each in self.plans if datetime.fromisoformat(each.due_at) <= now]
        self.plans = [each for each in self.plans if datetime.fromisoformat(each.due_at) > now]
        return ready

    def later(self, plan: Plan, now: datetime) -> bool:
        """Try again the next day; whether anybody still waits for it."""
        is_open = now + AGAIN <= datetime.fromisoformat(plan.until)
        if is_open:
            self.plans.append(Plan(plan.deed, plan.path, plan.shopper, (now + AGAIN).isoformat(), plan.until))
        return is_open


def memory_read(path: Path | None) -> Memory:
    """The memory of a file, or a new one where there is none.

    Raises:
        OperatorError: the file is something else.
    """
    if path is None or not path.exists():
        return Memory()
    try:
        held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        held["shoppers"] = [Shopper(**each) for each in held["shoppers"]]
        held["plans"] = [Plan(**each) for each in held["plans"]]
        return Memory(**held)
    except (ValueError, TypeError, KeyError) as error:
        raise OperatorError(
            "bad-memory", f"{path} holds no crowd's memory.", "Name another file, or one that does not exist yet."
        ) from error


def memory_write(path: Path | None, memory: Memory) -> None:
    """Keep the memory in a file; the old one stays until the new one is whole."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(asdict(memory), ensure_ascii=False), encoding="utf-8")
    os.replace(new, path)
