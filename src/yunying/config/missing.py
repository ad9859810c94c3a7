"""Which room tells that nothing is at an address."""

from django.http import HttpRequest, HttpResponse

from yunying.console.views import errors
from yunying.portal import missing


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in the design of the portal under its addresses, else in the desk's."""
    is_portal = request.path.startswith(("/shop/", "/staff/", "/talk/", "/news/", "/site/"))
    return (missing if is_portal else errors).not_found(request, exception)
