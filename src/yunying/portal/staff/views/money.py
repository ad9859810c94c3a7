"""Money that waits for somebody: refunds that people send, money that pays no order, books that do not agree."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.holds import work_books_check
from yunying.portal.shop.identity import shop_problems
from yunying.portal.shop.models import Refund, Shop
from yunying.portal.shop.order_work import money_to_return, work_money_sent, work_refund_ended
from yunying.portal.staff.access import actor_of, framed, staff


@require_safe
@staff("see")
def page(request: HttpRequest, shop: Shop) -> HttpResponse:
    return _shown(request, shop, None)


@require_POST
@staff("money")
def refund(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    row = Refund.objects.filter(payment__order__shop=shop, pk=id).select_related("payment__order__shop").first()
    if row is None:
        raise Http404
    try:
        work_refund_ended(row, actor_of(request), timezone.now(), is_sent="failed" not in request.POST)
    except OperatorError as error:
        return _shown(request, shop, error)
    return redirect(f"{reverse('staff:money', args=[shop.slug])}?done=1")


@require_POST
@staff("money")
def sent(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    rows = [row for row in money_to_return(shop) if row.pk == id]
    if not rows:
        raise Http404
    try:
        work_money_sent(shop, rows[0], actor_of(request), timezone.now())
    except OperatorError as error:
        return _shown(request, shop, error)
    return redirect(f"{reverse('staff:money', args=[shop.slug])}?done=1")


@require_POST
@staff("money")
def check(request: HttpRequest, shop: Shop) -> HttpResponse:
    try:
        work_books_check(shop, actor_of(request), timezone.now())
    except OperatorError as error:
        return _shown(request, shop, error)
    return redirect(f"{reverse('staff:money', args=[shop.slug])}?done=1")


def _shown(request: HttpRequest, shop: Shop, problem: OperatorError | None) -> HttpResponse:
    waiting = Refund.objects.filter(payment__order__shop=shop, state__in=("asked", "failed"))
    content = {
        "refunds": waiting.select_related("payment__order__address").order_by("asked_at")[:200],
        "charges": money_to_return(shop)[:200],
        "warnings": shop_problems(shop),
    }
    return framed(request, shop, "money", content, problem)
