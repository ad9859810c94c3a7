"""The one client for addresses that people gave: it connects to public addresses only, and follows nothing.

The name is resolved once, every address that it has is looked at, and the connection goes to the very address that was
looked at, so a resolver that changes its answer in between gains nothing.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5.0
MOST_SECONDS = 15.0
"""For the whole of it: an answer that comes byte by byte never meets the other limit."""
MOST_ANSWER_BYTES = 64 * 1024
Resolve = Callable[[str, int], list[str]]
Connect = Callable[[str, int], socket.socket]

# Global only in name: networks that carry another address inside, and what once was site-local.
_TUNNELS = tuple(
    ipaddress.ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10")
)


class Forbidden(Exception):
    """The address is none that may be reached."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, also where it is written as a number in decimal, octal or hexadecimal."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Forbidden(f"{host} has no address") from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def connect(address: str, port: int) -> socket.socket:
    """A connection to one address that was looked at."""
    return socket.create_connection((address, port), timeout=TIMEOUT_SECONDS)


def address_check(text: str) -> None:
    """Refuse an address that is not one of the public internet.

    Raises:
        Forbidden: it is loopback, private, link-local, reserved, multicast, or carries such a one inside.
    """
    try:
        address: Any = ipaddress.ip_address(text.partition("%")[0])
    except ValueError as error:
        raise Forbidden("no address") from error
    inner = getattr(address, "ipv4_mapped", None)
    if inner is not None:
        address = inner
    is_tunnel = address.version == 6 and any(address in network for network in _TUNNELS)
    if is_tunnel or not address.is_global or address.is_multicast or address.is_reserved or "%" in text:
        raise Forbidden(f"{text} is not a public address")


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow: Collection[str] = (),
    resolver: Resolve = resolve,
    connector: Connect = connect,
) -> int:
    """Send a body; returns the status of the answer, which is read no further. A redirect is an answer like others.

    Args:
        allow: ``host:port`` pairs that need be neither public nor https: for tests.

    Raises:
        Forbidden: the address may not be reached; no connection was opened.
        OSError, http.client.HTTPException: it did not answer.
    """
    host, port, path, is_tls = _parts(url, allow)
    addresses = resolver(host, port)
    if f"{host}:{port}" not in allow:
        if not addresses:
            raise Forbidden(f"{host} has no address")
        for address in addresses:
            address_check(address)
    sock: Any = connector(addresses[0], port)
    try:
        sock.settimeout(TIMEOUT_SECONDS)
        if is_tls:
            context = ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        with _ended_in_time(sock):
            if is_tls:
                sock.do_handshake()
            return _sent(sock, host, port, path, body, headers)
    finally:
        sock.close()


@contextmanager
def _ended_in_time(sock: socket.socket) -> Iterator[None]:
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(MOST_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if is_over.is_set():
        # What was cut off may look like an answer.
        raise TimeoutError(f"no whole answer in {MOST_SECONDS} seconds")


def _sent(sock: Any, host: str, port: int, path: str, body: bytes, headers: Mapping[str, str]) -> int:
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    connection.sock = sock
    try:
        connection.request("POST", path, body=body, headers={**headers, "Connection": "close"})
        answer = connection.getresponse()
        answer.read(MOST_ANSWER_BYTES)
        return answer.status
    finally:
        connection.close()


def _parts(url: str, allow: Collection[str]) -> tuple[str, int, str, bool]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Forbidden("no address") from error
    is_allowed = f"{host}:{port}" in allow
    if parts.scheme != "https" and not (parts.scheme == "http" and is_allowed):
        raise Forbidden("only https addresses are told")
    if not host or parts.username is not None or parts.password is not None or not url.isascii() or "\\" in url:
        raise Forbidden("no plain address of a host")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, port, path, parts.scheme == "https"
