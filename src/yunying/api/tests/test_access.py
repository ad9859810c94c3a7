"""Tokens narrow, never widen; they end at once; parts of a store are seen as that part; limits count exactly."""

from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.utils import timezone

from yunying.accounts.addresses import address_of
from yunying.accounts.people import person_make
from yunying.accounts.tokens import token_make, token_revoke
from yunying.api.models import CallCount
from yunying.api.tests.conftest import CANARY, FOREIGN, OWN, Call, World
from yunying.interventions.models import Intervention
from yunying.org.grants import grant_end, grant_give, grants_of


def token(world: World, who: str, **limits: list[str]) -> str:
    return token_make(world.people[who], "test", now=timezone.now(), **limits)


def test_a_token_does_less_than_its_person_where_it_says_so_and_never_more(call: Call, world: World) -> None:
    seeing = token(world, "store_manager", deeds=["see"])
    assert call(seeing, "GET", f"stores/{OWN}").json()["may"] == ["see"]
    id = world.ids[OWN]["proposal"]
    assert call(seeing, "POST", f"stores/{OWN}/proposals/{id}/approve", {}).status_code == 403
    assert Intervention.objects.get(pk=id).state == "proposed"
    wide = token(world, "viewer", deeds=["see", "decide", "budget"], stores=[OWN, FOREIGN])
    assert call(wide, "POST", f"stores/{OWN}/proposals/{id}/approve", {}).status_code == 403
    assert call(wide, "GET", f"stores/{FOREIGN}").status_code == 404
    elsewhere = token(world, "coo", stores=[FOREIGN])
    assert call(elsewhere, "GET", "stores").json() == {"items": []}
    bringing = token(world, "store_manager", deeds=["import"])
    assert call(bringing, "GET", f"stores/{OWN}/proposals").status_code == 403
    assert call(bringing, "GET", f"stores/{OWN}/inbox").status_code == 200


def test_what_ends_ends_at_the_next_request(call: Call, world: World) -> None:
    text = token(world, "operator")
    assert call(text, "GET", f"stores/{OWN}").status_code == 200
    grant_end(grants_of(world.people["operator"])[0].pk, None)
    assert call(text, "GET", f"stores/{OWN}").status_code == 404
    viewer = token(world, "viewer")
    token_revoke(viewer.split("_")[1], now=timezone.now())
    refused = call(viewer, "GET", f"stores/{OWN}")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    world.people["coo"].is_active = False
    world.people["coo"].save()
    assert call("coo", "GET", "stores").status_code == 401


def test_somebody_with_a_part_of_a_store_sees_that_part_only(call: Call, world: World) -> None:
    cups, pots, buyer = (person_make(name, "a long enough password") for name in ("cups", "pots", "buys"))
    grant_give(cups, "operator", None, store=OWN, categories=["plain-cups"])
    grant_give(pots, "operator", None, store=OWN, categories=["pots"])
    grant_give(buyer, "marketer", None, store=OWN)
    texts = {each.username: token_make(each, "test", now=timezone.now()) for each in (cups, pots, buyer)}
    seen = {name: call(text, "GET", f"stores/{OWN}/proposals").json()["items"] for name, text in texts.items()}
    assert {name: len(rows) for name, rows in seen.items()} == {"cups": 5, "pots": 0, "buys": 1}
    id = world.ids[OWN]["proposal"]
    for who, status in (("cups", 200), ("pots", 404), ("buys", 404)):
        assert call(texts[who], "GET", f"stores/{OWN}/proposals/{id}").status_code == status
    outcomes = call(texts["pots"], "POST", f"stores/{OWN}/proposals/act", {"action": "approve", "ids": [id]}).json()
    assert outcomes["items"][0]["error"]["code"] == "not-found"
    period = "start=2026-11-01&end=2026-11-25&name=paid_amount"
    assert call(texts["cups"], "GET", f"stores/{OWN}/metrics?{period}").json()["error"]["code"] == "limited-view"
    rows = call(texts["cups"], "GET", f"stores/{OWN}/metrics?{period}&by=category").json()["rows"]
    assert rows == [{"category": "plain-cups", "paid_amount": 8000}]
    assert call(texts["pots"], "GET", f"stores/{OWN}/metrics?{period}&by=category").json()["rows"] == []
    assert call(texts["pots"], "GET", f"stores/{OWN}/budgets").json()["items"] == []


