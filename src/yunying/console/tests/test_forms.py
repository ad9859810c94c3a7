"""Compose, uploads and settings: what people type is checked, kept exactly, and told apart from nonsense."""

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yunying.audit.log import audit_problems
from yunying.interventions.desk_facts import settings_of
from yunying.interventions.models import Budget, Intervention, Run, StandingApproval, Store, Upload

LINES = {"p-supplier": "S", "p-lines-count": "1", "p-lines-0-product": "P1", "p-lines-0-quantity": "3",
         "p-lines-0-unit_cost": "1.505"}  # fmt: skip


def test_a_composed_order_is_previewed_and_kept(client: Client) -> None:
    preview = client.post("/desk/compose/purchase_order/", {**LINES, "check": "1"}).content.decode()
    assert "¥4.52" in preview
    before = Intervention.objects.count()
    answer = client.post("/desk/compose/purchase_order/", {**LINES, "save": "1", "title": "Three", "low": "-1.50",
                         "mid": "2", "high": "1,000.05"})  # fmt: skip
    row = Intervention.objects.order_by("-pk").first()
    assert row is not None
    assert answer.headers["Location"] == f"/desk/proposals/{row.pk}/"
    assert Intervention.objects.count() == before + 1
    assert (row.title_en, row.cost_minor, row.low_minor, row.high_minor) == ("Three", 452, -150, 100_005)
    assert "Composed by hand" in client.get(f"/desk/proposals/{row.pk}/").content.decode()


def test_rows_come_and_go_without_a_script(client: Client) -> None:
    added = client.post("/desk/compose/purchase_order/", {**LINES, "add": "lines"}).content.decode()
    assert 'name="p-lines-1-product"' in added
    assert "thing to mend" not in added
    two = {**LINES, "p-lines-count": "2", "p-lines-1-product": "P2", "p-lines-1-quantity": "1"}
    removed = client.post("/desk/compose/purchase_order/", {**two, "remove": "lines-0"}).content.decode()
    assert 'value="P2"' in removed
    assert 'value="P1"' not in removed.split("<datalist", 1)[0]


def test_each_problem_stands_at_its_field(client: Client) -> None:
    wrong = {"p-lines-0-quantity": "1.5", "p-lines-0-unit_cost": "", "save": "1"}
    text = client.post("/desk/compose/purchase_order/", {**LINES, **wrong}).content.decode()
    assert "2 things to mend" in text
    assert 'id="p-lines-0-quantity-error">That does not fit: give a whole number from 1 to 10,000,000.' in text
    assert 'id="p-lines-0-unit_cost-error">This is needed: give a price above 0 such as 12.50.' in text
    chinese = client.post("/desk/compose/set_price/", {"save": "1"}, headers={"accept-language": "zh"}).content.decode()
    assert "必填：请填写大于 0 的价格" in chinese


def test_money_is_never_rounded_away(client: Client) -> None:
    form = {"p-channel": "c", "p-campaign": "d", "p-daily_minor": "10.005", "save": "1"}
    assert "That does not fit" in client.post("/desk/compose/set_budget/", form).content.decode()
    client.post("/desk/compose/set_budget/", {**form, "p-daily_minor": "1,234.56", "p-days": "2"})
    row = Intervention.objects.get(kind="set_budget")
    assert (row.params["daily_minor"], row.cost_minor) == (123_456, 246_912)


def test_a_discount_is_typed_in_percent(client: Client) -> None:
    form = {"p-promotion": "New Year", "p-start_date": "2026-12-30", "p-end_date": "2027-01-03",
            "p-products-count": "1", "p-products-0-product": "P1", "p-discount_rate_permille": "12.5",
            "save": "1"}  # fmt: skip
    client.post("/desk/compose/start_promotion/", form)
    assert Intervention.objects.get(subject="New Year").params["discount_rate_permille"] == 125
    text = client.post("/desk/compose/start_promotion/", {**form, "p-end_date": "2026-12-30"}).content.decode()
    assert "It does not lie after the first day." in text
    assert "That does not fit" in client.post(
        "/desk/compose/start_promotion/", {**form, "p-discount_rate_permille": "12.55"}
    ).content.decode()  # fmt: skip


def test_an_expectation_is_whole_or_absent(client: Client) -> None:
    for bad in ({"low": "1"}, {"low": "3", "mid": "2", "high": "1"}, {"low": "x", "mid": "2", "high": "3"},
                {"low": "nan", "mid": "2", "high": "3"}):  # fmt: skip
        before = Intervention.objects.count()
        client.post("/desk/compose/set_price/", {"p-product": "P1", "p-list_price": "9", "save": "1", **bad})
        assert Intervention.objects.count() == before, bad


def test_undoing_kinds_are_not_composed(client: Client) -> None:
    assert client.get("/desk/compose/stop_promotion/").status_code == 404
    assert client.get("/desk/compose/nothing/").status_code == 404


def test_a_file_lies_below_the_home_folder_under_a_name_of_ours(client: Client, home: Path) -> None:
    given = SimpleUploadedFile("订单 2026.csv", "订单编号\n1\n".encode(), content_type="text/csv")
    client.post("/desk/imports/receive/", {"files": [given], "kind": "orders"})
    upload = Upload.objects.order_by("-pk").first()
    assert upload is not None
    assert (upload.name, upload.kind, upload.state) == ("订单 2026.csv", "orders", "uploaded")
    path = home / upload.path
    assert path.resolve().is_relative_to(home / "uploads")
    assert path.read_bytes() == "订单编号\n1\n".encode()
    assert Run.objects.filter(kind="draft", params__upload=upload.pk).exists()
    assert client.get(f"/desk/imports/{upload.pk}/").status_code == 200


