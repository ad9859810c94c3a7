"""The copy of all that is held on a member, undoing an erasure, and an erasure that is cut off or done twice."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import pytest
from django.apps import apps
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.utils import timezone

from tests.member_life import BROWSER, MAIL, OTHER_MAIL, OTHER_NAME, PASSWORD, WORDS, Life, found_in_tables, lived
from tests.test_exports import hostile, is_live, live_in_csv
from yunying.accounts.people import Person
from yunying.audit.log import audit_problems
from yunying.audit.models import AuditEntry
from yunying.portal.members import erasing
from yunying.portal.members.export import table_text
from yunying.portal.members.holdings import holdings_of
from yunying.portal.members.models import Erasure, Profile
from yunying.portal.policy import role_set
from yunying.portal.shop.models import Invoice, Message, Order

DATA = "/members/teahouse/data/"


@pytest.fixture(scope="module")
def lived_once() -> Iterator[Life]:
    cache.clear()
    for name in ("pages", "parts"):
        caches[name].clear()
    with transaction.atomic():
        yield lived()
        transaction.set_rollback(True)


@pytest.fixture
def life(lived_once: Life) -> Iterator[Life]:
    """What one test changes is taken back before the next one."""
    # Published facts are looked at by the test that has a home of its own; what waits is told here.
    with override_settings(MEMBER_FACTS=""), transaction.atomic():
        yield lived_once
        transaction.set_rollback(True)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_copy_holds_everything_of_the_member_and_nothing_of_others(life: Life) -> None:
    assert life.browser.post(f"{DATA}export/", {"password": "wrong"}).status_code == 400
    told = life.browser.post(f"{DATA}export/", {"password": PASSWORD})
    assert (told.status_code, told.headers["Content-Type"]) == (200, "application/zip")
    files = unpacked(told.content)
    held = json.loads(files["data.json"])["sections"]
    # What this member never had; no other section is empty by mistake.
    empty = {name for name, rows in held.items() if not rows}
    assert empty == {"levels", "invite_link", "invited", "erasures", "basket"}
    assert {row["number"] for row in held["orders"]} == set(
        Order.objects.filter(person=life.member).values_list("number", flat=True)
    )
    assert {"visit", "view", "comment", "message"} <= {row.get("type") for row in held["facts"]}
    text = b"\n".join(files.values()).decode("utf-8", "replace")
    assert all(word in text for word in WORDS if not word.isdecimal())
    for theirs in (OTHER_MAIL, OTHER_NAME, "bystander", "An answer of somebody else", "13700000001", "boss"):
        assert theirs not in text, theirs
    page = files["read-me.html"].decode()
    assert "<h2>Orders</h2>" in page
    assert "<script" not in page
    for name in (each for each in files if each.endswith(".csv")):
        # Telephone numbers begin with a plus here, and none of them is a formula.
        assert list(live_in_csv(files[name], ())) == [], name


def test_a_third_copy_is_the_last_one_of_a_day(life: Life) -> None:
    answers = [life.browser.post(f"{DATA}export/", {"password": PASSWORD}).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 400]


def test_no_table_of_a_copy_has_a_cell_that_runs() -> None:
    rows = [{text or "x": text, "amount": -5} for text in hostile(3_000)]
    for at in range(0, len(rows), 50):
        content = table_text(rows[at : at + 50]).encode("utf-8-sig")
        assert [each for each in live_in_csv(content, ()) if each != "-5"] == []
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert not any(is_live(cell) for row in table for cell in row if cell != "-5")


def test_every_table_of_the_portal_that_names_a_person_is_in_the_copy() -> None:
    """A new model that points to an account must be exported and erased, and then stand here."""
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in PORTAL_APPS
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is Person and field.name not in EDITORS
    }
    assert found == MEMBERS_OWN


PORTAL_APPS = ("shop", "community", "moderation", "news", "members")
EDITORS = ("owner", "locked_by")
"""Who edits pages works here, and an account that does is not erased by its owner; so with the desk's tables."""
MEMBERS_OWN = {
    "community.Post.person", "members.Erasure.person", "members.InviteLink.person", "members.Invited.inviter",
    "members.Invited.person", "members.Profile.person", "members.Standing.person", "moderation.MemberTrust.person",
    "moderation.Report.person", "moderation.Submission.person", "news.ArticleFavourite.person", "news.Report.person",
    "news.Share.person", "shop.Basket.person", "shop.Conversation.person", "shop.Favourite.person",
    "shop.Member.person", "shop.Order.person", "shop.SavedAddress.person",
}  # fmt: skip
"""What holdings.py tells and an erasure deletes or lets go."""


def test_an_erasure_waits_seven_days_and_can_be_undone(life: Life) -> None:
    sent = {"password": PASSWORD, "posts": "keep", "when": "later"}
    assert life.browser.post(f"{DATA}erase/", {**sent, "password": "wrong"}).status_code == 400
    assert not Erasure.objects.exists()
    assert life.browser.post(f"{DATA}erase/", sent).status_code == 302
    assert life.browser.post(f"{DATA}erase/", sent).status_code == 302
    [asked] = Erasure.objects.all()
    assert asked.due_at - asked.asked_at == timedelta(days=7)
    assert "Keep my account" in life.browser.get(DATA).content.decode()
    assert erasing.erasures_due(asked.due_at - timedelta(seconds=1)) == 0
    life.browser.post(f"{DATA}undo/")
    assert erasing.erasures_due(asked.due_at) == 0
    assert Person.objects.filter(pk=life.member.pk).exists()
    assert life.browser.get("/shop/teahouse/account/").status_code == 200
    # Asked for again, it is done by the turn when its days are over.
    life.browser.post(f"{DATA}erase/", sent)
    Erasure.objects.filter(state="waiting").update(due_at=timezone.now())
    call_command("members_turn", stdout=io.StringIO())
    assert not Person.objects.filter(pk=life.member.pk).exists()
    assert sorted(Erasure.objects.values_list("state", "person")) == [("done", None), ("undone", None)]


