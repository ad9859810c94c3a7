"""The teahouse: a made-up shop to try out, with some sixty products in two languages."""

import csv
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files

from django.db import transaction

from yunying.portal.shop.catalogue import Goods, product_put, shop_open
from yunying.portal.shop.models import Category, Coupon, Feature, Product, ShippingMethod, Shop

CATEGORIES = {
    "tea": ("Tea", "茶叶"), "ware": ("Tea ware", "茶具"), "tools": ("Tools", "茶器配件"), "herb": ("Herbs", "花草养生"),
    "sweets": ("Tea sweets", "茶点"), "gifts": ("Gift sets", "礼盒"),
}  # fmt: skip
COUPON, TIME_ZONE = "TEA10", "Asia/Shanghai"


def sample_open(slug: str, now: datetime) -> Shop:
    """Open the shop with its goods, two ways to ship and a coupon; all of it or nothing."""
    with transaction.atomic():
        shop = shop_open(slug, "Teahouse 茶舍", "CNY", TIME_ZONE)
        categories = {
            each: Category.objects.create(shop=shop, slug=each, title=titles[0], title_zh=titles[1])
            for each, titles in CATEGORIES.items()
        }
        # Lists begin with what was put up last, and a teahouse begins with tea.
        for rows in reversed(_products().values()):
            _put(shop, rows, categories, now)
        product_put(shop, "set", "Pot and two cups", [Goods("SET", 29_800, 12_000, parts={"POT-R": 1, "CUP": 2})], now,
                    category=categories["gifts"], title_zh="一壶两杯")  # fmt: skip
        Feature.objects.create(shop=shop, slot="front", product=Product.objects.get(shop=shop, slug="set"), position=1)
        ShippingMethod.objects.create(shop=shop, title="Courier", title_zh="快递", fee_minor=1_000,
                                      free_from_minor=19_900, countries="CN")  # fmt: skip
        ShippingMethod.objects.create(shop=shop, title="Air mail", title_zh="国际空运", fee_minor=12_000)
        Coupon.objects.create(shop=shop, code=COUPON, off_rate="0.1", most_uses=1_000, starts_at=now,
                              ends_at=now + timedelta(days=365))  # fmt: skip
    return shop


def _products() -> Mapping[str, list[dict[str, str]]]:
    """The rows of each product, one a variant."""
    text = files("yunying.portal.shop").joinpath("sample_goods.csv").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["slug"], []).append(row)
    return found


def _put(shop: Shop, rows: list[dict[str, str]], categories: Mapping[str, Category], now: datetime) -> None:
    goods = [
        Goods(row["sku"], int(row["price_minor"]), int(row["cost_minor"]), int(row["on_hand"]), row["variant"],
              row["variant_zh"])
        for row in rows
    ]  # fmt: skip
    told = {name: rows[0][name] for name in ("title_zh", "description", "description_zh", "style", "supplier")}
    category = categories[rows[0]["category"]]
    product_put(shop, rows[0]["slug"], rows[0]["title"], goods, now, category=category, **told)
