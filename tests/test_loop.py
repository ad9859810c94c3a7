"""The loop closes: proposed, approved, done in the store, seen in the facts, measured, said with the next proposal."""

import importlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from yunying import practices
from yunying.accounts.people import Person, person_make
from yunying.connectors.sim.living_store import LivingStore
from yunying.interventions.deciding import intervention_revert, proposals_approve
from yunying.interventions.ledger import store_row
from yunying.interventions.listing import ledger_rows, measurement_rows
from yunying.interventions.proposing import intervention_compose
from yunying.interventions.runs import run_claim, run_request
from yunying.kernel.command import Command
from yunying.loop.day import day_do, ingest_store, run_do
from yunying.loop.dispatch import dispatch_store
from yunying.loop.home import Home
from yunying.loop.runs import runs_kept
from yunying.loop.sites import desk_tell
from yunying.sim.minmax import MinMaxRule

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
WORLD = """
extends: demo
start_date: 2025-03-01
horizon_days: 400
store: {id: small}
catalogue: {products: 90}
"""
PRACTICE = '''
"""A practice that somebody else wrote: it lowers the price of what sells least."""
from dataclasses import dataclass
from datetime import timedelta
from yunying.kernel.command import Command
from yunying.kernel.evidence import Evidence, FactsUsed, Sentence
from yunying.kernel.proposal import Decision, MeasurementDesign, MoneyInterval, Proposal
from yunying.practices.manifest import Manifest, Practice
from yunying.practices.settings import setting


@dataclass(frozen=True)
class Policy:
    most: int = setting(5, unit="products", low=1, high=50, reason="So many a day.")


def read(facts, store, as_of, policy):
    rows = facts.table("product")
    found = facts.to_arrow(rows.filter(rows.store == store, rows.date < as_of).select("product", "list_price"))
    return tuple(sorted((row["product"], float(row["list_price"])) for row in found.to_pylist() if row["list_price"]))


def fit(inputs, policy, seed):
    return len(inputs)


def decide(inputs, model, policy, as_of, rng):
    known = dict(inputs)
    proposals = tuple(
        Proposal(
            id=f"markdown-{product}-{as_of}", practice="markdown", store="small", subject=product,
            title_en=f"Lower {product}", title_zh=f"降价 {product}",
            command=Command("set_price", 1, {"product": product, "list_price": f"{price * 0.9:.2f}"}),
            currency="CNY", effect=MoneyInterval(-100, 1000, 2000), effect_days=28, delay_loss_minor=50, cost_minor=0,
            reversible=True, as_of=as_of, expires_date=as_of + timedelta(days=3),
            evidence=Evidence((Sentence("It sells little.", "卖得少。"),), (
                FactsUsed("product", 1, str(as_of - timedelta(days=9)), str(as_of - timedelta(days=1))),
            )),
            design=MeasurementDesign("product", "the price stays", 0.2, 28, "contribution_profit"),
        )
        for product, price in sorted(known.items())[: policy.most]
    )
    return Decision(proposals, ())


PRACTICE = Practice(
    Manifest(
        "markdown", "Markdown", "降价", "contribution_profit", ("product", "store"), ("set_price",), "daily", "buyer"
    ),
    Policy, read, fit, decide,
)
'''


@pytest.fixture
def home(tmp_path: Path, ledger_database: None) -> Home:
    (tmp_path / "world.yaml").write_text(WORLD, encoding="utf-8")
    place = Home(tmp_path / "home")
    LivingStore.create(place.path / "hands" / "small" / "sim", tmp_path / "world.yaml", 7, 150, MinMaxRule(14.0, 35.0))
    for batch in LivingStore.open(place.path / "hands" / "small" / "sim").batches():
        place.facts.write(batch)
    desk_tell(place, "small", connector="sim")
    return place


@pytest.fixture
def manager(ledger_database: None) -> Person:
    return person_make("manager", "a long enough password")


def live(home: Home, days: int) -> None:
    living = LivingStore.open(home.path / "hands" / "small" / "sim")
    for _ in range(days):
        living.advance()
    ingest_store(home, "small")
    desk_tell(home, "small")


def count(state: str) -> int:
    return len(ledger_rows("small", state, 10_000))


