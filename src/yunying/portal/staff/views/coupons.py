"""Coupons: what there is, a new one, ending one."""

from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.catalogue_sheet import amount_read
from yunying.portal.shop.coupon_work import coupon_end, coupon_new
from yunying.portal.shop.models import Coupon, Shop
from yunying.portal.shop.views.frame import text_given
from yunying.portal.staff.access import actor_of, framed, paged, staff, whole
from yunying.portal.staff.views.catalogue import moment


@require_safe
@staff("see")
def page(request: HttpRequest, shop: Shop) -> HttpResponse:
    return _shown(request, shop, None)


@require_POST
@staff("coupons")
def make(request: HttpRequest, shop: Shop) -> HttpResponse:
    try:
        coupon_new(shop, _fields(request, shop), actor_of(request), timezone.now())
    except OperatorError as error:
        return _shown(request, shop, error)
    return redirect(f"{reverse('staff:coupons', args=[shop.slug])}?done=1")


@require_POST
@staff("coupons")
def end(request: HttpRequest, shop: Shop, id: int) -> HttpResponse:
    found = Coupon.objects.filter(shop=shop, pk=min(id, 2**62)).select_related("shop").first()
    if found is None:
        raise Http404
    try:
        coupon_end(found, actor_of(request), timezone.now())
    except OperatorError as error:
        return _shown(request, shop, error)
    return redirect(f"{reverse('staff:coupons', args=[shop.slug])}?done=1")


def _fields(request: HttpRequest, shop: Shop) -> dict[str, object]:
    off, share, minimum = (request.POST.get(name, "").strip() for name in ("off", "percent", "minimum"))
    amount = amount_read(off or "0", shop.currency)
    least = amount_read(minimum or "0", shop.currency)
    percent = amount_read(share or "0", "USD")
    most, each = whole(request.POST.get("most_uses", "")), request.POST.get("most_each", "").strip()
    ends_at = moment(shop, request.POST.get("ends_at", ""))
    if amount is None or least is None or percent is None or percent >= 10_000:
        raise OperatorError("bad-amount", "This is no amount.", "Write it like 12.50.")
    if most is None or most <= 0 or (each and not (whole(each) or 0) > 0):
        raise OperatorError("no-quantity", "This is not a quantity.", "Give a whole number.")
    if ends_at is None:
        raise OperatorError("bad-moment", "This is no moment.", "Give day and time.")
    return {
        "code": text_given(request.POST, "code", 40), "off_minor": amount, "off_rate": Decimal(percent) / 10_000,
        "minimum_minor": least, "most_uses": most, "most_each": whole(each) if each else None,
        "starts_at": moment(shop, request.POST.get("starts_at", "")) or timezone.now(), "ends_at": ends_at,
    }  # fmt: skip


def _shown(request: HttpRequest, shop: Shop, problem: OperatorError | None) -> HttpResponse:
    rows = Coupon.objects.filter(shop=shop).order_by("-ends_at", "-pk")
    return framed(request, shop, "coupons", {"rows": paged(request, rows), "now": timezone.now()}, problem)