def test_too_large_a_body_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.generic("POST", "/desk/imports/receive/", b"x", CONTENT_LENGTH=str(201 * 1024 * 1024))
    assert answer.status_code == 413
    assert "200 MB" in answer.content.decode()


def test_a_draft_is_confirmed_column_by_column(client: Client) -> None:
    upload = Upload.objects.get(state="drafted")
    page = client.get(f"/desk/imports/{upload.pk}/").content.decode()
    assert "订单编号" in page
    form = {"mapping": upload.draft["mapping"], "way": "form", "kind": "orders", "c-0": "order", "c-0-name": "订单编号",
            "c-1": "", "c-1-name": "买家留言", "set_aside": "1", "currency": "cny"}  # fmt: skip
    twice = client.post(f"/desk/imports/{upload.pk}/confirm/", {**form, "c-1": "order"})
    assert "same field" in twice.content.decode()
    client.post(f"/desk/imports/{upload.pk}/confirm/", form)
    upload.refresh_from_db()
    assert upload.state == "importing"
    assert "order: 订单编号" in upload.mapping
    assert "买家留言" not in upload.mapping
    assert (upload.options["set_aside"], upload.options["currency"]) == (True, "CNY")
    assert client.post(f"/desk/imports/{upload.pk}/confirm/", form).status_code == 400


def test_a_map_that_is_no_yaml_is_refused(client: Client) -> None:
    upload = Upload.objects.get(state="drafted")
    bad = client.post(f"/desk/imports/{upload.pk}/confirm/", {"way": "yaml", "mapping": "a: [1"})
    assert bad.status_code == 400
    upload.refresh_from_db()
    assert upload.state == "drafted"


def test_bad_rows_are_told_one_by_one(client: Client) -> None:
    page = client.get(f"/desk/imports/{Upload.objects.get(state='refused').pk}/").content.decode()
    for words in ("17", "is no number.", "Write 12.", "2026-13-01 is no day."):
        assert words in page


def test_a_receipts_file_comes_by_its_number_only(client: Client, home: Path) -> None:
    row = Intervention.objects.filter(store="yunduo", state="credited").first()
    assert row is not None
    entry = row.outbox.get()
    answer = client.get(f"/desk/interventions/{row.pk}/files/{entry.pk}/0/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "P10" in b"".join(answer.streaming_content).decode()
    assert client.get(f"/desk/interventions/{row.pk}/files/{entry.pk}/1/").status_code == 404
    (home / "secret.key").write_text("secret")
    receipt = entry.receipt
    for path in ("../../../secret.key", "/etc/passwd", str(home / "secret.key"), "../other/x"):
        receipt.content["files"][0]["path"] = path
        receipt.save()
        assert client.get(f"/desk/interventions/{row.pk}/files/{entry.pk}/0/").status_code == 404, path


def test_a_threshold_stays_in_its_bounds(client: Client) -> None:
    where = "/desk/settings/purchasing/review_days/"
    client.post(where, {"value": "61"})
    assert settings_of("yunduo", "purchasing") == {"review_days": 5}
    client.post(where, {"value": "9", "reason": "slower"})
    assert settings_of("yunduo", "purchasing") == {"review_days": 9}
    text = client.get("/desk/settings/").content.decode()
    assert "slower" in text
    client.post(where, {"reset": "1"})
    assert settings_of("yunduo", "purchasing") == {}
    client.post("/desk/settings/purchasing/assumed_cost_rate/", {"value": ""})
    assert settings_of("yunduo", "purchasing") == {"assumed_cost_rate": None}
    for value in ("nan", "abc", "1e999", "7.5"):
        client.post(where, {"value": value})
    assert "review_days" not in settings_of("yunduo", "purchasing")
    assert client.post("/desk/settings/purchasing/nothing/", {"value": "1"}).status_code == 404
    assert client.post("/desk/settings/nothing/review_days/", {"value": "1"}).status_code == 404
    assert audit_problems("yunduo") == []


def test_a_budget_an_approval_in_advance_and_the_switch(client: Client) -> None:
    client.post(
        "/desk/settings/budget/", {"practice": "", "start": "2027-02-01", "end": "2027-03-01", "cap": "1,000.50"}
    )
    assert Budget.objects.get(store="yunduo", practice="").cap_minor == 100_050
    bad = client.post("/desk/settings/budget/", {"start": "2027-02-01", "end": "2027-01-01", "cap": "5"})
    assert bad.status_code == 400
    given = {"practice": "purchasing", "kind": "purchase_order", "most": "20", "until": "2026-12-24"}
    client.post("/desk/settings/standing/", given)
    standing = StandingApproval.objects.get(store="yunduo", most_minor=2000)
    client.post(f"/desk/settings/standing/{standing.pk}/revoke/")
    standing.refresh_from_db()
    assert standing.revoked_at is not None
    assert client.post(f"/desk/settings/standing/{standing.pk}/revoke/").status_code == 404
    client.post("/desk/settings/stop/", {"stop": "1", "reason": "stock-taking"})
    assert Store.objects.get(slug="yunduo").is_stopped
    assert "nothing is sent" in client.get("/desk/").content.decode()
    client.post("/desk/settings/stop/", {"stop": "0"})
    assert not Store.objects.get(slug="yunduo").is_stopped
    assert audit_problems("yunduo") == []
    assert settings.HOME
