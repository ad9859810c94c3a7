"""A member's pages: orders, addresses, favourites."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from yunying.portal.policy import deeds_of
from yunying.portal.shop.members import address_drop, favourite_set, member_of
from yunying.portal.shop.models import Favourite, Order, Product, SavedAddress
from yunying.portal.shop.views.cards import cards, placed
from yunying.portal.shop.views.frame import page as framed
from yunying.portal.shop.views.frame import shop_named

PER_PAGE = 20


@require_safe
def page(request: HttpRequest, shop: str) -> HttpResponse:
    the_shop = shop_named(shop)
    if not request.user.is_authenticated:
        return redirect(f"{reverse('shop:sign-in', args=[shop])}?{urlencode({'next': request.get_full_path()})}")
    orders = Order.objects.filter(shop=the_shop, person=request.user).order_by("-placed_at")
    kept = Favourite.objects.filter(shop=the_shop, person=request.user, product__is_listed=True)
    rows = kept.select_related("product").prefetch_related("product__pictures").order_by("-kept_at")[:PER_PAGE]
    products = [row.product for row in rows]
    content = {
        "orders": Paginator(orders, PER_PAGE).get_page(request.GET.get("page")),
        "cards": placed(cards(products, timezone.now()), "favourites", 1),
        "addresses": SavedAddress.objects.filter(person=request.user).order_by("pk"),
        "member": member_of(request.user),
        "has_mail": bool(settings.EMAIL_HOST and settings.SHOP_ADDRESS),
        "sent": "sent" in request.GET,
        "works_here": "see" in deeds_of(request.user, shop),
    }
    return framed(request, the_shop, "account", content)


@require_POST
def address_remove(request: HttpRequest, shop: str, id: int) -> HttpResponse:
    shop_named(shop)
    if request.user.is_authenticated:
        address_drop(request.user, min(id, 2**62))
    return redirect("shop:account", shop)


@require_POST
def favourite(request: HttpRequest, shop: str, product: str) -> HttpResponse:
    """Keep a product in mind, or no longer; whoever is not signed in is asked to."""
    the_shop = shop_named(shop)
    found = Product.objects.filter(shop=the_shop, slug=product, is_listed=True).first()
    if found is None:
        raise Http404
    back = reverse("shop:product", args=[shop, product])
    if not request.user.is_authenticated:
        return redirect(f"{reverse('shop:sign-in', args=[shop])}?{urlencode({'next': back})}")
    favourite_set(request.user, found, timezone.now(), is_kept="drop" not in request.POST)
    return redirect(back)
