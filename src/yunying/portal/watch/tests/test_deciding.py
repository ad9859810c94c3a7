"""What people do about an incident, and who may."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from wagtail.models import Page

from yunying.accounts.people import person_make
from yunying.audit.models import AuditEntry
from yunying.portal.news.models import PortalSettings
from yunying.portal.news.opening import editor_set
from yunying.portal.news.tests.test_editors import INLINE
from yunying.portal.watch.models import Incident
from yunying.portal.watch.tests.defacements import (
    ELSEWHERE,
    PAGE,
    SPAM,
    body_changed,
    html_changed,
    media_page,
    spam_page,
    template_changed,
)
from yunying.portal.watch.tests.watched import Watched, article, incidents


def browser(site: Watched, role: str = "moderator", name: str = "qin") -> Client:
    person = person_make(name, "editor-password-1", may_act=False)
    if role:
        editor_set(person, role, "test", site.clock(), holds=True)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person)
    return client


def decided(client: Client, decision: str, reason: str = "", **chosen: Any) -> int:
    row = Incident.objects.exclude(state="closed").get(**chosen)
    return client.post(f"/cms/watch/{row.pk}/decide/", {"decision": decision, "reason": reason}).status_code


def test_what_was_published_is_put_back(site: Watched) -> None:
    page = article("pictured")
    title, body = page.title, page.body.get_prep_value()
    Page.objects.filter(pk=page.pk).update(title=SPAM)
    body_changed("pictured", lambda text: f"<p>{ELSEWHERE}</p>")
    site.turn()
    assert decided(browser(site), "restored", subject=f"page/{page.pk}", kind="row") == 302
    page = article("pictured")
    assert (page.title, page.body.get_prep_value()) == (title, body)
    site.turn()
    assert {kind for _subject, kind, state in incidents() if kind in ("row", "broken-text")} == set()
    told = AuditEntry.objects.filter(store="portal", subject=f"page/{page.pk}").values_list("action", "actor")
    assert {("watch-opened", "system"), ("watch-confirmed", "system"), ("watch-restored", "qin")} <= set(told)


def test_settings_are_put_back_too(site: Watched) -> None:
    PortalSettings.objects.update(name_zh=SPAM)
    site.turn()
    assert decided(browser(site), "restored", kind="row") == 302
    assert PortalSettings.objects.get().name_zh == "石桥镇"


def test_a_page_that_nobody_published_is_taken_down(site: Watched) -> None:
    spam_page(site)
    site.turn()
    client = browser(site)
    assert decided(client, "restored", kind="page-new") == 400, "there is nothing to put back"
    assert decided(client, "taken-down", kind="page-new") == 302
    assert not Page.objects.get(slug="copy-1").live
    site.turn()
    assert "page-new" not in {kind for _subject, kind, _state in incidents()}


def test_a_foreign_file_is_taken_out_of_the_media_folder_and_kept(site: Watched) -> None:
    media_page(site)
    site.turn()
    assert decided(browser(site), "taken-down", kind="media-new") == 302
    assert not (Path(settings.MEDIA_ROOT) / "images" / "bonus.html").exists()
    assert (Path(settings.WATCH_HOME) / "taken" / "images__bonus.html").exists()


def test_what_is_ours_needs_a_reason_and_does_not_come_again_but_another_change_does(site: Watched) -> None:
    template_changed(site)
    site.turn()
    client = browser(site)
    assert decided(client, "ours", kind="file") == 400
    assert decided(client, "ours", "an upgrade", kind="file") == 302
    site.turn()
    assert "file" not in {kind for _subject, kind, _state in incidents()}
    template_changed(site)
    site.turn()
    assert "file" in {kind for _subject, kind, _state in incidents()}


def test_a_row_that_is_ours_is_sealed_as_it_stands(site: Watched) -> None:
    Page.objects.filter(slug="article-1").update(title="A title by hand")
    site.turn()
    assert decided(browser(site), "ours", "by hand", kind="row") == 302
    site.turn()
    assert "row" not in {kind for _subject, kind, _state in incidents()}


def test_what_is_closed_and_still_so_comes_again(site: Watched) -> None:
    before = site.application
    frame = f'<iframe src="{ELSEWHERE}"></iframe></body>'
    html_changed("</body>", frame, only=lambda path, _headers: path == PAGE)(site)
    site.turn()
    client = browser(site)
    assert decided(client, "passed", "the server is being mended", kind="frame") == 302
    site.turn()
    assert "frame" in {kind for _subject, kind, _state in incidents()}
    site.application = before
    site.turn()
    row = Incident.objects.exclude(state="closed").get(kind="frame")
    assert row.state == "confirmed", "a confirmed one stays until somebody has looked at it"


@pytest.mark.parametrize(("role", "sees", "decides"), [("moderator", 200, 302), ("editor", 200, 302), ("", 302, 302)])
def test_editors_look_and_moderators_decide(site: Watched, role: str, sees: int, decides: int) -> None:
    Page.objects.filter(slug="article-1").update(title=SPAM)
    site.turn()
    row = Incident.objects.filter(kind="row").get()
    client = browser(site, role)
    assert client.get("/cms/watch/").status_code == sees
    assert client.get(f"/cms/watch/{row.pk}/").status_code == sees
    assert client.post(f"/cms/watch/{row.pk}/decide/", {"decision": "restored"}).status_code == decides
    row.refresh_from_db()
    assert (row.state == "closed") == (role == "moderator")
    assert Client().get("/cms/watch/").status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_pages_show_the_evidence_as_text(site: Watched, language: str) -> None:
    Page.objects.filter(slug="article-1").update(title="<script>alert(1)</script>")
    site.turn()
    row = Incident.objects.filter(kind="row").get()
    client = browser(site)
    for address in ("/cms/watch/", f"/cms/watch/{row.pk}/"):
        page = client.get(address, HTTP_ACCEPT_LANGUAGE=language).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page
        assert INLINE.findall(page) == []
        assert ("Changed, but not by a publication" in page) == (language == "en")


def test_a_mail_that_fails_is_sent_by_the_next_turn(site: Watched) -> None:
    Page.objects.filter(slug="article-1").update(title=SPAM)
    with override_settings(EMAIL_BACKEND="yunying.portal.watch.tests.test_deciding.Broken"):
        site.turn()
    assert mail.outbox == []
    site.turn()
    assert len(mail.outbox) == 1
    assert SPAM in mail.outbox[0].body
    assert "门户显示了没有人发布的内容" in mail.outbox[0].body
    site.turn()
    assert len(mail.outbox) == 1, "nobody is told twice"


class Broken:
    """A mail server that is away."""

    def __init__(self, **_given: Any) -> None:
        pass

    def send_messages(self, _messages: Any) -> int:
        raise OSError("away")
