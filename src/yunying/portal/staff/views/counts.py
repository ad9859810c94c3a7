"""Stock takes: a sheet to count by, the differences, and booking them once."""

from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.models import Shop, StockTake
from yunying.portal.shop.stock_work import take_begin, take_book, take_count, take_drop
from yunying.portal.shop.views.frame import text_given
from yunying.portal.staff.access import actor_of, framed, paged, staff, whole


@require_safe
@staff("see")
def count_list(request: HttpRequest, shop: Shop) -> HttpResponse:
    return _listed(request, shop, None)


@require_POST
@staff("stock")
def begin(request: HttpRequest, shop: Shop) -> HttpResponse:
    skus = set(text_given(request.POST, "skus", 20_000).replace(",", " ").split())
    try:
        made = take_begin(shop, text_given(request.POST, "title", 100), skus, actor_of(request), timezone.now())
    except OperatorError as error:
        return _listed(request, shop, error)
    return redirect("staff:count", shop.slug, made.pk)


@require_safe
@staff("see")
def page(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    return _shown(request, _take(shop, id), None)


@require_POST
@staff("stock")
def act(request: HttpRequest, shop: Shop, id: int, action: str) -> HttpResponse:
    take, actor, now = _take(shop, id), actor_of(request), timezone.now()
    try:
        if action == "count":
            take_count(take, _counted(request, take), actor, now)
        elif action == "book":
            take_count(take, _counted(request, take), actor, now)
            take_book(take, actor, now)
        elif action == "drop":
            take_drop(take, actor, now)
        else:
            raise Http404
    except OperatorError as error:
        return _shown(request, take, error)
    return redirect(f"{reverse('staff:count', args=[shop.slug, take.pk])}?done=1")


def _counted(request: HttpRequest, take: StockTake) -> dict[int, int]:
    found = {}
    for variant in take.lines.values_list("variant", flat=True):
        text = request.POST.get(f"counted-{variant}", "").strip()
        if not text:
            continue
        value = whole(text)
        if value is None or value < 0:
            raise OperatorError("no-quantity", "This is not a quantity.", "Give a whole number.")
        found[variant] = value
    return found


def _take(shop: Shop, pk: int) -> StockTake:
    found = StockTake.objects.filter(shop=shop, pk=min(pk, 2**62)).select_related("shop").first()
    if found is None:
        raise Http404
    return found


def _listed(request: HttpRequest, shop: Shop, problem: OperatorError | None) -> HttpResponse:
    differ = Count("lines", filter=Q(lines__counted__isnull=False) & ~Q(lines__counted=F("lines__expected")))
    rows = StockTake.objects.filter(shop=shop).order_by("-pk").annotate(
        of=Count("lines"), counted=Count("lines", filter=Q(lines__counted__isnull=False)), differ=differ
    )  # fmt: skip
    return framed(request, shop, "counts", {"rows": paged(request, rows)}, problem)


def _shown(request: HttpRequest, take: StockTake, problem: OperatorError | None) -> HttpResponse:
    take.refresh_from_db()
    lines = take.lines.select_related("variant__product").order_by("variant__sku")
    return framed(request, take.shop, "count", {"take": take, "lines": lines}, problem)
