"""Builds a portal of many rows: news_scale_child.py ARTICLES COMMENTS PAGES; prints how many seconds it took.

Then it times its pages each time that it reads a line, and prints them as JSON.
"""

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.portal_settings")

import django

django.setup()

import numpy as np  # noqa: E402
from django.core.cache import cache, caches  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from wagtail.models import Page  # noqa: E402

from yunying.accounts.database import database_ready  # noqa: E402
from yunying.portal.news.articles import address_of  # noqa: E402
from yunying.portal.news.listings import listings_mend  # noqa: E402
from yunying.portal.news.models import ArticlePage  # noqa: E402
from yunying.portal.news.sample import portal_sample  # noqa: E402
from yunying.portal.news.turn import news_turn  # noqa: E402
from yunying.portal.shop.catalogue import shop_open  # noqa: E402

DIGITS = "'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'"
FIRST = 36**3
"""The first of the steps of the tree's paths that copies take, behind those of the sample."""


def _step(number: str) -> str:
    """Four digits to the base of 36, as Wagtail's tree writes a child's place."""
    return " || ".join(f"substr({DIGITS}, (({number}) / {36**at}) % 36 + 1, 1)" for at in (3, 2, 1, 0))


def articles_build(article: ArticlePage, count: int) -> int:
    """So many articles like one, each a minute older; the number of the first."""
    first = int(Page.objects.order_by("-pk").values_list("pk", flat=True)[0]) + 1
    pages = {
        "path": f"'{article.path[:-4]}' || {_step(f'{FIRST} + i')}", "slug": "'bulk-' || i",
        "url_path": f"'{article.url_path.rsplit('/', 2)[0]}/bulk-' || i || '/'",
        "translation_key": "gen_random_uuid()",
    }  # fmt: skip
    own = {"published_at": "a.published_at - i * interval '1 minute'"}
    page_names = sorted({field.column for field in Page._meta.local_concrete_fields} - {"id"})
    own_names = sorted({field.column for field in ArticlePage._meta.local_concrete_fields} - {"page_ptr_id"})
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO wagtailcore_page (id, {', '.join(page_names)}) "
            f"SELECT {first} + i, {', '.join(pages.get(name, f'a.{name}') for name in page_names)} "
            f"FROM wagtailcore_page a, generate_series(0, {count - 1}) i WHERE a.id = {article.pk}"
        )
        cursor.execute(
            f"INSERT INTO news_articlepage (page_ptr_id, {', '.join(own_names)}) "
            f"SELECT {first} + i, {', '.join(own.get(name, f'a.{name}') for name in own_names)} "
            f"FROM news_articlepage a, generate_series(0, {count - 1}) i WHERE a.page_ptr_id = {article.pk}"
        )
        cursor.execute(
            f"INSERT INTO news_articleday (article_id, date, hits) "
            f"SELECT {first} + i, current_date - i % 40, 1 + i % 977 FROM generate_series(0, {count - 1}) i"
        )
        cursor.execute(f"UPDATE wagtailcore_page SET numchild = numchild + {count} WHERE path = '{article.path[:-4]}'")
    return first


def comments_build(first: int, articles: int, count: int) -> None:
    """So many shown comments of guests, spread over the articles from a number on."""
    place = f"'article/' || ({first} + i % {articles})"
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM moderation_submission")
        before = int(cursor.fetchone()[0]) + 1
        cursor.execute(
            "INSERT INTO moderation_submission (id, site, kind, place, name, title, text, state, flags, made_at, "
            "decided_at, decided_by, reason, note, appeal, reports) "
            f"SELECT {before} + i, 'big', 'comment', {place}, 'guest', '', 'A comment of some words.', 'shown', '[]', "
            f"now(), now(), 'system', '', '', '', 0 FROM generate_series(0, {count - 1}) i"
        )
        cursor.execute(
            "INSERT INTO community_post (site, kind, place, submission_id, name, is_by_staff, title, text, key, "
            "made_at) "
            f"SELECT 'big', 'comment', {place}, {before} + i, 'guest', false, '', 'A comment of some words.', "
            f"'bulk-' || i, now() FROM generate_series(0, {count - 1}) i"
        )


def timed(client: Client, addresses: list[str]) -> dict[str, float]:
    """The median of pages that are made anew, and the queries of one."""
    spent, queries = [], 0
    client.get(addresses[0])
    for address in addresses[1:]:
        for kept in ("pages", "parts"):
            caches[kept].clear()
        cache.clear()
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        spent.append(time.perf_counter() - began)
        queries = len(captured)
        if os.environ.get("BENCH_SLOW"):
            slow = sorted(captured, key=lambda each: -float(each["time"]))[:3]
            sys.stderr.write("".join(f"{address} {each['time']} {each['sql'][:400]}\n" for each in slow))
    return {"ms": round(float(np.median(spent)) * 1000, 1), "queries": queries}


def built(articles: int, comments: int) -> tuple[int, str]:
    """The number of the first of so many articles, and the address of their column."""
    shop_open("big", "Big shop", "CNY", "Asia/Shanghai")
    portal_sample("system", timezone.now())
    article = ArticlePage.objects.filter(language="en").order_by("pk")[0]
    first = articles_build(article, articles)
    comments_build(first, articles, comments)
    listings_mend()
    news_turn(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        # What was written is on the disk before anything is timed.
        cursor.execute("CHECKPOINT")
    return first, address_of(article).rsplit("/", 2)[0]


def pages_timed(articles: int, pages: int, first: int, column: str) -> dict[str, object]:
    """Each kind of page."""
    client = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64)")
    chosen = np.random.default_rng().choice(articles, size=min(pages, articles), replace=False)
    return {
        "article": timed(client, [f"{column}/bulk-{n}/" for n in chosen]),
        "column": timed(client, [f"{column}/?page={n}" for n in range(1, min(pages, articles // 20) + 1)]),
        "home": timed(client, ["/"] * min(pages, 10)),
        "comments": timed(client, [f"/talk/big/comments/?place=article/{first + int(n)}" for n in chosen]),
    }


def main(articles: int, comments: int, pages: int) -> None:
    began = time.perf_counter()
    first, column = built(articles, comments)
    sys.stdout.write(f"{time.perf_counter() - began:.1f}\n")
    sys.stdout.flush()
    for _line in sys.stdin:
        sys.stdout.write(f"{json.dumps(pages_timed(articles, pages, first, column))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    database_ready()
    main(*map(int, sys.argv[1:]))
