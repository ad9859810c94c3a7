"""What the pages of the community share: the site of an address, who is signed in, and the form's answer."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yunying.accounts.people import Person
from yunying.accounts.sessions import KEY, session_holds
from yunying.kernel.errors import OperatorError
from yunying.portal.community.keys import form_key
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import page as framed


def person_of(request: HttpRequest) -> Person | None:
    """Who is signed in with a browser that nobody signed out from elsewhere."""
    if not request.user.is_authenticated:
        return None
    if not session_holds(request.session.get(KEY), request.user, timezone.now()):
        logout(request)
        return None
    return request.user


def talk_page(
    request: HttpRequest, shop: Shop, template: str, content: Mapping[str, Any],
    problem: OperatorError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """A page of the community in the site's frame, with a key for its form."""
    told = {"key": form_key(timezone.now()), "given": request.POST if problem else {}, **content}
    return framed(request, shop, f"talk/{template}", told, problem, status)