def test_an_erasure_that_is_cut_off_is_whole_the_next_time(life: Life) -> None:
    before = found_in_tables(WORDS)
    asked = erasing.erasure_ask(life.member, "teahouse", timezone.now(), keeps_posts=True, at_once=True)
    for name in ("person_forget", "posts_forget", "reader_forget", "order_strip", "person_erase", "site_changed"):
        with mock.patch.object(erasing, name, side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            erasing.erasure_do(asked.pk, timezone.now())
        assert set(found_in_tables(WORDS)) >= set(before), f"cut off at {name}, nothing is half gone"
        assert Erasure.objects.get(pk=asked.pk).state == "waiting"
    assert erasing.erasure_do(asked.pk, timezone.now())
    assert not erasing.erasure_do(asked.pk, timezone.now())
    assert AuditEntry.objects.filter(action="member-erasure-done").count() == 1


def test_one_that_cannot_be_done_stops_no_other_and_who_works_here_by_then_stays(life: Life) -> None:
    now = timezone.now()
    for person in (life.member, life.other):
        erasing.erasure_ask(person, "teahouse", now, keeps_posts=True, at_once=True)
    real = erasing._forget

    def fails_for_one(person: Person, *given: object) -> None:
        if person.pk == life.member.pk:
            raise ValueError("broken")
        real(person, *given)

    with mock.patch.object(erasing, "_forget", fails_for_one):
        assert erasing.erasures_due(now) == 1
    assert not Person.objects.filter(pk=life.other.pk).exists()
    role_set(Person.objects.get(pk=life.member.pk), "clerk", life.shop, "boss", holds=True)
    assert erasing.erasures_due(now) == 0
    assert Person.objects.filter(pk=life.member.pk).exists()
    assert sorted(Erasure.objects.values_list("state", flat=True)) == ["done", "undone"]


def test_who_works_here_is_not_erased_by_this_way(life: Life) -> None:
    browser = Client(**BROWSER)
    browser.force_login(life.boss)
    told = browser.post(f"{DATA}erase/", {"password": PASSWORD, "when": "now"})
    assert told.status_code == 400
    assert "This account works here" in told.content.decode()


def test_staff_starts_an_erasure_that_was_asked_for_by_mail(life: Life) -> None:
    browser, guest = Client(**BROWSER), Client(**BROWSER)
    browser.force_login(life.boss)
    assert guest.post("/staff/teahouse/members/erase/", {"who": MAIL}).status_code == 302
    assert not Erasure.objects.exists()
    assert browser.post("/staff/teahouse/members/erase/", {"who": "nobody@mail.example"}).status_code == 400
    assert browser.post("/staff/teahouse/members/erase/", {"who": MAIL, "posts": "delete"}).status_code == 302
    [asked] = Erasure.objects.all()
    assert (asked.asked_by, asked.keeps_posts, asked.state) == ("staff", False, "waiting")
    # The member is told and can keep the account.
    assert Message.objects.filter(about="erasure", to=MAIL).count() == 1
    page = browser.get("/staff/teahouse/members/").content.decode()
    assert f"#{life.member.pk}" in page
    assert MAIL not in page
    life.browser.post(f"{DATA}undo/")
    assert Erasure.objects.get().state == "undone"


def test_the_database_lets_an_invoice_lose_its_addressee_and_nothing_else(life: Life) -> None:
    invoice = Invoice.objects.order_by("pk").first()
    for change in ({"total_minor": 1}, {"content": {**invoice.content, "to": ["Somebody else"]}},
                   {"content": {**invoice.content, "to": [], "total_minor": 1}}, {"number": 99}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.filter(pk=invoice.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        invoice.delete()
    assert Invoice.objects.filter(pk=invoice.pk).update(content={**invoice.content, "to": []}) == 1


def test_a_link_that_was_struck_is_sound_only_as_a_later_link_says(life: Life) -> None:
    asked = erasing.erasure_ask(life.member, "teahouse", timezone.now(), keeps_posts=True, at_once=True)
    heads = {entry.number: entry.digest for entry in AuditEntry.objects.filter(store="accounts")}
    erasing.erasure_do(asked.pk, timezone.now())
    # Digests that were recorded elsewhere before still fit.
    assert audit_problems("accounts", heads) == []
    struck = AuditEntry.objects.filter(store="accounts", action="person_join", actor__startswith="person/").first()
    AuditEntry.objects.filter(pk=struck.pk).update(reason="something else")
    assert audit_problems("accounts") == [f"Link {struck.number} of accounts was altered."]


def test_the_copy_of_another_member_has_no_word_of_this_one(life: Life) -> None:
    text = json.dumps(holdings_of(life.other, {}), ensure_ascii=False, default=str)
    assert OTHER_MAIL in text
    assert not [word for word in WORDS if word in text]
    assert Profile.objects.filter(person=life.member).exists()
