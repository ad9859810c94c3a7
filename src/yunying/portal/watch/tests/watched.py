"""A site that is watched: the portal behind its real WSGI application, and what somebody puts in between."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from wsgiref.simple_server import WSGIServer

from django.conf import settings
from django.core.cache import cache, caches
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.template import engines
from django.test import override_settings
from wagtail.images.models import Image

from yunying.accounts.database import database_ready
from yunying.portal.news import hits
from yunying.portal.news.models import ArticlePage, HomePage, InfoPage
from yunying.portal.news.sample import picture_drawn
from yunying.portal.news.tests.written import article_written, column_found, portal_written
from yunying.portal.news.views import kept
from yunying.portal.shop.tests.furnished import shop_furnished
from yunying.portal.watch import turn
from yunying.portal.watch.models import Incident
from yunying.portal.watch.site import Answer
from yunying.portal.watch.turn import Turn, watch_begin, watch_turn

ADDRESS = "http://testserver"
START = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
Change = Callable[[str, Mapping[str, str], Answer], Answer]
"""What somebody who sits before the site makes of an answer, given the path and the reader's headers."""


class Between:
    """A WSGI application before another one, whose answers it changes."""

    def __init__(self, application: Any, change: Change) -> None:
        self.application, self.change = application, change

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        query = environ["QUERY_STRING"]
        path = environ["PATH_INFO"] + (f"?{query}" if query else "")
        headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items()
                   if name.startswith("HTTP_") and name != "HTTP_HOST"}  # fmt: skip
        changed = self.change(path, headers, asked(self.application, path, headers))
        given = {**changed.headers, "content-length": str(len(changed.body))}
        start(f"{changed.status} OK", list(given.items()))
        return [changed.body]


FILES = "templates"
PACKAGE = Path(settings.PACKAGE)


class Clock:
    """A clock that goes on a little whenever it is read, and as far as it is told."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=7)
        return self.moment

    def wait(self, span: timedelta) -> None:
        self.moment += span


@dataclass
class Watched:
    """The site, the folders that belong to it, and the time that passes."""

    folder: Path
    application: Any
    clock: Clock

    def fetch(self, path: str, headers: Mapping[str, str]) -> Answer:
        """What a reader is answered, through every middleware and whatever changes answers."""
        with _one_connection():
            return asked(self.application, path, headers)

    def handle(self, server: WSGIServer) -> None:
        """Let a server of this application answer one request."""
        with _one_connection():
            server.handle_request()

    def turn(self, minutes: int = 8) -> Turn:
        """The watch's next turn, so much later."""
        self.clock.wait(timedelta(minutes=minutes))
        return watch_turn(self.clock(), self.fetch, settle=0)


def asked(application: Any, path: str, headers: Mapping[str, str]) -> Answer:
    """One request to a WSGI application."""
    bare, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": bare, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "HTTP_HOST": "testserver", "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http", "wsgi.input": BytesIO(), "wsgi.version": (1, 0), "REMOTE_ADDR": "127.0.0.1",
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }  # fmt: skip
    said: list[Any] = []
    body = application(environ, lambda status, given, *_other: said.append((int(status.split()[0]), given)))
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    status, given = said[0]
    return Answer(status, {name.casefold(): value for name, value in given}, content)


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """A site with pages of every kind, whose watch has begun; all is rolled back."""
    files = folder / FILES
    shutil.copytree(PACKAGE / "portal" / "news" / "templates", files)
    templates = [{**settings.TEMPLATES[0], "DIRS": [files, PACKAGE]}]
    # Pages stay kept for as long as the tests run; each state of the site has its own, and to make one costs the most.
    with patch.object(kept, "KEPT_SECONDS", 3_600), patch.object(turn, "MOST_AGAIN", 3), override_settings(
        MEDIA_ROOT=folder / "media", WATCH_HOME=folder / "watch", WATCH_FILES=[files], TEMPLATES=templates,
        SHOP_ADDRESS=ADDRESS, WATCH_ADDRESS=ADDRESS, WATCH_MAIL=["desk@portal.example"], EMAIL_HOST="localhost",
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    ):  # fmt: skip
        database_ready()
        site = Watched(folder, WSGIHandler(), Clock(START))
        with transaction.atomic(), patch("django.utils.timezone.now", site.clock):
            forget()
            _published()
            watch_begin(site.clock(), "test")
            yield site
            transaction.set_rollback(True)
    forget()


@contextmanager
def _one_connection() -> Iterator[None]:
    """A request must not end the connection whose transaction is not over."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@contextmanager
def taken_back(folder: Path) -> Iterator[None]:
    """Whatever happens inside is undone: in the database, in the site's files, and in what processes keep."""
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for path in folder.rglob("*"):
        if path.is_file() and path not in before:
            path.unlink()
    for path, content in before.items():
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            forget()


def forget() -> None:
    for loader in engines["django"].engine.template_loaders:
        loader.reset()
    cache.clear()
    for name in ("pages", "parts"):
        caches[name].clear()
    hits._held.clear()


def incidents() -> set[tuple[str, str, str]]:
    """What is open: subject, kind and state."""
    return set(Incident.objects.exclude(state="closed").values_list("subject", "kind", "state"))


def article(slug: str) -> ArticlePage:
    return ArticlePage.objects.get(slug=slug)


def _published() -> None:
    shop_furnished()
    home = portal_written(START)
    picture = picture_drawn(3, "Der Fluss")
    industry = column_found("industry")
    article_written(
        column_found("ecommerce"), "石桥的一天", START - timedelta(hours=3), language="zh-hans", slug="pictured",
        lead_picture=picture, is_recommended=True, is_headline=True, keywords="石桥,生活",
        source="石桥报", source_address="https://source.example/1", author="林晚",
        body=[("text", "<p>镇上的人说，这条河<b>三十年</b>没有这么清过。<a href='https://river.example/'>河流网</a></p>"),
              ("picture", {"image": picture, "caption": "清晨的河"}),
              ("table", {"data": [["", "春季"], ["人数", "12"]], "first_row_is_table_header": True}),
              ("video", {"address": "https://player.bilibili.com/player.html?aid=1", "title": "河上的一天"})],
    )  # fmt: skip
    home = HomePage.objects.get(pk=home.pk)
    home.layout = [
        ("notice", {"words": "The hall is closed.", "words_zh": "镇政府休息。"}),
        *((kind, {"count": 4}) for kind in ("headlines", "newest", "pictures", "most_read", "products")),
        ("column", {"column": industry, "count": 3}),
    ]
    home.save_revision().publish()
    for page in InfoPage.objects.exclude(slug="about"):
        page.delete()
    about = InfoPage.objects.get(slug="about")
    about.body, about.body_zh = [("text", "<p>Who we are.</p>")], [("text", "<p>我们是谁。</p>")]
    about.save_revision().publish()
    assert Image.objects.count() == 1
