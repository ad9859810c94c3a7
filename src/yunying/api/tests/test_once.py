"""One key, one effect: sent together, sent again, sent after a restart; and limits that several processes share.

YUNYING_KEYS sets how many keys are raced; each does two things, from five senders at once.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import Environment, own_environment
from tests.starting_line import asked, raced

from yunying.api.tests.conftest import OWN, Call, World
from yunying.interventions.models import Intervention
from yunying.org.grants import grant_end, grants_of

CHILD = Path(__file__).with_name("race_child.py")
KEYS = int(os.environ.get("YUNYING_KEYS", "30"))
SENDERS = 5
PRICE = {"kind": "set_price", "params": {"product": "CUP", "list_price": "9.90"}}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Environment]:
    with own_environment(request.param, tmp_path) as found:
        yield {**found, "YUNYING_API_TOKEN_LIMIT": "1000000"}


def ask(environment: Environment, deed: str) -> dict:
    return asked(environment, CHILD, deed)


def together(environment: Environment, *arguments: str) -> list[dict[str, str]]:
    """Five senders from one starting line; what each was answered."""
    return raced(environment, CHILD, [arguments] * SENDERS, timeout=1200)


def test_each_key_has_one_effect_and_one_answer_however_many_send_it(environment: Environment) -> None:
    token = ask(environment, "fill")["token"]
    told = together(environment, "send", token, str(KEYS))
    assert ask(environment, "sums") == {"composed": KEYS, "rows": KEYS}
    for key in told[0]:
        answers = {each[key] for each in told}
        assert len(answers) == 1, key
        assert next(iter(answers))[:3] in ("201", "202")
    # The senders are over; another process is asked again.
    again = together(environment, "send", token, "3")
    assert all(each[key] == told[0][key] for each in again for key in each)
    assert ask(environment, "sums") == {"composed": KEYS, "rows": KEYS}


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("environment", ["postgres"], indirect=True)
def test_without_the_unique_key_the_same_race_does_things_twice(environment: Environment) -> None:
    token = ask(environment, "fill")["token"]
    ask(environment, "unprotect")
    together(environment, "send", token, str(KEYS))
    assert ask(environment, "sums")["composed"] > KEYS


def test_several_processes_count_one_limit(environment: Environment) -> None:
    token = ask(environment, "fill")["token"]
    limited = {**environment, "YUNYING_API_TOKEN_LIMIT": "60", "YUNYING_API_WINDOW_SECONDS": "1000000000"}
    told = together(limited, "limit", token, "20")
    assert sum(each.get("200", 0) for each in told) == 60
    assert sum(each.get("429", 0) for each in told) == 40


def test_a_key_with_another_body_address_or_method_is_refused(call: Call, world: World) -> None:
    first = call("operator", "POST", f"stores/{OWN}/interventions", PRICE, Idempotency_Key="k")
    assert first.status_code == 201
    count = Intervention.objects.count()
    others = (
        ("POST", "interventions", {**PRICE, "title": "Other"}),
        ("POST", "runs", {"kind": "day"}),
        ("POST", "interventions?more=1", PRICE),
    )
    for method, path, body in others:
        answer = call("operator", method, f"stores/{OWN}/{path}", body, Idempotency_Key="k")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "key-used"), path
    again = call("operator", "POST", f"stores/{OWN}/interventions", PRICE, Idempotency_Key="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert Intervention.objects.count() == count
    someone = call("store_manager", "POST", f"stores/{OWN}/interventions", PRICE, Idempotency_Key="k")
    assert someone.status_code == 201, "a key is its token's own"


def test_a_refusal_is_kept_under_its_key_too(call: Call, world: World) -> None:
    id = world.ids[OWN]["composed"]
    path = f"stores/{OWN}/interventions/{id}/cancel"
    first = call("store_manager", "POST", path, {}, Idempotency_Key="k")
    second = call("store_manager", "POST", path, {}, Idempotency_Key="k")
    assert (first.status_code, first.content) == (409, second.content)


def test_a_kept_answer_is_given_to_nobody_who_may_no_longer_ask(call: Call, world: World) -> None:
    first = call("operator", "POST", f"stores/{OWN}/interventions", PRICE, Idempotency_Key="k")
    assert first.status_code == 201
    grant_end(grants_of(world.people["operator"])[0].pk, None)
    assert call("operator", "POST", f"stores/{OWN}/interventions", PRICE, Idempotency_Key="k").status_code == 404


@pytest.mark.parametrize("key", ["", "x" * 121, "a b", "\x7f"])
def test_a_key_that_is_none_is_refused(call: Call, world: World, key: str) -> None:
    answer = call("operator", "POST", f"stores/{OWN}/interventions", PRICE, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad-key")
