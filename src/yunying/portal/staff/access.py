"""Who comes into the staff pages, and what every one of them stands in."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth import logout
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from yunying.accounts.sessions import KEY, session_holds
from yunying.kernel.errors import FactError, OperatorError
from yunying.portal.policy import deeds_of
from yunying.portal.shop.holds import hold_open
from yunying.portal.shop.models import Shop
from yunying.portal.shop.refusals import refusal_words
from yunying.portal.shop.views.frame import THEMES

PER_PAGE = 50
View = Callable[..., HttpResponse]


def staff(deed: str) -> Callable[[View], View]:
    """A page for whoever may do a deed in the shop of the address; to others it is not there, or it is refused."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, shop: str, *args: Any, **kwargs: Any) -> HttpResponse:
            found = Shop.objects.filter(slug=shop).first()
            if found is None:
                raise Http404
            if request.user.is_authenticated and not session_holds(
                request.session.get(KEY), request.user, timezone.now()
            ):
                logout(request)
            if not request.user.is_authenticated:
                back = request.get_full_path() if request.method == "GET" else reverse("staff:orders", args=[shop])
                return redirect(f"{reverse('shop:sign-in', args=[shop])}?{urlencode({'next': back})}")
            request.deeds = deeds_of(request.user, shop)  # type: ignore[attr-defined]
            if "see" not in request.deeds:  # type: ignore[attr-defined]
                raise Http404
            if any("\0" in text for _name, texts in request.POST.lists() for text in texts):
                return HttpResponse("A field has a character that no text has.\n", 400, content_type="text/plain")
            if deed not in request.deeds:  # type: ignore[attr-defined]
                return refused(request, found)
            return view(request, found, *args, **kwargs)

        return checked

    return wrapped


def refused(request: HttpRequest, shop: Shop) -> HttpResponse:
    """403: somebody works here, but this is not his to do."""
    return framed(request, shop, "refused", {}, status=403)


def actor_of(request: HttpRequest) -> str:
    """The name that the audit log gets."""
    return request.user.get_username()


def framed(
    request: HttpRequest, shop: Shop, template: str, content: Mapping[str, Any], problem: Exception | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """A staff page in its frame; a problem is told at its head."""
    theme = request.COOKIES.get("theme", "auto")
    frame = {
        "shop": shop,
        "theme": theme if theme in THEMES else "auto",
        "deeds": request.deeds,  # type: ignore[attr-defined]
        "place": template,
        "problem": refusal_words(problem) if isinstance(problem, OperatorError) else None,
        "hold": hold_open(shop),
        "row_problems": problem.problems[:200] if isinstance(problem, FactError) else (),
        "more_problems": max(len(problem.problems) - 200, 0) if isinstance(problem, FactError) else 0,
        "done": request.GET.get("done", "") == "1",
    }
    status = 400 if problem else status
    response = render(request, f"staff/{template}.html", {**frame, **content}, status=status)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def paged(request: HttpRequest, rows: Any, per_page: int = PER_PAGE) -> Page:
    """The page of a list that the address names."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def whole(text: str, most: int = 10**9) -> int | None:
    """A whole number as a form sends it; None where it is none."""
    body = text.strip().removeprefix("-")
    value = int(text) if body.isascii() and body.isdecimal() and len(body) < 12 else None
    return value if value is not None and abs(value) <= most else None
