"""What every answer of the API has: JSON also where Django itself refuses, and nothing that a cache may keep."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yunying.api.refusals import NOT_FOUND, answer

Answer = Callable[[HttpRequest], HttpResponse]
_TOLD = {
    400: ("bad-request", "The request cannot be read.", "See /api/docs."),
    404: NOT_FOUND,
    405: ("bad-method", "The address does not take this method.", "See /api/docs."),
    413: ("too-large", "The body is too large.", "Send at most 1,000 rows at once."),
}


class PlainAnswersMiddleware:
    """Turns the pages by which Django refuses into refusals that a program reads."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/"):
            return response
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if response.status_code in _TOLD and not is_json:
            told = answer(response.status_code, *_TOLD[response.status_code])
            if "Allow" in response.headers:
                told.headers["Allow"] = response.headers["Allow"]
            response = told
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response
