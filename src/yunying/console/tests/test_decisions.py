"""Approve, edit, reject, put off, take back at the desk: one row, a selection, or everything that a filter shows."""

import csv
import io
import re

from django.test import Client
from openpyxl import load_workbook

from yunying.accounts.people import Person
from yunying.interventions.models import Intervention, Outbox, Run
from yunying.interventions.tests.furnished_proposals import TODAY

ACT = "/desk/proposals/act/"
HTMX = {"hx-request": "true"}


def waiting() -> list[Intervention]:
    return list(Intervention.objects.filter(store="yunduo", state="proposed").order_by("-delay_loss_minor"))


def state(row: Intervention) -> str:
    return str(Intervention.objects.get(pk=row.pk).state)


def test_an_approval_waits_for_its_undo(client: Client) -> None:
    row = waiting()[0]
    answer = client.post(ACT, {"action": "approve", "ids": row.pk, "seen": f"{row.pk}:{row.revision}"}, headers=HTMX)
    assert answer.headers["HX-Trigger"] == "deskChanged"
    assert f'name="ids" value="{row.pk}"' in answer.content.decode()
    entry = Outbox.objects.get(intervention=row, state="waiting")
    assert 9 <= (entry.not_before - entry.created_at).total_seconds() <= 10
    client.post(ACT, {"action": "undo", "ids": row.pk}, headers=HTMX)
    assert state(row) == "proposed"


def test_it_works_without_a_script(client: Client) -> None:
    row = waiting()[0]
    answer = client.post(ACT, {"action": "reject", "ids": row.pk, "reason": "too dear", "next": "/desk/proposals/"})
    assert answer.headers["Location"] == "/desk/proposals/"
    page = client.get("/desk/proposals/").content.decode()
    assert "1 rejected" in page
    assert f'name="ids" value="{row.pk}"><button class="undo"' in page
    assert "too dear" in client.get(f"/desk/interventions/{row.pk}/").content.decode()


