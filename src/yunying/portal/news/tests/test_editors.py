"""The editors' desk: who comes in, what he may do there, and that no script stands in its pages."""

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Site, WorkflowState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from yunying.accounts.people import Person, person_make
from yunying.accounts.sessions import sessions_end
from yunying.audit.models import AuditEntry
from yunying.portal.news.models import ArticlePage, HomePage, InfoPage, PortalSettings, Report
from yunying.portal.news.opening import editor_set
from yunying.portal.news.tests.conftest import NOW
from yunying.portal.news.tests.written import column_found

NEW = "/cms/pages/add/news/articlepage/{}/"
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)(?![^>]*text/)[^>]*>(.+?)</script>", re.DOTALL)


def editor(role: str, name: str = "wen") -> Client:
    person = person_make(name, "editor-password-1", may_act=False)
    editor_set(person, role, "test", NOW, holds=True)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    return client


def article(title: str = "A new article", **other: Any) -> dict:
    fields = {
        "title": title, "slug": "new", "language": "en", "published_at": "2026-05-04 09:30", "summary": "In short",
        "body": streamfield([("text", rich_text(f"<p>{title} at length</p>", features=["bold"]))]), "source": "Post",
        "source_address": "https://source.example/1", "author": "Wen", "licence": "reserved", "keywords": "new",
        "lead_picture": "", "seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "",
        "comments": inline_formset([]), **other,
    }  # fmt: skip
    return nested_form_data(fields)


def test_who_is_not_an_editor_does_not_come_in(portal: HomePage) -> None:
    for address in ("/cms/", "/cms/login/", "/cms/pages/", "/cms/images/", "/cms/api/main/pages/"):
        assert Client().get(address).url.startswith("/desk/login/"), address
    member = Client()
    member.force_login(Person.objects.create_user("buyer"))
    assert member.get("/cms/pages/").status_code in (302, 403)
    assert member.get(f"/cms/pages/{portal.pk}/edit/").status_code in (302, 403)


def test_a_session_that_was_ended_is_signed_out_here_too(portal: HomePage) -> None:
    client = editor("moderator")
    assert client.get("/cms/").status_code == 200
    sessions_end(Person.objects.get(username="wen"), NOW, actor=None)
    assert client.get("/cms/").url.startswith("/desk/login/")


def test_accounts_and_documents_are_not_changed_here(portal: HomePage) -> None:
    boss = Client()
    boss.force_login(Person.objects.create_superuser("boss"))
    for address in ("/cms/users/", "/cms/documents/", "/cms/password_reset/"):
        assert boss.get(address).status_code == 404, address
    assert "/cms/documents/" not in boss.get("/cms/").content.decode(), "and nothing leads there"


def test_the_editors_desk_names_pages_in_the_editors_language(portal: HomePage) -> None:
    page = column_found("ecommerce")
    for language, word in (("zh-hans", "栏目"), ("en", "Column")):
        chief = editor("moderator", f"qin-{language}")
        chief.cookies["django_language"] = language
        shown = chief.get(f"/cms/pages/{page.pk}/edit/").content.decode()
        assert re.search(rf"<title>[^<]*{word}", shown)


def test_an_editor_hands_in_and_a_moderator_publishes(reader: Client, portal: HomePage) -> None:
    column = column_found("ecommerce")
    writer, chief = editor("editor"), editor("moderator", "qin")
    made = writer.post(NEW.format(column.pk), {**article(), "action-submit": "1"})
    assert made.status_code == 302, made.content.decode()[:2000]
    page = ArticlePage.objects.get(slug="new")
    assert not page.live
    assert reader.get("/news/industry/ecommerce/new/").status_code == 404
    writer.post(f"/cms/pages/{page.pk}/edit/", {**article(), "action-publish": "1"})
    page.refresh_from_db()
    assert not page.live, "an editor does not publish"
    state = WorkflowState.objects.get(object_id=str(page.pk))
    task = state.current_task_state
    done = chief.post(f"/cms/pages/workflow/action/{page.pk}/approve/{task.pk}/", {"comment": "good"})
    assert done.status_code in (200, 302)
    assert "A new article at length" in reader.get("/news/industry/ecommerce/new/").content.decode()
    told = AuditEntry.objects.filter(store="portal", subject=f"articlepage/{page.pk}")
    assert {("news-wagtail.create", "wen"), ("news-wagtail.publish", "qin")} <= set(told.values_list("action", "actor"))


