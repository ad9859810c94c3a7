"""A browser made of sockets, light enough to stand beside the server that it asks on the same two cores."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import numpy as np

AGENT = "Mozilla/5.0 (X11; Linux x86_64)"
_HIDDEN = re.compile(r'name="(\w+)" value="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What came back, and the seconds from the first byte sent to the last one received."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: str
    seconds: float

    @property
    def location(self) -> str:
        """Where a redirection leads; empty where there is none."""
        return dict(self.headers).get("location", "")

    def field(self, name: str) -> str:
        """The value of a form's hidden field."""
        return next(value for found, value in _HIDDEN.findall(self.body) if found == name)


@dataclass
class Browser:
    """Sends requests on connections of their own and keeps cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    address: str = ""
    """Where it is, as the site's own proxy would say; for sites that trust one on loopback."""

    async def get(self, path: str) -> Answer:
        return await self.send("GET", path)

    async def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        sent = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **fields}
        return await self.send("POST", path, urlencode(sent).encode(), "application/x-www-form-urlencoded")

    async def send(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        head = [
            f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"User-Agent: {AGENT}", "Accept: text/html",
            f"Accept-Language: {self.language}", "Connection: close",
        ]  # fmt: skip
        if self.address:
            head.append(f"X-Forwarded-For: {self.address}")
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write("\r\n".join([*head, "", ""]).encode() + body)
            answered = await reader.read()
        finally:
            writer.close()
        seconds = time.perf_counter() - began
        top, _, content = answered.partition(b"\r\n\r\n")
        if not top:
            raise ConnectionResetError("the server closed without an answer")
        status, *lines = top.decode("latin-1").split("\r\n")
        headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]
        for name, value in headers:
            if name == "set-cookie":
                cookie, _, kept = value.partition(";")[0].partition("=")
                self.cookies[cookie] = kept
        return Answer(int(status.split()[1]), headers, content.decode(), seconds)


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Percentiles in milliseconds."""
    found = np.quantile(np.array(seconds), [0.5, 0.95, 0.99, 1.0]) * 1000
    return dict(zip(("p50_ms", "p95_ms", "p99_ms", "worst_ms"), (round(float(each), 1) for each in found), strict=True))
