"""The catalogue: the list with its bulk edit, putting a product up, and one product."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.picture_files import MOST_BYTES
from yunying.portal.shop.catalogue import Goods
from yunying.portal.shop.catalogue_edit import (
    attribute_new,
    attributes_write,
    category_new,
    price_drop,
    price_plan,
    product_edit,
    product_new,
    products_edit,
    variant_edit,
    variant_new,
)
from yunying.portal.shop.catalogue_sheet import amount_read
from yunying.portal.shop.models import Attribute, Category, ListPrice, Picture, Product, Shop, Variant
from yunying.portal.shop.pictures import picture_add, picture_remove
from yunying.portal.shop.prices import prices_at
from yunying.portal.shop.search import products_found
from yunying.portal.shop.stock import stock_available
from yunying.portal.shop.views.frame import text_given
from yunying.portal.staff.access import actor_of, framed, paged, staff, whole

TEXTS = {"title": 200, "title_zh": 200, "description": 20_000, "description_zh": 20_000, "style": 60, "brand": 100,
         "supplier": 100}  # fmt: skip


@require_safe
@staff("see")
def product_list(request: HttpRequest, shop: Shop) -> HttpResponse:
    return listed(request, shop, None)


def listed(request: HttpRequest, shop: Shop, problem: Exception | None, counts: Any = None) -> HttpResponse:
    """The list of products, as the address narrows it."""
    rows = Product.objects.filter(shop=shop).select_related("category").order_by("-listed_at", "-pk")
    words = text_given(request.GET, "q", 100)
    if words:
        found = products_found(shop, words)[0]
        rows = rows.filter(pk__in=found) | Product.objects.filter(shop=shop, variants__sku__startswith=words).distinct()
    if category := text_given(request.GET, "category", 63):
        rows = rows.filter(category__slug=category)
    if (is_listed := request.GET.get("listed")) in ("0", "1"):
        rows = rows.filter(is_listed=is_listed == "1")
    page_ = paged(request, rows)
    variants = dict(
        Variant.objects.filter(product__in=list(page_)).values("product").annotate(n=Count("pk"))
        .values_list("product", "n")
    )  # fmt: skip
    content = {"rows": page_, "variants": variants, "words": words, "category": category, "is_listed": is_listed,
               "categories": _categories(shop), "counts": counts}  # fmt: skip
    return framed(request, shop, "products", content, problem)


@require_POST
@staff("catalogue")
def bulk(request: HttpRequest, shop: Shop) -> HttpResponse:
    chosen = [int(each) for each in request.POST.getlist("product") if each.isdecimal() and len(each) < 19]
    fields: dict[str, object] = {}
    if request.POST.get("listed") in ("0", "1"):
        fields["is_listed"] = request.POST["listed"] == "1"
    if request.POST.get("category"):
        fields["category"] = _category(shop, request.POST["category"])
    for name in ("brand", "style", "supplier"):
        if text := text_given(request.POST, name, TEXTS[name]):
            fields[name] = text
    try:
        if not chosen or not fields:
            raise OperatorError("nothing-chosen", "No product or no change is chosen.", "Choose both.")
        count = products_edit(shop, chosen, fields, actor_of(request), timezone.now())
    except OperatorError as error:
        return listed(request, shop, error)
    return redirect(f"{reverse('staff:products', args=[shop.slug])}?done=1&n={count}")


@require_http_methods(["GET", "HEAD", "POST"])
@staff("catalogue")
def new(request: HttpRequest, shop: Shop) -> HttpResponse:
    problem = None
    if request.method == "POST":
        try:
            fields = _fields(shop, request.POST)
            stock = text_given(request.POST, "on_hand", 8) or "0"
            if not stock.isdecimal():
                raise OperatorError("no-quantity", "This is not a quantity.", "Give a whole number.")
            goods = _goods(shop, request.POST, int(stock))
            made = product_new(shop, text_given(request.POST, "slug", 80), goods, fields, actor_of(request),
                               timezone.now())  # fmt: skip
            return redirect(f"{reverse('staff:product', args=[shop.slug, made.slug])}?done=1")
        except OperatorError as error:
            problem = error
    return framed(request, shop, "product_new", {"categories": _categories(shop), "given": request.POST}, problem)


@require_safe
@staff("see")
def page(request: HttpRequest, shop: Shop, product: str) -> HttpResponse:
    return _shown(request, _product(shop, product), None)


@require_POST
@staff("catalogue")
def act(request: HttpRequest, shop: Shop, product: str, action: str) -> HttpResponse:
    found = _product(shop, product)
    if action not in _ACTIONS:
        raise Http404
    try:
        _ACTIONS[action](request, found, actor_of(request), timezone.now())
    except OperatorError as error:
        return _shown(request, found, error)
    return redirect(f"{reverse('staff:product', args=[shop.slug, product])}?done=1")


@require_http_methods(["GET", "HEAD", "POST"])
@staff("catalogue")
def names(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Categories and attributes: what there is, and a new one."""
    problem = None
    if request.method == "POST":
        given = tuple(text_given(request.POST, name, most) for name, most in
                      (("slug", 63), ("title", 100), ("title_zh", 100)))  # fmt: skip
        try:
            if "attribute" in request.POST:
                attribute_new(shop, *given, actor_of(request), timezone.now())
            else:
                parent = _category(shop, request.POST.get("parent", "")) if request.POST.get("parent") else None
                category_new(shop, *given, parent, actor_of(request), timezone.now())
            return redirect(f"{reverse('staff:names', args=[shop.slug])}?done=1")
        except OperatorError as error:
            problem = error
    content = {"categories": _categories(shop), "attributes": Attribute.objects.filter(shop=shop).order_by("pk")}
    return framed(request, shop, "names", content, problem)


