"""Whatever somebody stored in a field, no page runs it."""

import io
import json
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from PIL import Image as Drawing
from wagtail.images.forms import get_image_form
from wagtail.images.models import Image

from yunying.portal.news.models import ArticlePage, HomePage, PortalSettings
from yunying.portal.news.models.blocks import BodyBlock, video_host
from yunying.portal.news.sample import picture_drawn
from yunying.portal.news.tests.conftest import NOW
from yunying.portal.news.tests.written import article_written, column_found

PAYLOADS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{ 7|add:7 }}{% now 'Y' %}",
)  # fmt: skip
TEXTS = ("title", "summary", "source", "author", "keywords")


class Looked(HTMLParser):
    """What a browser would run: scripts, attributes that are scripts, addresses that are scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        is_data = named.get("type") == "application/ld+json"
        is_ours = tag == "script" and str(named.get("src", "")).startswith("/static/")
        if tag == "script" and not is_data and not is_ours:
            self.found.append("script")
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith("on") or address.startswith(("javascript:", "data:", "vbscript:")) or name == "style":
                self.found.append(f"{tag} {name}={value}")
        if tag in ("object", "embed", "base", "form") and "alert" in str(attrs):
            self.found.append(tag)


def run_by(page: str) -> list[str]:
    looked = Looked()
    looked.feed(page)
    return looked.found


def test_the_control_sees_what_a_browser_would_run() -> None:
    for payload in (*PAYLOADS[:5], '<a href=" java\nscript:alert(1)">x</a>'):
        assert run_by(f'<p title="{payload}">{payload}</p>'), payload


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_field_is_shown_as_the_text_that_it_is(reader: Client, portal: HomePage, payload: str) -> None:
    column = column_found("ecommerce")
    body = [
        ("text", f"<p>{payload}</p>"), ("picture", {"image": picture_drawn(1, payload), "caption": payload}),
        ("table", {"data": [[payload, payload], [payload, payload]], "first_row_is_table_header": True,
                   "first_col_is_header": True, "table_caption": payload}),
        ("video", {"address": "https://v.qq.com/player.html", "title": payload}),
    ]  # fmt: skip
    fields = {name: payload[:120] for name in TEXTS if name != "title"}
    article = article_written(column, payload, NOW, slug="odd", lead_picture=picture_drawn(2, payload), body=body,
                              is_headline=True, is_recommended=True, is_picture_story=True, **fields)  # fmt: skip
    type(column).objects.filter(pk=column.pk).update(title=payload, title_zh=payload, summary=payload)
    PortalSettings.objects.update(
        name=payload, name_zh=payload, record_number=payload, police_number=payload, licence=payload,
        copyright=payload, disclaimer=payload,
    )  # fmt: skip
    HomePage.objects.update(
        layout=json.dumps([{"type": "notice", "value": {"words": payload, "words_zh": payload}},
                           {"type": "newest", "value": {"heading": payload, "heading_zh": payload, "count": 5}},
                           {"type": "column", "value": {"column": column.pk, "count": 5}}])
    )  # fmt: skip
    for address in (
        "/", "/news/industry/", "/news/industry/ecommerce/", "/news/industry/ecommerce/odd/",
        f"/site/article/{article.pk}/print/", f"/site/article/{article.pk}/tell/",
        f"/site/article/{article.pk}/report/", "/site/map/",
    ):  # fmt: skip
        page = reader.get(address).content.decode()
        assert run_by(page) == [], address
        assert "14" not in page or "{{ 7|add:7 }}" not in payload or "{{ 7|add:7 }}" in page
    found = reader.get("/site/search/", {"q": payload}).content.decode()
    assert run_by(found) == []


@pytest.mark.parametrize(
    "html",
    [
        '<a href="javascript:alert(1)">x</a>', '<a href=" jav&#x09;ascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>', '<p style="position:fixed">x</p>',
        '<p onclick="alert(1)">x</p>', '<iframe src="https://evil.example/"></iframe>',
        "<svg><script>alert(1)</script>",
        '<img src="https://evil.example/pixel.gif">', '<form action="https://evil.example/"><input></form>',
    ],
)  # fmt: skip
def test_rich_text_that_a_program_stored_is_cleaned_when_it_is_shown(
    reader: Client, portal: HomePage, html: str
) -> None:
    article_written(column_found("ecommerce"), "Odd", NOW, slug="odd", body=[("text", f"<p>before</p>{html}")])
    page = reader.get("/news/industry/ecommerce/odd/").content.decode()
    body = page.partition('<div class="body">')[2].partition("</article>")[0]
    assert "before" in body
    assert run_by(page) == []
    assert "evil.example" not in body
    assert "style" not in body


def test_addresses_of_scripts_are_refused_in_every_field_that_takes_an_address(
    reader: Client, portal: HomePage
) -> None:
    article = ArticlePage.objects.get(slug="article-1")
    for address in ("javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example/"):
        article.source_address = address
        with pytest.raises(ValidationError):
            article.full_clean()
    article.source_address = "https://source.example/1"
    article.full_clean()
    ArticlePage.objects.filter(pk=article.pk).update(source="Post", source_address="javascript:alert(1)")
    assert "javascript:" not in reader.get("/news/industry/ecommerce/article-1/").content.decode()


def test_only_players_of_the_listed_sites_are_shown(reader: Client, portal: HomePage) -> None:
    block = BodyBlock().child_blocks["video"]
    good = "https://player.bilibili.com/player.html?bvid=1"
    assert block.clean(block.to_python({"address": good, "title": "x"}))["address"] == good
    for address in (
        "http://player.bilibili.com/x", "https://player.bilibili.com.evil.example/", "https://evil.example/",
        "https://player.bilibili.com@evil.example/", "https://player.bilibili.com:8443/", "javascript:alert(1)",
    ):  # fmt: skip
        assert video_host(address) == ""
        with pytest.raises(ValidationError):
            block.clean(block.to_python({"address": address, "title": "x"}))
    body = [("video", {"address": good, "title": "A film"})]
    article_written(column_found("ecommerce"), "Film", NOW, slug="film", body=body)
    answer = reader.get("/news/industry/ecommerce/film/")
    assert "frame-src 'self' https://player.bilibili.com" in answer.headers["Content-Security-Policy"]
    assert f'src="{good}"' in answer.content.decode()
    assert "frame-src" not in reader.get("/news/industry/ecommerce/article-1/").headers["Content-Security-Policy"]
    with override_settings(NEWS_VIDEO_HOSTS=["v.qq.com"], SHOP_PAGES=0):
        assert good not in reader.get("/news/industry/ecommerce/film/").content.decode(), "the site has left the list"


def _sent(image: Drawing.Image, kind: str, **other: object) -> SimpleUploadedFile:
    into = io.BytesIO()
    image.save(into, kind, **other)
    return SimpleUploadedFile(f"x.{kind.lower()}", into.getvalue(), f"image/{kind.lower()}")


def test_a_picture_that_an_editor_sends_is_only_its_pixels(portal: HomePage) -> None:
    image = Drawing.new("RGB", (2400, 1200), (10, 120, 90))
    exif = Drawing.Exif()
    exif[0x010E] = "<script>alert(1)</script> secret place"
    form = get_image_form(Image)
    sent = form({"title": "A field", "tags": ""}, {"file": _sent(image, "JPEG", exif=exif)})
    assert sent.is_valid(), sent.errors
    kept = sent.save()
    with kept.file.open("rb") as handle:
        content = handle.read()
    assert content[8:12] == b"WEBP"
    assert b"secret place" not in content
    assert (kept.width, kept.height) == (1920, 960)
    for name, data in (("x.png", b"<svg onload=alert(1)>"), ("x.svg", b"<svg/>"), ("x.jpg", b"GIF89a" + b"0" * 40)):
        refused = form({"title": "x", "tags": ""}, {"file": SimpleUploadedFile(name, data, "image/png")})
        assert not refused.is_valid(), name
