"""Two stores of one company, the second full of a word that nobody of the first may ever read; and a caller."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from yunying.accounts.people import Person, person_make
from yunying.accounts.tokens import token_make
from yunying.facts.batch import FactBatch
from yunying.facts.store import FactStore
from yunying.inbox.box import Incoming, inbox_receive
from yunying.inbox.hooks import endpoint_make
from yunying.interventions.budgets import budget_set
from yunying.interventions.desk_facts import store_save
from yunying.interventions.models import Intervention
from yunying.interventions.proposing import Drawn, intervention_compose, proposals_record
from yunying.interventions.runs import run_request
from yunying.interventions.tests.conftest import proposal
from yunying.kernel.command import Command
from yunying.management.tasks import task_give
from yunying.org.active import scope_of_the_program
from yunying.org.grants import grant_give
from yunying.org.scope import Piece
from yunying.org.structure import brand_make, company_make, shop_place, shop_rules

TODAY = date(2026, 11, 25)
CANARY = "canary7f3a"
"""Stands in every text of the foreign store."""
OWN, FOREIGN = "own", f"far-{CANARY}"
ROLES = {"coo": "coo", "store_manager": "store_manager", "operator": "operator", "viewer": "viewer"}


@dataclass
class World:
    """What the tests ask for."""

    people: dict[str, Person]
    tokens: dict[str, str]
    ids: dict[str, dict[str, int]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that sends many requests is not what the limits are for."""
    monkeypatch.setattr(settings, "API_TOKEN_LIMIT", 1_000_000)
    monkeypatch.setattr(settings, "API_ADDRESS_LIMIT", 1_000_000)


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
    from dataclasses import replace

    made = [
        replace(proposal(f"{word}-{number}"), store=store, id=f"{word}-{number}", title_en=f"{word} {number}",
                title_zh=f"{word} {number}") for number in range(5)
    ]  # fmt: skip
    drawn = [Drawn(each, piece=Piece("purchasing", f"{word}-cups")) for each in made]
    proposals_record(store, "purchasing", drawn, None, as_of=TODAY, proofs={})
    budget = budget_set(store, "", TODAY, TODAY + timedelta(days=30), 10_000_000, actor)
    run = run_request(store, "report", key=f"{word}-report")
    composed = intervention_compose(store, actor, Command("set_price", 1, {"product": word, "list_price": "9.90"}),
                                    title=word, note=word)  # fmt: skip
    endpoint = endpoint_make(store, f"https://{word}.example.com/{word}", ["approved"], actor.pk, timezone.now())
    stock = {"product": word, "date": "2026-11-20", "on_hand": 3}
    inbox_receive(
        store, "stock_level", [Incoming(stock, word), Incoming({**stock, "on_hand": 4}, word)], timezone.now()
    )
    proposed = Intervention.objects.filter(store=store, practice="purchasing").order_by("pk").first()
    owner = Person.objects.get(username="operator" if store == OWN else "outsider")
    with scope_of_the_program():
        task = task_give(store, f"{word} task", owner.pk, actor, intervention=proposed.pk, note=word)
    return {"task": task.pk, "proposal": proposed.pk, "composed": composed.pk, "budget": budget.pk, "run": run.pk,
            "endpoint": endpoint.pk}  # fmt: skip


@pytest.fixture
def world(ledger_database: None, home: Path) -> World:
    company_make("acme", "Acme", None)
    company_make("other", "Other", None)
    for store, word, company in ((OWN, "plain", "acme"), (FOREIGN, CANARY, "other")):
        brand_make(company, f"brand-{company}", company, None)
        store_save(store, title=word, currency="CNY", time_zone="Asia/Shanghai", connector="csv", today_date=TODAY)
        shop_place(store, f"brand-{company}", None)
        shop_rules(store, None, four_eyes_minor=10**12)
        facts_write(home, store, word)
    people = {name: person_make(name, "a long enough password") for name in (*ROLES, "outsider")}
    grant_give(people["coo"], "coo", None, company="acme")
    for name in ("store_manager", "operator", "viewer"):
        grant_give(people[name], ROLES[name], None, store=OWN)
    grant_give(people["outsider"], "store_manager", None, store=FOREIGN)
    ids = {OWN: store_fill(OWN, "plain", people["coo"]), FOREIGN: store_fill(FOREIGN, CANARY, people["outsider"])}
    tokens = {name: token_make(person, "test", now=timezone.now()) for name, person in people.items()}
    return World(people, tokens, ids)


Call = Callable[..., Any]


@pytest.fixture
def call(world: World) -> Call:
    """Send one request as somebody, a role's name or a token's text; nobody where it is empty."""
    client = Client(raise_request_exception=False)

    def send(who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        text = world.tokens.get(who, who)
        sent = {"Authorization": f"Bearer {text}"} if text else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = {} if body is None else {"data": body, "content_type": "application/json"}
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return client.generic(method, address, **_raw(content), headers=sent)

    return send


def _raw(content: dict[str, Any]) -> dict[str, Any]:
    import json

    if not content:
        return {}
    data = content["data"]
    return {"data": data if isinstance(data, bytes) else json.dumps(data), "content_type": "application/json"}
