"""The list of products, and one product."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yunying.portal.shop.catalogue import products_listed
from yunying.portal.shop.models import Category, Product, Shop, Variant
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.slots import slot_fill
from yunying.portal.shop.stock import stock_available
from yunying.portal.shop.tracking.events import draw_key, page_events
from yunying.portal.shop.views.frame import page, shop_named, text_given
from yunying.portal.shop.views.tracked import shown_cards, tracked

PER_PAGE, SLOT_PLACES = 24, 4
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
    draw = draw_key()
    pages = Paginator(products_listed(the_shop, category=category, words=words).prefetch_related(LISTED), PER_PAGE)
    chosen = pages.get_page(request.GET.get("page"))
    is_first = chosen.number == 1
    slot = "search" if words else "category" if category else "front"
    listed = placed(cards(list(chosen), now), "list", chosen.start_index())
    recommended = slot_cards(the_shop, slot, draw, now, category=category) if is_first else []
    content = {
        "cards": listed,
        "recommended": recommended,
        "track_page": _page_name(words, category),
        "pages": chosen,
        "words": words,
        "category": category,
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
    rows = Product.objects.filter(pk__in=filled, is_listed=True).prefetch_related(LISTED) if filled else ()
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
    content = {
        "product": found, "offers": offers, "is_there": any(offer["free"] > 0 for offer in offers),
        "recommended": recommended, "track_page": f"product/{found.slug}",
    }  # fmt: skip
    response = page(request, the_shop, "product", content)
    sku = variants[0].sku if variants else ""
    return tracked(request, response, the_shop, page_events(content["track_page"], shown_cards(recommended), sku), draw)
