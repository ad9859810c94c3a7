"""One random key per customer and store, also when many importers meet a customer first; forgetting is for good."""

import re
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError

from yunying.accounts.database import database_ready
from yunying.accounts.member_keys import member_forget, member_keys
from yunying.accounts.tests.conftest import Environment, Together

Alone = Callable[[Environment], dict[str, Any]]
IMPORTERS, CUSTOMERS = 8, 200
COUNT = "SELECT count(*), count(DISTINCT shop_id), count(DISTINCT key) FROM accounts_memberkey WHERE store = 'shop'"


@pytest.fixture
def store() -> str:
    """A store that no other test of this run uses."""
    database_ready()
    return f"store-{secrets.token_hex(4)}"


def test_the_same_customer_keeps_the_same_key(store: str) -> None:
    first = member_keys(store, ["ann", "bo", "ann"])
    assert set(first) == {"ann", "bo"}
    assert first["ann"] != first["bo"]
    again = member_keys(store, iter(["bo", "ann", "cy"]))
    assert {name: again[name] for name in first} == first
    assert again["cy"] not in first.values()


def test_a_key_is_random_and_says_nothing_of_the_customer(store: str) -> None:
    keys = member_keys(store, [f"{number}" for number in range(50)])
    assert all(re.fullmatch(r"[0-9a-f]{24}", key) for key in keys.values())
    assert len(set(keys.values())) == 50


def test_another_store_knows_the_customer_under_another_key(store: str) -> None:
    assert member_keys(store, ["ann"]) != member_keys(f"{store}-b", ["ann"])


def test_more_customers_than_one_statement_holds_all_get_a_key(store: str) -> None:
    names = [f"客户-{number}" for number in range(1203)]
    keys = member_keys(store, names)
    assert set(keys) == set(names)
    assert len(set(keys.values())) == 1203
    assert member_keys(store, names) == keys


def test_nobody_asked_for_gets_nothing(store: str) -> None:
    assert member_keys(store, []) == {}


def test_who_was_forgotten_comes_back_as_somebody_else(store: str) -> None:
    before = member_keys(store, ["ann", "bo"])
    assert member_forget(store, "ann") is True
    assert member_forget(store, "ann") is False
    after = member_keys(store, ["ann", "bo"])
    assert after["bo"] == before["bo"]
    assert after["ann"] != before["ann"]


def test_forgetting_in_one_store_leaves_the_other_alone(store: str) -> None:
    other = member_keys(f"{store}-b", ["ann"])
    member_keys(store, ["ann"])
    member_forget(store, "ann")
    assert member_keys(f"{store}-b", ["ann"]) == other


def test_a_customer_without_an_id_gets_no_key(store: str) -> None:
    with pytest.raises((IntegrityError, KeyError)):
        member_keys(store, [""])[""]


def test_importers_racing_on_sqlite_agree_on_one_key_per_customer(
    sqlite: Environment, alone: Alone, together: Together
) -> None:
    alone(sqlite)
    told = together("race_child.py", ["shop", str(CUSTOMERS)], sqlite, IMPORTERS)
    assert all(keys == told[0] for keys in told)
    database = sqlite3.connect(Path(sqlite["YUNYING_HOME"]) / "yunying.sqlite3")
    assert database.execute(COUNT).fetchone() == (CUSTOMERS, CUSTOMERS, CUSTOMERS)
    database.close()


@pytest.mark.needs("postgres")
def test_importers_racing_on_postgres_agree_on_one_key_per_customer(
    postgres: Environment, alone: Alone, together: Together
) -> None:
    alone(postgres)
    told = together("race_child.py", ["shop", str(CUSTOMERS)], postgres, IMPORTERS)
    assert all(keys == told[0] for keys in told)
    with psycopg.connect(postgres["YUNYING_DATABASE_URL"]) as database:
        assert database.execute(COUNT).fetchone() == (CUSTOMERS, CUSTOMERS, CUSTOMERS)


@pytest.mark.needs("postgres")
def test_the_control_without_the_unique_constraint_doubles_them(
    postgres: Environment, alone: Alone, together: Together
) -> None:
    alone(postgres)
    with psycopg.connect(postgres["YUNYING_DATABASE_URL"], autocommit=True) as database:
        database.execute("ALTER TABLE accounts_memberkey DROP CONSTRAINT one_key_per_customer_of_a_store")
        together("race_child.py", ["shop", str(CUSTOMERS)], postgres, IMPORTERS)
        rows, customers, _ = database.execute(COUNT).fetchone()
    assert customers == CUSTOMERS
    assert rows > CUSTOMERS
