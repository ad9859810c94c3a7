"""The editors' desk at /cms/: who comes in, by which door, and what its pages may load."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from yunying.accounts.sessions import KEY, session_holds

Answer = Callable[[HttpRequest], HttpResponse]
PLACE = "/cms/"
# Wagtail's editor sets styles at its elements and shows a preview in a frame of the same site.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
ELSEWHERE = tuple(f"{PLACE}{page}/" for page in ("users", "password_reset", "documents"))
"""Accounts are made and changed in their own room, where sessions end and guesses count; documents are not shown."""


class EditorsMiddleware:
    """The same sessions and the same second factor as at the desk; Wagtail's own door is closed."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PLACE):
            return self.get_response(request)
        if request.path.startswith(ELSEWHERE):
            raise Http404
        response = self._refused(request) or self.get_response(request)
        # A preview is answered as a page of the site, which nobody may frame; here the editor itself does.
        players = " ".join(f"https://{host}" for host in settings.NEWS_VIDEO_HOSTS)
        response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self' {players}"
        return response

    def _refused(self, request: HttpRequest) -> HttpResponse | None:
        if any("\0" in text for _name, texts in request.POST.lists() for text in texts):
            # PostgreSQL keeps no such character, and nobody types one.
            return HttpResponse("A field has a character that no text has.\n", status=400, content_type="text/plain")
        if request.user.is_authenticated and not session_holds(request.session.get(KEY), request.user, timezone.now()):
            logout(request)
        if not request.user.is_authenticated or request.path == f"{PLACE}login/":
            wanted = request.get_full_path() if request.method == "GET" and "login" not in request.path else PLACE
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': wanted})}")
        if settings.NEWS_EDITOR_CHECK:
            return import_string(settings.NEWS_EDITOR_CHECK)(request)
        return None
