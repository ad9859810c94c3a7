"""What of a product can be bought: its listed variants with their price and stock, by one query for any number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from yunying.portal.shop.models import Product, Variant
from yunying.portal.shop.prices import Price, prices_shown
from yunying.portal.shop.stock import stock_available

Offers = Mapping[int, "Sequence[Offer]"]
# Every page of the catalogue asks this, and the models' own four queries took three times as long to be compiled as
# to be answered.
_LISTED = """
SELECT variant.*, stock.on_hand - stock.reserved AS free, price.price_minor, price.crossed_out_minor,
    EXISTS (SELECT 1 FROM shop_bundlepart part WHERE part.bundle_id = variant.id) AS is_bundle
FROM shop_variant variant
LEFT JOIN shop_stock stock ON stock.variant_id = variant.id
LEFT JOIN shop_listprice price ON price.id = (
    SELECT newest.id FROM shop_listprice newest WHERE newest.variant_id = variant.id AND newest.starts_at <= %s
    ORDER BY newest.starts_at DESC LIMIT 1)
WHERE variant.is_listed AND variant.product_id IN ({})
ORDER BY variant.id
"""


@dataclass(frozen=True)
class Offer:
    """A variant that has a price: what it costs now, and how many of it can be sold."""

    variant: Variant
    price: Price
    free: int


def offers_of(products: Sequence[Product], now: datetime) -> Offers:
    """What of each product can be bought, by its number, the oldest variant first.

    One query; another for the parts of bundles, and another where a crossed-out price is to be shown.
    """
    if not products:
        return {}
    at = connection.ops.adapt_datetimefield_value(now)
    places = ", ".join(["%s"] * len(products))
    listed = list(Variant.objects.raw(_LISTED.format(places), [at, *(product.pk for product in products)]))
    prices = prices_shown(
        ((each.pk, each.price_minor, each.crossed_out_minor) for each in listed if each.price_minor), now
    )
    bundles = [each.pk for each in listed if each.is_bundle]
    made = stock_available(bundles) if bundles else {}
    found: dict[int, list[Offer]] = {product.pk: [] for product in products}
    for each in listed:
        if each.pk in prices:
            free = made[each.pk] if each.is_bundle else each.free or 0
            found[each.product_id].append(Offer(each, prices[each.pk], free))
    return found
