"""Stores side by side: totals by rates or not at all, nothing of others, and as many queries for many as for few."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunying.accounts.people import Person, person_make
from yunying.interventions.desk_facts import report_save, store_save
from yunying.interventions.tests.conftest import TODAY
from yunying.org.grants import grant_give
from yunying.org.structure import brand_make, company_make, shop_place

PAID = {"slug": "paid_amount", "title_en": "Paid amount", "title_zh": "支付金额", "unit": "money_minor",
        "higher_is_better": True, "series": {"dates": [], "values": []}}  # fmt: skip


def store(slug: str, currency: str, paid: int, rates: dict[str, str] | None = None, brand: str = "sun") -> None:
    store_save(slug, title=slug.title(), currency=currency, time_zone="Asia/Shanghai", today_date=TODAY)
    shop_place(slug, brand, None)
    told = {"value": paid, "yesterday": paid, "last_week": paid // 2, "last_year": None}
    report_save(slug, "numbers", TODAY, {
        "date": "2026-11-24", "currency": currency, "metrics": [{**PAID, **told}],
        "rates": {name: {"rate": rate, "date": "2026-11-24"} for name, rate in (rates or {}).items()}})  # fmt: skip


@pytest.fixture
def coo(ledger_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    company_make("acme", "Acme", None)
    company_make("other", "Other", None)
    brand_make("acme", "sun", "Sun", None)
    brand_make("other", "moon", "Moon", None)
    store("one", "CNY", 100_000)
    store("two", "CNY", 50_000)
    store("far-away", "CNY", 7_777_700, brand="moon")
    person = person_make("coo", "a long enough password")
    grant_give(person, "coo", None, company="acme")
    return person


def page(person: Person, address: str = "/desk/company/", language: str = "en") -> str:
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return str(client.get(address).content.decode())


def test_one_currency_adds_up_and_other_companies_are_not_there(coo: Person) -> None:
    text = page(coo)
    assert "1,500.00" in text
    assert "+100.0%" in text
    assert "Far-Away" not in text
    assert "77,777" not in text


def test_a_missing_rate_refuses_the_total_by_name_and_a_rate_gives_it(coo: Person) -> None:
    store("abroad", "USD", 1_000)
    text = page(coo)
    assert "There is no rate from USD to CNY for 2026-11-24" in text
    assert "in Abroad" in text
    assert "1,500" not in text.split("<tfoot>")[1]
    assert "从 USD 到 CNY" in page(coo, language="zh-CN")
    store("abroad", "USD", 1_000, {"CNY": "7.25"})
    assert "1,572.50" in page(coo)
    assert "no rate from CNY to USD" in page(coo, "/desk/company/?currency=USD")


def test_currencies_without_minor_units_are_not_a_hundred_times_off(coo: Person) -> None:
    store("tokyo", "JPY", 10_000, {"CNY": "0.05"})
    assert "2,000.00" in page(coo), "10,000 yen are 500 yuan"


def test_a_count_opens_its_list_in_its_store(coo: Person) -> None:
    client = Client()
    client.force_login(coo)
    body = {"store": "two", "next": "/desk/proposals/?state=proposed&soon=1"}
    response = client.post("/desk/store/", body)
    assert response["Location"] == body["next"]
    assert client.session["store"] == "two"
    assert (
        client.post("/desk/store/", {"store": "one", "next": "/desk/proposals/17/"})["Location"] == "/desk/proposals/"
    )
    assert client.post("/desk/store/", {"store": "one", "next": "/desk/nowhere/"})["Location"] == "/desk/"
    assert client.post("/desk/store/", {"store": "far-away"}).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_stores(coo: Person) -> None:
    client = Client()
    client.force_login(coo)

    def count() -> int:
        client.get("/desk/company/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/desk/company/").status_code == 200
        return len(captured)

    few = count()
    for number in range(30):
        store(f"more-{number}", "CNY", 100)
    assert count() == few
    assert few <= 11
