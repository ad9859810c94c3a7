"""A caller of the API in the world of two stores."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from yunying.accounts.tokens import token_make
from yunying.interventions.tests.two_stores import CANARY, FOREIGN, OWN, TODAY, World, world_make
from yunying.management.tests.two_stores import tasks_fill

__all__ = ["CANARY", "FOREIGN", "OWN", "TODAY", "Call", "World"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that sends many requests is not what the limits are for."""
    monkeypatch.setattr(settings, "API_TOKEN_LIMIT", 1_000_000)
    monkeypatch.setattr(settings, "API_ADDRESS_LIMIT", 1_000_000)


@pytest.fixture
def world(ledger_database: None, home: Path) -> World:
    made = world_make(home)
    tasks_fill(made)
    made.tokens = {name: token_make(person, "test", now=timezone.now()) for name, person in made.people.items()}
    return made


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
