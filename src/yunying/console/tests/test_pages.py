"""Every page answers in both languages, says what waits, and shows nothing of another store."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from yunying.console.urls import urlpatterns
from yunying.interventions.models import Intervention, Run, Upload

SIMPLE = (
    "today",
    "proposals",
    "interventions",
    "compose",
    "measured",
    "imports",
    "runs",
    "settings",
    "keys",
    "activity",
    "company",
    "budgets",
    "people",
    "roles",
    "structure",
)
CHINESE = re.compile(r"[\u3400-\u9fff]")

FOR_ANYBODY = ("login", "logout", "language", "theme", "join", "reset")
"""Pages by the first word of their name that need no sign-in."""


def one(model: type, **filters: object) -> int:
    return model.objects.filter(store="yunduo", **filters).order_by("pk").first().pk


def addresses() -> list[str]:
    row, done = one(Intervention, state="proposed"), one(Intervention, state="credited")
    return [
        *(reverse(f"desk:{name}") for name in SIMPLE), reverse("desk:proposal", args=[row]),
        reverse("desk:proposal-edit", args=[row]), reverse("desk:intervention", args=[done]),
        reverse("desk:run", args=[one(Run)]), reverse("desk:upload", args=[one(Upload, state="drafted")]),
        reverse("desk:upload", args=[one(Upload, state="refused")]),
        *(reverse("desk:compose-kind", args=[kind]) for kind in ("purchase_order", "set_price", "start_promotion",
          "set_budget", "feature", "set_slot", "issue_coupon", "receive_goods", "message", "publish")),
    ]  # fmt: skip


def test_every_page_answers_in_both_languages_under_a_strict_policy(client: Client) -> None:
    for address in addresses():
        for language in ("en", "zh-CN"):
            response = client.get(address, headers={"accept-language": language})
            assert response.status_code == 200, address
            assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "same-origin"
            text = response.content.decode()
            assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|https?://(?!www\.w3\.org)", text), address
            assert not re.search(r"<script(?![^>]*(\ssrc=|application/json))", text), address
            assert "no-store" in response.headers["Cache-Control"]


def test_the_frame_is_chinese_for_a_chinese_browser(client: Client) -> None:
    text = client.get("/desk/", headers={"accept-language": "zh-CN,zh;q=0.9"}).content.decode()
    assert '<html lang="zh-CN"' in text
    for word in ("今日", "建议", "待审批", "制定今日计划", "过一天", "优先处理", "每晚一天损失"):
        assert word in text
    names = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>|&\w+;", " ", text, flags=re.DOTALL)
    english = [word for word in re.findall(r"[A-Za-z]{3,}", names) if word != "Enter"]
    # What is left in English came from the facts: products' names, reasons that a metric or the loop gave.
    assert not {"Today", "Proposals", "Approve", "Reject", "Profit", "Budget", "Search", "Settings"} & set(english)


def test_the_chosen_language_is_kept(client: Client) -> None:
    client.post("/desk/language/", {"language": "zh-hans", "next": "/desk/"})
    assert "今日" in client.get("/desk/", headers={"accept-language": "en"}).content.decode()


def test_counts_open_the_lists_that_they_count(client: Client) -> None:
    text = client.get("/desk/").content.decode()
    counters = re.findall(r'<a class="counter [\w ]*" href="([^"]+)"><b>([\d,]+)</b>', text)
    assert len(counters) == 7
    for address, count in counters[:4]:
        page = client.get(address.replace("&amp;", "&"))
        shown = re.search(r"of ([\d,]+)<", page.content.decode())
        assert (shown[1] if shown else "0") == count, address


def test_a_foreign_id_is_not_found(client: Client, other_store: str) -> None:
    row, run, upload = one(Intervention, state="proposed"), one(Run), one(Upload)
    client.post("/desk/store/", {"store": other_store})
    for address in (
        reverse("desk:proposal", args=[row]), reverse("desk:proposal-edit", args=[row]),
        reverse("desk:intervention", args=[row]), reverse("desk:run", args=[run]),
        reverse("desk:upload", args=[upload]),
        reverse("desk:intervention-file", args=[row, 1, 0]),
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    for address in (
        reverse("desk:intervention-act", args=[row, "cancel"]), reverse("desk:upload-confirm", args=[upload]),
        reverse("desk:upload-drop", args=[upload]),
    ):  # fmt: skip
        assert client.post(address).status_code == 404, address
    for name in ("proposals", "interventions", "runs", "imports", "measured", "today"):
        assert "亚麻衬衫" not in client.get(reverse(f"desk:{name}")).content.decode()
    client.post("/desk/proposals/act/", {"action": "approve", "ids": row})
    assert Intervention.objects.get(pk=row).state == "proposed"


def test_nobody_looks_without_signing_in(buyer: object) -> None:
    anonymous = Client()
    for pattern in urlpatterns:
        if pattern.name.split("-")[0] in FOR_ANYBODY:
            continue
        kinds = pattern.pattern.converters
        arguments = {name: "csv" if name == "form" else "x" if type(kind).__name__ == "StringConverter" else 1
                     for name, kind in kinds.items()}  # fmt: skip
        response = anonymous.get(reverse(f"desk:{pattern.name}", kwargs=arguments))
        assert response.status_code in (302, 405), pattern.name
        assert response.status_code == 405 or response.headers["Location"].startswith("/desk/login/"), pattern.name


def test_whoever_only_looks_sees_and_cannot_act(guest: Client) -> None:
    row = one(Intervention, state="proposed")
    text = guest.get("/desk/").content.decode() + guest.get(f"/desk/proposals/{row}/").content.decode()
    assert "looks only" in text
    for button in ('value="approve"', 'value="propose"', 'name="ids"', "data-act="):
        assert button not in text
    # What one does with one's own roles is no acting on the store.
    roles = ("people-acting", "people-delegate", "people-recall")
    own = (*FOR_ANYBODY, "account", "store", "keys")
    # Whoever sees something may write about it and do what he was given; here is nothing of either.
    words = {"inbox-comment": 400, "inbox-act": 404}
    posts = [p for p in urlpatterns if p.name.split("-")[0] not in own and p.name not in roles]
    for pattern in posts:
        kinds = pattern.pattern.converters
        arguments = {name: "x" if type(kind).__name__ == "StringConverter" else row for name, kind in kinds.items()}
        response = guest.post(reverse(f"desk:{pattern.name}", kwargs=arguments))
        assert response.status_code in (403, 405, words.get(pattern.name)), pattern.name
    assert not Intervention.objects.filter(pk=row).exclude(state="proposed").exists()


def test_a_post_without_its_token_is_refused_in_both_languages(buyer: object) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.login(username="chen", password="desk-password-1")
    response = strict.post("/desk/proposals/act/", {"action": "approve", "ids": 1})
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_a_wrong_password_is_answered_clearly(buyer: object) -> None:
    response = Client().post("/desk/login/", {"username": "chen", "password": "x"})
    assert 'role="alert"' in response.content.decode()


def test_what_is_missing_and_what_is_broken_have_pages(client: Client) -> None:
    assert "There is nothing here." in client.get("/desk/proposals/999999/").content.decode()
    assert client.get("/nowhere/").status_code == 404
    from yunying.console.views.errors import broken

    assert "系统出错了" in broken(None).content.decode()


def test_the_root_leads_to_the_desk_and_a_new_home_to_the_first_store(ledger_database: None, home: Path) -> None:
    from yunying.accounts.people import person_make

    person_make("first", "desk-password-1")
    first = Client(headers={"accept-language": "en"})
    assert first.get("/").headers["Location"] == "/desk/"
    first.login(username="first", password="desk-password-1")
    if not Intervention.objects.exists():
        assert first.get("/desk/").headers["Location"] == "/desk/welcome/"
    fields = {"slug": "mine", "title": "Mine", "currency": "eur", "time_zone": "Europe/Berlin"}
    assert "nothing" not in first.post("/desk/welcome/", {**fields, "time_zone": "Mars/Base"}).headers
    assert first.post("/desk/welcome/", fields).headers["Location"] == "/desk/imports/"
    assert "No plan has been made yet" in first.get("/desk/").content.decode()


def test_a_practice_may_bring_its_own_template(client: Client, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home / "practices" / "purchasing"
    folder.mkdir(parents=True)
    (folder / "evidence.html").write_text("<p>drawn by the practice: {{ row.subject }}</p>", encoding="utf-8")
    from django.template import engines

    engine = engines["django"].engine
    monkeypatch.setattr(engine.template_loaders[0].loaders[0], "dirs", [home])
    engine.template_loaders[0].reset()
    text = client.get(f"/desk/proposals/{one(Intervention, state='proposed')}/").content.decode()
    engine.template_loaders[0].reset()
    assert "drawn by the practice: P" in text


def test_static_files_carry_their_content_in_their_address(client: Client) -> None:
    text = client.get("/desk/").content.decode()
    for name in ("console/desk.css", "console/desk.js", "django_htmx/htmx-2.min.js", "plotly/plotly.min.js"):
        assert re.search(rf"/static/{re.escape(name)}\?v=[0-9a-f]{{12}}", text), name
    assert settings.DEBUG is False
