"""A small shop to try out, with made-up goods."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from yunying.accounts.database import database_ready
from yunying.portal.shop.catalogue import Goods, product_put, shop_open
from yunying.portal.shop.models import Category, Coupon, Feature, Product, ShippingMethod, Shop

CATEGORIES = {"tea": ("Tea", "茶叶"), "ware": ("Tea ware", "茶具"), "gifts": ("Gift sets", "礼盒")}
PRODUCTS = (
    ("longjing", "tea", "Longjing green tea", "西湖龙井", "Picked before the spring rains.", "明前采摘，清香回甘。",
     (("LJ50", "50 g", "50 克", 8_800, 3_100, 60), ("LJ250", "250 g", "250 克", 39_800, 14_500, 20))),
    ("dahongpao", "tea", "Da Hong Pao rock tea", "武夷大红袍", "Roasted over charcoal.", "炭火烘焙，岩韵悠长。",
     (("DHP50", "50 g", "50 克", 12_800, 4_700, 40),)),
    ("jasmine", "tea", "Jasmine pearls", "茉莉龙珠", "Scented seven times.", "七窨一提。",
     (("JAS100", "100 g", "100 克", 6_900, 2_200, 5),)),
    ("puer", "tea", "Aged Pu'er cake", "陈年普洱饼", "Pressed in 2016.", "2016 年压制。",
     (("PUER", "", "", 26_800, 9_900, 0),)),
    ("pot", "ware", "Clay pot", "紫砂壶", "Two hundred millilitres.", "容量 200 毫升。",
     (("POT-R", "red", "红泥", 23_800, 9_000, 15), ("POT-B", "brown", "紫泥", 25_800, 9_500, 12))),
    ("cup", "ware", "Celadon cup", "青瓷杯", "Fits one hand.", "一手可握。", (("CUP", "", "", 4_800, 1_500, 200),)),
)  # fmt: skip


class Command(BaseCommand):
    help = "Open a shop named teahouse with made-up goods, two ways to ship and the coupon TEA10."

    def handle(self, *args: object, **options: object) -> None:
        database_ready()
        if Shop.objects.filter(slug="teahouse").exists():
            raise CommandError("There is a shop named teahouse already.")
        with transaction.atomic():
            _fill()
        self.stdout.write("The shop is at /shop/teahouse/")


def _fill() -> None:
    now = timezone.now()
    shop = shop_open("teahouse", "Teahouse 茶舍", "CNY", "Asia/Shanghai")
    categories = {
        slug: Category.objects.create(shop=shop, slug=slug, title=titles[0], title_zh=titles[1])
        for slug, titles in CATEGORIES.items()
    }
    for slug, category, title, title_zh, description, description_zh, variants in PRODUCTS:
        goods = [Goods(sku, price, cost, on_hand, name, name_zh)
                 for sku, name, name_zh, price, cost, on_hand in variants]  # fmt: skip
        product_put(shop, slug, title, goods, now, category=categories[category], title_zh=title_zh,
                    description=description, description_zh=description_zh)  # fmt: skip
    product_put(shop, "set", "Pot and two cups", [Goods("SET", 29_800, 12_000, parts={"POT-R": 1, "CUP": 2})], now,
                category=categories["gifts"], title_zh="一壶两杯")  # fmt: skip
    Feature.objects.create(shop=shop, slot="front", product=Product.objects.get(shop=shop, slug="set"), position=1)
    ShippingMethod.objects.create(shop=shop, title="Courier", title_zh="快递", fee_minor=1_000, free_from_minor=19_900,
                                  countries="CN")  # fmt: skip
    ShippingMethod.objects.create(shop=shop, title="Air mail", title_zh="国际空运", fee_minor=12_000)
    Coupon.objects.create(shop=shop, code="TEA10", off_rate="0.1", most_uses=100, starts_at=now,
                          ends_at=now + timedelta(days=365))  # fmt: skip