def _edit(request: HttpRequest, product: Product, actor: str, now: datetime) -> None:
    product_edit(product, {**_fields(product.shop, request.POST), "is_listed": "listed" in request.POST}, actor, now)


def _attributes(request: HttpRequest, product: Product, actor: str, now: datetime) -> None:
    slugs = Attribute.objects.filter(shop=product.shop_id).values_list("slug", flat=True)
    values = {slug: (text_given(request.POST, f"attribute-{slug}", 60),
                     text_given(request.POST, f"attribute-{slug}-zh", 60)) for slug in slugs}  # fmt: skip
    attributes_write(product, values, actor, now)


def _variant_new(request: HttpRequest, product: Product, actor: str, now: datetime) -> None:
    variant_new(product, _goods(product.shop, request.POST, 0), actor, now)


def _variant_edit(request: HttpRequest, product: Product, actor: str, now: datetime) -> None:
    cost = amount_read(request.POST.get("cost", "") or "0", product.shop.currency)
    if cost is None:
        raise OperatorError("bad-amount", "This is no amount.", "Write it like 12.50.")
    fields = {
        "title": text_given(request.POST, "variant_title", 100), "cost_minor": cost,
        "title_zh": text_given(request.POST, "variant_title_zh", 100), "is_listed": "listed" in request.POST,
    }  # fmt: skip
    variant_edit(_variant(request, product), fields, actor, now)


def _price(request: HttpRequest, product: Product, actor: str, now: datetime) -> None:
    amount = amount_read(request.POST.get("price", ""), product.shop.currency)
    crossed = request.POST.get("crossed_out", "").strip()
    crossed_out = amount_read(crossed, product.shop.currency) if crossed else None
    if amount is None or (crossed and crossed_out is None):
        raise OperatorError("bad-amount", "This is no amount.", "Write it like 12.50.")
    starts_at = moment(product.shop, request.POST.get("starts_at", "")) or now
    ends_at = moment(product.shop, request.POST.get("ends_at", ""))
    price_plan(_variant(request, product), amount, starts_at, ends_at, crossed_out, actor, now)


def _price_drop(request: HttpRequest, product: Product, actor: str, now: datetime) -> None:
    pk = request.POST.get("price", "")
    rows = ListPrice.objects.filter(variant__product=product, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0)
    if (found := rows.select_related("variant__shop").first()) is None:
        raise Http404
    price_drop(found, actor, now)


def _picture(request: HttpRequest, product: Product, actor: str, now: datetime) -> None:
    sent = request.FILES.get("picture")
    if sent is None:
        raise OperatorError("no-picture", "There is no file.", "Choose one.")
    words = {"en": text_given(request.POST, "words", 200), "zh": text_given(request.POST, "words_zh", 200)}
    picture_add(product, sent.read(MOST_BYTES + 1), words, actor, now)