def test_a_preview_may_be_framed_by_the_editor_and_by_nobody_else(portal: HomePage) -> None:
    client, column = editor("moderator"), column_found("ecommerce")
    known = ArticlePage.objects.get(slug="article-1")
    for address in (f"{NEW.format(column.pk)}preview/", f"/cms/pages/{known.pk}/edit/preview/"):
        assert client.post(address, article("Only a preview")).json()["is_valid"], address
        answer = client.get(address)
        page = answer.content.decode()
        assert "Only a preview at length" in page, address
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert not ArticlePage.objects.filter(title="Only a preview").exists()


@pytest.mark.parametrize(
    "address",
    ["/cms/", NEW, "/cms/pages/{}/", "/cms/pages/{}/edit/", "/cms/pages/{}/move/", "/cms/pages/{}/history/",
     "/cms/images/", "/cms/images/add/", "/cms/reports-of-readers/", "/cms/account/"],
)  # fmt: skip
def test_no_script_stands_in_the_editors_pages(portal: HomePage, address: str) -> None:
    client = editor("moderator")
    page = client.get(address.format(column_found("ecommerce").pk))
    assert page.status_code == 200
    assert INLINE.findall(page.content.decode()) == []
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"].replace(
        "style-src 'self' 'unsafe-inline'", ""
    )


def test_a_moderator_answers_reports_and_the_answer_is_told(portal: HomePage) -> None:
    known = ArticlePage.objects.get(slug="article-1")
    report = Report.objects.create(article=known, reason="untrue", words="No.", reported_at=NOW)
    answer = editor("moderator").post(f"/cms/reports-of-readers/edit/{report.pk}/", {"answer": "Mended."})
    assert answer.status_code == 302
    report.refresh_from_db()
    assert (report.answer, report.is_open) == ("Mended.", False)
    assert AuditEntry.objects.filter(store="portal", subject=f"report/{report.pk}", actor="wen").exists()
    assert editor("editor", "lin").get("/cms/reports-of-readers/").status_code in (302, 403)


def test_odd_text_is_refused_until_the_editor_says_so(portal: HomePage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yunying.portal.news.text_checks.text_refused", lambda text: "odd" if "(xiàn)" in text else "")
    client, column = editor("moderator"), column_found("ecommerce")
    refused = client.post(NEW.format(column.pk), {**article("公司現(xiàn)在"), "action-publish": "1"})
    assert refused.status_code == 200
    assert not ArticlePage.objects.filter(slug="new").exists()
    sent = {**article("公司現(xiàn)在"), "takes_odd_text": "on", "action-publish": "1"}
    assert client.post(NEW.format(column.pk), sent).status_code == 302
    assert ArticlePage.objects.get(slug="new").live


ODD = "公司現(xiàn)在關(guān)注"


def test_columns_pages_about_the_site_and_the_home_pass_the_same_door(portal: HomePage) -> None:
    column, info = column_found("ecommerce"), InfoPage.objects.first()
    notice = [("notice", {"words": ODD, "words_zh": ""})]
    given = [(column, "summary_zh", ODD), (column, "seo_title", ODD), (column, "layout", notice),
             (info, "body_zh", [("text", f"<p>{ODD}</p>")]), (portal, "title_zh", ODD)]  # fmt: skip
    for page, field, words in given:
        page.refresh_from_db()
        setattr(page, field, words)
        with pytest.raises(ValidationError) as refused:
            page.full_clean()
        assert set(refused.value.error_dict) == {field}, "the editor reads at the field what is odd in it"
        page.takes_odd_text = True
        page.full_clean()


def test_the_sentences_of_the_whole_site_pass_the_door_too(portal: HomePage) -> None:
    row = PortalSettings(site=Site.objects.get(), name="Here", disclaimer_zh=ODD)
    with pytest.raises(ValidationError, match="inserted-reading"):
        row.full_clean()
    row.takes_odd_text = True
    row.clean()
