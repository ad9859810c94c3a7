"""Addresses that must not be reached: none of them opens a socket, however it is written."""

import http.client
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from yunying.loop import outgoing_http
from yunying.loop.outgoing_http import Forbidden, address_check, post, resolve

LITERALS = (
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0.0.0.0", "0", "2130706433", "0x7f000001", "0x7f.0.0.1",
    "0177.0.0.1", "017700000001", "0x7f.1", "10.0.0.1", "10.255.255.255", "167772161", "012.0.0.1", "172.16.0.1",
    "172.31.255.255", "0xac.16.0.1", "192.168.0.1", "192.168.255.255", "3232235521", "169.254.169.254", "169.254.0.1",
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[fe80::1]", "[fe80::1%25lo]", "[fec0::1]",
    "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[2002:7f00:1::]",
    "[2002:a00:1::1]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[100::1]", "[64:ff9b:1::1]", "localhost",
)  # fmt: skip
SHAPES = (
    "http://8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/", "https://user@8.8.8.8/",
    "https://user:word@8.8.8.8/", "https://8.8.8.8@127.0.0.1/", "https:///nowhere", "https://", "", "//8.8.8.8/",
    "https://8.8.8.8:99999/", "https://[::1/", "https://8.8.8.8\\@127.0.0.1/", "javascript:alert(1)",
    "https://①②⑦.⓪.⓪.①/",
)  # fmt: skip


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Counts the sockets that anybody opens."""
    opened: list[object] = []

    class Counted(socket.socket):
        def connect(self, address: object) -> None:
            opened.append(address)
            raise OSError("not in this test")

    monkeypatch.setattr(socket, "socket", Counted)
    return opened


@pytest.mark.parametrize("host", LITERALS)
def test_a_forbidden_address_opens_no_socket(host: str, no_socket: list[object]) -> None:
    with pytest.raises(Forbidden):
        post(f"https://{host}/hook", b"{}", {})
    assert no_socket == []


@pytest.mark.parametrize("url", SHAPES)
def test_what_is_no_plain_https_address_opens_no_socket(url: str, no_socket: list[object]) -> None:
    with pytest.raises(Forbidden):
        post(url, b"{}", {}, resolver=lambda host, port: ["8.8.8.8"])
    assert no_socket == []


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:192.168.1.1"])
def test_a_name_with_one_forbidden_address_among_others_is_refused(inner: str, no_socket: list[object]) -> None:
    with pytest.raises(Forbidden):
        post("https://rebinding.example/", b"{}", {}, resolver=lambda host, port: ["8.8.8.8", inner])
    assert no_socket == []


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    answers = iter((["93.184.216.34"], ["127.0.0.1"]))
    reached: list[str] = []

    def connector(address: str, port: int) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        post("https://rebinding.example/", b"{}", {}, resolver=lambda *_: next(answers), connector=connector)
    assert reached == ["93.184.216.34"]


def test_public_addresses_pass_the_look() -> None:
    for address in ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"):
        address_check(address)
    assert resolve("2130706433", 443) == ["127.0.0.1"], "numbers are looked at as what they reach"


class Redirects(BaseHTTPRequestHandler):
    seen: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.seen.append(self.path)
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


def test_a_redirect_is_not_followed_and_loopback_needs_leave() -> None:
    server = HTTPServer(("127.0.0.1", 0), Redirects)
    place = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        assert post(f"http://{place}/hook", b"{}", {}, allow=[place]) == 302
        with pytest.raises(Forbidden):
            post(f"http://{place}/hook", b"{}", {})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert Redirects.seen == ["/hook"]


def test_an_answer_that_comes_byte_by_byte_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing_http, "MOST_SECONDS", 0.6)
    listener = socket.create_server(("127.0.0.1", 0))
    place = f"127.0.0.1:{listener.getsockname()[1]}"

    def trickle() -> None:
        other, _ = listener.accept()
        with other, suppress(OSError):
            other.sendall(b"HTTP/1.1 200 OK\r\n")
            for _ in range(100):
                other.sendall(b"x")
                time.sleep(0.1)

    thread = threading.Thread(target=trickle)
    thread.start()
    begun = time.monotonic()
    with pytest.raises((OSError, http.client.HTTPException)):
        post(f"http://{place}/hook", b"{}", {}, allow=[place])
    assert time.monotonic() - begun < 5
    thread.join()
    listener.close()
