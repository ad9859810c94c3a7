"""Signing in at the desk: one answer for every wrong guess, a second step, sessions that end, and what is fresh."""

import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.utils import timezone

from yunying.accounts.guesses import FREE
from yunying.accounts.models import DeskSession, User
from yunying.accounts.people import Person, password_change, person_close, person_make
from yunying.accounts.second_factor import factor_begin, factor_confirm
from yunying.accounts.sessions import sessions_of
from yunying.accounts.tokens import token_make, token_of
from yunying.console.tests.conftest import PASSWORD
from yunying.console.views import reset
from yunying.org.factor_rules import factor_require
from yunying.org.grants import grant_give
from yunying.org.structure import shops_ready

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def sign_in(client: Client, name: str, password: str, **more: str) -> Any:
    return client.post("/desk/login/", {"username": name, "password": password, **more}, headers={"user-agent": CHROME})


def secret_set(person: Person) -> str:
    """Set a second factor up, two minutes ago."""
    secret = parse_qs(urlsplit(factor_begin(person)).query)["secret"][0]
    earlier = timezone.now() - timedelta(minutes=2)
    factor_confirm(person, pyotp.TOTP(secret).at(earlier), earlier)
    return secret


def test_every_wrong_guess_gets_one_answer(buyer: Person) -> None:
    User.objects.create(username="closed", is_active=False, password=make_password(PASSWORD))
    told = set()
    for name, password in (("nobody", "x" * 12), (buyer.username, "x" * 12), ("closed", PASSWORD), ("", "y" * 12)):
        answer = sign_in(Client(), name, password)
        told.add((answer.status_code, re.sub(r'value="[^"]*"|X-CSRFToken": "[^"]*"', "", answer.content.decode())))
    assert len(told) == 1
    for name in ("nobody", buyer.username):
        # On a slow machine the first wait, a second, is over before the next guess is there; it doubles with each.
        tries = range(FREE["account"] + 6)
        answers = {sign_in(Client(), name, "x" * 12, REMOTE_ADDR="10.0.0.9").status_code for _ in tries}
        assert 429 in answers


def test_a_character_that_no_database_keeps_is_refused_everywhere(client: Client) -> None:
    assert sign_in(Client(), "a\x00b", "x" * 12).status_code == 400
    for address in ("/desk/inbox/give/", "/desk/invitations/", "/desk/account/password/"):
        assert client.post(address, {"title": "\x00"}).status_code == 400


def test_an_unknown_name_takes_as_long(buyer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FREE, "account", 1000)
    monkeypatch.setitem(FREE, "address", 1000)
    client, spans = Client(), {buyer.username: [], "nobody": []}
    for _ in range(7):
        for name, found in spans.items():
            # Of this thread alone: other work of the machine must not decide.
            begun = time.thread_time()
            sign_in(client, name, "x" * 12)
            found.append(time.thread_time() - begun)
    known, unknown = (min(found) for found in spans.values())
    assert 0.6 < known / unknown < 1.6


def test_the_right_password_does_not_help_while_one_has_to_wait_but_a_known_browser_does(buyer: Person) -> None:
    known = Client()
    assert sign_in(known, buyer.username, PASSWORD).status_code == 302
    known.post("/desk/logout/")
    stranger = Client(REMOTE_ADDR="10.9.9.9")
    for _ in range(FREE["account"]):
        sign_in(stranger, buyer.username, "wrong password")
    assert sign_in(stranger, buyer.username, PASSWORD).status_code == 429
    assert sign_in(known, buyer.username, PASSWORD).status_code == 302


