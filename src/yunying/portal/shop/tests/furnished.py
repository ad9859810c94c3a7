"""A small shop that tests buy in: tea, a pot, a set of both, two ways to ship, two coupons."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from yunying.portal.shop.baskets import basket_add, basket_open, basket_priced, basket_seen, shipping_methods
from yunying.portal.shop.catalogue import Goods, product_put, shop_open
from yunying.portal.shop.models import Basket, Coupon, ShippingMethod, Shop, Variant
from yunying.portal.shop.placing import CheckOut

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=90)
ADDRESS = {
    "name": "王小明", "phone": "13800000000", "email": "", "country": "CN", "region": "浙江省", "city": "杭州市",
    "district": "西湖区", "street": "龙井路 1 号", "postcode": "310013",
}  # fmt: skip


def shop_furnished(tea: int = 100, coupon_uses: int = 3) -> Shop:
    shop = shop_open("teahouse", "Teahouse", "CNY", "Asia/Shanghai")
    product_put(shop, "longjing", "Longjing tea", [Goods("TEA", 9_900, 3_000, tea)], LONG_AGO, title_zh="龙井茶")
    product_put(shop, "pot", "Clay pot", [Goods("POT", 20_000, 8_000, 50)], LONG_AGO, title_zh="紫砂壶")
    product_put(shop, "set", "Tea set", [Goods("SET", 36_000, 14_000, parts={"TEA": 2, "POT": 1})], LONG_AGO)
    ShippingMethod.objects.create(shop=shop, title="Courier", title_zh="快递", fee_minor=800, free_from_minor=50_000,
                                  countries="CN")  # fmt: skip
    ShippingMethod.objects.create(shop=shop, title="Air mail", title_zh="国际空运", fee_minor=12_000)
    for code, off_minor, off_rate in (("TEN", 1_000, Decimal(0)), ("TENTH", 0, Decimal("0.1"))):
        Coupon.objects.create(shop=shop, code=code, off_minor=off_minor, off_rate=off_rate, most_uses=coupon_uses,
                              starts_at=LONG_AGO, ends_at=NOW + timedelta(days=90))  # fmt: skip
    return shop


def variant(shop: Shop, sku: str) -> Variant:
    return Variant.objects.select_related("product").get(shop=shop, sku=sku)


def basket_with(shop: Shop, coupon: str = "", **quantities: int) -> Basket:
    basket = basket_open(shop, "", NOW)
    for sku, quantity in quantities.items():
        basket_add(basket, variant(shop, sku), quantity, NOW)
    if coupon:
        Basket.objects.filter(pk=basket.pk).update(coupon_code=coupon)
    basket.refresh_from_db()
    return basket


def check_out(
    basket: Basket, key: str = "key-0001", provider: str = "gateway-simulator", now: datetime = NOW
) -> CheckOut:
    """What the buyer sends who sees the basket as it is now."""
    methods = shipping_methods(basket.shop)
    seen = basket_seen(basket.shop, basket_priced(basket, methods[0], now), methods)
    return CheckOut(key, seen, methods[0].pk, provider, ADDRESS)
