"""Where in a request's way pages of the catalogue are answered that are kept."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yunying.portal.shop.views.catalogue_pages import kept_answer

Answer = Callable[[HttpRequest], HttpResponse]
PLACE = "/shop/"


class KeptPagesMiddleware:
    """Answers what is kept before anybody looks for a session, a person, his messages and a view.

    It stands within what every answer goes through: headers, host, language and the forms' cookie.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept = kept_answer(request) if request.path_info.startswith(PLACE) else None
        return self.get_response(request) if kept is None else kept