def _picture_remove(request: HttpRequest, product: Product, actor: str, now: datetime) -> None:
    pk = request.POST.get("picture", "")
    rows = Picture.objects.filter(product=product, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0)
    if (found := rows.select_related("product__shop").first()) is None:
        raise Http404
    picture_remove(found, actor, now)


_ACTIONS: dict[str, Callable[[HttpRequest, Product, str, datetime], None]] = {
    "edit": _edit, "attributes": _attributes, "variant-new": _variant_new, "variant-edit": _variant_edit,
    "price": _price, "price-drop": _price_drop, "picture": _picture, "picture-remove": _picture_remove,
}  # fmt: skip


def moment(shop: Shop, text: str) -> datetime | None:
    """A moment as a form sends it, by the shop's clock."""
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise OperatorError("bad-moment", "This is no moment.", "Give day and time.")
    return found.replace(tzinfo=ZoneInfo(shop.time_zone))


def _fields(shop: Shop, given: QueryDict) -> dict[str, object]:
    fields: dict[str, object] = {name: text_given(given, name, most) for name, most in TEXTS.items()}
    fields["category"] = _category(shop, given["category"]) if given.get("category") else None
    return fields


def _goods(shop: Shop, given: QueryDict, on_hand: int) -> Goods:
    price, cost = (amount_read(given.get(name, "") or "0", shop.currency) for name in ("price", "cost"))
    sku = text_given(given, "sku", 60)
    if price is None or cost is None:
        raise OperatorError("bad-amount", "This is no amount.", "Write it like 12.50.")
    if not sku:
        raise OperatorError("no-sku", "The variant has no SKU.", "Give one.")
    return Goods(sku, price, cost, on_hand, text_given(given, "variant_title", 100),
                 text_given(given, "variant_title_zh", 100), _parts(text_given(given, "parts", 2_000)))  # fmt: skip


def _parts(text: str) -> dict[str, int] | None:
    """The parts of a bundle as they are written: a SKU and a number, one a line; None where there are none."""
    found: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        sku, _space, number = line.rpartition(" ")
        count = whole(number, 999)
        if not sku or sku.strip() in found or count is None or count < 1:
            raise OperatorError(
                "bad-bundle", "This is no list of parts.", "Write a SKU and a number in each line, such as TEA-1 2."
            )
        found[sku.strip()] = count
    return found or None


def _product(shop: Shop, slug: str) -> Product:
    found = Product.objects.filter(shop=shop, slug=slug).select_related("shop", "category").first()
    if found is None:
        raise Http404
    return found


def _variant(request: HttpRequest, product: Product) -> Variant:
    pk = request.POST.get("variant", "")
    rows = Variant.objects.filter(product=product, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0)
    if (found := rows.select_related("shop", "product").first()) is None:
        raise Http404
    return found


def _categories(shop: Shop) -> list[Category]:
    return list(Category.objects.filter(shop=shop).order_by("slug")[:500])


def _category(shop: Shop, slug: str) -> Category:
    found = Category.objects.filter(shop=shop, slug=slug).first()
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, product: Product, problem: OperatorError | None) -> HttpResponse:
    product.refresh_from_db()
    variants = list(product.variants.order_by("pk"))
    pks, now = [each.pk for each in variants], timezone.now()
    prices, free = prices_at(pks, now), stock_available(pks)
    coming: dict[int, list[ListPrice]] = {}
    for row in ListPrice.objects.filter(variant__in=pks, starts_at__gt=now).order_by("starts_at"):
        coming.setdefault(row.variant_id, []).append(row)
    values = {each.attribute_id: each for each in product.attributes.all()}
    content = {
        "product": product,
        "variants": [(each, prices.get(each.pk), free[each.pk], coming.get(each.pk, ())) for each in variants],
        "pictures": product.pictures.order_by("position"),
        "attributes": [(each, values.get(each.pk)) for each in Attribute.objects.filter(shop=product.shop)],
        "categories": _categories(product.shop),
    }
    return framed(request, product.shop, "product", content, problem)