def test_the_second_step_is_asked_for_and_the_password_alone_opens_nothing(buyer: Person) -> None:
    secret, client = secret_set(buyer), Client()
    before = User.objects.get(pk=buyer.pk).last_login
    assert sign_in(client, buyer.username, PASSWORD, next="/desk/runs/").url == "/desk/login/code/"
    assert client.get("/desk/").url.startswith("/desk/login/")
    assert User.objects.get(pk=buyer.pk).last_login == before, "a password alone is no fresh sign-in"
    assert "wrong" in client.post("/desk/login/code/", {"code": "000000"}).content.decode()
    code = pyotp.TOTP(secret).now()
    assert client.post("/desk/login/code/", {"code": code}).url == "/desk/runs/"
    assert client.get("/desk/").status_code == 200
    assert User.objects.get(pk=buyer.pk).last_login != before
    other = Client()
    sign_in(other, buyer.username, PASSWORD)
    assert other.post("/desk/login/code/", {"code": code}).status_code == 200, "the same code again"
    assert other.get("/desk/").status_code == 302


def test_the_second_step_ends_with_the_password_or_after_a_while(
    buyer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, client = secret_set(buyer), Client()
    sign_in(client, buyer.username, PASSWORD)
    password_change(User.objects.get(pk=buyer.pk), "another good password", timezone.now())
    assert client.post("/desk/login/code/", {"code": pyotp.TOTP(secret).now()}).url == "/desk/login/"
    sign_in(client, buyer.username, "another good password")
    monkeypatch.setattr("yunying.accounts.admission.PENDING_SECONDS", -1)
    assert client.post("/desk/login/code/", {"code": pyotp.TOTP(secret).now()}).url == "/desk/login/"


def test_one_leads_to_our_own_pages_only(buyer: Person) -> None:
    assert sign_in(Client(), buyer.username, PASSWORD, next="https://evil.example/").url == "/desk/"
    assert sign_in(Client(), buyer.username, PASSWORD, next="//evil.example/").url == "/desk/"


def test_a_session_that_is_ended_is_refused_at_once(buyer: Person) -> None:
    here, there, third = Client(), Client(), Client()
    for client in (here, there, third):
        sign_in(client, buyer.username, PASSWORD)
    page = here.get("/desk/account/").content.decode()
    assert page.count("Chrome, Linux") == 3
    assert page.count("this one") == 1
    mine = here.session["desk_session"]
    other = next(each.pk for each in sessions_of(buyer) if each.pk == there.session["desk_session"])
    here.post("/desk/account/sessions/", {"session": str(other)})
    assert there.get("/desk/").url.startswith("/desk/login/")
    assert third.get("/desk/").status_code == 200
    here.post("/desk/account/sessions/", {"session": "others"})
    assert third.get("/desk/").status_code == 302
    assert [each.pk for each in sessions_of(buyer)] == [mine]
    assert here.get("/desk/").status_code == 200


def test_a_session_that_nobody_has_used_for_long_is_over(client: Client, buyer: Person) -> None:
    rows = DeskSession.objects.filter(pk=client.session["desk_session"])
    rows.update(seen_at=timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))
    assert sessions_of(buyer) == []
    assert client.get("/desk/").status_code == 302


def test_nobody_ends_anothers_session(client: Client, guest: Client, buyer: Person) -> None:
    number = client.session["desk_session"]
    guest.post("/desk/account/sessions/", {"session": str(number)})
    assert client.get("/desk/").status_code == 200
    assert DeskSession.objects.get(pk=number).ended_at is None


def test_changing_the_password_ends_the_other_sessions(buyer: Person) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, buyer.username, PASSWORD)
    fields = {"password": PASSWORD, "new": "another good one 7", "again": "another good one 7"}
    assert here.post("/desk/account/password/", {**fields, "password": "wrong"}).status_code == 400
    assert (
        here.post("/desk/account/password/", {**fields, "new": "password123", "again": "password123"}).status_code
        == 400
    )
    assert here.post("/desk/account/password/", fields).status_code == 302
    assert here.get("/desk/").status_code == 200
    assert there.get("/desk/").status_code == 302


def test_a_closed_account_is_refused_with_its_sessions_and_tokens(client: Client, buyer: Person) -> None:
    text = token_make(buyer, "till", now=timezone.now())
    session = sessions_of(buyer)[0]
    client.post("/desk/account/sessions/", {"session": "others"})
    assert token_of(text, timezone.now()) is not None, "a session's end is no token's end"
    assert person_close(buyer, None, timezone.now())
    assert token_of(text, timezone.now()) is None
    assert client.get("/desk/").status_code == 302
    assert session.person_id == buyer.pk


