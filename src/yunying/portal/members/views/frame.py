"""What members' pages share: who is signed in, the frame, and the password that is asked for again."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_noop

from yunying.accounts.addresses import address_of
from yunying.accounts.guesses import guess_begin, guess_keys, guess_right
from yunying.accounts.people import Person
from yunying.kernel.errors import OperatorError
from yunying.portal.community.views.frame import person_of
from yunying.portal.members.erasing import erasure_waiting
from yunying.portal.shop.models import Shop
from yunying.portal.shop.views.frame import page as framed
from yunying.portal.shop.views.frame import shop_named

View = Callable[..., HttpResponse]
PAGES = (
    ("members:profile", gettext_noop("Profile")),
    ("talk:mine", gettext_noop("My posts")),
    ("members:favourites", gettext_noop("Favourites")),
    ("members:messages", gettext_noop("Messages")),
    ("members:invite", gettext_noop("Invite friends")),
    ("members:data", gettext_noop("My data")),
    ("shop:account", gettext_noop("Orders and addresses")),
)


def member_only(view: View) -> View:
    """A page of one's own; whoever is not signed in is asked to."""

    @wraps(view)
    def checked(request: HttpRequest, site: str, *args: Any, **kwargs: Any) -> HttpResponse:
        shop = shop_named(site)
        if person_of(request) is None:
            back = request.get_full_path() if request.method == "GET" else reverse("members:profile", args=[site])
            return redirect(f"{reverse('shop:sign-in', args=[site])}?{urlencode({'next': back})}")
        return view(request, shop, *args, **kwargs)

    return checked


def member_page(
    request: HttpRequest, shop: Shop, template: str, content: Mapping[str, Any],
    problem: OperatorError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """A page of the member's own in the site's frame."""
    told = {"place": f"members:{template}", "erasure": erasure_waiting(request.user), **content}
    return framed(request, shop, f"members/{template}", told, problem, status)


def password_again(request: HttpRequest, person: Person) -> None:
    """Ask for the password once more; guesses are counted as at the door.

    Raises:
        OperatorError: it is wrong, or too many were tried.
    """
    now = timezone.now()
    keys = guess_keys(person.get_username(), address_of(request))
    if guess_begin(keys, now):
        raise OperatorError("too-many-guesses", "Too many attempts.", "Wait a while, then try again.")
    if not person.check_password(request.POST.get("password", "")[:4096]):
        raise OperatorError("wrong-password-again", "This is not your password.", "Check it, and capital letters.")
    guess_right(keys, now)
