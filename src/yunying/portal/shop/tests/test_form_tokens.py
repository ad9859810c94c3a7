"""Forms' tokens are what Django gives out: of its form, accepted by its check, and no letter likelier than another."""

import os
from collections import Counter

import pytest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import (
    CSRF_ALLOWED_CHARS,
    CSRF_TOKEN_LENGTH,
    CsrfViewMiddleware,
    _check_token_format,
    _unmask_cipher_token,
    get_token,
)
from django.test import RequestFactory

from yunying.portal.form_tokens import form_token

SECRETS = ["a" * 32, "9" * 32, "aZ09" * 8, CSRF_ALLOWED_CHARS[:32], CSRF_ALLOWED_CHARS[-32:]]


def refused(secret: str, token: str) -> HttpResponse | None:
    """What Django's check answers to a form that is sent with this cookie and this token."""
    request = RequestFactory().post("/", {"csrfmiddlewaretoken": token})
    request.COOKIES["csrftoken"] = secret
    check = CsrfViewMiddleware(lambda request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda request: HttpResponse(), (), {})


def asked(secret: str = "") -> HttpRequest:
    request = RequestFactory().get("/")
    if secret:
        request.META["CSRF_COOKIE"] = secret
    return request


@pytest.mark.parametrize("secret", SECRETS)
def test_a_token_is_the_visitors_secret_under_a_mask_of_its_own(secret: str) -> None:
    request = asked(secret)
    tokens = {form_token(request) for _ in range(50)}
    assert len({token[:32] for token in tokens}) == 50
    for token in tokens:
        _check_token_format(token)
        assert len(token) == CSRF_TOKEN_LENGTH
        assert _unmask_cipher_token(token) == secret
        assert refused(secret, token) is None
        assert refused("b" + secret[1:], token) is not None


def test_a_new_visitor_gets_a_secret_and_every_visitor_his_cookie_anew() -> None:
    secrets = set()
    for give in (form_token, get_token):
        new, known = asked(), asked(SECRETS[2])
        token = give(new)
        assert _unmask_cipher_token(token) == new.META["CSRF_COOKIE"]
        secrets.add(new.META["CSRF_COOKIE"])
        assert give(new) != token
        assert _unmask_cipher_token(token) == new.META["CSRF_COOKIE"], "one request has one secret"
        give(known)
        assert known.META["CSRF_COOKIE"] == SECRETS[2]
        assert new.META["CSRF_COOKIE_NEEDS_UPDATE"]
        assert known.META["CSRF_COOKIE_NEEDS_UPDATE"]
    assert len(secrets) == 2


def test_every_letter_of_secrets_and_tokens_is_as_likely() -> None:
    counted: dict[str, Counter] = {"secret": Counter(), "mask": Counter(), "cipher": Counter()}
    for _ in range(4_000):
        request = asked()
        token = form_token(request)
        counted["secret"].update(request.META["CSRF_COOKIE"])
        counted["mask"].update(token[:32])
        counted["cipher"].update(token[32:])
    for name, seen in counted.items():
        assert len(seen) == 62
        even = sum(seen.values()) / 62
        # 61 degrees of freedom: above 130 in fewer than one of a million runs. Bytes taken modulo 62 give some 900.
        assert sum((seen[each] - even) ** 2 / even for each in CSRF_ALLOWED_CHARS) < 130, name


def test_bytes_that_would_favour_some_letters_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter([bytes([255] * 128), bytes([248, 249, 250] * 40), bytes(range(120)), bytes(range(248))])
    monkeypatch.setattr(os, "urandom", lambda count: next(given))
    request = asked()
    token = form_token(request)
    assert token[:32] == CSRF_ALLOWED_CHARS[:32]
    assert request.META["CSRF_COOKIE"] == (CSRF_ALLOWED_CHARS * 2)[32:64]
