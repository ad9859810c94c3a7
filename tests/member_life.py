"""A member who leaves a trace in every room, beside another one; and a look through every table and fact file."""

import base64
import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from yunying.accounts.people import Person, person_make
from yunying.portal.community.keys import form_key
from yunying.portal.community.models import Post
from yunying.portal.facade import command_apply
from yunying.portal.moderation.deciding import submissions_decide
from yunying.portal.moderation.trust import trust_set
from yunying.portal.news.models import ArticlePage
from yunying.portal.news.reading import article_keep, article_mail, article_report
from yunying.portal.news.shares import share_make
from yunying.portal.news.tests.written import portal_written
from yunying.portal.policy import role_set
from yunying.portal.shop.conversations import conversation_begin, work_answer
from yunying.portal.shop.invoices import invoices_sweep
from yunying.portal.shop.members import address_keep, favourite_set, member_join, proof_send
from yunying.portal.shop.models import Basket, Order, Payment, Product, Shop
from yunying.portal.shop.order_work import work_deliver, work_refund, work_refund_ended, work_ship
from yunying.portal.shop.payments import notice_apply
from yunying.portal.shop.placing import order_place
from yunying.portal.shop.providers.contract import Notice
from yunying.portal.shop.returns import return_ask
from yunying.portal.shop.reviews import review_write, work_review
from yunying.portal.shop.tests.furnished import ADDRESS, NOW, basket_with, check_out, shop_furnished

PASSWORD = "a long enough password"
BROWSER = {"HTTP_ACCEPT_LANGUAGE": "en", "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0 Ottilie"}
MAIL, PHONE, NAME, STREET = "ottilie.quandt@mail.example", "+86 139 1234 5678", "Ottilie Quandt", "Heckenrosenweg 77"
CHINESE = "欧阳蒂莉"
DIGITS = "8613912345678"
WORDS = (MAIL, PHONE, DIGITS, DIGITS[-11:], NAME, STREET, CHINESE)
OTHER_MAIL, OTHER_NAME = "bystander@mail.example", "Bystander Braun"
TEXT = f"Write to {MAIL} or call {PHONE}, says {NAME} ({CHINESE}), {STREET}"


@dataclass
class Life:
    shop: Shop
    member: Person
    other: Person
    boss: Person
    browser: Client


def lived() -> Life:
    """Everything that a member can leave, by the pages where it matters and by the services elsewhere."""
    shop = shop_furnished()
    portal_written(NOW)
    boss = person_make("boss", PASSWORD, may_act=False)
    role_set(boss, "manager", shop, "test", holds=True)
    # As a guest first, then by a link to the address, so that the guest's order becomes the member's.
    guest_order = ordered(shop, None, "guest-1", address=MAIL, note=TEXT)
    proof_send(shop, MAIL, timezone.now())
    member = member_join(MAIL, PASSWORD, timezone.now(), email=MAIL)
    other = member_join("bystander", PASSWORD, timezone.now(), email=OTHER_MAIL)
    browser = signed_in(MAIL)
    delivered(ordered(shop, member, "mine-1", address=MAIL, note=TEXT), shop)
    delivered(guest_order, shop)
    ordered(shop, other, "other-1", address=OTHER_MAIL, name=OTHER_NAME, phone="13700000001")
    invoices_sweep(timezone.now())
    after_orders(shop, member, boss)
    talked(shop, member, other, boss, browser)
    read(shop, member, other)
    browser.post("/members/teahouse/profile/", {"nickname": CHINESE, "intro": TEXT[:300], "region": "Bergstadt"})
    return Life(shop, member, other, boss, browser)


def signed_in(name: str) -> Client:
    browser = Client(**BROWSER)
    browser.post("/shop/consent/", {"choice": "yes"})
    browser.cookies["shop_consent"] = "yes"
    browser.post("/shop/teahouse/sign-in/", {"username": name, "password": "a wrong guess"})
    browser.post("/shop/teahouse/sign-in/", {"username": name, "password": PASSWORD})
    assert browser.get("/shop/teahouse/account/").status_code == 200
    browser.get("/shop/teahouse/product/longjing/")
    return browser


def ordered(
    shop: Shop, person: Person | None, key: str, *, address: str, note: str = "", name: str = NAME, phone: str = PHONE
) -> Order:  # fmt: skip
    basket = basket_with(shop, "TEN" if note else "", TEA=2, POT=1)
    Basket.objects.filter(pk=basket.pk).update(person=person)
    basket.refresh_from_db()
    where = {**ADDRESS, "name": name, "phone": phone, "email": address}
    where |= {"street": STREET, "city": CHINESE} if note else {}
    sent = replace(check_out(basket, f"key-{key}", "bank-transfer"), address=where, note=note)
    return order_place(basket, sent, NOW)


def delivered(order: Order, shop: Shop) -> None:
    payment = Payment.objects.get(order=order)
    told = Notice(f"c-{order.pk}", payment.reference, "paid", f"c-{order.pk}", payment.amount_minor, payment.currency)
    notice_apply(payment.provider, told, NOW)
    work_ship(Order.objects.get(pk=order.pk), "SF", f"SF-{PHONE}", "boss", NOW + timedelta(hours=1))
    work_deliver(Order.objects.get(pk=order.pk), "boss", NOW + timedelta(days=1))