def test_an_order_is_proposed_approved_received_measured_and_told_with_the_next(home: Home, manager: Person) -> None:
    first = day_do(home, "small", "w", now=NOW)
    assert first["proposed"] > 5
    again = day_do(home, "small", "w", now=NOW)
    assert (again["proposed"], again["superseded"]) == (0, 0)

    rows = ledger_rows("small", "proposed", 10_000)
    assert {row["arm"] for row in rows} >= {"treated"}
    outcomes = proposals_approve("small", [row["id"] for row in rows], manager)
    assert all(each.is_done for each in outcomes)
    assert dispatch_store(home, "small", "w")["applied"] == 0, "a slip can be taken back for some seconds"
    sent = dispatch_store(home, "small", "w", ignore_wait=True)
    assert (sent["applied"], sent["failed"]) == (len(rows), 0)
    sheets = list((home.path / "hands" / "small" / "csv" / "purchase-orders").rglob("*.xlsx"))
    assert sheets, "an order that went out by itself leaves its sheet too"

    live(home, 28)
    reference = next(row["reference"] for row in ledger_rows("small", "applied", 10_000) if row["arm"] == "treated")
    with home.facts.read(["small"]) as facts:
        lines = facts.table("purchase_line")
        found = facts.to_arrow(lines.filter(lines.purchase == reference).select("state")).column("state").to_pylist()
        steps = facts.table("intervention")
        kept = facts.to_arrow(steps.filter(steps.state == "proposed").count()).as_py()
    assert sorted(found) == ["ordered", "received"]
    assert kept == len(rows)

    done = day_do(home, "small", "w", now=NOW)
    assert done["measured"] == 1
    (measured,) = measurement_rows("small", 10)
    assert measured["is_final"]
    assert measured["is_measured"] or measured["reason_en"]
    assert count("applied") == 0, "whatever was done in the window is measured, or says why not"
    told = runs_kept(home)[-1]
    assert told.held_out == {} or set(told.held_out) == {"purchasing"}


def test_a_price_set_by_hand_is_felt_and_can_be_taken_back(home: Home, manager: Person) -> None:
    with home.facts.read(["small"]) as facts:
        prices = facts.table("price")
        row = facts.to_arrow(prices.order_by(prices.date.desc(), "product").limit(1)).to_pylist()[0]
    product, old = row["product"], row["list_price"]
    command = Command("set_price", 1, {"product": product, "list_price": f"{old * 2:.2f}"})
    done = intervention_compose("small", manager, command)
    proposals_approve("small", [done.pk], manager)
    dispatch_store(home, "small", "w", ignore_wait=True)
    live(home, 1)
    intervention_revert("small", done.pk, manager, reason="too dear")
    dispatch_store(home, "small", "w")
    live(home, 1)
    with home.facts.read(["small"]) as facts:
        prices = facts.table("price")
        mine = (
            facts.to_arrow(prices.filter(prices.product == product).order_by("date")).column("list_price").to_pylist()
        )
    assert [float(price) for price in mine[-2:]] == [round(float(old) * 2, 2), float(old)]
    done.refresh_from_db()
    assert done.state == "reverted"


def test_an_advance_that_was_cut_off_lives_the_day_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = LivingStore.open(home.path / "hands" / "small" / "sim").days
    run_request("small", "advance", key="click-1")
    assert run_request("small", "advance", key="click-1").pk == run_request("small", "advance", key="click-1").pk
    run = run_claim("w", lease=timedelta(seconds=-1))

    def cut(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("yunying.loop.day.propose_store", cut)
    with pytest.raises(KeyboardInterrupt):
        run_do(home, run, "w", now=NOW)
    monkeypatch.undo()
    type(run).objects.filter(pk=run.pk).update(lease_until=NOW - timedelta(days=400))
    again = run_claim("w2")
    assert again.pk == run.pk
    assert run_do(home, again, "w2", now=NOW)
    assert LivingStore.open(home.path / "hands" / "small" / "sim").days == before + 1
    assert store_row("small").today_date == date(2025, 3, 1) + timedelta(days=before + 1)
    again.refresh_from_db()
    assert (again.state, again.attempts) == ("done", 2)


@pytest.fixture
def drop_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    monkeypatch.setattr(practices, "__path__", [*practices.__path__, str(tmp_path / "dropped")])

    def drop() -> None:
        folder = tmp_path / "dropped" / "markdown"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("", encoding="utf-8")
        (folder / "practice.py").write_text(PRACTICE, encoding="utf-8")
        importlib.invalidate_caches()

    yield drop
    for name in [name for name in sys.modules if name.startswith("yunying.practices.markdown")]:
        del sys.modules[name]


def test_a_practice_dropped_in_proposes_is_approved_and_measured(
    home: Home, manager: Person, drop_in: Callable[[], None]
) -> None:
    drop_in()
    day_do(home, "small", "w", now=NOW)
    mine = [row for row in ledger_rows("small", "proposed", 10_000) if row["practice"] == "markdown"]
    assert 0 < len(mine) <= 5
    proposals_approve("small", [row["id"] for row in mine], manager)
    dispatch_store(home, "small", "w", ignore_wait=True)
    live(home, 28)
    day_do(home, "small", "w", now=NOW)
    found = [row for row in measurement_rows("small", 10) if row["practice"] == "markdown"]
    assert [row["is_final"] for row in found] == [True]
    assert found[0]["is_measured"], found
    assert {row["state"] for row in ledger_rows("small", "measured", 100)} | {
        row["state"] for row in ledger_rows("small", "credited", 100)
    }
