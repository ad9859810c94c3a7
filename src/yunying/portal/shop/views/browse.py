"""The list of products, and one product."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from yunying.portal.shop.catalogue import products_listed
from yunying.portal.shop.facets import KEPT_SECONDS, LONG, facets_of, narrowed
from yunying.portal.shop.models import Category, Favourite, Product, Shop, Variant
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.search import products_found
from yunying.portal.shop.slots import slot_fill
from yunying.portal.shop.stock import stock_available
from yunying.portal.shop.tracking.events import draw_key, page_events
from yunying.portal.shop.views.frame import page, shop_named, text_given
from yunying.portal.shop.views.tracked import shown_cards, tracked

PER_PAGE, SLOT_PLACES, REVIEWS = 24, 4, 20
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
    draw = draw_key()
    is_first = shown.number == 1 and not chosen
    slot = "search" if words else "category" if category else "front"
    listed = placed(cards(list(shown), now), "list", shown.start_index())
    recommended = slot_cards(the_shop, slot, draw, now, category=category) if is_first else []
    content = {
        "cards": listed,
        "recommended": recommended,
        "track_page": _page_name(words, category),
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
    response = page(request, the_shop, "list", content)
    found = pages.count if words and is_first else None
    events = page_events(content["track_page"], shown_cards([*recommended, *listed]), searched=found)
    return tracked(request, response, the_shop, events, draw)


def _page_name(words: str, category: Category | None) -> str:
    if words:
        return f"search?q={words}"
    return f"category/{category.slug}" if category else "list"


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


def placed(cards: Sequence[dict[str, Any]], slot: str, first: int) -> list[dict[str, Any]]:
    """Cards with the slot and place in which they stand."""
    return [{**card, "slot": slot, "position": first + at} for at, card in enumerate(cards)]


def slot_cards(
    shop: Shop, slot: str, draw: str, now: datetime, *, category: Category | None = None, without: int | None = None
) -> list[dict[str, Any]]:
    """The cards of a slot, drawn by the request's own key, each with its place and propensity."""
    # The key seeds the draw, so that the draw can be made again from the events' ids.
    rng = np.random.default_rng([int(draw, 16), len(slot), *slot.encode()])
    filled = {each.product: each for each in
              slot_fill(shop, slot, SLOT_PLACES, rng, now, category=category, without=without)}  # fmt: skip
    rows = Product.objects.filter(pk__in=filled, is_listed=True).prefetch_related(LISTED, "pictures") if filled else ()
    found = []
    for card in cards(sorted(rows, key=lambda each: filled[each.pk].position), now):
        place = filled[card["product"].pk]
        found.append({**card, "slot": slot, "position": place.position, "propensity": place.propensity,
                      "experiment": place.experiment})  # fmt: skip
    return found


def cards(products: Sequence[Product], now: datetime) -> list[dict[str, Any]]:
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
                    "sku": next(each.sku for each in product.listed if each.pk == min(priced)[1]),
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
    pks, now, draw = [each.pk for each in variants], timezone.now(), draw_key()
    prices, free = prices_at(pks, now), stock_available(pks)
    offers = [
        {"variant": each, "price": prices[each.pk], "free": free[each.pk]} for each in variants if each.pk in prices
    ]
    recommended = slot_cards(the_shop, "product", draw, now, category=found.category, without=found.pk)
    person = request.user if request.user.is_authenticated else None
    content = {
        "product": found,
        "offers": offers,
        "is_there": any(offer["free"] > 0 for offer in offers),
        "pictures": found.pictures.order_by("position"),
        "attributes": found.attributes.select_related("attribute").order_by("attribute"),
        "reviews": found.reviews.filter(state="shown").order_by("-written_at")[:REVIEWS] if found.stars_count else (),
        "is_kept": person is not None and Favourite.objects.filter(person=person, product=found).exists(),
        "recommended": recommended,
        "track_page": f"product/{found.slug}",
    }
    response = page(request, the_shop, "product", content)
    sku = variants[0].sku if variants else ""
    return tracked(request, response, the_shop, page_events(content["track_page"], shown_cards(recommended), sku), draw)