def after_orders(shop: Shop, member: Person, boss: Person) -> None:
    now = NOW + timedelta(days=2)
    order = Order.objects.get(shop=shop, key="key-mine-1")
    review = review_write(order, 1, 4, TEXT, NAME, now)
    work_review(review, is_shown=True, answer=f"Thank you, {NAME}", actor="boss", now=now)
    work_refund_ended(
        work_refund(order, {1: 100}, 0, "goodwill", f"for {NAME}", "boss", now), "boss", now, is_sent=True
    )
    return_ask(Order.objects.get(key="key-guest-1"), {1: 1}, "r1", TEXT[:300], now)
    talk = conversation_begin(shop, f"From {NAME}", TEXT, now, name=NAME, email=MAIL, order=order, person=member.pk)
    work_answer(talk, f"Dear {NAME}", "boss", now)
    params = {"order": order.number, "subject": f"For {NAME}", "body": TEXT}
    command_apply("teahouse", "send-message", params, key="mail-1", actor="boss", now=now)
    fields = {**ADDRESS, "name": NAME, "phone": PHONE, "email": MAIL, "street": STREET}
    address_keep(member, fields)
    favourite_set(member, Product.objects.get(slug="pot"), now, is_kept=True)


def talked(shop: Shop, member: Person, other: Person, boss: Person, browser: Client) -> None:
    for person in (member, other):
        trust_set(shop.slug, person, 2, "boss", timezone.now())
    written(browser, "thread", "forum", TEXT, title=f"By {NAME}")
    thread = Post.objects.get(kind="thread")
    theirs = Client(**BROWSER)
    theirs.force_login(other)
    written(theirs, "reply", f"thread/{thread.pk}", "An answer of somebody else")
    wait(member)
    written(browser, "comment", "article/1", f"Nice, says {NAME}")
    wait(member)
    written(browser, "guestbook", "guestbook", f"Hello from {CHINESE}")
    hidden = Post.objects.get(kind="guestbook").submission
    submissions_decide(shop.slug, [hidden.pk], is_shown=False, reason="off-topic", actor="boss",
                       now=timezone.now(), note=f"Sorry, {NAME}")  # fmt: skip
    browser.post(f"/talk/teahouse/appeal/{hidden.pk}/", {"text": f"Please, I am {NAME}"})
    browser.post(f"/talk/teahouse/report/{Post.objects.get(kind='reply').pk}/", {"reason": "spam"})


def written(browser: Client, kind: str, place: str, text: str, title: str = "") -> None:
    key = form_key(timezone.now() - timedelta(minutes=1))
    sent = {"kind": kind, "place": place, "text": text, "title": title, "key": key}
    told = browser.post("/talk/teahouse/write/", sent)
    assert told.status_code == 302, told.content.decode()


def wait(person: Person) -> None:
    """As if some time had passed since the last post."""
    from yunying.portal.moderation.models import MemberTrust

    MemberTrust.objects.filter(person=person).update(last_post_at=timezone.now() - timedelta(hours=1))


def read(shop: Shop, member: Person, other: Person) -> None:
    article, now = ArticlePage.objects.get(slug="article-1"), timezone.now()
    article_keep(member, article, now, kept=True)
    share_make(member, article, now)
    article_report(article, "untrue", TEXT, MAIL, now, address="10.0.0.1", person=member)
    article_report(article, "other", "by a guest", f"reach me at {MAIL}", now, address="10.0.0.2", person=None)
    from django.test import override_settings

    with override_settings(EMAIL_HOST="mail.example"):
        article_mail(member, article, "friend@mail.example", "http://x.example/", shop, now)


def found_in_tables(words: Iterable[str]) -> dict[str, list[str]]:
    """Each table of the database that holds one of the words, in whatever form it is written, with the words."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor:
                text = "\n".join(map(plain, row)).casefold()
                hits = {word for word in words if word.casefold() in text}
                if hits:
                    found.setdefault(table, set()).update(hits)
    for session in Session.objects.all():
        text = json.dumps(session.get_decoded(), ensure_ascii=False).casefold()
        if any(word.casefold() in text for word in words):
            found.setdefault("django_session decoded", set())
    return {table: sorted(hits) for table, hits in sorted(found.items())}


def plain(value: object) -> str:
    """A value as somebody who looks for a word would read it: bytes as text, escapes of JSON and base64 undone."""
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)
    forms = [text]
    if "\\u" in text:
        forms.append(text.encode("ascii", "backslashreplace").decode("unicode_escape", "replace"))
    with contextlib.suppress(ValueError):
        forms.append(base64.b64decode(text, validate=True).decode("utf-8", "replace"))
    return "\n".join(forms)


def found_in_facts(home: Path, words: Iterable[str]) -> dict[str, list[str]]:
    """Each file under the facts that holds one of the words: as it lies there, and the values of Parquet files."""
    found = {}
    for path in sorted(each for each in (home / "facts").rglob("*") if each.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            text += json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
        hits = sorted(word for word in words if word.casefold() in text.casefold())
        if hits:
            found[str(path.relative_to(home))] = hits
    return found


def fact_values(home: Path) -> str:
    """All values of all published Parquet files as one text."""
    files = (home / "facts").rglob("*.parquet")
    return "\n".join(json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False) for path in files)
