"""A turn: what it looks at, how, and what it leaves behind."""

import io
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import override_settings
from wagtail.models import Page

from yunying.inbox.models import InboxRow
from yunying.kernel.errors import OperatorError
from yunying.portal.news import hits
from yunying.portal.news.models import ArticleDay, InfoPage
from yunying.portal.shop.models import BotCount
from yunying.portal.watch.models import Incident, Look
from yunying.portal.watch.published import pages_content
from yunying.portal.watch.publishing import page_seal
from yunying.portal.watch.readers import DESKTOP, READERS
from yunying.portal.watch.site import Answer, over_http
from yunying.portal.watch.tests.defacements import READINGS, SPAM, with_readings
from yunying.portal.watch.tests.watched import Between, Watched, article, forget, incidents
from yunying.portal.watch.turn import TURN, overdue, pages_due, watch_begin, watch_turn

PATH = "/news/industry/ecommerce/pictured/"


def test_a_site_as_it_was_published_raises_no_alarm(site: Watched) -> None:
    done = site.turn()
    assert done.looked == done.pages > 8
    site.turn()
    assert not Incident.objects.exists()


def test_a_look_is_counted_nowhere_and_a_reader_is(site: Watched) -> None:
    before = (InboxRow.objects.count(), BotCount.objects.count(), ArticleDay.objects.count())
    hits._held.clear()
    site.turn()
    assert (InboxRow.objects.count(), BotCount.objects.count(), ArticleDay.objects.count()) == before
    assert not hits._held
    cookies = "csrftoken=" + "a" * 32
    site.fetch(PATH, {**DESKTOP.headers, "Cookie": cookies})
    assert hits._held.total() == 1
    assert InboxRow.objects.count() > before[0]


def test_a_look_is_like_that_of_any_reader_who_came_before(site: Watched) -> None:
    seen: list[Mapping[str, str]] = []

    def fetch(path: str, headers: Mapping[str, str]) -> Answer:
        seen.append(headers)
        return site.fetch(path, headers)

    site.clock.wait(timedelta(minutes=8))
    watch_turn(site.clock(), fetch, settle=0)
    tokens = {each["Cookie"] for each in seen}
    assert {each["User-Agent"] for each in seen} == {each.headers["User-Agent"] for each in READERS}
    assert len(tokens) == len(seen), "each look has a token of its own"
    assert all(len(each) == len("csrftoken=") + 32 for each in tokens)
    assert all("watch" not in str(each).casefold() for each in seen)


def test_each_of_a_thousand_pages_is_looked_at_within_ten_minutes(site: Watched) -> None:
    tree = SimpleNamespace(paths={f"page/{number}": "/" for number in range(1_000)})
    now, last = site.clock(), {}
    Look.objects.all().delete()
    longest = timedelta(0)
    for turn in range(40):
        due = pages_due(tree, now)
        assert turn == 0 or len(due) <= 300, "no turn does the work of all"
        for each in due:
            longest = max(longest, now - last.get(each, now))
            last[each] = now
        rows = [Look(path=each, looked_at=now) for each in (*due, TURN)]
        Look.objects.bulk_create(rows, update_conflicts=True, unique_fields=["path"], update_fields=["looked_at"])
        now += timedelta(seconds=120)
    assert len(last) == 1_000
    assert longest <= timedelta(minutes=10)


