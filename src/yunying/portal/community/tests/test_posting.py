"""Posting by plain forms: what is shown to whom, once for a form, as a fact, and labelled."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.accounts.sessions import sessions_end
from yunying.inbox.models import InboxRow
from yunying.portal.community.models import Post
from yunying.portal.community.tests.conftest import Town, key, later
from yunying.portal.moderation.deciding import submissions_decide
from yunying.portal.shop.members import member_join

PLACE = "/talk/town/"


def sent(client: Client, text: str, form: str = "", **fields: str) -> HttpResponse:
    told = {"kind": "comment", "place": "article/12", "text": text, "key": form or key(), **fields}
    return client.post(f"{PLACE}write/", told)


def shown(client: Client, place: str = "article/12") -> str:
    return client.get(f"{PLACE}comments/", {"place": place}).content.decode()


def decide(town: Town, *, is_shown: bool = True) -> None:
    numbers = list(Post.objects.values_list("submission", flat=True))
    reason = "fine" if is_shown else "spam"
    submissions_decide("town", numbers, is_shown=is_shown, reason=reason, actor="boss", now=timezone.now())


def test_a_new_member_s_comment_is_seen_by_himself_until_it_is_shown(town: Town) -> None:
    writer, reader = town.browser(town.writer), town.browser()
    answer = sent(writer, "The first comment")
    assert answer.status_code == 302
    assert answer["Location"] == f"/talk/town/comments/?place=article/12#post-{Post.objects.get().pk}"
    assert "The first comment" in shown(writer)
    assert "Waiting to be read" in shown(writer)
    assert "The first comment" not in shown(reader)
    decide(town)
    assert "The first comment" in shown(reader)
    assert "Waiting to be read" not in shown(writer)
    decide(town, is_shown=False)
    assert "The first comment" not in shown(writer)
    assert "The first comment" not in shown(reader)


def test_a_form_counts_once_however_often_it_is_sent(town: Town) -> None:
    client, form = town.browser(town.writer), key()
    places = [sent(client, "Once", form)["Location"] for _ in range(3)]
    assert len(set(places)) == 1
    assert Post.objects.count() == 1
    assert InboxRow.objects.filter(store="town", table="event", content__type="comment").count() == 1
    again = sent(client, "Another text", form)
    assert again.status_code == 400
    assert "This was sent before" in again.content.decode()
    assert Post.objects.count() == 1


@pytest.mark.parametrize("form", ["", "forged", "forged:forged:forged"])
def test_a_form_that_is_not_ours_is_refused_and_keeps_the_text(town: Town, form: str) -> None:
    answer = town.browser(town.writer).post(
        f"{PLACE}write/", {"kind": "comment", "place": "article/12", "text": "My long text", "key": form}
    )
    assert answer.status_code == 400
    assert "My long text</textarea>" in answer.content.decode()
    assert not Post.objects.exists()


def test_an_old_form_is_refused(town: Town) -> None:
    client, form = town.browser(town.writer), key()
    with later(24 * 3600 + 60):
        answer = sent(client, "Too late", form)
    assert (answer.status_code, "This form is too old." in answer.content.decode()) == (400, True)
    assert not Post.objects.exists()


def test_a_post_is_an_event_under_what_its_writer_agreed_to(town: Town) -> None:
    sent(town.browser(town.writer), "Without consent")
    [row] = InboxRow.objects.filter(store="town", table="event", content__type="comment")
    assert (row.content["visitor"], row.content["member"]) == ("", None)
    assert row.content["page"] == f"article/12#comment-{Post.objects.get().pk}"
    client = town.browser(town.writer)
    client.post("/shop/consent/", {"consent": "yes", "next": PLACE})
    with later(60):
        sent(client, "With consent")
    row = InboxRow.objects.filter(store="town", table="event", content__type="comment").latest("pk")
    assert len(row.content["visitor"]) == len(row.content["member"]) == 24
    with later(120):
        sent(town.browser(town.writer, HTTP_DNT="1"), "Wants nothing recorded")
    assert Post.objects.count() == 3
    assert InboxRow.objects.filter(store="town", table="event", content__type="comment").count() == 2


def test_guests_write_in_the_guestbook_only(town: Town) -> None:
    guest = town.browser()
    refused = sent(guest, "I am a guest")
    assert refused.status_code == 400
    assert "Only members write here." in refused.content.decode()
    assert sent(guest, "Greetings", kind="guestbook", place="guestbook", name="Wanderer").status_code == 302
    assert "Greetings" not in guest.get(f"{PLACE}guestbook/").content.decode()
    decide(town)
    page = guest.get(f"{PLACE}guestbook/").content.decode()
    assert "Greetings" in page
    assert "Wanderer" in page
    assert InboxRow.objects.filter(table="event", content__type="message").count() == 1


def test_staff_are_labelled_and_nobody_else_is(town: Town) -> None:
    town.trusted(town.writer)
    sent(town.browser(town.boss), "From the house")
    sent(town.browser(town.writer), "I am staff, believe me")
    page = shown(town.browser())
    assert page.count('class="label staff"') == 1
    assert re.search(r'<b>boss</b> <span class="label staff">', page)


def test_threads_have_replies_and_a_count(town: Town) -> None:
    town.trusted(town.writer)
    client = town.browser(town.writer)
    assert sent(client, "no title", kind="thread", place="forum").status_code == 400
    answer = sent(client, "Where to eat?", kind="thread", place="forum", title="Noodles")
    thread = Post.objects.get()
    assert answer["Location"].startswith(f"{PLACE}forum/{thread.pk}/")
    with later(60):
        assert sent(client, "At the bridge", kind="reply", place=f"thread/{thread.pk}").status_code == 302
    forum, page = (client.get(f"{PLACE}forum/{each}").content.decode() for each in ("", f"{thread.pk}/"))
    assert "1 reply" in forum
    assert "Noodles" in page
    assert "At the bridge" in page
    for place in ("thread/999", "thread/x", f"thread/{Post.objects.latest('pk').pk}", "article/12"):
        assert sent(client, "nowhere", kind="reply", place=place).status_code in (400, 404)
    assert sent(client, "nowhere", kind="comment", place=f"thread/{thread.pk}").status_code == 400
    assert Post.objects.count() == 2


@pytest.mark.parametrize("place", ["article/12", "product/longjing"])
def test_the_include_shows_the_newest_ten_and_the_way_to_all(town: Town, place: str) -> None:
    town.trusted(town.writer)
    client = town.browser(town.writer)
    for number in range(12):
        with later(60 * number):
            assert sent(client, f"comment {number:02}", place=place).status_code == 302
    request = RequestFactory().get("/news/a-b-c/")
    request.user = town.writer
    html = Template('{% include "community/comments.html" with place=place %}').render(
        Context({"request": request, "place": place})
    )
    assert "Show all 12 comments" in html
    assert f"/talk/town/comments/?place={place}" in html
    assert html.count('action="/talk/town/report/') == 10
    listed = re.findall(r"comment (\d\d)", html)
    assert listed == [f"{number:02}" for number in range(2, 12)]
    form = re.search(r'name="key" value="([^"]+)"', html)[1]
    with later(60 * 13):
        answer = sent(client, "through the include", form, place=place, next="/news/a-b-c/")
    assert answer["Location"] == f"/news/a-b-c/#post-{Post.objects.latest('pk').pk}"
    assert len(re.findall(r"comment \d\d", shown(client, place))) == 12
    with later(60 * 14):
        away = sent(client, "elsewhere", place=place, next="https://evil.example.com/")
    assert away["Location"].startswith("/talk/town/comments/")


def test_the_include_of_who_is_not_signed_in_holds_nothing_of_one_visitor(town: Town) -> None:
    """Such a page is kept for all who are alike: no key, no post that waits, no address with a share's code."""
    sent(town.browser(town.writer), "This one waits")
    request = RequestFactory().get("/news/a-b-c/?s=somebody")
    request.user = AnonymousUser()
    tag = '{% include "community/comments.html" with place="article/12" %}'
    pages = [Template(tag).render(Context({"request": request})) for _ in range(2)]
    assert pages[0] == pages[1]
    assert "Sign in to write" in pages[0]
    assert "somebody" not in pages[0]
    assert "This one waits" not in pages[0]


