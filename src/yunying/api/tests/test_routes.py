"""What each operation really does: decisions, composing, budgets, runs, pages, figures and facts in."""

from typing import Any
from uuid import uuid4

import pytest

from yunying.accounts.models import MemberKey
from yunying.api.models import KeptAnswer
from yunying.api.tests.conftest import OWN, Call, World
from yunying.audit.models import AuditEntry
from yunying.inbox.box import inbox_state
from yunying.interventions.models import Intervention, Outbox, Run


def post(call: Call, path: str, body: Any, who: str = "store_manager", method: str = "POST", key: str = "") -> Any:
    return call(who, method, f"stores/{OWN}/{path}", body, Idempotency_Key=key or uuid4().hex)


def test_pages_follow_each_other_without_gap_or_repeat_also_while_rows_come(call: Call, world: World) -> None:
    seen, cursor = [], ""
    while True:
        page = call("viewer", "GET", f"stores/{OWN}/interventions?limit=2&cursor={cursor}").json()
        seen += [row["id"] for row in page["items"]]
        if not page["next"]:
            break
        cursor = page["next"]
        post(call, "interventions", {"kind": "set_price", "params": {"product": "X", "list_price": "1.00"}})
    assert len(seen) == len(set(seen)) == 6
    assert seen == sorted(seen, reverse=True)
    ranked = call("viewer", "GET", f"stores/{OWN}/proposals?limit=200").json()["items"]
    losses = [row["delay_loss_minor"] for row in ranked]
    assert losses == sorted(losses, reverse=True)
    for cursor in ("x", "W10", "WzEsMl0", "bnVsbA", "WzFlOTldCg", "%00"):
        answer = call("viewer", "GET", f"stores/{OWN}/interventions?cursor={cursor}")
        assert answer.status_code == 400, cursor


def test_proposals_are_approved_undone_edited_put_off_and_rejected(call: Call, world: World) -> None:
    id = world.ids[OWN]["proposal"]
    assert post(call, f"proposals/{id}/approve", {"revision": 99}).json()["error"]["code"] == "changed"
    approved = post(call, f"proposals/{id}/approve", {"revision": 1})
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert approved.json()["history"][-1]["actor"] == "store_manager"
    assert AuditEntry.objects.filter(action="approve", actor="store_manager").count() == 1
    again = post(call, f"proposals/{id}/approve", {})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already-approved")
    assert post(call, f"proposals/{id}/undo", {}).json()["state"] == "proposed"
    lines = [{"product": "plain-0", "quantity": 3, "unit_cost": "2.00"}]
    edited = post(call, f"proposals/{id}/edit", {"params": {"supplier": "S1", "lines": lines}}).json()
    assert (edited["cost_minor"], edited["is_edited"]) == (600, True)
    assert post(call, f"proposals/{id}/snooze", {}).json()["error"]["code"] == "bad-day"
    assert post(call, f"proposals/{id}/snooze", {"until": "2026-11-28"}).json()["state"] == "snoozed"
    assert post(call, f"proposals/{id}/reject", {"reason": "no room"}).json()["state"] == "rejected"


def test_many_are_decided_at_once_and_those_that_cannot_be_are_told_apart(call: Call, world: World) -> None:
    rows = call("viewer", "GET", f"stores/{OWN}/proposals?practice=purchasing").json()["items"]
    ids = [row["id"] for row in rows]
    body = {"action": "approve", "ids": [*ids, 10**9], "revisions": {str(ids[0]): 7}}
    items = post(call, "proposals/act", body).json()["items"]
    assert [each["is_done"] for each in items] == [False, True, True, True, True, False]
    assert [each["error"]["code"] for each in items if each["error"]] == ["changed", "not-found"]
    assert Outbox.objects.filter(store=OWN).count() == 4