def test_over_a_socket_a_page_is_what_it_is_in_this_process(site: Watched) -> None:
    """The server turns in this thread, whose transaction is not over; the one who asks sits in another."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_given: object) -> None:
            pass

    application = site.application
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        asked: list[Answer] = []
        fetch = over_http(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=lambda: asked.append(fetch(PATH, DESKTOP.sent())))
        thread.start()
        site.handle(server)
        thread.join(10)
    assert asked[0].status == 200
    assert "石桥的一天" in asked[0].text
    assert asked[0].headers["content-security-policy"].startswith("default-src 'self'")


@pytest.mark.parametrize("address", ["ftp://a.example", "http://", "http://me@a.example", "file:///etc/passwd"])
def test_only_a_web_address_is_asked(address: str) -> None:
    with pytest.raises(OperatorError):
        over_http(address)


def test_a_memory_that_was_altered_is_an_alarm_and_one_that_is_gone_too(site: Watched) -> None:
    path = Path(settings.WATCH_HOME) / "memory.json"
    path.write_text(path.read_text().replace('"files": {', '"files": {"a": "b", '), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(OperatorError):
            site.turn()
        assert incidents() == {("memory", "memory", "confirmed")}
        path.unlink(missing_ok=True)
    watch_begin(site.clock(), "test")
    site.turn()


def test_a_watch_that_was_begun_again_does_not_take_a_defacement_for_ours(site: Watched) -> None:
    Page.objects.filter(slug="article-1").update(title=SPAM)
    watch_begin(site.clock(), "test")
    site.turn()
    assert "row" in {kind for _subject, kind, _state in incidents()}


def test_who_does_not_look_is_told_of(site: Watched) -> None:
    site.turn()
    assert overdue(site.clock()) is None
    site.clock.wait(timedelta(minutes=11))
    assert overdue(site.clock()) is not None


def test_broken_text_is_refused_at_the_door_and_passes_where_an_editor_says_so(site: Watched) -> None:
    page = article("pictured")
    page.body = [("text", f"<p>{with_readings('镇上的人说，这条河没有过去那么清了。')}</p>")]
    assert all(read[1:] in str(page.body) for _plain, read in READINGS)
    with pytest.raises(ValidationError, match="inserted-reading"):
        page.full_clean()
    page.title = "门户".encode().decode("gb18030", "replace") * 3
    with pytest.raises(ValidationError, match="mojibake"):
        page.full_clean()
    page.title, page.takes_odd_text = "注音", True
    page.full_clean()
    page.save_revision().publish()
    site.turn()
    assert not Incident.objects.exists()


def test_an_editors_leave_for_odd_text_holds_at_pages_about_the_site_too(site: Watched) -> None:
    page = InfoPage.objects.live().first()
    before = dict(next(pages_content(InfoPage, pk=page.pk))[1])
    assert "takes_odd_text" not in before, "a seal from before the leave could be given is of this shape"
    page.body = [("text", f"<p>{with_readings('镇上的人说，这条河没有过去那么清了。')}</p>")]
    page.takes_odd_text = True
    page.full_clean()
    page.save_revision().publish()
    site.turn()
    assert not Incident.objects.exists()
    InfoPage.objects.filter(pk=page.pk).update(takes_odd_text=False)
    site.turn()
    assert Incident.objects.exists(), "the leave itself is sealed"


def test_broken_text_that_a_program_published_past_the_door_is_told_of(site: Watched) -> None:
    page = article("pictured")
    page.body = [("text", f"<p>{with_readings('镇上的人说，这条河没有过去那么清了。')}</p>")]
    # A program may save without what the form asks.
    page.save(clean=False)
    page_seal(page.pk)
    site.turn()
    assert ("broken-text", "confirmed") in {(kind, state) for _subject, kind, state in incidents()}


def test_a_site_that_restarts_is_no_alarm_and_one_that_stays_away_is(site: Watched) -> None:
    def nobody(path: str, headers: Mapping[str, str]) -> Answer:
        raise OSError("Connection refused")

    for minutes, expected in ((2, set()), (2, set()), (6, {("site", "status", "confirmed")})):
        site.clock.wait(timedelta(minutes=minutes))
        watch_turn(site.clock(), nobody, settle=0)
        assert incidents() == expected
    assert site.turn().looked > 8


def test_the_command_does_a_turn_by_itself(site: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yunying.portal.watch.turn.SETTLE_SECONDS", 0)
    with override_settings(WATCH_ADDRESS="", SHOP_ADDRESS=""):
        call_command("watch_turn", stdout=(out := io.StringIO()))
    assert "0 new alarms" in out.getvalue()


def test_a_page_that_is_kept_for_a_minute_is_no_alarm_while_an_article_appears_by_its_date(site: Watched) -> None:
    page = article("article-1")
    page.published_at = site.clock() + timedelta(minutes=9)
    page.save_revision().publish()
    kept: dict[tuple[str, str], Answer] = {}

    def keep(path: str, headers: Mapping[str, str], answer: Answer) -> Answer:
        if "news_notice" in headers["Cookie"] or "?" in path:
            return answer
        return kept.setdefault((path, headers["Accept-Language"]), answer)

    application = site.application
    site.application = Between(application, keep)
    site.turn()
    assert incidents() == set()
    forget()
    site.turn()
    found = set(Incident.objects.exclude(kind="map").values_list("kind", "state"))
    assert found, "the test must see the old pages"
    assert {state for _kind, state in found} == {"opened"}
    site.application = application
    site.turn()
    assert not Incident.objects.filter(state="opened").exists()
