"""Stock: what is there, what is held, receipts and adjustments."""

import secrets

from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import PurchaseOrderLine, Shop, StockMovement, Variant
from yunying.portal.shop.stock_work import REASONS, work_adjust, work_receive
from yunying.portal.shop.views.frame import text_given
from yunying.portal.staff.access import actor_of, framed, paged, staff, whole

SCARCE = 5


@require_safe
@staff("see")
def stock_list(request: HttpRequest, shop: Shop) -> HttpResponse:
    rows = Variant.objects.filter(shop=shop, parts=None).select_related("product", "stock").order_by("sku")
    words = text_given(request.GET, "q", 100)
    if words:
        rows = rows.filter(Q(sku__istartswith=words) | Q(product__title__icontains=words)
                           | Q(product__title_zh__contains=words))  # fmt: skip
    is_scarce = "scarce" in request.GET
    if is_scarce:
        rows = rows.filter(Q(stock=None) | Q(stock__on_hand__lt=F("stock__reserved") + SCARCE))
    return framed(request, shop, "stock", {"rows": paged(request, rows), "words": words, "is_scarce": is_scarce})


@require_safe
@staff("see")
def page(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    return _shown(request, _variant(shop, id), None)


@require_POST
@staff("stock")
def receive(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    variant = _variant(shop, id)
    try:
        quantity = whole(request.POST.get("quantity", "")) or 0
        work_receive(variant, quantity, text_given(request.POST, "reference", 80), actor_of(request), timezone.now(),
                     purchase=text_given(request.POST, "purchase", 60))  # fmt: skip
    except OperatorError as error:
        return _shown(request, variant, error)
    return redirect(f"{reverse('staff:stock-item', args=[shop.slug, variant.pk])}?done=1")


@require_POST
@staff("catalogue")
def adjust(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    variant = _variant(shop, id)
    try:
        change, key = whole(request.POST.get("change", "")) or 0, text_given(request.POST, "key", 40)
        if not key:
            raise OperatorError("bad-key", "The form is not whole.", "Open the page again.")
        work_adjust(variant, change, request.POST.get("reason", ""), key, actor_of(request), timezone.now())
    except OperatorError as error:
        return _shown(request, variant, error)
    return redirect(f"{reverse('staff:stock-item', args=[shop.slug, variant.pk])}?done=1")


def _variant(shop: Shop, pk: int) -> Variant:
    found = Variant.objects.filter(shop=shop, pk=min(pk, 2**62)).select_related("shop", "product", "stock").first()
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, variant: Variant, problem: OperatorError | None) -> HttpResponse:
    movements = StockMovement.objects.filter(variant=variant).order_by("-at", "-pk")
    coming = PurchaseOrderLine.objects.filter(variant=variant, quantity__gt=F("received") + F("cancelled"))
    purchases = coming.values_list("purchase__number", flat=True).distinct().order_by("purchase__number")[:50]
    content = {"variant": variant, "stock": getattr(variant, "stock", None), "rows": paged(request, movements),
               "reasons": REASONS, "purchases": purchases, "key": secrets.token_hex(10)}  # fmt: skip
    return framed(request, variant.shop, "stock_item", content, problem)
