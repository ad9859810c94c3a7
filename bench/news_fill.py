"""Fills a portal with the sample's articles and copies of one: news_fill.py COPIES; prints addresses as JSON."""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.portal_settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from yunying.accounts.database import database_ready  # noqa: E402
from yunying.portal.news.articles import address_of, columns_shown  # noqa: E402
from yunying.portal.news.models import ArticlePage  # noqa: E402
from yunying.portal.news.sample import portal_sample  # noqa: E402
from yunying.portal.news.tests.written import articles_copied  # noqa: E402
from yunying.portal.news.turn import news_turn  # noqa: E402
from yunying.portal.shop.catalogue import shop_open  # noqa: E402

MOST_COPIES = 8_000
"""As many as one column can hold by the numbers that the copies get."""


def fill(copies: int) -> None:
    shop_open("big", "Big shop", "CNY", "Asia/Shanghai")
    portal_sample("system", timezone.now())
    article = ArticlePage.objects.filter(language="en").order_by("pk")[0]
    articles_copied(article, min(copies, MOST_COPIES))
    news_turn(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def addresses() -> dict[str, list[str]]:
    """Each article's page, and each column's with the lists behind it."""
    articles = [address_of(each) for each in ArticlePage.objects.filter(language="en").order_by("-pk")[:400]]
    columns = [address_of(each) for each in columns_shown()]
    return {"article": articles, "column": [*columns, *(f"{columns[0]}?page={n}" for n in range(2, 40))]}


if __name__ == "__main__":
    database_ready()
    fill(int(sys.argv[1]))
    sys.stdout.write(json.dumps(addresses()))
