"""Putting things up for sale, and finding them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yunying.kernel.errors import OperatorError
from yunying.kernel.ids import store_check
from yunying.kernel.money import currency_check
from yunying.portal.shop.facts.catalogue import product_tell, store_tell
from yunying.portal.shop.facts.stock import receipt_tell
from yunying.portal.shop.models import BundlePart, Category, Product, Shop, Variant
from yunying.portal.shop.prices import price_schedule
from yunying.portal.shop.search import grams_write
from yunying.portal.shop.stock import stock_add


@dataclass(frozen=True)
class Goods:
    """One variant to put up: its price, its cost, how many there are, and the parts if it is a bundle."""

    sku: str
    price_minor: int
    cost_minor: int = 0
    on_hand: int = 0
    title: str = ""
    title_zh: str = ""
    parts: Mapping[str, int] | None = None


def shop_open(slug: str, title: str, currency: str, time_zone: str) -> Shop:
    """A shop under its slug; one that is there stays as it is."""
    with transaction.atomic():
        shop, is_new = Shop.objects.get_or_create(
            slug=store_check(slug),
            defaults={"title": title, "currency": currency_check(currency), "time_zone": time_zone},
        )
        if is_new:
            # As the database keeps it: a rate is a decimal.
            shop.refresh_from_db()
            store_tell(shop, timezone.now())
    return shop


def product_put(
    shop: Shop, slug: str, title: str, variants: Sequence[Goods], now: datetime, **fields: object
) -> Product:  # fmt: skip
    """Put a product up with its variants, prices and first stock, all at once.

    Args:
        fields: what else the product has: ``title_zh``, ``description``, ``category``, ``brand``, ``supplier`` ...
    """
    with transaction.atomic():
        product = Product.objects.create(shop=shop, slug=slug, title=title, listed_at=now, **fields)
        for goods in variants:
            variant = Variant.objects.create(
                shop=shop, product=product, sku=goods.sku, title=goods.title, title_zh=goods.title_zh,
                cost_minor=goods.cost_minor,
            )  # fmt: skip
            price_schedule(variant, goods.price_minor, now)
            if goods.parts:
                bundle_put(shop, variant, goods.parts)
            elif goods.on_hand:
                stock_add(variant.pk, goods.on_hand, "receipt", f"first-{goods.sku}", now)
                receipt_tell(variant, f"first-{goods.sku}", goods.on_hand, now)
        product_tell(product, now)
        grams_write([product])
        Product.objects.filter(pk=product.pk).update(lowest_minor=min(goods.price_minor for goods in variants))
        return product


def bundle_put(shop: Shop, bundle: Variant, parts: Mapping[str, int]) -> None:
    """Make a new variant a bundle of stocked ones, by their SKU; in the caller's transaction."""
    found = {each.sku: each for each in Variant.objects.filter(shop=shop, sku__in=parts)}
    if len(found) < len(parts) or BundlePart.objects.filter(bundle__in=found.values()).exists():
        raise OperatorError(
            "bad-bundle", "A part is unknown or a bundle itself.", "Name stocked variants by their SKU."
        )
    BundlePart.objects.bulk_create(
        [BundlePart(bundle=bundle, part=found[sku], quantity=quantity) for sku, quantity in parts.items()]
    )


ORDERS = {"newest": ("-listed_at", "-pk"), "cheapest": ("lowest_minor", "pk"), "dearest": ("-lowest_minor", "-pk")}


def products_listed(
    shop: Shop, *, category: Category | None = None, found: Collection[int] | None = None, order: str = "newest"
) -> QuerySet[Product]:
    """Products for sale, in a category and those below it, or those of a search."""
    rows = Product.objects.filter(shop=shop, is_listed=True).order_by(*ORDERS[order])
    if category is not None:
        rows = rows.filter(category__in=_branch(category))
    return rows if found is None else rows.filter(pk__in=found)


def _branch(category: Category) -> list[int]:
    children: dict[int | None, list[int]] = {}
    for pk, parent in Category.objects.filter(shop=category.shop_id).values_list("pk", "parent"):
        children.setdefault(parent, []).append(pk)
    found = [category.pk]
    for pk in found:
        found += [each for each in children.get(pk, []) if each not in found]
    return found
