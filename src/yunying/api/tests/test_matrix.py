"""Every operation, by every role, on one's own store and on another's: what this table does not declare fails."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from yunying.api.tests.conftest import CANARY, FOREIGN, OWN, Call, World
from yunying.api.urls import api
from yunying.org.roles import ROLES

LINES = [{"product": "plain-0", "quantity": 9, "unit_cost": "1.00"}]
PRICE = {"kind": "set_price", "params": {"product": "CUP", "list_price": "9.90"}}
STOCK = {"rows": [{"id": "matrix", "product": "CUP", "date": "2026-11-20", "on_hand": 3}]}
BUDGET = {"practice": "purchasing", "start_date": "2026-12-01", "end_date": "2027-01-01", "cap_minor": 1000}
PERIOD = "start=2026-11-01&end=2026-11-25&name=paid_amount&by=channel"

# (method, path) to: the deed that it needs, which id its {id} is, query, body, status where it is allowed.
Rule = tuple[str, str, str, Any, int]
RULES: dict[tuple[str, str], Rule] = {
    ("get", "/stores"): ("", "", "", None, 200),
    ("get", "/metrics"): ("", "", "", None, 200),
    ("get", "/facts"): ("", "", "", None, 200),
    ("get", "/stores/{store}"): ("see", "", "", None, 200),
    ("get", "/stores/{store}/metrics"): ("see", "", PERIOD, None, 200),
    ("get", "/stores/{store}/proposals"): ("see", "", "", None, 200),
    ("get", "/stores/{store}/proposals/{id}"): ("see", "proposal", "", None, 200),
    ("post", "/stores/{store}/proposals/act"): ("decide", "", "", {"action": "reject", "ids": ["proposal"]}, 200),
    ("post", "/stores/{store}/proposals/{id}/edit"): (
        "decide", "proposal", "", {"params": {"supplier": "S1", "lines": LINES}}, 200),
    ("post", "/stores/{store}/proposals/{id}/{action}"): ("decide", "proposal", "", {}, 200),
    ("get", "/stores/{store}/interventions"): ("see", "", "", None, 200),
    ("get", "/stores/{store}/interventions/{id}"): ("see", "composed", "", None, 200),
    ("post", "/stores/{store}/interventions"): ("propose", "", "", PRICE, 201),
    ("post", "/stores/{store}/interventions/{id}/{action}"): ("decide", "proposal", "", {}, 409),
    ("get", "/stores/{store}/tasks"): ("see", "", "", None, 200),
    ("post", "/stores/{store}/tasks"): ("propose", "", "", {"title": "Ask", "owner": "{owner}"}, 201),
    ("post", "/stores/{store}/tasks/{id}/{action}"): ("propose", "task", "", {}, 200),
    ("get", "/stores/{store}/budgets"): ("see", "", "", None, 200),
    ("put", "/stores/{store}/budgets"): ("budget", "", "", BUDGET, 200),
    ("get", "/stores/{store}/runs"): ("see", "", "", None, 200),
    ("get", "/stores/{store}/runs/{id}"): ("see", "run", "", None, 200),
    ("post", "/stores/{store}/runs"): ("run", "", "", {"kind": "measure"}, 202),
    ("post", "/stores/{store}/facts/{table}"): ("import", "", "", STOCK, 202),
    ("get", "/stores/{store}/inbox"): ("import", "", "", None, 200),
    ("get", "/stores/{store}/webhooks"): ("set", "", "", None, 200),
    ("post", "/stores/{store}/webhooks"): (
        "set", "", "", {"url": "https://example.com/hook", "events": ["approved"]}, 201),
    ("delete", "/stores/{store}/webhooks/{id}"): ("set", "endpoint", "", None, 200),
    ("get", "/stores/{store}/webhooks/{id}/deliveries"): ("set", "endpoint", "", None, 200),
}  # fmt: skip
WHO = ("coo", "store_manager", "operator", "viewer", "outsider", "")
ACTIONS = {"proposals": "approve", "interventions": "cancel", "tasks": "done"}
OWNERS = {OWN: "operator", FOREIGN: "outsider"}


def operations() -> Iterator[tuple[str, str]]:
    for path, methods in api.get_openapi_schema(path_prefix="/api/")["paths"].items():
        for method in methods:
            yield method, path.removeprefix("/api/v1")


def test_every_operation_of_the_api_is_declared_here() -> None:
    assert set(operations()) == set(RULES)


def address(path: str, store: str, id: int) -> str:
    section = path.split("/")[3] if path.count("/") > 2 else ""
    return path.format(store=store, id=id, action=ACTIONS.get(section, ""), table="stock_level")


def sent(call: Call, who: str, method: str, path: str, rule: Rule, store: str, ids: dict[str, int]) -> Any:
    _, name, query, body, _ = rule
    body = {**body, "ids": [ids[each] for each in body["ids"]]} if body and "ids" in body else body
    body = {**body, "owner": OWNERS.get(store, "operator")} if body and "owner" in body else body
    where = f"/api/v1{address(path, store, ids.get(name, 0))}" + (f"?{query}" if query else "")
    with transaction.atomic():
        response = call(who, method.upper(), where, body, Idempotency_Key=uuid4().hex)
        transaction.set_rollback(True)
    return response


def expected(who: str, rule: Rule, store: str) -> int:
    deed, *_, good = rule
    if not who:
        return 401
    if not deed:
        return good
    if (who == "outsider") != (store == FOREIGN):
        return 404
    role = ROLES["store_manager" if who == "outsider" else who]
    return good if deed in role.deeds else 403


@pytest.mark.parametrize("who", WHO)
def test_each_role_does_what_is_its_own_and_a_foreign_store_is_not_there(
    call: Call, world: World, who: str, without_limits: None
) -> None:
    wrong = []
    for (method, path), rule in RULES.items():
        for store in (OWN, FOREIGN):
            response = sent(call, who, method, path, rule, store, world.ids[store])
            if response.status_code != expected(who, rule, store):
                wrong.append((method, path, store, response.status_code, response.content[:200]))
            if who != "outsider" and CANARY in response.content.decode():
                wrong.append((method, path, store, "canary", response.content[:300]))
    assert wrong == []


@pytest.mark.parametrize("who", ["coo", "store_manager"])
def test_a_foreign_id_in_ones_own_store_answers_as_a_missing_one(
    call: Call, world: World, who: str, without_limits: None
) -> None:
    missing = dict.fromkeys(world.ids[OWN], 9999999)
    for (method, path), rule in RULES.items():
        if not rule[1] and "ids" not in (rule[3] or {}):
            continue
        foreign = sent(call, who, method, path, rule, OWN, world.ids[FOREIGN])
        absent = sent(call, who, method, path, rule, OWN, missing)
        same = re.sub(r'"id": \d+', "", foreign.content.decode()) == re.sub(r'"id": \d+', "", absent.content.decode())
        assert (foreign.status_code, same) == (absent.status_code, True), path
        assert foreign.status_code == 404 or "not-found" in foreign.content.decode(), path


def test_an_unknown_store_and_a_foreign_one_answer_alike(call: Call, world: World, without_limits: None) -> None:
    for (method, path), rule in RULES.items():
        if "{store}" in path:
            foreign = sent(call, "coo", method, path, rule, FOREIGN, world.ids[FOREIGN])
            unknown = sent(call, "coo", method, path, rule, "nowhere", world.ids[FOREIGN])
            assert (foreign.status_code, foreign.content) == (404, unknown.content), path
