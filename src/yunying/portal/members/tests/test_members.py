"""Profiles, levels and invitations: what others see, what a level follows from, and who is credited."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from yunying.accounts.guesses import device_text
from yunying.accounts.member_keys import member_keys
from yunying.audit.models import AuditEntry
from yunying.inbox.models import InboxRow
from yunying.portal.community.models import Post
from yunying.portal.community.tests.conftest import Town, key
from yunying.portal.members.inviting import invite_link
from yunying.portal.members.levels import Counted, level_of, standing_count, standings_count
from yunying.portal.members.models import Invited, Profile, Standing
from yunying.portal.members.names import name_of
from yunying.portal.moderation.models import Submission
from yunying.portal.shop.members import Brought, member_join

PASSWORD = "a long enough password"
PROFILE = "/members/town/profile/"
PAGES = ("profile", "favourites", "messages", "invite", "data")


def drawn() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "PNG")
    out.name = "me.png"
    out.seek(0)
    return out


def test_pages_of_ones_own_are_for_oneself(town: Town) -> None:
    guest, writer = town.browser(), town.browser(town.writer)
    for name in PAGES:
        address = f"/members/town/{name}/"
        told = guest.get(address)
        assert (told.status_code, told["Location"].partition("?")[0]) == (302, "/shop/town/sign-in/"), name
        mine = writer.get(address)
        assert (mine.status_code, mine["Cache-Control"]) == (200, "no-store, private"), name
        assert "<script" not in mine.content.decode(), name
    for name in ("export", "erase", "undo"):
        assert guest.post(f"/members/town/data/{name}/").status_code == 302
        assert writer.get(f"/members/town/data/{name}/").status_code == 405


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_in_the_readers_language(town: Town, language: str) -> None:
    writer = town.browser(town.writer, HTTP_ACCEPT_LANGUAGE=language)
    words = {"en": "Invite friends", "zh-hans": "邀请好友"}[language]
    assert all(words in writer.get(f"/members/town/{name}/").content.decode() for name in PAGES)


def test_a_profile_is_what_others_see_and_never_the_mail_address(town: Town) -> None:
    person = member_join("mia@mail.example", PASSWORD, timezone.now(), email="mia@mail.example")
    assert name_of(person) == f"#{person.pk}"
    browser, guest = town.browser(person), town.browser()
    sent = {"nickname": "Ｍia  B", "intro": "I like <b>tea</b>", "region": "Bergstadt", "picture": drawn()}
    assert browser.post(PROFILE, sent).status_code == 302
    profile = Profile.objects.get(person=person)
    assert (profile.folded, Image.open(io.BytesIO(bytes(profile.picture))).size) == ("mia b", (192, 144))
    town.trusted(person)
    browser.post(
        "/talk/town/write/", {"kind": "thread", "place": "forum", "title": "Tea", "text": "Which?", "key": key()}
    )
    standing_count(person, town.shop, timezone.now())
    for address in (
        f"/members/town/who/{person.pk}/",
        "/talk/town/forum/",
        f"/talk/town/forum/{Post.objects.get().pk}/",
    ):
        page = guest.get(address).content.decode()
        assert "Ｍia B" in page, address
        assert "Level 1" in page, address
        assert f"/members/town/picture/{profile.picture_digest}.webp" in page, address
        assert "mail.example" not in page, address
        assert "<b>tea</b>" not in page, address
    picture = guest.get(f"/members/town/picture/{profile.picture_digest}.webp")
    assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/webp", "private, max-age=3600")
    assert guest.get(f"/members/town/who/{town.boss.pk}/").status_code == 404
    # What the log keeps of it holds none of the member's words.
    assert "Mia" not in str(AuditEntry.objects.filter(action="member-profile").values_list("before", "after"))


def test_a_name_is_ones_own(town: Town) -> None:
    other, browser = member_join("other", PASSWORD, timezone.now()), town.browser(town.writer)
    town.browser(other).post(PROFILE, {"nickname": "Anna"})
    for name in ("ＡNNA", "anna", "Boss", "other", "a@b", "#5", "x", "in\u202evisible"):
        told = browser.post(PROFILE, {"nickname": name})
        assert told.status_code == 400, name
    assert browser.post(PROFILE, {"nickname": "writer"}).status_code == 302
    assert browser.post(PROFILE, {"picture": io.BytesIO(b"no picture")}).status_code == 400
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.create(person=other, folded="writer", changed_at=timezone.now())


def test_the_levels_rule() -> None:
    rule = [(1, 0, 0), (5, 3, 1), (20, 10, 3)]
    assert [level_of(Counted(*each), rule) for each in ((0, 9, 9), (1, 0, 0), (9, 9, 0), (5, 3, 1), (99, 2, 9),
                                                         (20, 10, 3))] == [0, 1, 1, 2, 1, 3]  # fmt: skip


@override_settings(MEMBER_LEVELS=[(1, 0, 0), (3, 2, 0)])
def test_a_level_follows_from_what_is_there_and_becomes_a_fact_once(town: Town) -> None:
    now, writer = timezone.now(), town.writer
    assert standing_count(writer, town.shop, now).level == 0
    # Who has no key in the facts gets none by being counted.
    assert not InboxRow.objects.filter(table="member").exists()
    own = member_keys("town", [f"person:{writer.pk}"])[f"person:{writer.pk}"]
    for days in (2, 1, 0):
        made = now - timedelta(days=days)
        row = Submission.objects.create(site="town", kind="comment", place="article/1", person=writer, text="x",
                                        state="shown" if days else "hidden", made_at=made, decided_at=made)  # fmt: skip
        Post.objects.create(site="town", kind="comment", place="article/1", submission=row, person=writer, text="x",
                            name="writer", key=f"k{days}", made_at=made)  # fmt: skip
    found = standing_count(writer, town.shop, now)
    assert (found.days, found.posts, found.orders, found.level) == (2, 2, 0, 1), "what is hidden makes no day active"
    town.browser(writer)
    assert standing_count(writer, town.shop, now).level == 2
    standing_count(writer, town.shop, now)
    told = list(InboxRow.objects.filter(table="member").order_by("pk").values_list("content", flat=True))
    assert [(each["member"], each["level"]) for each in told] == [(own, "1"), (own, "2")]
    assert standings_count(town.shop, now) == 0
    assert standings_count(town.shop, now + timedelta(days=2)) == 1
    assert Standing.objects.get(person=writer).level == 2


def test_who_registers_through_a_link_is_credited(town: Town) -> None:
    link, browser = invite_link(town.writer, timezone.now()), town.browser()
    assert invite_link(town.writer, timezone.now()).code == link.code
    assert browser.get(f"/members/town/join/{link.code}/")["Location"] == "/shop/town/register/"
    browser.post("/shop/town/register/", {"username": "newcomer", "password": PASSWORD})
    row = Invited.objects.get()
    assert (row.inviter, row.person.get_username()) == (town.writer, "newcomer")
    member_keys("town", [f"person:{row.person_id}"])
    standing_count(row.person, town.shop, timezone.now())
    assert InboxRow.objects.get(table="member").content["channel"] == "invitation"
    page = town.browser(town.writer).get("/members/town/invite/").content.decode()
    assert 'class="count">(1)' in page
    assert "newcomer" not in page


def test_the_mails_link_remembers_who_invited(town: Town) -> None:
    from yunying.portal.shop.models import Message

    link, browser, elsewhere = invite_link(town.writer, timezone.now()), town.browser(), town.browser()
    browser.get(f"/members/town/join/{link.code}/")
    with override_settings(EMAIL_HOST="mail.example", SHOP_ADDRESS="http://testserver"):
        browser.post("/shop/town/register/", {"email": "nina@mail.example"})
        body = Message.objects.get(about="proof").body
        address = next(word for word in body.split() if word.startswith("http")).removeprefix("http://testserver")
        elsewhere.post(address, {"password": PASSWORD})
    assert Invited.objects.get().inviter == town.writer


def test_nobody_invites_himself_and_there_are_no_circles(town: Town) -> None:
    now, link = timezone.now(), invite_link(town.writer, timezone.now())
    own = device_text(town.writer.get_username())
    member_join("second-self", PASSWORD, now, brought=Brought("town", link.code, own))
    assert not Invited.objects.exists()
    signed_in = town.browser(town.writer)
    signed_in.get(f"/members/town/join/{link.code}/")
    assert "members_invite" not in signed_in.cookies
    later = member_join("later", PASSWORD, now, brought=Brought("town", link.code))
    for inviter, person in ((later, town.writer), (later, later)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invited.objects.create(inviter=inviter, person=person, joined_at=now)


@override_settings(MEMBER_INVITES_A_DAY=2)
def test_a_link_brings_so_many_on_a_day(town: Town) -> None:
    now, link = timezone.now(), invite_link(town.writer, timezone.now())
    for at in range(4):
        member_join(f"friend-{at}", PASSWORD, now, brought=Brought("town", link.code))
    assert Invited.objects.filter(inviter=town.writer).count() == 2
    member_join("friend-tomorrow", PASSWORD, now + timedelta(days=1), brought=Brought("town", link.code))
    assert Invited.objects.filter(inviter=town.writer).count() == 3