def test_nobody_is_led_away(client: Client) -> None:
    row = waiting()[0]
    answer = client.post(ACT, {"action": "reject", "ids": row.pk, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/desk/"


def test_a_snooze_needs_a_later_day(client: Client) -> None:
    row = waiting()[0]
    answer = client.post(ACT, {"action": "snooze", "ids": row.pk, "until": str(TODAY)}, headers=HTMX)
    assert "Give a later day." in answer.content.decode()
    client.post(ACT, {"action": "snooze", "ids": row.pk, "until": "2026-12-01"})
    assert state(row) == "snoozed"


def test_what_changed_meanwhile_is_not_approved(client: Client) -> None:
    row = waiting()[0]
    answer = client.post(
        ACT, {"action": "approve", "ids": row.pk, "seen": f"{row.pk}:{row.revision + 1}"}, headers=HTMX
    )
    assert "changed while you were deciding" in answer.content.decode()
    assert state(row) == "proposed"


def test_a_refusal_is_told_in_the_persons_language(client: Client) -> None:
    row = waiting()[0]
    client.post(ACT, {"action": "reject", "ids": row.pk})
    chinese = {**HTMX, "accept-language": "zh-CN"}
    answer = client.post(ACT, {"action": "approve", "ids": row.pk}, headers=chinese)
    assert "已经处理过了" in answer.content.decode()


def test_everything_that_matches_is_exactly_the_filtered_set(client: Client) -> None:
    rows = waiting()
    wanted = {row.pk for row in rows if row.cost_minor <= 250_000 and row.kind == "purchase_order"}
    query = "cost_max=2500&kind=purchase_order"
    page = client.get(f"/desk/proposals/?{query}").content.decode()
    count = re.search(r'name="count" value="(\d+)"', page)
    assert count is not None
    assert int(count[1]) == len(wanted)
    assert 0 < len(wanted) < len(rows)
    client.post(ACT, {"action": "reject", "all": "1", "query": query, "count": count[1], "ids": rows[0].pk})
    assert set(Intervention.objects.filter(store="yunduo", state="rejected", pk__in=[r.pk for r in rows]).values_list(
        "pk", flat=True)) == wanted  # fmt: skip


def test_a_set_that_has_changed_is_left_alone(client: Client) -> None:
    answer = client.post(ACT, {"action": "approve", "all": "1", "query": "", "count": "3"}, headers=HTMX)
    assert "has changed since you looked" in answer.content.decode()
    assert (
        not Intervention.objects.filter(store="yunduo", state="approved", as_of=TODAY).exclude(revision__lte=2).exists()
    )


def test_more_than_a_request_can_bear_is_refused(client: Client) -> None:
    answer = client.post(ACT, {"action": "reject", "ids": ",".join(map(str, range(1, 10_002)))}, headers=HTMX)
    assert "At most 10,000 at once" in answer.content.decode()
    assert len(waiting()) > 5


def test_an_edit_is_checked_and_voids_what_was_seen(client: Client) -> None:
    row = waiting()[0]
    form = {"p-supplier": "S9", "p-lines-count": "2", "p-lines-0-product": row.subject, "p-lines-0-quantity": "0",
            "p-lines-0-unit_cost": "1.5", "revision": row.revision}  # fmt: skip
    bad = client.post(f"/desk/proposals/{row.pk}/edit/", {**form, "save": "1"}).content.decode()
    assert "give a whole number from 1 to" in bad
    checked = client.post(f"/desk/proposals/{row.pk}/edit/", {**form, "p-lines-0-quantity": "1,200", "check": "1"})
    assert "¥1,800.00" in checked.content.decode()
    client.post(f"/desk/proposals/{row.pk}/edit/", {**form, "p-lines-0-quantity": "1,200", "save": "1"})
    changed = Intervention.objects.get(pk=row.pk)
    assert (changed.is_edited, changed.cost_minor, changed.params["lines"][0]["quantity"]) == (True, 180_000, 1200)
    again = client.post(f"/desk/proposals/{row.pk}/edit/", {**form, "p-lines-0-quantity": "5", "save": "1"})
    assert "changed while you were deciding" in again.content.decode()


def test_a_double_click_asks_once(client: Client) -> None:
    Run.objects.filter(store="yunduo").update(state="done")
    for _ in range(2):
        client.post("/desk/ask/", {"kind": "advance", "token": "abc"})
    assert Run.objects.filter(store="yunduo", kind="advance").count() == 1
    Run.objects.filter(kind="advance").update(state="done")
    client.post("/desk/ask/", {"kind": "advance", "token": "abc"})
    assert Run.objects.filter(store="yunduo", kind="advance").count() == 1
    client.post("/desk/ask/", {"kind": "advance", "token": "def"})
    assert Run.objects.filter(store="yunduo", kind="advance").count() == 2


def test_only_a_simulated_store_advances(client: Client, other_store: str) -> None:
    client.post("/desk/store/", {"store": other_store})
    client.post("/desk/ask/", {"kind": "advance", "token": "x"})
    client.post("/desk/ask/", {"kind": "dispatch", "token": "y"})
    assert not Run.objects.filter(store=other_store).exists()


def test_an_export_is_the_filtered_set_and_runs_nothing(client: Client) -> None:
    rows = waiting()
    Intervention.objects.filter(pk=rows[0].pk).update(title_en='=HYPERLINK("x")', low_minor=-4_700)
    answer = client.get("/desk/proposals/export.csv?kind=purchase_order")
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    shown = [row for row in rows if row.kind == "purchase_order"]
    assert [line[0] for line in table[1:]] == [str(row.pk) for row in shown]
    assert table[1][1] == '\'=HYPERLINK("x")'
    assert table[1][6] == "-47"
    book = client.get("/desk/proposals/export.xlsx?kind=purchase_order")
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert sheet.max_row == len(shown) + 1
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["G2"].value) == ('\'=HYPERLINK("x")', "s", -47)


def test_filters_that_make_no_sense_break_nothing(client: Client) -> None:
    for query in ("state=nonsense", "cost_min=abc", "cost_min=1e400", "page=-1", "page=99999", "sort=DROP", "q=%00",
                  "practice=x&arm=y&soon=z&reversible=2", "q=" + "a " * 300, "page=١"):  # fmt: skip
        assert client.get(f"/desk/proposals/?{query}").status_code == 200, query


def test_cancel_and_take_back_go_by_the_state(client: Client, buyer: Person) -> None:
    approved = Intervention.objects.filter(store="yunduo", state="approved").first()
    assert approved is not None
    client.post(f"/desk/interventions/{approved.pk}/cancel/", {"reason": "no"})
    assert state(approved) == "cancelled"
    failed = Intervention.objects.filter(store="yunduo", state="failed").first()
    assert failed is not None
    told = client.post(f"/desk/interventions/{failed.pk}/retry/")
    assert (told.status_code, state(failed)) == (400, "failed"), "a newer proposal on the subject took its place"
    Intervention.objects.filter(store="yunduo", subject=failed.subject, as_of__gt=failed.as_of).delete()
    client.post(f"/desk/interventions/{failed.pk}/retry/")
    assert state(failed) == "dispatched"
    assert client.post(f"/desk/interventions/{failed.pk}/explode/").status_code == 404
    refused = client.post(f"/desk/interventions/{approved.pk}/cancel/")
    assert refused.status_code == 400
    assert "can be cancelled" in refused.content.decode()
