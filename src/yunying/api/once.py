"""Idempotency keys: a request that is sent again under its key has one effect, and gets the same answer."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yunying.api.access import caller_of, scoped
from yunying.api.models import KeptAnswer
from yunying.api.refusals import Refused, refusal_of
from yunying.kernel.errors import FactError, OperatorError

KEPT = timedelta(days=7)
"""How long a key is known."""
MOST_CHARS = 120
Effect = Callable[..., tuple[int, Any]]
Finish = Callable[[dict[str, Any]], dict[str, Any]]


def key_header(*, is_needed: bool) -> dict[str, Any]:
    """The header as OpenAPI describes it."""
    words = "Sent again with the same body, the request has no second effect and gets the same answer, for 7 days."
    return {
        "parameters": [
            {
                "name": "Idempotency-Key", "in": "header", "required": is_needed, "description": words,
                "schema": {"type": "string", "minLength": 1, "maxLength": MOST_CHARS, "pattern": "^[!-~]+$"},
            }
        ]
    }  # fmt: skip


def once(
    deed: str, *, is_needed: bool = False, finish: Finish | None = None
) -> Callable[[Effect], Callable[..., HttpResponse]]:
    """Wrap a view that returns a status and a body: with a key, its effect and the key are one transaction.

    Args:
        deed: what the caller must be allowed in the store, also to be given an answer that was kept.
        finish: adds to each good answer what must not be kept with it, such as a secret.
    """

    def wrap(view: Effect) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            caller_of(request).store(kwargs["store"], deed)
            key = _key(request, is_needed=is_needed)
            do = scoped(lambda request: view(request, **kwargs))
            status, text = _made(request, do) if key is None else _kept(request, key, do)
            if finish is not None and status < 300:
                text = json.dumps(finish(json.loads(text)), ensure_ascii=False)
            return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")

        return answered

    return wrap


def _key(request: HttpRequest, *, is_needed: bool) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        if is_needed:
            what = "The request has no Idempotency-Key."
            raise Refused("no-key", what, "Send one of your own making, and the same one when you send it again.")
        return None
    if not 1 <= len(key) <= MOST_CHARS or not all("!" <= each <= "~" for each in key):
        raise Refused("bad-key", "The Idempotency-Key cannot be used.", f"Send 1 to {MOST_CHARS} visible characters.")
    return key


def _made(request: HttpRequest, do: Callable[[HttpRequest], tuple[int, Any]]) -> tuple[int, str]:
    """Do it; a refusal leaves nothing of the effect behind."""
    try:
        with transaction.atomic():
            status, body = do(request)
    except (OperatorError, FactError) as error:
        status, body = refusal_of(error)
    return status, json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False)


def _kept(request: HttpRequest, key: str, do: Callable[[HttpRequest], tuple[int, Any]]) -> tuple[int, str]:
    """Write the key first, then do it, in one transaction; who comes second waits for it and gets its answer."""
    token, now, digest = caller_of(request).token, timezone.now(), _digest(request)
    with transaction.atomic():
        KeptAnswer.objects.filter(made_at__lt=now - KEPT).delete()
        try:
            with transaction.atomic():
                row = KeptAnswer.objects.create(token=token, key=key, digest=digest, made_at=now)
        except IntegrityError:
            return _again(token, key, digest)
        status, text = _made(request, do)
        KeptAnswer.objects.filter(pk=row.pk).update(status=status, body=text)
    return status, text


def _again(token: int, key: str, digest: str) -> tuple[int, str]:
    found = KeptAnswer.objects.get(token=token, key=key)
    if found.digest != digest:
        raise Refused("key-used", "This Idempotency-Key was sent with another request.", "Make a new key.")
    return int(found.status or 500), found.body


def _digest(request: HttpRequest) -> str:
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()
