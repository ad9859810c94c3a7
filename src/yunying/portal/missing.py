"""What a visitor sees where nothing is, in the design of the shop whose address it was."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import THEMES, page


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: in the frame of the shop, as far as the address names one."""
    parts = request.path.split("/")
    shop = Shop.objects.filter(slug=parts[2]).first() if len(parts) > 2 and "\x00" not in parts[2] else None
    if shop is not None:
        return page(request, shop, "missing", {}, status=404)
    theme = request.COOKIES.get("theme", "auto")
    content = {"theme": theme if theme in THEMES else "auto"}
    return render(request, "shop/missing_bare.html", content, status=404)