def test_a_composed_command_needs_a_key_and_waits_for_somebody_else(call: Call, world: World) -> None:
    body = {"kind": "set_price", "params": {"product": "CUP", "list_price": "9.90"}, "title": "Cheaper cups",
            "expected": {"low_minor": 1, "mid_minor": 2, "high_minor": 3}}  # fmt: skip
    assert call("operator", "POST", f"stores/{OWN}/interventions", body).json()["error"]["code"] == "no-key"
    made = post(call, "interventions", body, "operator")
    assert (made.status_code, made.json()["state"], made.json()["origin"]) == (201, "proposed", "person")
    own = post(call, f"proposals/{made.json()['id']}/approve", {}, "operator")
    assert own.json()["error"]["code"] == "own-proposal"
    approved = post(call, f"proposals/{made.json()['id']}/approve", {})
    assert approved.json()["state"] == "approved"
    cancelled = post(call, f"interventions/{made.json()['id']}/cancel", {"reason": "not now"})
    assert cancelled.json()["state"] == "cancelled"
    for wrong in ({"kind": "end_promotion", "params": {}}, {**body, "params": {"product": 1}}, {**body, "more": 1}):
        assert post(call, "interventions", wrong, "operator").status_code == 422


def test_budgets_and_runs_are_set_and_asked_for(call: Call, world: World) -> None:
    body = {"practice": "purchasing", "start_date": "2026-12-01", "end_date": "2027-01-01", "cap_minor": 500}
    made = post(call, "budgets", body, method="PUT")
    assert (made.status_code, made.json()["cap_minor"], made.json()["currency"]) == (200, 500, "CNY")
    assert post(call, "budgets", body, "operator", method="PUT").status_code == 403
    for wrong in ({**body, "cap_minor": 1.5}, {**body, "cap_minor": "5"}, {**body, "practice": "magic"}):
        assert post(call, "budgets", wrong, method="PUT").status_code == 422
    first = post(call, "runs", {"kind": "day"})
    second = post(call, "runs", {"kind": "day"})
    assert (first.status_code, first.json()["id"]) == (202, second.json()["id"])
    assert Run.objects.filter(store=OWN, kind="day").count() == 1
    assert call("viewer", "GET", f"stores/{OWN}/runs/{first.json()['id']}").json()["state"] == "requested"


def test_figures_are_those_of_the_dictionary(call: Call, world: World) -> None:
    path = f"stores/{OWN}/metrics?start=2026-11-01&end=2026-11-25&name=paid_amount&name=orders&by=day&compare=previous"
    told = call("viewer", "GET", path)
    if told.status_code == 422:
        pytest.fail(told.content.decode())
    assert told.json()["currency"] == "CNY"
    assert len(told.json()["rows"]) >= 8
    for wrong in ("name=no_such", "name=paid_amount&by=nothing", "name=paid_amount&compare=never", ""):
        answer = call("viewer", "GET", f"stores/{OWN}/metrics?start=2026-11-01&end=2026-11-25&{wrong}")
        assert answer.status_code == 422, wrong
    long = call("viewer", "GET", f"stores/{OWN}/metrics?start=1980-01-01&end=2190-01-01&name=paid_amount&by=day")
    assert long.json()["error"]["code"] == "too-long"


ROW = {"id": "1", "product": "CUP", "date": "2026-11-20", "on_hand": 3}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"on_hand": "3"}, "on_hand"), ({"on_hand": 3.5}, "on_hand"), ({"on_hand": True}, "on_hand"),
    ({"on_hand": None}, "on_hand"), ({"on_hand": 2**63}, "on_hand"), ({"date": "2026-13-01"}, "date"),
    ({"date": "2999-01-01"}, "date"), ({"date": 5}, "date"), ({"product": 7}, "product"),
    ({"product": None}, "product"),
    ({"product": "x" * 1001}, "product"), ({"colour": "red"}, "colour"), ({"id": 5}, "id"), ({"id": ""}, "id"),
    ({"store": "far"}, "store"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "column"), WRONG)
def test_a_row_that_does_not_fit_is_named_with_its_remedy_and_nothing_is_taken(
    call: Call, world: World, change: dict[str, Any], column: str
) -> None:
    answer = post(call, "facts/stock_level", {"rows": [ROW, {**ROW, "id": "2", **change}]})
    problems = answer.json()["error"]["problems"]
    assert (answer.status_code, [(each["row"], each["column"]) for each in problems]) == (422, [(2, column)])
    assert all(each["what"] and each["remedy"] for each in problems)
    assert inbox_state(OWN)[0] == 1, "only what the store was filled with"


