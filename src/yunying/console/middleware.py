"""Which sessions hold at the desk, and how a refusal becomes a page."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yunying.accounts.second_factor import factor_is_set
from yunying.accounts.sessions import KEY, session_holds
from yunying.console.refusals import refusal_words
from yunying.interventions.selectors.stores import Missing
from yunying.kernel.errors import OperatorError
from yunying.org.factor_rules import factor_is_required

Answer = Callable[[HttpRequest], HttpResponse]


class SessionMiddleware:
    """A session that was ended is signed out at once; who needs a second factor and has none sets it up first."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/desk/"):
            return self.get_response(request)
        if request.method == "POST" and any("\0" in text for _name, texts in request.POST.lists() for text in texts):
            # PostgreSQL keeps no such character, and nobody types one.
            return HttpResponse("A field has a character that no text has.\n", status=400, content_type="text/plain")
        if not request.user.is_authenticated:
            return self.get_response(request)
        if not session_holds(request.session.get(KEY), request.user, timezone.now()):
            logout(request)
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/desk/")
        open_pages = tuple(map(reverse, ("desk:account", "desk:logout", "desk:language", "desk:theme")))
        if (
            not request.path.startswith(open_pages)
            and factor_is_required(request.user)
            and not factor_is_set(request.user)
        ):
            return redirect("desk:account-factor")
        return self.get_response(request)


class RefusalMiddleware:
    """An error that the person can mend is shown with its remedy; what is not in the store is not found."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # What a signed-in person sees must not be shown from a cache after signing out.
        if request.path.startswith("/desk/"):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer an OperatorError; leave every other one to Django."""
        if isinstance(error, Missing):
            return render(request, "404.html", status=404)
        if isinstance(error, OperatorError):
            words = refusal_words(error.code, error.what, error.remedy)
            name = "console/refusal_toast.html" if getattr(request, "htmx", False) else "console/refusal.html"
            # htmx swaps only good answers.
            refused = 403 if error.code == "not-allowed" else 400
            return render(request, name, {"refusal": words}, status=200 if getattr(request, "htmx", False) else refused)
        return None