def test_figures_of_another_function_and_of_costs_are_refused(call: Call, world: World) -> None:
    period = f"stores/{OWN}/metrics?start=2026-11-01&end=2026-11-25&name="
    asked = {(who, name): call(who, "GET", period + name) for who, name in (
        ("buyer", "paid_amount"), ("buyer", "stockout_rate"), ("viewer", "contribution_profit"),
        ("viewer", "paid_amount"), ("analyst", "contribution_profit"))}  # fmt: skip
    codes = {pair: answer.json().get("error", {}).get("code", "") for pair, answer in asked.items()}
    assert codes == {
        ("buyer", "paid_amount"): "limited-view", ("buyer", "stockout_rate"): "",
        ("viewer", "contribution_profit"): "not-allowed", ("viewer", "paid_amount"): "",
        ("analyst", "contribution_profit"): "",
    }  # fmt: skip


def test_a_token_is_no_fresh_sign_in_of_its_person(call: Call, world: World) -> None:
    alone = world.people["outsider"]
    alone.last_login = timezone.now()
    alone.save()
    id = world.ids[FOREIGN]["composed"]
    refused = call("outsider", "POST", f"stores/{FOREIGN}/proposals/{id}/approve", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "sign-in-again")


@pytest.mark.parametrize(("who", "limit"), [("viewer", "API_TOKEN_LIMIT"), ("", "API_ADDRESS_LIMIT")])
def test_n_requests_pass_and_the_next_is_told_when_to_come_back(
    call: Call, world: World, monkeypatch: pytest.MonkeyPatch, who: str, limit: str
) -> None:
    monkeypatch.setattr(settings, limit, 5)
    monkeypatch.setattr(settings, "API_WINDOW_SECONDS", 10**9)
    expected = 200 if who else 401
    statuses = [call(who, "GET", "stores", X_Forwarded_For=f"9.9.9.{n}").status_code for n in range(7)]
    assert statuses == [expected] * 5 + [429, 429], "what the caller says of his address changes nothing"
    refused = call(who, "GET", "stores")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["error"]["code"] == "too-often"
    assert call("coo", "GET", "stores").status_code == 200, "everybody has his own count"


def test_the_description_counts_too(call: Call, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_ADDRESS_LIMIT", 2)
    monkeypatch.setattr(settings, "API_WINDOW_SECONDS", 10**9)
    statuses = [call("", "GET", path).status_code for path in ("/api/docs", "/api/openapi.json") * 2]
    assert statuses == [200, 200, 429, 429]


def test_guesses_of_tokens_count_on_the_address(call: Call, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "API_ADDRESS_LIMIT", 3)
    monkeypatch.setattr(settings, "API_WINDOW_SECONDS", 10**9)
    guesses = [call(f"yy_{n:012x}_{'A' * 43}", "GET", "stores").status_code for n in range(5)]
    assert guesses == [401, 401, 401, 429, 429]
    assert CallCount.objects.get(caller="address/127.0.0.1").count == 3


def test_only_our_own_proxy_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def at(remote: str, forwarded: str = "") -> str:
        headers: dict[str, Any] = {"X-Forwarded-For": forwarded} if forwarded else {}
        return address_of(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))

    assert at("8.8.8.8", "1.1.1.1") == "8.8.8.8"
    monkeypatch.setattr(settings, "TRUSTED_PROXIES", ["10.0.0.0/8"])
    assert at("10.0.0.5", "1.1.1.1") == "1.1.1.1"
    assert at("10.0.0.5", "6.6.6.6, 1.1.1.1") == "1.1.1.1", "the caller's own words stand before the proxy's"
    assert at("10.0.0.5", "6.6.6.6, 1.1.1.1, 10.0.0.9") == "1.1.1.1"
    assert at("8.8.8.8", "1.1.1.1") == "8.8.8.8"
    assert at("2606:4700:1:2:3::4") == at("2606:4700:1:2:ffff::9") == "2606:4700:1:2::/64"
    assert at("::ffff:8.8.8.8") == "8.8.8.8"
    assert at("10.0.0.5", "no address") == "unknown"


def test_the_description_is_drawn_without_scripts_or_anything_from_elsewhere(call: Call, world: World) -> None:
    page = call("", "GET", "/api/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "<script" not in text
    assert "http://" not in text.replace("https://", "")
    assert "src=" not in text
    assert "/api/v1/stores/{store}/facts/{table}" in text
    described = call("", "GET", "/api/openapi.json").json()
    assert described["openapi"].startswith("3.")
    assert CANARY not in str(described)


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/v1/stores/", "/api/v2/stores", "/api/v1/stores/own/x"])
def test_what_is_not_there_is_told_in_the_form_of_every_refusal(call: Call, world: World, path: str) -> None:
    answer = call("coo", "GET", path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not-found")
    assert answer.headers["Cache-Control"] == "no-store, private"
    refused = call("coo", "DELETE", f"stores/{OWN}/runs")
    assert (refused.status_code, refused.json()["error"]["code"]) == (405, "bad-method")
