"""OpenID Connect against a provider of our own on the loopback: every claim that is wrong is refused."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from yunying.accounts.models import ExternalIdentity
from yunying.accounts.people import Person, person_close, person_make
from yunying.interventions.desk_facts import store_save
from yunying.org.grants import grants_of
from yunying.org.invitations import invitation_make
from yunying.org.structure import shops_ready

KEY, OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "one"})
CLIENT = "yunying-desk"


class Provider(ThreadingHTTPServer):
    """Says who it is, gives its keys, and exchanges the one code for a token that a test may bend."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}
        self.key: Any = KEY
        self.header = {"alg": "RS256", "kid": "one"}

    def about(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer} | {name: f"{self.issuer}/{path}" for name, path in places.items()}

    def token(self, form: dict[str, list[str]]) -> dict[str, Any]:
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest()).rstrip(b"=")
        assert proof.decode() == self.asked["code_challenge"]
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "subject-1", "iat": now, "exp": now + 300,
                  "nonce": self.asked["nonce"], "email": "New@example.com", "email_verified": True,
                  "name": "新人", **self.claims}  # fmt: skip
        text = jwt.encode(self.header, {name: value for name, value in claims.items() if value is not None}, self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": text}


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        found = {
            "/.well-known/openid-configuration": self.server.about(),
            "/keys": {"keys": [KEY.as_dict(private=False)]},
        }
        self._send(found[self.path])

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._send(self.server.token(form))

    def _send(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def provider(ledger_database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for name, value in (("ISSUER", server.issuer), ("CLIENT", CLIENT), ("SECRET", "s" * 20)):
        monkeypatch.setattr(settings, f"OIDC_{name}", value)
    # The flow's own address is http here, as the loopback's is.
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    store_save("shop", title="Shop", currency="CNY", time_zone="Asia/Shanghai")
    shops_ready(["shop"])
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def member(provider: Provider) -> Person:
    """Somebody who has taken an invitation by the provider."""
    assert come_back(provider, Client(), join=invited()).status_code == 302
    return Person.objects.get(username="New@example.com")


def invited(email: str = "new@EXAMPLE.com") -> str:
    return invitation_make(email, "viewer", None, now=timezone.now(), store="shop")[1]


def go(provider: Provider, client: Client, **query: str) -> None:
    answer = client.get("/desk/login/provider/", query)
    assert answer.url.startswith(f"{provider.issuer}/authorize?")
    provider.asked = {name: value[0] for name, value in parse_qs(urlsplit(answer.url).query).items()}
    assert provider.asked["code_challenge_method"] == "S256"


def come_back(provider: Provider, client: Client, **query: str) -> Any:
    go(provider, client, **query)
    return client.get("/desk/login/back/", {"code": "c", "state": provider.asked["state"]})


def test_an_invitation_records_the_verified_subject_and_later_sign_ins_match_on_it_alone(
    provider: Provider, member: Person
) -> None:
    assert [each.role for each in grants_of(member)] == ["viewer"]
    assert not member.has_usable_password()
    provider.claims = {"email": "moved@example.com"}
    client = Client()
    assert come_back(provider, client, next="/desk/runs/").url == "/desk/runs/"
    assert client.get("/desk/").status_code == 200
    provider.claims = {"sub": "subject-2"}
    refused = come_back(provider, Client())
    assert refused.status_code == 400
    assert "Nobody here" in refused.content.decode()
    assert ExternalIdentity.objects.count() == 1


def test_an_account_of_the_same_e_mail_is_not_taken_over(provider: Provider) -> None:
    person_make("New@example.com", "a long enough phrase")
    assert come_back(provider, Client()).status_code == 400


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "true"},
                                    {"email": "other@example.com"}, {"email": None}])  # fmt: skip
def test_an_invitation_is_only_for_its_verified_address(provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    text = invited()
    assert come_back(provider, Client(), join=text).status_code == 400
    assert not ExternalIdentity.objects.exists()
    provider.claims = {}
    assert come_back(provider, Client(), join=text).status_code == 302
    assert come_back(provider, Client(), join=text).status_code == 400, "it serves once"


NOW = int(time.time())
WRONG = {
    "another issuer": {"iss": "http://127.0.0.1:1"}, "no issuer": {"iss": None}, "another audience": {"aud": "other"},
    "several audiences without a party": {"aud": [CLIENT, "other"]}, "another party": {"azp": "other"},
    "expired": {"exp": NOW - 3600}, "no expiry": {"exp": None}, "from the future": {"iat": NOW + 7200},
    "not yet": {"nbf": NOW + 7200}, "another nonce": {"nonce": "x"}, "no nonce": {"nonce": None},
    "no subject": {"sub": None}, "an empty subject": {"sub": ""},
}  # fmt: skip


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_token_that_is_wrong_is_refused(provider: Provider, member: Person, claims: dict[str, Any]) -> None:
    provider.claims, client = claims, Client()
    assert come_back(provider, client).status_code == 400
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("how", ["another key", "no signature", "a shared secret"])
def test_a_signature_that_is_wrong_is_refused(
    provider: Provider, member: Person, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    if how == "another key":
        provider.key = OTHER_KEY
    elif how == "a shared secret":
        provider.key, provider.header = OctKey.import_key("s" * 32), {"alg": "HS256", "kid": "one"}
    else:
        real = provider.token

        def unsigned(form: dict[str, list[str]]) -> dict[str, Any]:
            told = real(form)
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return {**told, "id_token": f"{head}.{told['id_token'].split('.')[1]}."}

        monkeypatch.setattr(provider, "token", unsigned)
    assert come_back(provider, client).status_code == 400
    assert client.get("/desk/").status_code == 302


def test_the_answer_belongs_to_the_browser_that_began_and_serves_once(provider: Provider, member: Person) -> None:
    client, other = Client(), Client()
    go(provider, client)
    told = {"code": "c", "state": provider.asked["state"]}
    assert other.get("/desk/login/back/", told).status_code == 400
    assert client.get("/desk/login/back/", {**told, "state": "x"}).status_code == 400
    assert client.get("/desk/login/back/", told).status_code == 400, "a wrong answer uses the question up"
    go(provider, client)
    told = {"code": "c", "state": provider.asked["state"]}
    assert client.get("/desk/login/back/", told).status_code == 302
    client.post("/desk/logout/")
    assert client.get("/desk/login/back/", told).status_code == 400


def test_a_closed_account_does_not_sign_in_that_way(provider: Provider, member: Person) -> None:
    person_close(member, None, timezone.now())
    assert come_back(provider, Client()).status_code == 400


def test_a_provider_that_calls_itself_otherwise_or_is_silent_is_refused(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "OIDC_ISSUER", provider.issuer + "/")
    assert Client().get("/desk/login/provider/").status_code == 400
    monkeypatch.setattr(settings, "OIDC_ISSUER", "http://127.0.0.1:9")
    assert Client().get("/desk/login/provider/").status_code == 400
    monkeypatch.setattr(settings, "OIDC_ISSUER", "")
    assert Client().get("/desk/login/provider/").status_code == 404