def test_setting_a_second_factor_up_and_taking_it_away(client: Client, buyer: Person) -> None:
    page = client.get("/desk/account/factor/").content.decode()
    assert "<svg" in page
    drawing = page[page.index('<div class="qr"') :].partition("</div>")[0]
    assert "style=" not in drawing
    assert "http" not in drawing.replace("http://www.w3.org/", "")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    shown = client.post("/desk/account/factor/", {"code": pyotp.TOTP(secret).now()}).content.decode()
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", shown)
    assert len(codes) == 10
    fresh = Client()
    sign_in(fresh, buyer.username, PASSWORD)
    assert fresh.post("/desk/login/code/", {"code": codes[0]}).status_code == 302
    taken = {"password": PASSWORD, "code": codes[0]}
    assert client.post("/desk/account/factor/end/", taken).status_code == 400
    assert client.post("/desk/account/factor/end/", {**taken, "code": codes[1]}).status_code == 302
    assert "Set it up" in client.get("/desk/account/").content.decode()


@pytest.mark.parametrize("rule", [{"company": "house"}, {"role": "operator"}])
def test_a_rule_leads_whoever_has_no_second_factor_to_set_it_up(
    client: Client, buyer: Person, rule: dict[str, str]
) -> None:
    shops_ready(["yunduo"])
    grant_give(buyer, "operator", None, store="yunduo")
    assert client.get("/desk/").status_code == 200
    factor_require(None, is_required=True, now=timezone.now(), **rule)
    for address in ("/desk/", "/desk/proposals/", "/desk/settings/"):
        assert client.get(address).url == "/desk/account/factor/"
    assert client.post("/desk/proposals/act/", {"action": "approve", "ids": "1"}).status_code == 302
    assert client.get("/desk/account/").status_code == 200
    secret_set(buyer)
    assert client.get("/desk/").status_code == 200


def test_who_leads_requires_it_at_the_desk(client: Client, buyer: Person) -> None:
    shops_ready(["yunduo"])
    lead = person_make("lead", PASSWORD)
    grant_give(lead, "coo", None, company="house")
    grant_give(buyer, "operator", None, store="yunduo")
    leading = Client()
    leading.login(username="lead", password=PASSWORD)
    assert client.post("/desk/invitations/factor/", {"subject": "role/coo", "required": "1"}).status_code in (400, 403)
    assert leading.post("/desk/invitations/factor/", {"subject": "role/operator", "required": "1"}).status_code == 302
    assert client.get("/desk/").url == "/desk/account/factor/"


class SyncedMail(reset.ResetMail):
    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        PasswordResetForm.send_mail(self, *args, **kwargs)


def test_a_forgotten_password_is_set_by_a_link_that_serves_once(buyer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
    assert Client().get("/desk/reset/").status_code == 404
    monkeypatch.setattr(settings, "EMAIL_HOST", "mail.example")
    monkeypatch.setattr(reset, "ResetMail", SyncedMail)
    User.objects.filter(pk=buyer.pk).update(email="chen@example.com")
    signed_in, client = Client(), Client()
    sign_in(signed_in, buyer.username, PASSWORD)
    monkeypatch.setattr(mail, "outbox", [], raising=False)
    answers = [client.post("/desk/reset/", {"email": each}) for each in ("nobody@example.com", "chen@example.com")]
    assert len({(each.status_code, each.url) for each in answers}) == 1
    assert [each.to for each in mail.outbox] == [["chen@example.com"]]
    link = re.search(r"/desk/reset/\S+", mail.outbox[0].body)[0]
    opened = client.get(link, follow=True)
    address = opened.redirect_chain[-1][0]
    fields = {"new_password1": "another good one 7", "new_password2": "another good one 7"}
    assert client.post(address, fields).status_code == 302
    assert signed_in.get("/desk/").status_code == 302
    assert "does not hold" in Client().get(link, follow=True).content.decode()
    assert sign_in(Client(), buyer.username, "another good one 7").status_code == 302
