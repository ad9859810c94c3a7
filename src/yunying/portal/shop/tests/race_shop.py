"""Prepares and reads the shop that races are run on.

Run as: race_shop.py fill UNITS BASKETS COUPON_EVERY | sums | unprotect
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

import django

django.setup()

from django.db import connection
from django.db.models import Count

from yunying.accounts.database import database_ready
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import Coupon, Order, Shop, Stock
from yunying.portal.shop.tests.furnished import basket_with, shop_furnished


def fill(units: int, baskets: int, coupon_every: int) -> dict:
    shop = shop_furnished(tea=units, coupon_uses=units // 2)
    return {"ids": [basket_with(shop, "" if at % coupon_every else "TEN", TEA=1).pk for at in range(baskets)]}


def sums() -> dict:
    shop = Shop.objects.get()
    stock = Stock.objects.get(variant__sku="TEA")
    return {
        "orders": Order.objects.count(),
        "baskets": Order.objects.aggregate(n=Count("basket", distinct=True))["n"],
        "on_hand": stock.on_hand,
        "reserved": stock.reserved,
        "used": Coupon.objects.get(code="TEN").used,
        "with_coupon": Order.objects.exclude(coupon_code="").count(),
        "problems": shop_problems(shop),
    }


def unprotect() -> dict:
    """Take the constraint away, so that only the code stands between the stock and its end."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE shop_stock DROP CONSTRAINT shop_no_more_reserved_than_there_is")
    return {}


if __name__ == "__main__":
    database_ready()
    deed, *numbers = sys.argv[1:]
    told = {"fill": fill, "sums": sums, "unprotect": unprotect}[deed](*map(int, numbers))
    sys.stdout.write(json.dumps(told))
