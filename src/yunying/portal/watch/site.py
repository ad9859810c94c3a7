"""How the watch asks for pages: over HTTP as readers do, and in this process as the program makes them now."""

import http.client
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404
from django.urls import resolve
from django.utils import translation

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.tracking.own_looks import mark_made

MOST_BYTES, TIMEOUT_SECONDS = 4 * 1024 * 1024, 10.0


@dataclass(frozen=True)
class Answer:
    """What was answered; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 shows as replaced characters."""
        return self.body.decode("utf-8", "replace")


Fetch = Callable[[str, Mapping[str, str]], Answer]
"""Asks for a path with some headers; an ``OSError`` where nobody answers."""


def site_address() -> str:
    """Where the site is watched, such as http://127.0.0.1:8000; empty where no operator said it."""
    return str(settings.WATCH_ADDRESS)


def site_host() -> str:
    """The host, with its port, under which pages are asked for."""
    return urlsplit(settings.SHOP_ADDRESS or site_address()).netloc or "localhost"


def over_http(address: str) -> Fetch:
    """Ask a server at an address that the operator set; redirects are answers like others.

    Raises:
        OperatorError: this is no address of a web server.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise OperatorError("watch-address", f"{address!r} is no address of a site.", "Set YUNYING_WATCH_ADDRESS.")

    def fetch(path: str, headers: Mapping[str, str]) -> Answer:
        connection = _connection(parts.scheme, str(parts.hostname), parts.port)
        try:
            connection.request("GET", path, headers={"Host": site_host(), **headers, "Connection": "close"})
            given = connection.getresponse()
            body = given.read(MOST_BYTES)
            return Answer(given.status, {name.casefold(): value for name, value in given.getheaders()}, body)
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    return fetch


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)


def made_here(path: str, language: str, cookies: str = "") -> Answer:
    """What the program's own view makes of a path, with nothing between it and us: neither middleware nor server."""
    request = _request(path, cookies)
    with translation.override(language):
        try:
            found = resolve(request.path_info)
            response = found.func(request, *found.args, **found.kwargs)
            if hasattr(response, "render"):
                response = response.render()
        except Http404:
            return Answer(404)
        except PermissionDenied:
            return Answer(403)
    headers = {name.casefold(): value for name, value in response.headers.items()}
    headers.setdefault("content-security-policy", settings.CONTENT_POLICY)
    # Only files are streamed, and these are compared as they lie.
    return Answer(response.status_code, headers, b"" if response.streaming else response.content)


def cookies_of(**others: str) -> str:
    """The header of a returning reader's cookies, by which the site does not count its own look."""
    return "; ".join(f"{name}={value}" for name, value in ((settings.CSRF_COOKIE_NAME, mark_made()), *others.items()))


def _request(path: str, cookies: str) -> WSGIRequest:
    parts = urlsplit(path)
    host, _, port = site_host().partition(":")
    scheme = urlsplit(settings.SHOP_ADDRESS or site_address() or "http://localhost").scheme
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": parts.path, "QUERY_STRING": parts.query, "SCRIPT_NAME": "",
        "SERVER_NAME": host, "SERVER_PORT": port or ("443" if scheme == "https" else "80"), "HTTP_HOST": site_host(),
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": scheme, "wsgi.input": BytesIO(), "wsgi.version": (1, 0),
        "HTTP_COOKIE": cookies, "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    request = WSGIRequest(environ)
    request.user, request.session = AnonymousUser(), {}  # type: ignore[attr-defined]
    # Django reads the token's secret from here; its middleware would have put it there.
    request.META["CSRF_COOKIE"] = request.COOKIES[settings.CSRF_COOKIE_NAME]
    return request
