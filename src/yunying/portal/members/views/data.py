"""What is held on a member: all of it as a file, and its erasure."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from yunying.kernel.errors import OperatorError
from yunying.portal.members.erasing import (
    UNDO_WITHIN,
    email_of,
    erasure_ask,
    erasure_do,
    erasure_undo,
    may_be_erased,
)
from yunying.portal.members.export import MOST_A_DAY, export_make
from yunying.portal.members.views.frame import member_only, member_page, password_again
from yunying.portal.shop.erasing import order_is_open, orders_of
from yunying.portal.shop.models import Shop
from yunying.portal.shop.tracking.visits import VISIT_COOKIE, VISITOR_COOKIE, consent_of, wants_no_tracking
from yunying.portal.shop.views.frame import BASKET_COOKIE, shop_named
from yunying.portal.shop.views.frame import page as framed

FORGOTTEN_COOKIES = (BASKET_COOKIE, VISITOR_COOKIE, VISIT_COOKIE)


@require_safe
@member_only
def data(request: HttpRequest, shop: Shop) -> HttpResponse:
    return _data(request, shop, None)


@sensitive_post_parameters("password")
@require_POST
@member_only
def export(request: HttpRequest, shop: Shop) -> HttpResponse:
    """The file, after the password was given again."""
    now = timezone.now()
    browser = {
        "choice_about_being_counted": consent_of(request), "visitor_key": request.COOKIES.get(VISITOR_COOKIE, ""),
        "asks_not_to_be_followed": wants_no_tracking(request),
    }  # fmt: skip
    try:
        password_again(request, request.user)
        content = export_make(request.user, shop.slug, browser, now)
    except OperatorError as error:
        return _data(request, shop, error)
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y-%m-%d}.zip"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


@sensitive_post_parameters("password")
@require_POST
@member_only
def erase(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Ask to be erased in seven days, or at once."""
    now, is_now = timezone.now(), request.POST.get("when") == "now"
    keeps_posts = request.POST.get("posts") != "delete"
    try:
        password_again(request, request.user)
        asked = erasure_ask(request.user, shop.slug, now, keeps_posts=keeps_posts, at_once=is_now)
    except OperatorError as error:
        return _data(request, shop, error)
    if not is_now:
        return redirect("members:data", shop.slug)
    # The browser's own session goes first: its end would be told under a name that is gone.
    logout(request)
    erasure_do(asked.pk, now)
    response = redirect("members:erased", shop.slug)
    for name in FORGOTTEN_COOKIES:
        response.delete_cookie(name)
    response.delete_cookie("device", path="/shop/")
    return response


@require_POST
@member_only
def undo(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Let the account stay."""
    erasure_undo(request.user, timezone.now())
    return redirect("members:data", shop.slug)


@require_safe
def erased(request: HttpRequest, site: str) -> HttpResponse:
    """What whoever was erased reads; it names nobody."""
    return framed(request, shop_named(site), "members/erased", {"years": settings.BOOKS_YEARS})


def _data(request: HttpRequest, shop: Shop, problem: OperatorError | None) -> HttpResponse:
    orders = list(orders_of(request.user, email_of(request.user)))
    content = {
        "may_be_erased": may_be_erased(request.user), "orders": len(orders), "years": settings.BOOKS_YEARS,
        "open_orders": [order for order in orders if order_is_open(order)], "days": UNDO_WITHIN.days,
        "exports": MOST_A_DAY,
    }  # fmt: skip
    return member_page(request, shop, "data", content, problem)
