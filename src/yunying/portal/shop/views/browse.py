"""The list of products, and one product."""

import hashlib
import json
from datetime import datetime
from functools import partial

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from yunying.portal.shop.catalogue import products_listed
from yunying.portal.shop.facets import KEPT_SECONDS, LONG, facets_known, facets_of, narrowed
from yunying.portal.shop.list_counts import list_known
from yunying.portal.shop.models import Category, Favourite, Product, Shop
from yunying.portal.shop.search import products_found
from yunying.portal.shop.views.catalogue_pages import Content, catalogue_page
from yunying.portal.shop.views.frame import text_given

PER_PAGE, REVIEWS = 24, 20
ORDERING = frozenset(("q", "category", "page", "sort"))


SORTS = ("newest", "cheapest", "dearest")


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """A site with one shop opens with it."""
    shops = list(Shop.objects.values_list("slug", flat=True)[:2])
    if len(shops) != 1:
        raise Http404
    return redirect("shop:list", shops[0])


@require_safe
def product_list(request: HttpRequest, shop: str) -> HttpResponse:
    return catalogue_page(request, shop, list_content)


def list_content(request: HttpRequest, the_shop: Shop, now: datetime) -> Content:
    """What a list shows."""
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
    chosen = facets_known(the_shop, {name: value for name, value in chosen.items() if value and len(name) <= 40})
    narrow = narrowed(rows, chosen)
    key = hashlib.sha256(json.dumps([words, slug, sorted(chosen.items())]).encode()).hexdigest()
    known = None if words or chosen else list_known(the_shop, category, now)
    pages = KnownPaginator(narrow, PER_PAGE, f"{the_shop.pk}-{key}", known.products if known else None)
    shown = pages.get_page(request.GET.get("page"))
    is_first = shown.number == 1 and not chosen
    slot = "search" if words else "category" if category else "front"
    content = {
        "track_page": _page_name(words, category),
        "pages": shown,
        "words": words,
        "is_cut": is_cut,
        "category": category,
        "sort": sort,
        "sorts": SORTS,
        "chosen": chosen,
        "facets": facets_of(
            the_shop, narrow, chosen, key, is_long=pages.count >= LONG, known=known.facets if known else None
        ),
        "below": Category.objects.filter(shop=the_shop, parent=category).order_by("pk") if category else (),
    }
    return Content(
        "list", content, list(shown), shown.start_index(), slot if is_first else "", category,
        searched=pages.count if words and is_first else None,
    )  # fmt: skip


def _page_name(words: str, category: Category | None) -> str:
    if words:
        return f"search?q={words}"
    return f"category/{category.slug}" if category else "list"


class KnownPaginator(Paginator):
    """Counts a long list once a minute: how many pages it has may lag that long, what stands on them never."""

    def __init__(self, rows: QuerySet[Product], per_page: int, key: str, known: int | None) -> None:
        super().__init__(rows, per_page)
        self.key, self.known = f"shop-count-{key}", known

    @cached_property
    def count(self) -> int:
        known = self.known if self.known is not None else cache.get(self.key)
        if known is None:
            known = self.object_list.order_by().count()
            if known >= LONG:
                cache.set(self.key, known, KEPT_SECONDS)
        return known


@require_safe
def product(request: HttpRequest, shop: str, product: str) -> HttpResponse:
    return catalogue_page(request, shop, partial(product_content, product))


def product_content(product: str, request: HttpRequest, the_shop: Shop, now: datetime) -> Content:
    """What a product's page shows."""
    found = Product.objects.filter(shop=the_shop, slug=product, is_listed=True).select_related("category").first()
    if found is None:
        raise Http404
    person = request.user if request.user.is_authenticated else None
    content = {
        "product": found,
        "attributes": found.attributes.select_related("attribute").order_by("attribute"),
        "reviews": found.reviews.filter(state="shown").order_by("-written_at")[:REVIEWS] if found.stars_count else (),
        "is_kept": person is not None and Favourite.objects.filter(person=person, product=found).exists(),
        "track_page": f"product/{found.slug}",
    }
    return Content("product", content, slot="product", category=found.category, own=found)
