"""Nothing that members write becomes a program, whichever field it is in and whoever looks at it."""

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from unittest import mock

import pytest
from django.utils import timezone
from django.utils.safestring import mark_safe

from yunying.accounts.people import Person
from yunying.kernel.errors import OperatorError
from yunying.portal.community.models import Post
from yunying.portal.community.posts import Sent, post_make
from yunying.portal.community.templatetags import talking
from yunying.portal.community.tests.conftest import Town
from yunying.portal.community.tests.payloads import payloads
from yunying.portal.moderation.models import Submission
from yunying.portal.moderation.words import word_list_set

ADDRESSED = {"href", "src", "action", "formaction", "data", "content", "srcset", "poster"}
OUR_TAGS = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "form", "label", "input", "button", "nav",
    "main", "h1", "h2", "h3", "p", "b", "span", "div", "time", "ol", "ul", "li", "details", "summary", "select",
    "option", "textarea", "section", "footer", "small", "table", "thead", "tbody", "tr", "th", "td", "br",
}  # fmt: skip


class Seen(HTMLParser):
    """Collects what a page has that none of ours should have."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in OUR_TAGS or (tag == "script" and not (given.get("src") or "").startswith("/static/")):
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            address = (value or "").strip().casefold()
            is_ours = address == "" or address.startswith(("/", "?", "#", "http://", "https://"))
            if name.startswith("on") or name == "style" or (name in ADDRESSED - {"content"} and not is_ours):
                self.wrong.append(f"{tag} {name}={value}")
            if name == "http-equiv" or (name in ADDRESSED and address.startswith("//")):
                self.wrong.append(f"{tag} {name}={value}")
        if tag == "a" and (given.get("href") or "").startswith("http"):
            self.links += 1
            if given.get("rel") != "nofollow ugc noopener":
                self.wrong.append(f"a without rel: {given}")


def looked_at(page: str) -> Seen:
    seen = Seen()
    seen.feed(page)
    seen.close()
    return seen


def pages(town: Town) -> Iterator[str]:
    """Every page on which any of it stands, for a visitor, its author and the staff."""
    boss, writer, reader = town.browser(town.boss), town.browser(town.writer), town.browser()
    last = range(1, len(payloads()) // 50 + 2)
    for number in last:
        page = {"page": number}
        yield reader.get("/talk/town/comments/", {"place": "article/12", **page}).content.decode()
        yield reader.get("/talk/town/guestbook/", page).content.decode()
        yield reader.get("/talk/town/forum/", page).content.decode()
        yield writer.get("/talk/town/mine/", page).content.decode()
        for state in ("waiting", "shown", "hidden", "appeals"):
            yield boss.get("/staff/town/talk/", {"state": state, **page}).content.decode()
    for post in Post.objects.filter(kind="thread", submission__state="shown").order_by("pk")[:40]:
        yield reader.get(f"/talk/town/forum/{post.pk}/").content.decode()
    yield boss.get("/staff/town/talk/rules/").content.decode()


def fill(town: Town) -> None:
    """Each payload as text, title and name, as a note, an appeal, a flag, and in the lists of words."""
    now = timezone.now()
    for number, text in enumerate(payloads()):
        moment = now + timedelta(minutes=number)
        for kind, place, person in (("comment", "article/12", town.boss), ("thread", "forum", town.boss),
                                    ("guestbook", "guestbook", None)):  # fmt: skip
            sent = Sent(kind, place, text, f"{kind}-{number}", text[:120], text[:40], timedelta(minutes=1))
            post_make(town.shop, sent, person, f"192.0.2.{number}", None, moment)
    everything = Submission.objects.filter(site="town")
    everything.filter(kind="guestbook", pk__iregex="[02468]$").update(state="shown", decided_at=now)
    for row in everything.filter(kind="thread"):
        Submission.objects.filter(pk=row.pk).update(person=town.writer, note=row.text[:500], appeal=row.text[:1000],
                                                    flags=[{"code": row.text[:20], "what": row.text}])  # fmt: skip
    hidden = everything.filter(kind="thread", pk__iregex="[3-9]$")
    hidden.update(state="hidden", decided_at=now, decided_by="<svg onload=x>", reason="spam", appealed_at=now)
    for kind in ("advertising", "watched", "forbidden"):
        word_list_set("town", kind, "\n".join(payloads()), "boss", now)


def test_no_payload_passes_in_any_field(town: Town) -> None:
    assert len(payloads()) >= 500
    fill(town)
    found, links = [], 0
    for page in pages(town):
        seen = looked_at(page)
        found += seen.wrong
        links += seen.links
        assert "alert(" in page or "Nobody" in page or "There is none" in page or len(page) > 1_000
    assert found == [], found[:5]
    assert links > 50, "honest addresses among them became links"


def test_the_look_at_pages_sees_a_payload_that_is_not_escaped(town: Town) -> None:
    """The control: with escaping switched off, most of them are found."""
    fill(town)
    with mock.patch.object(talking, "text_shown", mark_safe):
        page = town.browser().get("/talk/town/comments/", {"place": "article/12"}).content.decode()
    assert len(looked_at(page).wrong) >= 40


@pytest.mark.parametrize("field", ["kind", "place", "key", "next"])
def test_payloads_in_hidden_fields_are_refused_or_lead_nowhere(town: Town, field: str) -> None:
    client = town.browser(town.writer)
    for text in payloads()[::25]:
        told = {"kind": "comment", "place": "article/12", "text": "text", "key": "none", "next": "", field: text}
        answer = client.post("/talk/town/write/", told)
        assert answer.status_code in (400, 404)
        page = answer.content.decode()
        assert looked_at(page).wrong == [] if answer.status_code == 400 else "alert(" not in page


def test_refusals_are_the_services_own_words(town: Town) -> None:
    person: Person = town.writer
    with pytest.raises(OperatorError) as refused:
        post_make(town.shop, Sent("comment", "<svg onload=x>", "x", "k"), person, "", None, timezone.now())
    assert "<" not in refused.value.what
