"""The audit log at the desk: found by who, what and when; taken along as a file; and nobody's who sees a part only."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from yunying.accounts.people import Person, person_make
from yunying.audit.log import Change, audit_record
from yunying.console.tests.conftest import PASSWORD
from yunying.interventions.desk_facts import store_save
from yunying.org.grants import grant_give
from yunying.org.structure import brand_make, company_make, shop_place

NOW = timezone.now()


@pytest.fixture
def people(ledger_database: None) -> dict[str, Client]:
    for company, store in (("acme", "one"), ("other", "two")):
        company_make(company, company, None)
        brand_make(company, f"brand-{company}", company, None)
        store_save(store, title=store, currency="CNY", time_zone="Asia/Shanghai", connector="csv")
        shop_place(store, f"brand-{company}", None)
    found = {}
    acme, one = {"company": "acme"}, {"store": "one"}
    for name, role, where in (
        ("lead", "coo", acme), ("manager", "store_manager", one), ("analyst", "analyst", one), ("part", "analyst", one),
        ("operator", "operator", one), ("far", "coo", {"company": "other"}),
    ):  # fmt: skip
        person: Person = person_make(name, PASSWORD)
        grant_give(person, role, None, **where, categories=["cups"] if name == "part" else [])
        found[name] = Client(headers={"accept-language": "en"})
        assert found[name].login(username=name, password=PASSWORD)
    changes = [Change("setting", f"setting/purchasing.x{each}", "=reason", {"value": each}, {"value": -each})
               for each in range(120)]  # fmt: skip
    audit_record("one", "manager", NOW, changes)
    audit_record("one", "lead", datetime(2026, 1, 31, 15, 59, tzinfo=UTC), [Change("stop", "store/one")])
    audit_record("two", "far", NOW, [Change("setting", "canary-two", "canary")])
    audit_record("org/acme", "lead", NOW, [Change("company", "canary-acme")])
    return found


@pytest.mark.parametrize(("who", "status", "company", "accounts"), [
    ("lead", 200, True, False), ("manager", 200, True, False), ("analyst", 200, True, False),
    ("part", 403, False, False), ("operator", 403, False, False), ("far", 200, False, False),
])  # fmt: skip
def test_each_reads_the_logs_of_his_own(
    people: dict[str, Client], who: str, status: int, company: bool, accounts: bool
) -> None:
    client = people[who]
    answer = client.get("/desk/audit/")
    assert answer.status_code == status
    assert client.get("/desk/audit/export.csv").status_code == status
    if who != "far":
        assert "canary-two" not in answer.content.decode()
        assert client.get("/desk/audit/?chain=two").status_code == (404 if status == 200 else 403)
    # A company of one store is read by whoever reads that store.
    assert (client.get("/desk/audit/?chain=org/acme").status_code == 200) == company
    assert (client.get("/desk/audit/?chain=accounts").status_code == 200) == accounts


def test_the_owner_of_everything_reads_the_accounts_log(people: dict[str, Client]) -> None:
    owner = person_make("owner", PASSWORD)
    grant_give(owner, "coo", None, company="acme")
    grant_give(owner, "coo", None, company="other")
    client = Client()
    client.login(username="owner", password=PASSWORD)
    assert "sign_in" in client.get("/desk/audit/?chain=accounts").content.decode()


def rows(client: Client, query: str) -> list[list[str]]:
    text = b"".join(client.get(f"/desk/audit/export.csv?{query}").streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def test_it_is_filtered_searched_and_taken_along(people: dict[str, Client]) -> None:
    client = people["lead"]
    assert len(rows(client, "actor=manager&action=setting")) == 120
    assert [row[4] for row in rows(client, "q=x119+setting")] == ["setting/purchasing.x119"]
    # 23:59 of the last of January by the store's clock.
    assert len(rows(client, "until=2026-01-31&since=2026-01-31&action=stop")) == 1
    assert rows(client, "since=2026-02-01&action=stop") == []
    row = rows(client, "q=x7&actor=manager")[-1]
    assert row[5:] == ["'=reason", "value: 7", "value: -7"]
    book = b"".join(client.get("/desk/audit/export.xlsx?actor=manager").streaming_content)
    sheet = load_workbook(io.BytesIO(book)).active
    assert (sheet.max_row, sheet["A2"].data_type, sheet["F2"].data_type) == (121, "n", "s")
    page = client.get("/desk/audit/?actor=manager&page=2").content.decode()
    assert "x69" in page
    assert "x119<" not in page
    assert client.get("/desk/audit/?since=nonsense&until=9999-12-31&q=%00&page=x").status_code == 200


def test_a_long_log_asks_no_oftener(people: dict[str, Client]) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert people["lead"].get("/desk/audit/").status_code == 200
        return len(captured)

    few = count()
    for each in range(60):
        audit_record("one", f"person-{each}", NOW + timedelta(minutes=each), [Change(f"act-{each}", "x")])
    assert count() == few
