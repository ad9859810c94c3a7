"""When a practice learns anew, and which learned model a plan uses until then."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from yunying.facts.durable import write_durably
from yunying.facts.reader import FactReader
from yunying.kernel.ids import digest
from yunying.kernel.json_form import from_plain, to_plain
from yunying.loop.home import Home
from yunying.loop.policies import CASH
from yunying.practices.manifest import Practice

FIT_DAYS = {"daily": 1, "weekly": 7, "monthly": 28}
GROWTH_RATE = 0.03
"""A model learned from that much less, or more, than is known today is learned anew before its time."""


@dataclass(frozen=True)
class Fit:
    """A model that was learned and what from; enough to learn it again.

    Args:
        model: its digest, the name under which it is kept.
        as_of: the day before which its facts lie, ISO.
        snapshot: of the facts.
        rows: how many rows of the store the practice's tables held before ``as_of``.
    """

    model: str
    as_of: str
    snapshot: int
    rows: int


@dataclass(frozen=True)
class Learner:
    """One practice's learning for one store, with the code, settings and seed of a plan."""

    home: Home
    practice: Practice
    store: str
    policy: Any
    seed: int
    code: Mapping[str, str]

    def model(self, facts: FactReader, day: date, inputs: Any) -> tuple[Any, Fit]:
        """The model that a plan of the day uses: a kept one, or one that is learned from ``inputs`` and kept."""
        rows = self._rows(facts, day)
        kind = self.practice.model
        kept = self._newest(day, rows) if kind is not None else None
        text = self._kept_text(kept) if kept is not None else None
        if kind is not None and kept is not None and text is not None:
            return from_plain(kind, json.loads(text)), kept
        model, text = self._learned(inputs)
        fit = Fit(digest(text), day.isoformat(), facts.snapshot, rows)
        _keep(self._model_path(fit.model), text)
        if kind is not None:
            _keep(self._folder / f"{fit.as_of}-{self._key}-{fit.snapshot}.json", json.dumps(vars(fit)))
        return model, fit

    def again(self, fit: Fit) -> tuple[Any, Fit]:
        """A model learned once more from the facts that it was first learned from.

        Raises:
            OperatorError: the snapshot is not kept.
        """
        day = date.fromisoformat(fit.as_of)
        with self.home.facts.read([self.store], snapshot=fit.snapshot) as facts:
            model, text = self._learned(self.practice.read(facts, self.store, day, self.policy))
        _keep(self._model_path(digest(text)), text)
        return model, replace(fit, model=digest(text))

    def _learned(self, inputs: Any) -> tuple[Any, str]:
        model = self.practice.fit(inputs, self._settings, self.seed)
        return model, json.dumps(to_plain(model), sort_keys=True)

    def _newest(self, day: date, rows: int) -> Fit | None:
        """The newest kept fit that still holds on the day."""
        kept = [
            Fit(**json.loads(path.read_text(encoding="utf-8"))) for path in self._folder.glob(f"*-{self._key}-*.json")
        ]
        held = [fit for fit in kept if self._holds(fit, day, rows)]
        return max(held, key=lambda fit: (fit.as_of, fit.snapshot), default=None)

    def _holds(self, fit: Fit, day: date, rows: int) -> bool:
        age = (day - date.fromisoformat(fit.as_of)).days
        is_due = age >= FIT_DAYS[self.practice.manifest.fit_cadence]
        return age >= 0 and not is_due and abs(rows - fit.rows) <= GROWTH_RATE * fit.rows

    def _kept_text(self, fit: Fit) -> str | None:
        """The kept model's JSON; None where it is gone or is not what it was."""
        path = self._model_path(fit.model)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return text if digest(text) == fit.model else None

    def _rows(self, facts: FactReader, day: date) -> int:
        counts = []
        for name in self.practice.manifest.facts:
            table = facts.table(name)
            counts.append(facts.to_arrow(table.filter(table.store == self.store, table.date < day).count()).as_py())
        return sum(counts)

    @property
    def _settings(self) -> Any:
        """The policy without the cash that a budget leaves: it changes daily, and nothing is learned of it."""
        names = {each.name for each in fields(self.policy)}
        return replace(self.policy, **{CASH: None}) if CASH in names else self.policy

    @property
    def _key(self) -> str:
        return digest(json.dumps([to_plain(self._settings), self.seed, dict(self.code)], sort_keys=True), 10)

    @property
    def _folder(self) -> Path:
        return self.home.models / "fits" / self.store / self.practice.manifest.slug

    def _model_path(self, name: str) -> Path:
        return self.home.models / f"{self.practice.manifest.slug}-{name}.json"


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_durably(path, text)
