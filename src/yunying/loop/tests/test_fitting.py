"""A learned model serves the plans until the next fit; what it was learned from can be learned from again."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from yunying.facts.batch import FactBatch
from yunying.facts.schema import TABLES, UNDATED
from yunying.kernel.proposal import Decision
from yunying.loop.fitting import Learner
from yunying.loop.home import Home
from yunying.loop.plan import Plan, plan_make, plan_replay
from yunying.loop.runs import snapshots_named
from yunying.practices.manifest import Manifest, Practice
from yunying.practices.settings import setting

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
FIRST = date(2026, 1, 1)


@dataclass(frozen=True)
class Policy:
    least: int = setting(1, unit="units", low=0, high=9, reason="A threshold that learning may use.")
    cash_limit_minor: int | None = setting(
        None, unit="minor units", low=0, high=1e9, is_optional=True, reason="What the budget has left."
    )


@dataclass(frozen=True)
class Model:
    mean: float
    parts: tuple[tuple[int, str | None], ...]


@dataclass
class Watched:
    """A practice that counts how often it learns, and keeps the model of its last decision."""

    fits: int = 0
    used: Model | None = None

    def practice(self, cadence: str = "weekly", model: type[Any] | None = Model) -> Practice:
        manifest = Manifest("watched", "W", "看", "orders", ("order_line",), ("set_price",), "daily", "buyer", cadence)
        return Practice(manifest, Policy, self._read, self._fit, self._decide, model=model)

    def _read(self, facts: Any, store: str, as_of: date, policy: Policy) -> int:
        table = facts.table("order_line")
        return int(facts.to_arrow(table.filter(table.store == store, table.date < as_of).count()).as_py())

    def _fit(self, inputs: int, policy: Policy, seed: int) -> Model:
        assert policy.cash_limit_minor is None
        self.fits += 1
        return Model(inputs / 3, ((inputs, None), (seed, "种")))

    def _decide(self, inputs: int, model: Model, policy: Policy, as_of: date, rng: Any) -> Decision:
        self.used = model
        return Decision((), ())


def written(home: Home, number: int, days: range) -> None:
    """One order on each of the days."""
    orders = [
        {
            "order": f"O{day}", "line": "1", "state": "paid", "occurrence": "", "date": FIRST + timedelta(days=day),
            "product": "P", "line_kind": "goods", "quantity": 1, "amount_minor": 100, "reality": "real",
        }
        for day in days
    ]  # fmt: skip
    tables = {"order_line": pa.Table.from_pylist(orders)}
    if number == 1:
        store = {"date": date.fromisoformat(UNDATED), "currency": "CNY", "time_zone": "UTC", "capital_rate": 0.08}
        columns = {name: store.get(name) for name in TABLES["store"].schema.names if name != "store"}
        tables["store"] = pa.Table.from_pylist([{k: v for k, v in columns.items() if v is not None}])
    home.facts.write(FactBatch("orders", number, "s", tables, "order_line", False, {}))


def planned(home: Home, practice: Practice, day: int, **values: Any) -> Plan:
    return plan_make(
        home, "s", as_of=FIRST + timedelta(days=day), made_at=NOW, practices={"watched": practice},
        policies={"watched": Policy(**values)},
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    written(home, 1, range(300))
    return home


def test_plans_of_a_week_share_one_model_and_the_eighth_day_learns_anew(home: Home) -> None:
    watched = Watched()
    for day in range(290, 297):
        made = planned(home, watched.practice(), day)
        assert watched.fits == 1
        assert made.run.fits["watched"]["as_of"] == (FIRST + timedelta(days=290)).isoformat()
    assert watched.used == Model(290 / 3, ((290, None), (20_260_101, "种")))
    planned(home, watched.practice(), 297)
    assert watched.fits == 2


def test_a_daily_cadence_learns_at_every_day_but_once(home: Home) -> None:
    watched = Watched()
    for day in (290, 290, 291):
        planned(home, watched.practice("daily"), day)
    assert watched.fits == 2


def test_a_model_without_a_kind_is_learned_at_every_plan(home: Home) -> None:
    watched = Watched()
    for _ in range(2):
        planned(home, watched.practice(model=None), 290)
    assert watched.fits == 2


def test_new_settings_are_learned_from_at_once_but_the_cash_that_is_left_is_not(home: Home) -> None:
    watched = Watched()
    planned(home, watched.practice(), 290)
    planned(home, watched.practice(), 291, cash_limit_minor=5)
    assert watched.fits == 1
    planned(home, watched.practice(), 291, least=2)
    assert watched.fits == 2


def test_much_new_history_is_learned_from_at_once_a_little_is_not(home: Home) -> None:
    watched = Watched()
    planned(home, watched.practice(), 290)
    written(home, 2, range(-8, 0))
    planned(home, watched.practice(), 290)
    assert watched.fits == 1
    written(home, 3, range(-20, -8))
    planned(home, watched.practice(), 290)
    assert watched.fits == 2


def test_of_several_fits_of_a_day_the_one_of_the_newest_facts_is_used(home: Home) -> None:
    watched = Watched()
    planned(home, watched.practice(), 290)
    for number in range(2, 12):
        # Every other batch is large enough to be learned from at once.
        written(home, number, range(-40 * number, -40 * number + (20 if number % 2 else 1)))
        made = planned(home, watched.practice(), 290)
    assert watched.fits == 6
    assert made.run.fits["watched"]["snapshot"] == 11


def test_a_young_store_learns_daily(home: Home) -> None:
    watched = Watched()
    for day in (20, 21, 22):
        planned(home, watched.practice(), day)
    assert watched.fits == 3


def test_a_later_fit_is_not_used_for_an_earlier_day(home: Home) -> None:
    watched = Watched()
    planned(home, watched.practice(), 295)
    planned(home, watched.practice(), 293)
    assert watched.fits == 2
    assert watched.used == Model(293 / 3, ((293, None), (20_260_101, "种")))


def test_a_model_that_is_gone_or_was_changed_is_learned_anew(home: Home) -> None:
    watched = Watched()
    made = planned(home, watched.practice(), 290)
    path = home.models / f"watched-{made.run.models['watched']}.json"
    path.write_text(path.read_text(encoding="utf-8").replace("290", "291"), encoding="utf-8")
    again = planned(home, watched.practice(), 291)
    assert watched.fits == 2
    assert again.run.models == {"watched": again.run.fits["watched"]["model"]}
    path = home.models / f"watched-{again.run.models['watched']}.json"
    path.unlink()
    planned(home, watched.practice(), 291)
    assert watched.fits == 3


def test_the_plan_of_a_kept_model_equals_that_of_the_model_itself(home: Home) -> None:
    watched = Watched()
    first = planned(home, watched.practice(), 290)
    learned = watched.used
    assert planned(home, watched.practice(), 290).run.id == first.run.id
    assert watched.used == learned


def test_a_replay_learns_again_from_what_was_learned_from(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    practice = watched.practice()
    planned(home, practice, 290)
    written(home, 2, range(300, 303))
    later = planned(home, practice, 293)
    assert (watched.fits, later.run.fits["watched"]["snapshot"], later.run.snapshot) == (1, 1, 2)
    # What a run's model was learned from is kept as long as the run.
    assert snapshots_named(home, NOW) == {1, 2}
    monkeypatch.setattr("yunying.loop.plan.practice_named", lambda slug: practice)
    assert plan_replay(home, later.run.id, made_at=NOW) == []
    assert watched.fits == 2
    other = replace(practice, fit=lambda inputs, policy, seed: Model(0.0, ()))
    monkeypatch.setattr("yunying.loop.plan.practice_named", lambda slug: other)
    assert plan_replay(home, later.run.id, made_at=NOW) == ["model of watched differs"]


def test_a_store_does_not_use_anothers_model(home: Home) -> None:
    watched = Watched()
    planned(home, watched.practice(), 290)
    with home.facts.read() as facts:
        other = Learner(home, watched.practice(), "t", Policy(), 20_260_101, {"code": "x"})
        other.model(facts, FIRST + timedelta(days=290), 0)
    assert watched.fits == 2


def test_kept_fits_are_plain_to_read(home: Home) -> None:
    made = planned(home, Watched().practice(), 290)
    (path,) = (home.models / "fits" / "s" / "watched").glob("*.json")
    assert json.loads(path.read_text(encoding="utf-8")) == made.run.fits["watched"]
    assert made.run.fits["watched"]["rows"] == 290
