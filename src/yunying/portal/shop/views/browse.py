"""The list of products, and one product."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yunying.portal.shop.catalogue import products_listed
from yunying.portal.shop.models import Category, Feature, Product, Shop, Variant
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.stock import stock_available
from yunying.portal.shop.views.frame import page, shop_named, text_given

PER_PAGE = 24
LISTED = Prefetch("variants", Variant.objects.filter(is_listed=True).order_by("pk"), to_attr="listed")


@require_safe
def product_list(request: HttpRequest, shop: str) -> HttpResponse:
    the_shop = shop_named(shop)
    words = text_given(request.GET, "q", 100)
    category = None
    if slug := text_given(request.GET, "category", 63):
        category = Category.objects.filter(shop=the_shop, slug=slug).first()
        if category is None:
            raise Http404
    now = timezone.now()
    pages = Paginator(products_listed(the_shop, category=category, words=words).prefetch_related(LISTED), PER_PAGE)
    chosen = pages.get_page(request.GET.get("page"))
    is_front = not words and category is None and chosen.number == 1
    content = {
        "cards": cards(list(chosen), now),
        "featured": cards(_featured(the_shop), now) if is_front else (),
        "pages": chosen,
        "words": words,
        "category": category,
        "below": Category.objects.filter(shop=the_shop, parent=category).order_by("pk") if category else (),
    }
    return page(request, the_shop, "list", content)


def _featured(shop: Shop) -> list[Product]:
    rows = Feature.objects.filter(shop=shop, slot="front", product__is_listed=True).order_by("position", "pk")
    return [row.product for row in rows.select_related("product").prefetch_related(
        Prefetch("product__variants", LISTED.queryset, to_attr="listed")
    )[:PER_PAGE]]  # fmt: skip


def cards(products: Sequence[Product], now: datetime) -> list[Mapping[str, Any]]:
    """What a list shows of each product: its lowest price, whether there is any; few queries, whatever the number."""
    variants = [variant.pk for product in products for variant in product.listed]
    prices, free = prices_at(variants, now), stock_available(variants)
    shown = []
    for product in products:
        priced = [(prices[each.pk].price_minor, each.pk) for each in product.listed if each.pk in prices]
        if priced:
            shown.append(
                {
                    "product": product,
                    "price": prices[min(priced)[1]],
                    "is_from": len({amount for amount, _pk in priced}) > 1,
                    "is_there": any(free[pk] > 0 for _amount, pk in priced),
                }
            )
    return shown


@require_safe
def product(request: HttpRequest, shop: str, product: str) -> HttpResponse:
    the_shop = shop_named(shop)
    found = Product.objects.filter(shop=the_shop, slug=product, is_listed=True).select_related("category").first()
    if found is None:
        raise Http404
    variants = list(found.variants.filter(is_listed=True).order_by("pk"))
    pks = [each.pk for each in variants]
    prices, free = prices_at(pks, timezone.now()), stock_available(pks)
    offers = [
        {"variant": each, "price": prices[each.pk], "free": free[each.pk]} for each in variants if each.pk in prices
    ]
    content = {"product": found, "offers": offers, "is_there": any(offer["free"] > 0 for offer in offers)}
    return page(request, the_shop, "product", content)
