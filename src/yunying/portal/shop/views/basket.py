"""The basket: looking at it, changing it, a coupon."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from yunying.kernel.errors import OperatorError
from yunying.portal.shop.baskets import basket_add, basket_coupon, basket_priced, basket_set
from yunying.portal.shop.models import Shop, Variant
from yunying.portal.shop.stock import stock_available
from yunying.portal.shop.views.frame import basket_of, basket_seen_before, keep_basket, shop_named, text_given
from yunying.portal.shop.views.frame import page as framed
from yunying.portal.shop.views.tracked import cart_tell, page_seen


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, shop: str) -> HttpResponse:
    the_shop = shop_named(shop)
    problem = None
    if request.method == "POST":
        try:
            _change(request, the_shop)
            return redirect("shop:basket", the_shop.slug)
        except OperatorError as error:
            problem = error
    return page_seen(request, shown(request, the_shop, problem), the_shop, "basket")


def shown(request: HttpRequest, shop: Shop, problem: OperatorError | None) -> HttpResponse:
    """The basket as it is now."""
    basket = basket_seen_before(request, shop)
    priced = basket_priced(basket, None, timezone.now()) if basket else None
    free = stock_available([line.variant.pk for line in priced.lines]) if priced else {}
    lines = priced.lines if priced else ()
    content = {
        "priced": priced if lines else None,
        "basket_count": priced.units if priced else 0,
        "code": basket.coupon_code if basket else "",
        "short": {line.variant.pk for line in lines if line.quantity > free[line.variant.pk]},
    }
    return framed(request, shop, "basket", content, problem or (priced.coupon_problem if priced else None))


@require_POST
def add(request: HttpRequest, shop: str) -> HttpResponse:
    the_shop = shop_named(shop)
    basket = basket_of(request, the_shop)
    try:
        variant, now = _variant(request, the_shop), timezone.now()
        basket_add(basket, variant, _quantity(request.POST.get("quantity", "1")), now)
    except OperatorError as error:
        return keep_basket(shown(request, the_shop, error), request, basket)
    response = keep_basket(redirect("shop:basket", the_shop.slug), request, basket)
    return cart_tell(request, response, the_shop, basket, variant.sku, now)


def _change(request: HttpRequest, shop: Shop) -> None:
    basket = basket_seen_before(request, shop)
    if basket is None:
        return
    if "coupon" in request.POST:
        basket_coupon(basket, text_given(request.POST, "coupon", 40), timezone.now())
    else:
        quantity = 0 if "remove" in request.POST else _quantity(request.POST.get("quantity", ""))
        basket_set(basket, _variant(request, shop), quantity, timezone.now())


def _variant(request: HttpRequest, shop: Shop) -> Variant:
    pk = request.POST.get("variant", "")
    found = (
        Variant.objects.filter(shop=shop, pk=int(pk)).select_related("product")
        if pk.isdecimal() and len(pk) < 19
        else None
    )
    if not found:
        raise Http404
    return found[0]


def _quantity(text: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise OperatorError("bad-quantity", "This is not a quantity.", "Give a whole number from 0 to 999.")
    return int(text)
