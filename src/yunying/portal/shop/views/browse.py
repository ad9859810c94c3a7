"""The list of products, and one product."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from yunying.portal.shop.catalogue import products_listed
from yunying.portal.shop.facets import KEPT_SECONDS, LONG, facets_of, narrowed
from yunying.portal.shop.models import Category, Favourite, Feature, Product, Shop, Variant
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.search import products_found
from yunying.portal.shop.stock import stock_available
from yunying.portal.shop.views.frame import page, shop_named, text_given

PER_PAGE, REVIEWS = 24, 20
ORDERING = frozenset(("q", "category", "page", "sort"))
LISTED = Prefetch("variants", Variant.objects.filter(is_listed=True).order_by("pk"), to_attr="listed")


SORTS = ("newest", "cheapest", "dearest")


@require_safe
def product_list(request: HttpRequest, shop: str) -> HttpResponse:
    the_shop = shop_named(shop)
    words = text_given(request.GET, "q", 100)
    category = None
    if slug := text_given(request.GET, "category", 63):
        category = Category.objects.filter(shop=the_shop, slug=slug).first()
        if category is None:
            raise Http404
    found, is_cut = products_found(the_shop, words) if words else (None, False)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "newest"
    rows = products_listed(the_shop, category=category, found=found, order=sort)
    chosen = {name: text_given(request.GET, name, 100) for name in list(request.GET)[:20] if name not in ORDERING}
    chosen = {name: value for name, value in chosen.items() if value and len(name) <= 40}
    narrow = narrowed(rows, chosen)
    key = hashlib.sha256(json.dumps([words, slug, sorted(chosen.items())]).encode()).hexdigest()
    pages = KnownPaginator(narrow.prefetch_related(LISTED, "pictures"), PER_PAGE, the_shop.pk, key)
    shown = pages.get_page(request.GET.get("page"))
    now = timezone.now()
    is_front = not words and category is None and not chosen and shown.number == 1
    content = {
        "cards": cards(list(shown), now),
        "featured": cards(_featured(the_shop), now) if is_front else (),
        "pages": shown,
        "words": words,
        "is_cut": is_cut,
        "category": category,
        "sort": sort,
        "sorts": SORTS,
        "chosen": chosen,
        "facets": facets_of(the_shop, narrow, chosen, key, is_long=pages.count >= LONG),
        "below": Category.objects.filter(shop=the_shop, parent=category).order_by("pk") if category else (),
    }
    return page(request, the_shop, "list", content)


class KnownPaginator(Paginator):
    """Counts a long list once a minute: how many pages it has may lag that long, what stands on them never."""

    def __init__(self, rows: QuerySet[Product], per_page: int, shop: int, key: str) -> None:
        super().__init__(rows, per_page)
        self.key = f"shop-count-{shop}-{key}"

    @cached_property
    def count(self) -> int:
        known = cache.get(self.key)
        if known is None:
            known = self.object_list.order_by().count()
            if known >= LONG:
                cache.set(self.key, known, KEPT_SECONDS)
        return known


def _featured(shop: Shop) -> list[Product]:
    rows = Feature.objects.filter(shop=shop, slot="front", product__is_listed=True).order_by("position", "pk")
    return [row.product for row in rows.select_related("product").prefetch_related(
        Prefetch("product__variants", LISTED.queryset, to_attr="listed"), "product__pictures"
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
                    "picture": min(product.pictures.all(), key=lambda each: each.position, default=None),
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
    person = request.user if request.user.is_authenticated else None
    content = {
        "product": found,
        "offers": offers,
        "is_there": any(offer["free"] > 0 for offer in offers),
        "pictures": found.pictures.order_by("position"),
        "attributes": found.attributes.select_related("attribute").order_by("attribute"),
        "reviews": found.reviews.filter(state="shown").order_by("-written_at")[:REVIEWS] if found.stars_count else (),
        "is_kept": person is not None and Favourite.objects.filter(person=person, product=found).exists(),
    }
    return page(request, the_shop, "product", content)
