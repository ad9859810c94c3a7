"""The door of the portal's readers, and of its editors where there is no desk: the shop's own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from yunying.portal.news.views.frame import Frame
from yunying.portal.shop.models import Shop


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    shop = Frame(request).shop or Shop.objects.order_by("pk").first()
    if shop is None:
        raise Http404
    door = reverse("shop:sign-in", args=[shop.slug])
    return redirect(f"{door}?{urlencode({'next': request.GET.get('next') or '/'})}")
