"""Fills our shop with products by bulk: shop_fill.py PRODUCTS [--queries]; then perhaps counts a page's queries."""

import json
import os
import sys
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.portal_settings")

import django

django.setup()

from django.core.cache import caches  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from yunying.accounts.database import database_ready  # noqa: E402
from yunying.portal.shop.catalogue import shop_open  # noqa: E402
from yunying.portal.shop.catalogue_version import changes_forget  # noqa: E402
from yunying.portal.shop.models import Category, ListPrice, Product, Stock, Variant  # noqa: E402
from yunying.portal.shop.search import grams_write  # noqa: E402
from yunying.portal.shop.tests.furnished import LONG_AGO  # noqa: E402

CATEGORIES, AT_ONCE = 50, 5_000


def fill(products: int) -> None:
    shop = shop_open("big", "Big shop", "CNY", "Asia/Shanghai")
    categories = [Category.objects.create(shop=shop, slug=f"c{n}", title=f"Category {n}") for n in range(CATEGORIES)]
    for first in range(0, products, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, products))
        rows = Product.objects.bulk_create(
            [Product(shop=shop, slug=f"p{n}", title=f"Product number {n}", title_zh=f"商品 {n}",
                     description="Well made. " * 20, category=categories[n % CATEGORIES], brand=f"Brand {n % 40}",
                     listed_at=LONG_AGO, lowest_minor=1_000 + n % 5_000) for n in numbers]
        )  # fmt: skip
        variants = Variant.objects.bulk_create(
            [Variant(shop=shop, product=row, sku=f"S{n}", cost_minor=500) for n, row in zip(numbers, rows, strict=True)]
        )
        ListPrice.objects.bulk_create(
            [ListPrice(variant=row, price_minor=1_000 + n % 5_000, starts_at=LONG_AGO)
             for n, row in zip(numbers, variants, strict=True)]
        )  # fmt: skip
        Stock.objects.bulk_create([Stock(variant=row, on_hand=100) for row in variants])
        grams_write(rows)
    # As it is an hour after an import.
    changes_forget(timezone.now() + timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def queries() -> dict[str, int]:
    client, found = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_USER_AGENT="Mozilla/5.0"), {}
    client.get("/shop/big/")
    for name, address in {"product": "product/p500/", "list": "?page=3", "category": "?category=c3"}.items():
        # The second time, when what belongs to no page is known.
        for _ in range(2):
            for kept in ("pages", "parts"):
                caches[kept].clear()
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/shop/big/{address}").status_code == 200
        found[name] = len(captured)
    return found


if __name__ == "__main__":
    database_ready()
    fill(int(sys.argv[1]))
    if "--queries" in sys.argv:
        sys.stdout.write(json.dumps(queries()))