def test_a_hidden_post_is_explained_and_appealed(town: Town) -> None:
    client = town.browser(town.writer)
    sent(client, "Buy my tea")
    decide(town, is_shown=False)
    page = client.get(f"{PLACE}mine/").content.decode()
    assert "Spam" in page
    number = Post.objects.get().submission_id
    assert client.post(f"{PLACE}appeal/{number}/", {"text": "It is not"}).status_code == 302
    assert "You asked to look again." in client.get(f"{PLACE}mine/").content.decode()
    queue = town.browser(town.boss).get("/staff/town/talk/?state=appeals").content.decode()
    assert "It is not" in queue
    decide(town, is_shown=False)
    assert "it stays hidden" in client.get(f"{PLACE}mine/").content.decode()
    assert town.browser().post(f"{PLACE}appeal/{number}/", {"text": "x"})["Location"].endswith("/sign-in/")
    assert town.browser(town.boss).post(f"{PLACE}appeal/{number}/", {"text": "x"}).status_code == 404


def test_the_queue_shows_and_hides_in_bulk_and_by_its_own_button(town: Town) -> None:
    people = [town.writer, *(_member(number) for number in range(3))]
    for number, person in enumerate(people):
        # Each from an address of his own, so that the limit of new members of one address is not in the way.
        sent(town.browser(person, REMOTE_ADDR=f"192.0.2.{number}"), f"hello from {person.username}")
    boss = town.browser(town.boss)
    page = boss.get("/staff/town/talk/").content.decode()
    numbers = re.findall(r'name="submission" value="(\d+)"', page)
    assert len(numbers) == 4
    assert "New member" in page
    body = {"decision": "show", "submission": numbers[:2], "state": "waiting"}
    assert boss.post("/staff/town/talk/decide/", body)["Location"] == "/staff/town/talk/?state=waiting&done=1"
    one = {"decision": f"hide:{numbers[2]}", "submission": [numbers[3]], "reason": "spam"}
    assert boss.post("/staff/town/talk/decide/", one).status_code == 302
    states = dict(Post.objects.values_list("submission", "submission__state"))
    assert [states[int(number)] for number in numbers] == ["shown", "shown", "hidden", "waiting"]
    refused = boss.post("/staff/town/talk/decide/", {"decision": "hide", "submission": numbers[3]})
    assert refused.status_code == 400


