"""What a visitor chooses for himself: language and theme, kept in cookies."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yunying.portal.shop.views.frame import THEMES

YEAR_SECONDS = 31_536_000


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("language", "")
    response = back(request)
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR_SECONDS, samesite="Lax")
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("theme", "auto")
    response = back(request)
    response.set_cookie("theme", wanted if wanted in THEMES else "auto", max_age=YEAR_SECONDS, samesite="Lax")
    return response


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that the visitor came from, if it is ours."""
    to = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(to if is_ours else "/")