def test_rows_are_recorded_once_by_id_and_a_conflict_is_told(call: Call, world: World) -> None:
    first = post(call, "facts/stock_level", {"rows": [ROW, {**ROW, "id": "2", "product": "POT"}]})
    assert (first.status_code, first.json()["accepted"]) == (202, 2)
    again = post(call, "facts/stock_level", {"rows": [ROW, {**ROW, "id": "2", "on_hand": 9}]}).json()
    assert (again["accepted"], again["duplicates"], again["conflicts"]) == (0, 1, ["2"])
    inbox = call("operator", "GET", f"stores/{OWN}/inbox").json()
    assert (inbox["waiting"], inbox["items"][0]["row_id"]) == (3, "2")


def test_customers_become_random_keys_before_anything_is_kept(call: Call, world: World) -> None:
    line = {"order": "o1", "line": "1", "state": "paid", "occurrence": "", "date": "2026-11-20", "product": "CUP",
            "line_kind": "goods", "quantity": 1, "amount_minor": 990, "reality": "real", "member": "zhang@example.com",
            "list_price": "9.90", "at": "2026-11-20T10:00:00+08:00"}  # fmt: skip
    assert post(call, "facts/order_line", {"rows": [line]}).status_code == 202
    from yunying.inbox.models import InboxRow

    kept = InboxRow.objects.get(store=OWN, table="order_line").content
    assert kept["member"] == MemberKey.objects.get(shop_id="zhang@example.com").key
    assert (kept["list_price"], kept["at"]) == ("9.9", "2026-11-20T02:00:00+00:00")


@pytest.mark.parametrize("table", ["store", "intervention", "promotion", "nothing", "snapshot"])
def test_what_no_program_writes_is_not_there(call: Call, world: World, table: str) -> None:
    assert post(call, f"facts/{table}", {"rows": [ROW]}).status_code == 404


def test_more_than_a_thousand_rows_none_and_too_large_a_body_are_refused(call: Call, world: World) -> None:
    for rows in ([], [ROW] * 1001):
        assert post(call, "facts/stock_level", {"rows": rows}).status_code == 422
    big = post(call, "facts/stock_level", b'{"rows": ["' + b"x" * (9 * 1024 * 1024) + b'"]}')
    assert big.status_code in (400, 413)
    whole = [{**ROW, "id": str(n), "product": f"P{n}"} for n in range(1000)]
    assert post(call, "facts/stock_level", {"rows": whole}).json()["accepted"] == 1000


BODIES = [b"", b"{", b"[]", b"null", b'{"rows": NaN}', b"\xff", b'{"rows": [{"product": "\\u0000"}]}', b"9" * 5000,
          b'{"rows": [{"product": "\\ud800"}]}', b"[" * 100_000, b'{"rows": 1e999}']  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_nobody_can_mean_is_refused(call: Call, world: World, body: bytes) -> None:
    for path in ("facts/stock_level", "interventions"):
        answer = post(call, path, body)
        assert answer.status_code in (400, 422), answer.content
        assert answer.json()["error"]["remedy"]


def test_an_endpoints_secret_is_shown_once_and_its_end_is_told(call: Call, world: World) -> None:
    body = {"url": "https://example.com/hook", "events": ["approved", "proposed"]}
    made = post(call, "webhooks", body, key="hook").json()
    assert post(call, "webhooks", body, key="hook").json() == made
    assert made["secret"] not in KeptAnswer.objects.get(key="hook").body
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["proposed", "approved"]
    listed = call("store_manager", "GET", f"stores/{OWN}/webhooks")
    assert made["secret"] not in listed.content.decode()
    for url in (
        "http://example.com/",
        "https://user@example.com/",
        "ftp://example.com",
        "https://",
        "x",
        "https://a b/",
    ):
        assert post(call, "webhooks", {**body, "url": url}).status_code == 422, url
    assert post(call, f"webhooks/{made['id']}", None, method="DELETE").json() == {"is_ended": True}
    assert post(call, f"webhooks/{made['id']}", None, method="DELETE").status_code == 404


def test_nothing_that_is_refused_leaves_a_trace(call: Call, world: World) -> None:
    before = (Intervention.objects.count(), AuditEntry.objects.count())
    post(call, "interventions", {"kind": "set_price", "params": {}})
    post(call, "proposals/act", {"action": "approve", "ids": [10**9]})
    assert (Intervention.objects.count(), AuditEntry.objects.count()) == before