def _member(number: int) -> Person:
    return member_join(f"other{number}", "a long enough password", timezone.now())


def test_without_a_session_that_holds_nobody_writes(town: Town) -> None:
    client = town.browser(town.writer)
    assert sent(client, "signed in").status_code == 302
    sessions_end(town.writer, timezone.now(), actor=town.writer)
    assert sent(client, "signed out elsewhere").status_code == 400
    assert Post.objects.count() == 1


def test_the_pages_speak_chinese(town: Town) -> None:
    town.trusted(town.writer)
    client = town.browser(town.writer, HTTP_ACCEPT_LANGUAGE="zh-CN")
    sent(client, "你好", kind="thread", place="forum", title="吃面")
    for number in range(3):
        with later(60 * number + 60):
            sent(client, f"好吃{number}", kind="reply", place=f"thread/{Post.objects.order_by('pk').first().pk}")
    assert "3 条回复" in client.get(f"{PLACE}forum/").content.decode()
    refused = sent(client, "太快", kind="reply", place=f"thread/{Post.objects.order_by('pk').first().pk}")
    assert "您发得太快了。" in refused.content.decode()
    queue = town.browser(town.boss, HTTP_ACCEPT_LANGUAGE="zh-CN").get("/staff/town/talk/?state=shown").content.decode()
    assert "会员发言" in queue
    assert not re.search(r">(Show|Hide|Waiting|Hidden|Spam|Comment|Reply)<", queue)


@pytest.mark.parametrize(
    ("who", "path"),
    [("", "comments/?place=article/12"), ("writer", "comments/?place=article/12"), ("writer", "mine/"), ("", "forum/"),
     ("boss", "/staff/town/talk/?state=shown")],
)  # fmt: skip
def test_a_page_takes_as_many_queries_with_many_posts_as_with_few(town: Town, who: str, path: str) -> None:
    town.trusted(town.writer)
    writer, counts = town.browser(town.writer), []
    client = town.browser(getattr(town, who) if who else None)
    address = path if path.startswith("/") else f"{PLACE}{path}"
    for begin, end in ((0, 2), (2, 8)):
        for number in range(begin, end):
            with later(3600 * number):
                sent(writer, f"text {number}")
                sent(town.browser(town.boss), f"thread {number}", kind="thread", place="forum", title=f"T {number}")
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 30, counts


def test_a_post_is_a_fact_as_it_stands_without_its_words_or_its_writer(town: Town) -> None:
    def rows() -> list[dict]:
        return [row.content for row in InboxRow.objects.filter(table="content_item").order_by("pk")]

    sent(town.browser(town.writer), "Words of a member")
    number = Post.objects.get().submission_id
    [row] = rows()
    assert (row["item"], row["kind"], row["author_kind"]) == (f"comment/{number}", "comment", "member")
    assert row["characters"] == len("Words of a member")
    assert "Words" not in str(row)
    submissions_decide("town", [number], is_shown=False, reason="spam", actor="boss", now=timezone.now())
    assert [each["state"] for each in rows()][-1] == "hidden"
    submissions_decide("town", [number], is_shown=True, reason="fine", actor="boss", now=timezone.now())
    last = rows()[-1]
    assert (last["state"], last["author_kind"]) == ("shown", None)
    assert last["published_at"] is not None
