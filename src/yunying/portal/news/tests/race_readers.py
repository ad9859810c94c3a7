"""One of several processes that write what they counted; or the portal that they count for.

Run as: race_readers.py portal | careful ARTICLE TIMES | careless ARTICLE TIMES | share CODE TIMES
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.test import Client
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.kernel.errors import OperatorError
from yunying.kernel.tests.meeting import met
from yunying.portal.news.hits import hits_add
from yunying.portal.news.models import ArticleDay, ArticlePage
from yunying.portal.news.shares import sending_take
from yunying.portal.news.tests.conftest import NOW
from yunying.portal.news.tests.written import portal_written
from yunying.portal.shop.tests.furnished import shop_furnished

PLACES = ("/", "/news/industry/", "/news/industry/ecommerce/article-1/", "/site/search/?q=运营", "/site/map/",
          "/sitemap.xml", "/news/rss.xml", "/news/about/")  # fmt: skip


def portal() -> dict:
    database_ready()
    shop_furnished()
    portal_written(NOW)
    article = ArticlePage.objects.get(slug="article-1")
    hits_add({(article.pk, NOW.date()): 1})
    reader = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    return {"article": article.pk, "answers": {place: reader.get(place).status_code for place in PLACES},
            "found": "什么是电商运营" in reader.get("/site/search/?q=运营").content.decode()}  # fmt: skip


def careless(article: int) -> None:
    """What not to do: read, add, write."""
    row = ArticleDay.objects.filter(article=article, date=NOW.date()).first()
    row = row or ArticleDay(article_id=article, date=NOW.date(), hits=0)
    met("read")
    row.hits += 1
    row.save()


def main(kind: str, *arguments: str) -> object:
    if kind == "portal":
        return portal()
    if kind == "hits":
        return sum(ArticleDay.objects.filter(date=NOW.date()).values_list("hits", flat=True))
    subject, times = arguments[0], int(arguments[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    taken = 0
    for _ in range(times):
        if kind == "careful":
            hits_add({(int(subject), NOW.date()): 1})
        elif kind == "careless":
            careless(int(subject))
        else:
            try:
                sending_take(subject, 10, timezone.now())
                taken += 1
            except OperatorError:
                continue
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
