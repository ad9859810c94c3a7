"""Two stores of two companies, the second full of a word that nobody of the first may ever read."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
from django.utils import timezone

from yunying.accounts.people import Person, person_make
from yunying.facts.batch import FactBatch
from yunying.facts.store import FactStore
from yunying.inbox.box import Incoming, inbox_receive
from yunying.inbox.hooks import endpoint_make
from yunying.interventions.budget_moves import budget_move
from yunying.interventions.budgets import budget_set
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Intervention
from yunying.interventions.proposing import Drawn, intervention_compose, proposals_record
from yunying.interventions.runs import run_request
from yunying.interventions.tests.conftest import proposal
from yunying.kernel.command import Command
from yunying.org.grants import grant_end, grant_give
from yunying.org.roles import ROLES
from yunying.org.scope import Piece
from yunying.org.structure import brand_make, company_make, shop_place, shop_rules

TODAY = date(2026, 11, 25)
CANARY = "canary7f3a"
"""Stands in every text of the foreign store."""
OWN, FOREIGN = "own", f"far-{CANARY}"
PASSWORD = "a long enough password"


@dataclass
class World:
    """What the tests ask for."""

    people: dict[str, Person]
    ids: dict[str, dict[str, int]]
    tokens: dict[str, str] = field(default_factory=dict)


def facts_write(home: Path, store: str, word: str) -> None:
    lines = [
        {"order": f"{word}-{day}", "line": "1", "state": "paid", "occurrence": "", "date": TODAY - timedelta(days=day),
         "product": f"{word}-P", "line_kind": "goods", "quantity": 1, "amount_minor": 1000, "reality": "real",
         "channel": word} for day in range(1, 9)
    ]  # fmt: skip
    shop = [{"date": TODAY, "title": word, "currency": "CNY", "time_zone": "Asia/Shanghai", "capital_rate": 0.08}]
    products = [{"product": f"{word}-P", "date": date(2026, 1, 1), "title": word, "category": f"{word}-cups"}]
    tables = {"order_line": lines, "store": shop, "product": products}
    arrow = {name: pa.Table.from_pylist(rows) for name, rows in tables.items()}
    FactStore(home / "facts").write(FactBatch(f"test/{store}", 1, store, arrow, "store"))


def store_fill(store: str, word: str, actor: Person) -> dict[str, int]:
    """Something of everything in a store; returns one id of each."""
    made = [
        replace(proposal(f"{word}-{number}"), store=store, id=f"{word}-{number}", title_en=f"{word} {number}",
                title_zh=f"{word} {number}") for number in range(5)
    ]  # fmt: skip
    drawn = [Drawn(each, piece=Piece("purchasing", f"{word}-cups")) for each in made]
    proposals_record(store, "purchasing", drawn, None, as_of=TODAY, proofs={})
    budget = budget_set(store, "", TODAY, TODAY + timedelta(days=30), 10_000_000, actor)
    other = budget_set(store, "purchasing", TODAY, TODAY + timedelta(days=30), 9_000_000, actor, channel=word)
    moved = budget_move(store, budget.pk, other.pk, 100, actor, reason=word)
    run = run_request(store, "report", key=f"{word}-report")
    composed = intervention_compose(store, actor, Command("set_price", 1, {"product": word, "list_price": "9.90"}),
                                    title=word, note=word)  # fmt: skip
    endpoint = endpoint_make(store, f"https://{word}.example.com/{word}", ["approved"], actor.pk, timezone.now())
    stock = {"product": word, "date": "2026-11-20", "on_hand": 3}
    inbox_receive(
        store, "stock_level", [Incoming(stock, word), Incoming({**stock, "on_hand": 4}, word)], timezone.now()
    )
    proposed = Intervention.objects.filter(store=store, practice="purchasing").order_by("pk").first()
    return {"proposal": proposed.pk, "composed": composed.pk, "budget": budget.pk, "run": run.pk,
            "endpoint": endpoint.pk, "move": moved.pk}  # fmt: skip


def world_make(home: Path) -> World:
    """A person of every role in one's own store, a manager of the foreign one, and somebody whose role has ended."""
    company_make("acme", "Acme", None)
    company_make("other", f"Other {CANARY}", None)
    for store, word, company in ((OWN, "plain", "acme"), (FOREIGN, CANARY, "other")):
        brand_make(company, f"brand-{company}", f"{company} {word}", None)
        store_save(store, title=word, currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
        shop_place(store, f"brand-{company}", None)
        shop_rules(store, None, four_eyes_minor=10**12)
        facts_write(home, store, word)
    people = {name: person_make(name, PASSWORD) for name in (*ROLES, "ended")}
    people["outsider"] = person_make("outsider", PASSWORD, name=CANARY)
    grant_give(people["coo"], "coo", None, company="acme")
    grant_give(people["brand_manager"], "brand_manager", None, brand="brand-acme")
    for name in [each for each in ROLES if each not in ("coo", "brand_manager")]:
        grant_give(people[name], name, None, store=OWN)
    grant_end(grant_give(people["ended"], "store_manager", None, store=OWN).pk, None)
    grant_give(people["outsider"], "store_manager", None, store=FOREIGN)
    extra = {store: grant_give(person_make(f"extra-{word}", PASSWORD, name=word), "viewer", None, store=store).pk
             for store, word in ((OWN, "plain"), (FOREIGN, CANARY))}  # fmt: skip
    ids = {OWN: store_fill(OWN, "plain", people["coo"]), FOREIGN: store_fill(FOREIGN, CANARY, people["outsider"])}
    for store, grant in extra.items():
        ids[store]["grant"] = grant
    return World(people, ids)
