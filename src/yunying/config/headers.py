"""What every answer carries, whichever rooms are installed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yunying.config.content_policy import POLICY

Answer = Callable[[HttpRequest], HttpResponse]
MOST_UPLOAD_BYTES = 200 * 1024 * 1024


class HeadersMiddleware:
    """A strict content security policy on every answer; a body that is too large is refused before it is read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MOST_UPLOAD_BYTES:
            response = HttpResponse(
                "This is more than 200 MB. Split the file and upload the parts.\n"
                "文件超过 200 MB，请拆分后分别上传。\n",
                status=413, content_type="text/plain; charset=utf-8",
            )  # fmt: skip
        else:
            response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response
